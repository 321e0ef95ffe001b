import Budgets
import Cryptography
import JSON
import Journal
import TestSupport
import Testing

@testable import Governance

@Suite("the fold")
struct FoldTests {
  /// A random life of the desk: decisions, settlements, approvals, expiries, halts, repetitions.
  private func live(seed: UInt64, steps: Int) throws -> Desk {
    var random = SeededGenerator(seed: seed)
    var desk = try Desk(runLimit: Limit(tokensIn: 5_000, steps: 12, toolCalls: 8))
    var decisions: [UInt64] = []
    for _ in 0..<steps {
      desk.now += Int64.random(in: 0..<200_000, using: &random)
      let run = "r\(Int.random(in: 0..<4, using: &random))"
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3: decisions.append(try desk.decide(desk.request(run: run)).decision.index)
      case 3: decisions.append(try desk.decide(desk.request("draft", tool: "mid", type: "model", run: run)).decision.index)
      case 4:
        let cents = Int64.random(in: 0..<3, using: &random) * 60_000
        decisions.append(
          try desk.decide(desk.request("pay", tool: "payments.refund", run: run, with: ["arguments": ["cents": .integer(cents)]]))
            .decision.index)
      case 5, 6:
        guard let id = decisions.randomElement(using: &random) else { continue }
        let actual = Amounts(tokensIn: Int64.random(in: 0..<2000, using: &random), steps: 1)
        _ = desk.send(.settle(reservation: id, actual: actual, source: .api, by: .key("pep")))
      case 7:
        for approval in desk.machine.state.approvalList where approval.status == .pending && Bool.random(using: &random) {
          _ =
            Bool.random(using: &random)
            ? desk.send(.approve(approval: approval.id, reason: "", validity: 500_000, by: .key("reviewer")))
            : desk.send(.reject(approval: approval.id, reason: "", by: .key("reviewer")))
        }
      case 8: desk.expire()
      default:
        let halt = HaltEntry(target: .workflow("refund"), set: Bool.random(using: &random))
        _ = desk.send(.halt(halt, reason: "", by: .key("admin")))
      }
    }
    return desk
  }

  @Test("B17: folding the leaves gives the live state, balances and all", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func replay(seed: UInt64) throws {
    let desk = try live(seed: seed, steps: 400)
    #expect(try desk.refolded().snapshot() == desk.machine.snapshot(), "seed \(seed)")
  }

  @Test("a snapshot is the state, and the fold goes on from it", arguments: [11, 12, 13] as [UInt64])
  func snapshots(seed: UInt64) throws {
    let desk = try live(seed: seed, steps: 300)
    let cut = desk.leaves.count / 2
    var machine = GovernanceMachine(tenant: "test", origin: Desk.origin)
    for index in 0..<cut { try machine.replay(leaf: desk.leaves[index], at: UInt64(index)) }
    var resumed = try GovernanceMachine(snapshot: machine.snapshot())
    for index in cut..<desk.leaves.count { try resumed.replay(leaf: desk.leaves[index], at: UInt64(index)) }
    #expect(resumed.snapshot() == desk.machine.snapshot(), "seed \(seed)")
    for length in stride(from: 0, to: machine.snapshot().count, by: 97) {
      #expect(throws: (any Error).self) { try GovernanceMachine(snapshot: Array(machine.snapshot().prefix(length))) }
    }
  }

  @Test("leaves are canonical, decode to what was written, and carry the digest of their payload")
  func leaves() throws {
    let desk = try live(seed: 21, steps: 300)
    var kinds: Set<String> = []
    for (index, leaf) in desk.leaves.enumerated() {
      #expect(CanonicalJSON.isCanonical(leaf), "\(String(decoding: leaf, as: UTF8.self))")
      let decoded = try DecodedEntry(leaf: leaf, at: UInt64(index))
      #expect(decoded.payload == (desk.payloads[index].isEmpty ? nil : SHA256.hash(desk.payloads[index])))
      kinds.insert(try JSONReader.parse(leaf)["type"]?.stringValue ?? "")
    }
    #expect(
      kinds.isSuperset(of: [
        "decision", "policy.activate", "reservation.settle", "reservation.expire", "approval.approve", "halt.set",
      ]))
    #expect(throws: EntryFault.self) { try DecodedEntry(leaf: desk.leaves[1], at: 2) }
  }

  @Test("no leaf holds what was asked or said in words")
  func privacy() throws {
    var desk = try Desk()
    _ = try desk.decide(desk.request(with: ["arguments": ["note": "SECRET-WORD"]]))
    _ = desk.send(.halt(HaltEntry(target: .organisation, set: true), reason: "SECRET-WORD", by: .key("a")))
    let text = desk.leaves.map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(!text.contains("SECRET-WORD"))
    #expect(desk.payloads.map { String(decoding: $0, as: UTF8.self) }.joined().contains("SECRET-WORD"))
  }

  @Test("mutated leaves are refused or decode, and never crash")
  func fuzz() throws {
    let desk = try live(seed: 31, steps: 60)
    var random = SeededGenerator(seed: 31)
    var refused = 0
    for _ in 0..<5_000 {
      let index = Int.random(in: 0..<desk.leaves.count, using: &random)
      var leaf = desk.leaves[index]
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        leaf[Int.random(in: 0..<leaf.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if (try? DecodedEntry(leaf: leaf, at: UInt64(index))) == nil { refused += 1 }
    }
    #expect(refused > 1_000)
  }
}
