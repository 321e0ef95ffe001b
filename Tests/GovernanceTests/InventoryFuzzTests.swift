import Cedar
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

  @Test("mutated tests of policies never crash, and what is refused says where", arguments: [4, 5] as [UInt64])
  func mutatedTests(seed: UInt64) throws {
    let files = try InventoryFixtures.shipped()
    let sources = try #require(CedarSources.read(folder: files).sources)
    let tests = files.filter { PolicyTestReader.isTest($0.path) }
    var generator = SeededGenerator(seed: seed)
    var counts = (refused: 0, run: 0)
    for round in 0..<Self.rounds {
      let index = Int.random(in: 0..<tests.count, using: &generator)
      let mutant = PolicyFile(path: tests[index].path, bytes: mutate(tests, index, &generator))
      let read = PolicyTestReader.read(folder: [mutant], sources)
      for problem in read.problems {
        #expect(problem.line >= 1 && problem.column >= 1 && !problem.message.isEmpty, "seed \(seed), round \(round)")
      }
      let report = PolicyTestRunner.run(read.tests, sources)
      #expect(report.results.count == read.tests.count, "seed \(seed), round \(round)")
      counts.run += report.results.count
      if !read.problems.isEmpty { counts.refused += 1 }
    }
    #expect(counts.refused > Self.rounds / 4 && counts.run > Self.rounds, "seed \(seed): \(counts)")
  }

  @Test("a mutated list of tools gives a schema or a reason, never a crash", arguments: [6, 7] as [UInt64])
  func mutatedTools(seed: UInt64) throws {
    let text = ##"""
      {"tools":[{"name":"create_issue","description":"d","inputSchema":{"type":"object","required":["a"],"properties":{"a":{"enum":["x","y"]},
      "b":{"$ref":"#/$defs/B"},"c":{"type":["string","null"]},"d":{"type":"array","items":{"type":"number"}}},"$defs":{"B":{"properties":{"e":{
      "anyOf":[{"type":"integer"},{"type":"null"}]}}}}}}]}
      """##
    let files = [PolicyFile(path: "tools.json", bytes: Array(text.utf8))]
    var generator = SeededGenerator(seed: seed)
    var made = 0
    for round in 0..<Self.rounds * 5 {
      guard let schema = try? ToolSchema(toolsList: mutate(files, 0, &generator)) else { continue }
      made += 1
      guard case .success = Schema.parse(schema.text) else {
        Issue.record("seed \(seed), round \(round): no schema\n\(schema.text)")
        continue
      }
    }
    #expect(made > Self.rounds / 4, "seed \(seed): only \(made)")
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
