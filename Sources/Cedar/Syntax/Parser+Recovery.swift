/// What keeps one mistake from hiding the next, and what people mean who write what other languages have.
extension Parser {
  /// What `body` reads; when it fails, the mistake is noted, and reading goes on behind the bracket that stands first here, or where the
  /// policy ends.
  mutating func recovering<Syntax>(
    _ fallback: Syntax, _ body: (inout Parser) throws(SyntaxProblem) -> Syntax
  ) -> Syntax {
    let start = index
    let depth = bracketDepth
    do throws(SyntaxProblem) { return try body(&self) } catch {
      problems.append(error)
      bracketDepth = depth
      index = max(index, endOfBracket(from: start))
      return fallback
    }
  }

  /// The token behind the first bracket from `start` on and all within it; or the `;`, or the begin of a policy, that comes before.
  private func endOfBracket(from start: Int) -> Int {
    var open = 0
    for position in start..<tokens.count {
      switch tokens[position].kind {
      case .leftParenthesis, .leftBrace, .leftBracket: open += 1
      case .rightParenthesis, .rightBrace, .rightBracket:
        open -= 1
        if open <= 0 { return position + 1 }
      case .semicolon, .end: return position
      default: if position > start, isPolicy(at: position) { return position }
      }
    }
    return tokens.count - 1
  }

  private func isPolicy(at position: Int) -> Bool {
    guard tokens[position].kind == .identifier, tokens[min(position + 1, tokens.count - 1)].kind == .leftParenthesis else {
      return false
    }
    let word = source.text(tokens[position].span)
    return word == "permit" || word == "forbid"
  }

  /// Skips to behind the next `;`, or to where a policy seems to begin.
  mutating func recover(from start: Int) {
    bracketDepth = 0
    if index == start, kind != .semicolon { index += 1 }
    while kind != .end {
      if kind == .semicolon {
        index += 1
        return
      }
      if kind == .at || isPolicy(at: index) { return }
      index += 1
    }
  }

  // MARK: Words and operators of other languages

  /// Takes `word`, in lower or upper case, for the operator `meant`, and notes that.
  mutating func takeWord(_ word: StaticString, _ upper: StaticString, for meant: TokenKind) -> Bool {
    guard isWord(word) || isWord(upper) else { return false }
    problems.append(unexpected([meant.name], hint: "write \(meant.name)"))
    advance()
    return true
  }

  /// Notes that the relation before the token at hand and that token are an operator of another language, such as `<>`, and skips it.
  mutating func takeForeignRelation(_ start: SourceSpan) -> Bool {
    guard [.assign, .greater, .less].contains(kind), span.start == start.end else { return false }
    let whole = start.joined(span)
    let text = source.text(whole)
    let meant = ["===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<="][text]
    report(whole, "unknown operator `\(text)`", hint: meant.map { "write `\($0)`" })
    advance()
    return true
  }

  /// What may be meant by the token at hand where an expression is complete and a bracket should close.
  var closingHint: String? {
    if kind == .semicolon { return "a bracket is still open" }
    if peek(1).kind == .wordIn, kind == .not || isWord("not") { return "write `!(… in …)`" }
    guard kind == .identifier else { return nil }
    let word = source.text(span)
    if Parser.methodNames.contains(word) { return "write `.\(word)(…)`" }
    if ["matches", "startsWith", "endsWith"].contains(word) { return "write `like` with a pattern such as `\"a*\"`" }
    return nil
  }

  /// What may be meant by `name` where a variable or an entity should stand.
  func nameHint(_ name: String) -> String? {
    switch name {
    case "True", "TRUE", "False", "FALSE": "write `\(name.lowercased())`"
    case "null", "nil", "None", "undefined": "there is no null: test with `has`"
    case "not", "NOT": "write `!`"
    default: suggestion(for: name, among: ["principal", "action", "resource", "context", "true", "false"])
    }
  }

  /// What may be meant by the unknown function `name`.
  func functionHint(_ name: String) -> String? {
    if name == "not" { return "write `!`" }
    if let suggestion = suggestion(for: name, among: ["ip", "decimal", "datetime", "duration"]) { return suggestion }
    return NearestName.find(name, among: Parser.methodNames).map { "did you mean the method `x.\($0)(…)`?" }
  }

  /// What may be meant by the unknown method `name`.
  func methodHint(_ name: String) -> String? {
    if ["size", "length", "count", "len"].contains(name) { return "of the size of a set only `isEmpty()` is known" }
    if ["startsWith", "endsWith", "matches"].contains(name) { return "write `like` with a pattern such as `\"a*\"`" }
    return suggestion(for: name, among: Parser.methodNames)
  }

  static let methodNames =
    ["contains", "containsAll", "containsAny", "isEmpty", "hasTag", "getTag"]
    + ExtensionFunction.allCases.filter { !$0.isConstructor }.map(\.rawValue)

  /// The known name nearest to `name` as a hint, where it is near enough to be meant.
  func suggestion(for name: String, among known: [String]) -> String? {
    NearestName.find(name, among: known).map { "did you mean `\($0)`?" }
  }
}
