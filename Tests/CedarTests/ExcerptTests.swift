import Testing

@testable import Cedar

@Suite("Cedar mistakes with their place shown")
struct ExcerptTests {
  @Test("a caret stands under the place, whatever the width of what stands before it")
  func carets() throws {
    let text = "permit(principal, action, resource)\nwhen { \"日本\te\u{301}\" == foo };\nforbid(principal);"
    #expect(
      try excerpts(text) == """
        a.cedar:2:19: unknown name `foo`; expected `principal`, `action`, `resource`, `context`
        2 | when { "日本 e\u{301}" == foo };
          |                    ^
        a.cedar:3:17: unexpected `)`; expected `,` (the scope is `principal, action, resource`)
        3 | forbid(principal);
          |                 ^
        """)
  }

  @Test("a text cannot speak to the terminal")
  func controls() throws {
    let shown = try excerpts("permit(principal, action, resource) when { \"\u{1B}[31m\u{202E}\u{85}\r\" == x };")
    #expect(shown.contains("when { \" [31m   \" == x };"))
    #expect(!shown.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{85}", "\r"].contains($0) })
  }

  @Test("of a long line its neighbourhood is shown")
  func longLine() throws {
    let long = String(repeating: "é😀", count: 400)
    let lines = try excerpts("permit(principal, action, resource) when { \"\(long)\" == x || \"\(long)\" == \"\" };")
      .split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].unicodeScalars.count == "1 | ".count + 100)
    #expect(lines[1].hasSuffix("😀é😀é😀"))
    #expect(lines[1].contains("\" == x || \""))
    // Fifty scalars before it: 5 of ASCII, 22 of one column, 23 of two.
    #expect(lines[2] == "  | " + String(repeating: " ", count: 5 + 22 + 46) + "^")
  }

  @Test("a mistake at the end, or in no file at hand, is shown without harm")
  func edges() throws {
    #expect(try excerpts("permit").hasSuffix("\n1 | permit\n  |       ^"))
    #expect(try excerpts("permit\n").hasSuffix("\n2 | \n  | ^"))
    guard case .failure(let failure) = PolicySet.parse([(name: "a.cedar", text: "permit")]) else { return }
    #expect(failure.excerpts(in: []) == failure.diagnostics[0].description)
    #expect(failure.excerpts(in: [(name: "b.cedar", text: "permit")]) == failure.diagnostics[0].description)
    #expect(failure.excerpts(in: [(name: "a.cedar", text: "")]) == failure.diagnostics[0].description + "\n1 | \n  | ^")
    let excerpts = Excerpts(of: "permit")
    #expect(excerpts.at(line: 1, column: 100) == "1 | permit\n  |       ^")
    #expect(excerpts.at(line: 2, column: 1) == nil && excerpts.at(line: 0, column: 0) == nil)
  }

  private func excerpts(_ text: String) throws -> String {
    let files = [(name: "a.cedar", text: text)]
    guard case .failure(let failure) = PolicySet.parse(files) else {
      Issue.record("accepted")
      return ""
    }
    return failure.excerpts(in: files)
  }
}
