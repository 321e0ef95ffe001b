import Cedar
import JSON

/// Formatted texts hold the same policies and comments and are fixed points; likeness with the label's bytes is counted.
enum FormatSuite {
  static let suites = [
    Suite(
      file: "format.jsonl", prepare: { _ in differences },
      tally: Suite.Tally(name: "byte for byte as the reference") { test in
        try Array(formatted(test.text("text"), test).utf8) == Array(test.text("formatted").utf8)
      })
  ]

  @Sendable private static func differences(_ test: JSONValue) throws -> [String] {
    let text = try test.text("text")
    let formatted = try formatted(text, test)
    var differences: [String] = []
    if try PolicyForms.json(Answers.policies(text)) != PolicyForms.json(Answers.policies(formatted)) {
      differences.append("other policies than the text")
    }
    if comments(text) != comments(formatted) { differences.append("other comments than the text") }
    if try Array(self.formatted(formatted, test).utf8) != Array(formatted.utf8) { differences.append("no fixed point") }
    return differences
  }

  @Sendable private static func formatted(_ text: String, _ test: JSONValue) throws -> String {
    guard let width = try test.required("lineWidth").integerValue, let indent = try test.required("indentWidth").integerValue else {
      throw Mismatch("a width is no integer")
    }
    switch Formatter.format(text, file: "policies.cedar", width: Int(width), indent: Int(indent)) {
    case .success(let formatted): return formatted
    case .failure(let failure): throw Mismatch("formatting refused: " + Answers.refusal(failure))
    }
  }

  /// The comments of a text without the blank at their ends, sorted.
  private static func comments(_ text: String) -> [[UInt8]] {
    var comments: [[UInt8]] = []
    var isInString = false
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x22: isInString.toggle()
      case 0x5C where isInString: rest = rest.dropFirst()
      case 0x2F where !isInString:
        let comment = rest.prefix { $0 != 0x0A && $0 != 0x0D }
        rest = rest[comment.endIndex...]
        comments.append(Array(comment.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()))
      default: break
      }
    }
    return comments.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
