import TestSupport
import Testing

@testable import YAML

/// The document in one line: text bare, quoted text in `'`, lists in `[]`, mappings in `{}`.
private func shape(_ node: YAMLNode) -> String {
  switch node.value {
  case .scalar(let text, let quoted): quoted ? "'\(text)'" : text
  case .sequence(let items): "[" + items.map(shape).joined(separator: ", ") + "]"
  case .mapping(let pairs): "{" + pairs.map { shape($0.key) + ": " + shape($0.value) }.joined(separator: ", ") + "}"
  }
}

private func parse(_ text: String, limits: YAMLLimits = .standard) throws(YAMLError) -> YAMLNode {
  try YAMLReader.parse(Array(text.utf8), limits: limits)
}

@Suite("YAML")
struct YAMLTests {
  @Test(
    "a document gives its nodes",
    arguments: [
      ("a: 1", "{a: 1}"),
      ("a: no\nb: \"no\"\nc: 'x'\nd: 1.10", "{a: no, b: 'no', c: 'x', d: 1.10}"),
      ("- a\n- [b, {c: d}]\n-", "[a, [b, {c: d}], ]"),
      ("a:\n  b:\n    - c\n", "{a: {b: [c]}}"),
      ("a: |\n  one\n  two\n", "{a: 'one\ntwo\n'}"),
      ("a: >-\n  one\n  two\n", "{a: 'one two'}"),
      ("# comment\n---\nx\n...\n", "x"),
      ("\u{FEFF}a: ü", "{a: ü}"),
      ("\"\\u00e9\\0\"", "'é\0'"),
      ("{a: 1, b: [], c: {}}", "{a: 1, b: [], c: {}}"),
      ("? a\n: b", "{a: b}"),
      ("~", "~"),
    ])
  func nodes(text: String, expected: String) throws {
    #expect(shape(try parse(text)) == expected)
  }

  @Test("every node knows its line and column")
  func places() throws {
    let root = try parse("id: refund\nsteps:\n  - {id: a, kind: tool}\n  - id: b\n    kind: 'human'\nünï: x\n")
    #expect([root.line, root.column] == [1, 1])
    guard case .sequence(let steps)? = root["steps"]?.value else { throw YAMLError(.empty, line: 0, column: 0, "no steps") }
    #expect(steps.map { [$0.line, $0.column] } == [[3, 5], [4, 5]])
    #expect(steps[0]["kind"].map { [$0.line, $0.column] } == [3, 19])
    #expect(steps[1]["kind"].map { [$0.line, $0.column] } == [5, 11])
    #expect(root["ünï"].map { [$0.line, $0.column] } == [6, 6])
    #expect(root["missing"] == nil)
    #expect(steps[0]["kind"]?["x"] == nil)
  }

  @Test(
    "what a manifest may not hold is refused with its place",
    arguments: [
      ("", .empty, 1, 1), ("# nothing\n", .empty, 1, 1),
      ("a: 1\n---\nb: 2\n", .secondDocument, 2, 1),
      ("%YAML 1.1\n---\na: 1\n", .directive, 1, 1), ("%TAG ! tag:x,2000:\n---\na: 1\n", .directive, 1, 1),
      ("a: &x 1\n", .anchor, 1, 4), ("a: &x [1]", .anchor, 1, 4), ("&x a: 1", .anchor, 1, 1), ("a: &x {b: 1}", .anchor, 1, 4),
      ("a: 1\nb: *x\n", .alias, 2, 4),
      ("a: !!str 1\n", .tag, 1, 4), ("a: ! 1\n", .tag, 1, 4), ("a: !x [1]\n", .tag, 1, 4), ("--- !!map\na: 1\n", .tag, 1, 5),
      ("[a]: 1\n", .compoundKey, 1, 1), ("? {a: 1}\n: b\n", .compoundKey, 1, 3),
      ("a: 1\nb: 2\na: 3\n", .duplicateKey, 3, 1), ("x: {a: 1, 'a': 2}", .duplicateKey, 1, 11),
      ("a: [1\n", .syntax, 2, 1), ("a: 'x\n", .syntax, 2, 1), ("a: b: c\n", .syntax, 1, 5), ("\ta: 1", .syntax, 1, 1),
      ("a: \"\\ud800\"", .syntax, 1, 7), ("b: é\na: \u{1}", .syntax, 2, 4),
    ] as [(String, YAMLError.Kind, Int, Int)])
  func refusals(text: String, kind: YAMLError.Kind, line: Int, column: Int) {
    let error = #expect(throws: YAMLError.self) { try parse(text) }
    #expect(error?.kind == kind)
    #expect(error.map { [$0.line, $0.column] } == [line, column], "\(String(describing: error))")
    #expect(error?.message.isEmpty == false)
  }

  @Test("a refusal names what it refuses")
  func messages() {
    #expect(throws: YAMLError(.alias, line: 1, column: 4, "aliases are not supported: `*base`; write the value out")) {
      try parse("a: *base")
    }
    #expect(throws: YAMLError(.duplicateKey, line: 2, column: 1, "the key `budget` stands twice")) {
      try parse("budget: 1\nbudget: 2")
    }
    #expect(YAMLError(.tag, line: 2, column: 3, "x").description == "2:3: x")
  }

  @Test("keys that only look alike are two keys")
  func canonicalEquivalence() throws {
    let root = try parse("\"\\u00e9\": 1\n\"e\\u0301\": 2\n")
    guard case .mapping(let pairs) = root.value else { return #expect(Bool(false)) }
    #expect(pairs.count == 2)
    #expect(root["e\u{301}"]?.text == "2")
  }

  @Test("a document may reach a limit, not pass it")
  func limits() throws {
    let limits = YAMLLimits(bytes: 40, depth: 3, nodes: 6)
    let atLimit = try parse("[1, [2, [3]]]", limits: limits)
    #expect(shape(atLimit) == "[1, [2, [3]]]")
    for (text, column) in [("[[[[1]]]]", 4), ("[1, 2, 3, 4, 5, 6]", 17), (String(repeating: "a", count: 41), 1)] {
      let error = #expect(throws: YAMLError.self) { try parse(text, limits: limits) }
      #expect(error?.kind == .limit)
      #expect(error?.column == column)
    }
    #expect(shape(try parse(String(repeating: "a", count: 40), limits: limits)).utf8.count == 40)
    let deep = #expect(throws: YAMLError.self) { try parse(String(repeating: "[", count: 1 << 20)) }
    #expect(deep?.kind == .limit)
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    for bytes: [UInt8] in [[0x61, 0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xFF, 0xFE, 0x61, 0x00], [0x00]] {
      #expect(throws: YAMLError.self) { try YAMLReader.parse(bytes) }
    }
  }

  @Test("no input brings the reader down", arguments: [1, 2, 3] as [UInt64])
  func fuzz(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "\"", "'", "&x ", "*x", "!t ", "|\n", "%", "---\n", "#", "? ", "\\",
      "\t", "é",
    ]
    var accepted = 0
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        bytes += pieces.randomElement(using: &random).map { Array($0.utf8) } ?? []
      }
      if Bool.random(using: &random), !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do throws(YAMLError) {
        _ = try YAMLReader.parse(bytes)
        accepted += 1
      } catch {
        #expect(error.line >= 1 && error.column >= 1, "seed \(seed): \(error)")
      }
    }
    print("YAML fuzz seed \(seed): \(accepted) of 2000 accepted")
    #expect(accepted > 20)
  }
}
