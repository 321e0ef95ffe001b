extension Parser {
  /// Annotations, effect, scope, conditions, `;`.
  mutating func policy() throws(SyntaxProblem) -> PolicySyntax {
    let start = span
    let annotations = try annotations()
    guard isWord("permit") || isWord("forbid") else {
      let hint = isWord("allow") ? "write `permit`" : (isWord("deny") ? "write `forbid`" : nil)
      throw unexpected(annotations.isEmpty ? ["`permit`", "`forbid`", "`@`"] : ["`permit`", "`forbid`"], hint: hint)
    }
    let effect: Effect = isWord("permit") ? .permit : .forbid
    advance()
    try open(.leftParenthesis)
    let principalStart = span
    let principal = try scope(.principal)
    let principalSpan = principalStart.joined(previousSpan)
    try expect(.comma, hint: "the scope is `principal, action, resource`")
    let actionStart = span
    let action = try actionScope()
    let actionSpan = actionStart.joined(previousSpan)
    try expect(.comma, hint: "the scope is `principal, action, resource`")
    let resourceStart = span
    let resource = try scope(.resource)
    let scopeSpans = ScopeSpans(principal: principalSpan, action: actionSpan, resource: resourceStart.joined(previousSpan))
    _ = take(.comma)
    try close(.rightParenthesis)
    let conditions = try conditions()
    guard kind == .semicolon else {
      throw unexpected(["`when`", "`unless`", "`;`"], hint: isWord("if") ? "write `when`" : "a policy ends with `;`")
    }
    let end = span
    advance()
    return PolicySyntax(
      effect: effect, annotations: annotations, principal: principal, action: action, resource: resource, conditions: conditions,
      span: start.joined(end), scopeSpans: scopeSpans)
  }

  /// Annotations in a row, each name once.
  mutating func annotations() throws(SyntaxProblem) -> [(key: String, value: String?, span: SourceSpan)] {
    var result: [(key: String, value: String?, span: SourceSpan)] = []
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
      if result.contains(where: { $0.key == key }) {
        report(keySpan, "annotation `@\(key)` stands twice")
      }
      result.append((key, value, start.joined(previousSpan)))
    }
    return result
  }

  private mutating func conditions() throws(SyntaxProblem) -> [ConditionSyntax] {
    var result: [ConditionSyntax] = []
    while isWord("when") || isWord("unless") {
      let isUnless = isWord("unless")
      advance()
      try open(.leftBrace)
      if kind == .rightBrace { throw unexpected(["an expression"], hint: "leave the condition out when it is always true") }
      let body = try expression()
      try close(.rightBrace)
      result.append(ConditionSyntax(isUnless: isUnless, body: body))
    }
    return result
  }

  // MARK: Scope

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
    case .assign: throw unexpected(["`==`", "`in`", "`is`"], hint: "write `==`")
    case .colon: throw unexpected(["`==`", "`in`", "`is`"], hint: "write `\(word) is Type`")
    default: throw unexpected(["`==`", "`in`", "`is`", "`,`"])
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
    guard kind == .identifier else { throw unexpected(["an entity", "a slot"]) }
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
    case .assign: throw unexpected(["`==`", "`in`", "`,`"], hint: "write `==`")
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
    guard kind == .identifier else { throw unexpected(["an action"]) }
    let start = span
    let uid = try entityUID()
    if !uid.isAction {
      report(start.joined(previousSpan), "`\(uid)` is no action", hint: "the last part of an action's type is `Action`")
    }
    return uid
  }
}
