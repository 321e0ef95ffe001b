/// Reads policies by recursive descent. A mistake of form ends the policy and reading goes on with the next one; a mistake of
/// meaning (an unknown name, a bad escape) is noted and reading goes on at once.
struct Parser {
  let source: SourceText
  let tokens: [Token]
  var index = 0
  var problems: [SyntaxProblem]
  var bracketDepth = 0

  init(_ source: SourceText, language: Lexer.Language = .policies) {
    self.source = source
    let (tokens, problems) = Lexer.tokens(source, language: language)
    self.tokens = tokens
    self.problems = problems
  }

  /// The policies of `source`, at most `countMax`, or the mistakes in the order of the text.
  static func policies(_ source: SourceText, countMax: Int = Limits.policies) -> (
    policies: [PolicySyntax], diagnostics: [Diagnostic]
  ) {
    var parser = Parser(source)
    var policies: [PolicySyntax] = []
    while parser.kind != .end {
      let start = parser.index
      do throws(SyntaxProblem) {
        let policy = try parser.policy()
        if policies.count == countMax {
          throw SyntaxProblem(span: policy.span, message: "more than \(countMax) policies", hint: "split the set")
        }
        policies.append(policy)
      } catch {
        parser.problems.append(error)
        if policies.count == countMax { break }
        parser.recover(from: start)
      }
    }
    return (policies, source.diagnostics(parser.problems))
  }

  /// The whole of `source` by one rule, or the mistakes in the order of the text.
  static func whole<Syntax>(
    _ source: SourceText, _ rule: (inout Parser) throws(SyntaxProblem) -> Syntax
  ) -> Result<Syntax, ParseFailure> {
    var parser = Parser(source)
    do throws(SyntaxProblem) {
      let syntax = try rule(&parser)
      if parser.kind != .end { throw parser.unexpected([TokenKind.end.name]) }
      if parser.problems.isEmpty { return .success(syntax) }
    } catch {
      parser.problems.append(error)
    }
    return .failure(ParseFailure(diagnostics: source.diagnostics(parser.problems)))
  }

  // MARK: Tokens

  var kind: TokenKind { tokens[index].kind }
  var span: SourceSpan { tokens[index].span }
  var previousSpan: SourceSpan { tokens[max(0, index - 1)].span }

  func peek(_ distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  /// Whether the token at hand is the identifier `word`.
  func isWord(_ word: StaticString) -> Bool {
    guard kind == .identifier, Int(span.end - span.start) == word.utf8CodeUnitCount else { return false }
    for offset in 0..<word.utf8CodeUnitCount where source.bytes[Int(span.start) + offset] != word.utf8Start[offset] { return false }
    return true
  }

  mutating func advance() { if index < tokens.count - 1 { index += 1 } }

  mutating func take(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  mutating func expect(_ wanted: TokenKind, hint: String? = nil) throws(SyntaxProblem) {
    if !take(wanted) { throw unexpected([wanted.name], hint: hint) }
  }

  /// The token at hand as a mistake.
  func unexpected(_ expected: [String], hint: String? = nil) -> SyntaxProblem {
    let found: String
    switch kind {
    case .identifier, .integer, .slot: found = "`\(source.text(span))`"
    case .end, .string, .invalid: found = kind.name
    default: found = kind.name
    }
    return SyntaxProblem(span: span, message: "unexpected \(found)", expected: expected, hint: hint)
  }

  mutating func report(_ span: SourceSpan, _ message: String, expected: [String] = [], hint: String? = nil) {
    problems.append(SyntaxProblem(span: span, message: message, expected: expected, hint: hint))
  }

  // MARK: Names and strings

  /// An identifier that is no reserved word.
  mutating func identifier() throws(SyntaxProblem) -> String {
    guard kind == .identifier else {
      let hint = kind.isReserved ? "\(kind.name) is a reserved word" : nil
      throw unexpected([TokenKind.identifier.name], hint: hint)
    }
    if span.end - span.start > Int32(Limits.identifierBytes) {
      report(span, "identifier longer than \(Limits.identifierBytes) bytes")
    }
    defer { advance() }
    return source.text(span)
  }

  /// The text of the string literal at hand; a bad escape is noted.
  mutating func string() throws(SyntaxProblem) -> String {
    guard kind == .string else { throw unexpected([TokenKind.string.name]) }
    defer { advance() }
    do throws(StringLiteral.Mistake) {
      return try StringLiteral.text(stringContent())
    } catch {
      reportEscape(error)
      return ""
    }
  }

  /// The bytes between the quotes of the string at hand.
  mutating func stringContent() -> ArraySlice<UInt8> {
    if span.end - span.start > Int32(Limits.stringBytes) { report(span, "string longer than \(Limits.stringBytes) bytes") }
    return source.bytes[Int(span.start + 1)..<Int(span.end - 1)]
  }

  mutating func reportEscape(_ mistake: StringLiteral.Mistake) {
    let start = span.start + 1 + Int32(mistake.offset)
    report(SourceSpan(start: start, end: start + 1), mistake.message)
  }

  /// `Ident ("::" Ident)*`, stopping before a `::` that a string follows.
  mutating func path() throws(SyntaxProblem) -> String {
    var name = try identifier()
    while kind == .doubleColon, peek(1).kind != .string {
      advance()
      name += "::"
      name += try identifier()
    }
    return name
  }

  /// A type name; nothing may turn it into an entity.
  mutating func typeName() throws(SyntaxProblem) -> String {
    if kind == .string { throw unexpected(["a type name"], hint: typeHint) }
    let name = try path()
    if kind == .doubleColon { throw unexpected(["a type name"], hint: "`is` takes a type, not an entity") }
    return name
  }

  /// What may be meant by the token at hand where a type should stand.
  var typeHint: String? { kind == .string ? "a type stands without quotes" : nil }

  /// What may be meant by the token at hand where an entity should stand.
  var entityHint: String? { kind == .string ? "an entity is written `User::\"alice\"`" : nil }

  /// `Type::"id"`.
  mutating func entityUID() throws(SyntaxProblem) -> EntityUID {
    let type = try path()
    guard take(.doubleColon) else {
      var parts = type.split(separator: ":")
      let id = parts.count > 1 ? parts.removeLast() : "id"
      throw unexpected(["`::`"], hint: "an entity is written `\(parts.joined(separator: "::"))::\"\(id)\"`")
    }
    return EntityUID(type: type, id: try string())
  }

  /// Opens a bracket, within the limit.
  mutating func open(_ bracket: TokenKind) throws(SyntaxProblem) {
    try expect(bracket)
    bracketDepth += 1
    if bracketDepth > Limits.bracketDepth {
      throw SyntaxProblem(
        span: previousSpan, message: "brackets nested deeper than \(Limits.bracketDepth)", hint: "nest less")
    }
  }

  mutating func close(_ bracket: TokenKind) throws(SyntaxProblem) {
    if kind != bracket { throw unexpected([bracket.name], hint: closingHint) }
    advance()
    bracketDepth -= 1
  }
}
