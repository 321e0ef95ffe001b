/// Lays policies out: line breaks, indentation and blanks change; tokens, their order and the comments stay.
public enum Formatter {
  /// Columns and indentation beyond these help nobody; what is asked for is brought into this range.
  private static let widths = 1...1000
  private static let indents = 0...16

  /// The policies of `text` in the usual layout, ending with a line feed.
  ///
  /// A comment stays with the token that it stands before or behind. Formatting what was formatted changes nothing. The result has
  /// been read again: it has the same policies and the same comments as `text`.
  ///
  /// - Parameters:
  ///   - file: names the text in diagnostics.
  ///   - width: the column that lines should not pass, from 1 to 1000; long names and strings may.
  ///   - indent: blanks per level, from 0 to 16.
  public static func format(_ text: String, file: String, width: Int = 80, indent: Int = 2) -> Result<String, ParseFailure> {
    let source = SourceText(name: file, text: text)
    do throws(ParseFailure) {
      let before = try parse(source)
      guard let formatted = layout(source, width: width.clamped(to: widths), indent: indent.clamped(to: indents)) else {
        throw failure(file, "the formatted text would be longer than \(Limits.textBytes) bytes", hint: "split the file")
      }
      let after = SourceText(name: file, text: formatted)
      try check(before, try parse(after), source)
      if comments(source) != comments(after) {
        throw failure(file, "formatting would lose a comment", hint: "this is a defect of the formatter")
      }
      return .success(formatted)
    } catch {
      return .failure(error)
    }
  }

  /// The policies of `source`, which the parser accepts, in the usual layout: a blank line between them, comments behind the last
  /// one directly after it. Nil if that would be longer than a policy text may be.
  static func layout(_ source: SourceText, width: Int = 80, indent: Int = 2) -> String? {
    var layout = PolicyLayout(source, indent: indent)
    var policies: [String] = []
    var bytesLeft = Limits.textBytes
    while let policy = layout.policy() {
      guard let text = DocumentRenderer.render(policy, width: width, bytesMax: bytesLeft) else { return nil }
      bytesLeft -= text.utf8.count
      policies.append(text)
    }
    return policies.joined(separator: "\n\n") + "\n" + layout.commentsAtEnd.map { $0 + "\n" }.joined()
  }

  private static func parse(_ source: SourceText) throws(ParseFailure) -> [PolicySyntax] {
    if source.bytes.count > Limits.textBytes {
      throw failure(source.name, "the policies are longer than \(Limits.textBytes) bytes", hint: "split the file")
    }
    let (policies, diagnostics) = Parser.policies(source)
    if !diagnostics.isEmpty { throw ParseFailure(diagnostics: diagnostics) }
    return policies
  }

  /// Compares trees by their canonical text: the printer writes each tree in one way, and no two trees alike.
  private static func check(_ before: [PolicySyntax], _ after: [PolicySyntax], _ source: SourceText) throws(ParseFailure) {
    for (index, policy) in before.enumerated() {
      if index < after.count, Text.equal(policy.text, after[index].text) { continue }
      let line = source.position(policy.span.start).line
      throw failure(source.name, line: line, "formatting would change this policy", hint: "this is a defect of the formatter")
    }
    if after.count > before.count { throw failure(source.name, "formatting would add a policy", hint: nil) }
  }

  /// All comments in their order, by bytes.
  private static func comments(_ source: SourceText) -> [[UInt8]] {
    Trivia.read(source, Lexer.tokens(source).tokens).flatMap { trivia in
      (trivia.leading + (trivia.trailing.map { [$0] } ?? [])).map { Array($0.utf8) }
    }
  }

  private static func failure(_ file: String, line: Int = 1, _ message: String, hint: String?) -> ParseFailure {
    ParseFailure(
      diagnostics: [Diagnostic(file: file, line: line, column: 1, message: message, expected: [], hint: hint)])
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
