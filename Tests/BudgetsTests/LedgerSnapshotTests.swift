import Budgets
import TestSupport
import Testing

@Suite("Ledger snapshots") struct LedgerSnapshotTests {
  @Test("decode of encode is the same ledger and goes on the same way", arguments: [21, 22, 23] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: 600) { _, _ in }
    var copy = try Ledger(decoding: encoded(simulation.ledger)[...])
    #expect(encoded(copy) == encoded(simulation.ledger), "seed \(seed)")
    #expect(copy.expire(at: .max, max: .max) == simulation.ledger.expire(at: .max, max: .max), "seed \(seed)")
    #expect(encoded(copy) == encoded(simulation.ledger), "seed \(seed)")
  }

  @Test("encoding appends and leaves what was there")
  func appends() throws {
    var bytes: [UInt8] = [9, 9]
    Ledger().encode(into: &bytes)
    #expect(Array(bytes.prefix(2)) == [9, 9])
    #expect(try Ledger(decoding: bytes.dropFirst(2)).accountCount == 0)
  }

  @Test("every prefix, another version and trailing bytes are refused")
  func damaged() {
    var simulation = Simulation(seed: 31)
    simulation.run(steps: 60) { _, _ in }
    let bytes = encoded(simulation.ledger)
    for length in 0..<bytes.count {
      #expect(throws: LedgerSnapshotError.self) { try Ledger(decoding: bytes.prefix(length)) }
    }
    #expect(throws: LedgerSnapshotError.trailingBytes(1)) { try Ledger(decoding: (bytes + [0])[...]) }
    #expect(throws: LedgerSnapshotError.unsupportedVersion(2)) { try Ledger(decoding: ([2] + bytes.dropFirst())[...]) }
  }

  @Test("hostile bytes are a typed error or a ledger that encodes to the same bytes", arguments: [41, 42, 43] as [UInt64])
  func fuzz(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: 80) { _, _ in }
    let bytes = encoded(simulation.ledger)
    var refused = 0
    for _ in 0..<2_000 {
      var mutated = bytes
      for _ in 0...Int.random(in: 0..<3, using: &simulation.random) {
        mutated[Int.random(in: 0..<mutated.count, using: &simulation.random)] = UInt8.random(in: 0...255, using: &simulation.random)
      }
      do throws(LedgerSnapshotError) {
        let ledger = try Ledger(decoding: mutated[...])
        #expect(encoded(ledger) == mutated, "seed \(seed)")
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}
