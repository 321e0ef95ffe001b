import Governance
import TestSupport
import Testing

@Suite("mutated policy folders")
struct InventoryFuzzTests {
  /// Folders read in one run: a smoke test, a second or two.
  static let rounds = 200

  @Test("a mutated shipped file never crashes, and a refused folder always says why", arguments: [1, 2, 3] as [UInt64])
  func mutated(seed: UInt64) throws {
    let files = try InventoryFixtures.shipped()
    var generator = SeededGenerator(seed: seed)
    var refused = 0
    for round in 0..<Self.rounds {
      var mutant = files
      let index = Int.random(in: 0..<files.count, using: &generator)
      mutant[index] = PolicyFile(path: files[index].path, bytes: mutate(files, index, &generator))
      let result = PolicyFolder.read(files: mutant)
      let hasError = result.problems.contains { $0.severity == .error }
      #expect((result.snapshot == nil) == hasError, "seed \(seed), round \(round), \(files[index].path)")
      for problem in result.problems {
        #expect(problem.line >= 1 && problem.column >= 1 && !problem.message.isEmpty, "seed \(seed), round \(round)")
      }
      if hasError { refused += 1 }
    }
    #expect(refused > Self.rounds / 4, "seed \(seed): the mutations hardly break anything")
  }

  private func mutate(_ files: [PolicyFile], _ index: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = files[index].bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.insert(contentsOf: Array("{}[]:,-#&*!|>'\"%@`()\n\t ".utf8).shuffled(using: &generator).prefix(2), at: place)
      case 4:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
      default:
        let other = files[Int.random(in: 0..<files.count, using: &generator)].bytes
        let start = Int.random(in: 0..<other.count, using: &generator)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 60)], at: place)
      }
    }
    return bytes
  }
}
