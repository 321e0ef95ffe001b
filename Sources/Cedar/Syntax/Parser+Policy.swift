extension Parser {
  /// Annotations, effect, scope, conditions, `;`.
  mutating func policy() throws(SyntaxProblem) -> PolicySyntax {
    let start = span
    let annotations = try annotations()
    guard isWord("permit") || isWord("forbid") else {
      throw unexpected(annotations.isEmpty ? ["`permit`", "`forbid`", "`@`"] : ["`permit`", "`forbid`"], hint: effectHint)
    }
    let effect: Effect = isWord("permit") ? .permit : .forbid
    advance()
    let unread = Scopes(
      principal: .any, action: .any, resource: .any, spans: ScopeSpans(principal: span, action: span, resource: span))
    let scopes = recovering(unread) { parser throws(SyntaxProblem) in try parser.scopes() }
    let conditions = conditions()
    guard kind == .semicolon else {
      let isWhen = kind == .wordIf || isWord("where")
      throw unexpected(["`when`", "`unless`", "`;`"], hint: isWhen ? "write `when`" : "a policy ends with `;`")
    }
    let end = span
    advance()
    return PolicySyntax(
      effect: effect, annotations: annotations, principal: scopes.principal, action: scopes.action, resource: scopes.resource,
      conditions: conditions, span: start.joined(end), scopeSpans: scopes.spans)
  }

  /// Annotations in a row, each name once.
  mutating func annotations() throws(SyntaxProblem) -> [(key: String, value: String?, span: SourceSpan)] {
    var result: [(key: String, value: String?, span: SourceSpan)] = []
    var keys = Set<String>()
    while kind == .at {
      let start = span
      advance()
      guard kind.isWord else { throw unexpected(["an annotation name"]) }
      let key = source.text(span)
      let keySpan = span
      advance()
      var value: String?
      if take(.leftParenthesis) {
        value = try string()
        try expect(.rightParenthesis)
      }
      if !keys.insert(key).inserted {
        report(keySpan, "annotation `@\(key)` stands twice")
      }
      result.append((key, value, start.joined(previousSpan)))
    }
    return result
  }

  /// What may be meant by the token at hand where a policy should begin.
  private var effectHint: String? {
    if kind == .semicolon, index > 0 { return "one `;` ends a policy" }
    guard kind == .identifier else { return nil }
    if isWord("allow") { return "write `permit`" }
    if isWord("deny") { return "write `forbid`" }
    return suggestion(for: source.text(span), among: ["permit", "forbid"])
  }

  private mutating func conditions() -> [ConditionSyntax] {
    var result: [ConditionSyntax] = []
    while isWord("when") || isWord("unless") {
      let isUnless = isWord("unless")
      advance()
      if let body = recovering(nil, { parser throws(SyntaxProblem) in try parser.conditionBody() }) {
        result.append(ConditionSyntax(isUnless: isUnless, body: body))
      }
    }
    return result
  }

  private mutating func conditionBody() throws(SyntaxProblem) -> Expression {
    if kind != .leftBrace { throw unexpected(["`{`"], hint: "a condition stands in braces") }
    try open(.leftBrace)
    if kind == .rightBrace { throw unexpected(["an expression"], hint: "leave the condition out when it is always true") }
    let body = try expression()
    try close(.rightBrace)
    return body
  }

  // MARK: Scope

  private struct Scopes {
    let principal: ScopeSyntax
    let action: ActionScopeSyntax
    let resource: ScopeSyntax
    let spans: ScopeSpans
  }

  private mutating func scopes() throws(SyntaxProblem) -> Scopes {
    let hint = "the scope is `principal, action, resource`"
    try open(.leftParenthesis)
    let principalStart = span
    let principal = try scope(.principal)
    let principalSpan = principalStart.joined(previousSpan)
    try expect(.comma, hint: hint)
    let actionStart = span
    let action = try actionScope()
    let actionSpan = actionStart.joined(previousSpan)
    try expect(.comma, hint: hint)
    let resourceStart = span
    let resource = try scope(.resource)
    let spans = ScopeSpans(principal: principalSpan, action: actionSpan, resource: resourceStart.joined(previousSpan))
    _ = take(.comma)
    try close(.rightParenthesis)
    return Scopes(principal: principal, action: action, resource: resource, spans: spans)
  }

  /// `=` read as `==`, and noted.
  private mutating func takeAssign(_ expected: [String]) {
    problems.append(unexpected(expected, hint: "write `==`"))
    advance()
  }

  private mutating func scope(_ variable: Variable) throws(SyntaxProblem) -> ScopeSyntax {
    let word: StaticString = variable == .principal ? "principal" : "resource"
    guard isWord(word) else { throw unexpected(["`\(word)`"], hint: "the scope is `principal, action, resource`") }
    advance()
    switch kind {
    case .equal:
      advance()
      return .equal(try target(variable))
    case .wordIn:
      advance()
      return .isIn(try target(variable))
    case .wordIs:
      advance()
      let type = try typeName()
      if take(.wordIn) { return .isTypeIn(type, try target(variable)) }
      return .isType(type)
    case .comma, .rightParenthesis: return .any
    case .assign:
      takeAssign(["`==`", "`in`", "`is`"])
      return .equal(try target(variable))
    case .colon: throw unexpected(["`==`", "`in`", "`is`"], hint: "write `\(word) is Type`")
    default:
      let isOpen = isWord("when") || isWord("unless") || kind == .semicolon
      throw unexpected(
        ["`==`", "`in`", "`is`", variable == .resource ? "`)`" : "`,`"], hint: isOpen ? "close the scope with `)`" : nil)
    }
  }

  /// An entity or the variable's own slot, in any number of parentheses.
  private mutating func target(_ variable: Variable) throws(SyntaxProblem) -> ScopeTarget {
    if kind == .leftParenthesis {
      try open(.leftParenthesis)
      let inner = try target(variable)
      try close(.rightParenthesis)
      return inner
    }
    if kind == .slot {
      let wanted = variable == .principal ? "?principal" : "?resource"
      if source.text(span) != wanted { report(span, "`\(source.text(span))` cannot stand here", expected: ["`\(wanted)`"]) }
      advance()
      return .slot
    }
    if kind == .leftBracket { throw unexpected(["an entity", "a slot"], hint: "only `action in` takes a list") }
    guard kind == .identifier else { throw unexpected(["an entity", "a slot"], hint: entityHint) }
    return .entity(try entityUID())
  }

  private mutating func actionScope() throws(SyntaxProblem) -> ActionScopeSyntax {
    guard isWord("action") else { throw unexpected(["`action`"], hint: "the scope is `principal, action, resource`") }
    advance()
    switch kind {
    case .equal:
      advance()
      return .equal(try actionUID())
    case .wordIn:
      advance()
      return try actionSet()
    case .comma, .rightParenthesis: return .any
    case .wordIs: throw unexpected(["`==`", "`in`", "`,`"], hint: "an action cannot be tested with `is` in the scope")
    case .assign:
      takeAssign(["`==`", "`in`", "`,`"])
      return .equal(try actionUID())
    default: throw unexpected(["`==`", "`in`", "`,`"])
    }
  }

  private mutating func actionSet() throws(SyntaxProblem) -> ActionScopeSyntax {
    if kind == .leftParenthesis {
      try open(.leftParenthesis)
      let inner = try actionSet()
      try close(.rightParenthesis)
      return inner
    }
    guard kind == .leftBracket else { return .isIn(try actionUID()) }
    try open(.leftBracket)
    var actions: [EntityUID] = []
    while kind != .rightBracket {
      actions.append(try actionUID())
      if !take(.comma) { break }
    }
    guard kind == .rightBracket else { throw unexpected(["`,`", "`]`"]) }
    try close(.rightBracket)
    return .isInList(actions)
  }

  private mutating func actionUID() throws(SyntaxProblem) -> EntityUID {
    if kind == .leftParenthesis {
      try open(.leftParenthesis)
      let inner = try actionUID()
      try close(.rightParenthesis)
      return inner
    }
    if kind == .slot { throw unexpected(["an action"], hint: "an action takes no slot") }
    guard kind == .identifier else {
      throw unexpected(["an action"], hint: kind == .leftBracket ? "write `action in […]`" : entityHint)
    }
    let start = span
    let uid = try entityUID()
    if !uid.isAction {
      report(start.joined(previousSpan), "`\(uid)` is no action", hint: "the last part of an action's type is `Action`")
    }
    return uid
  }
}
