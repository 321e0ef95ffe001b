extension Parser {
  /// A primary followed by any number of accesses and method calls.
  mutating func member() throws(SyntaxProblem) -> Expression {
    let start = span
    var result = try primary()
    while true {
      if take(.dot) {
        guard kind == .identifier else {
          throw unexpected(
            ["an attribute name"],
            hint: kind.isReserved
              ? "\(kind.name) is a reserved word: write `[\"…\"]`"
              : (kind == .integer ? "there are no fractions: write `decimal(\"1.5\")`" : nil))
        }
        let nameSpan = span
        let name = try identifier()
        if kind == .leftParenthesis {
          result = try method(result, name, nameSpan, start)
        } else {
          result = try node(.attribute(result, name), start, [result])
        }
      } else if kind == .leftBracket {
        try open(.leftBracket)
        guard kind == .string else { throw unexpected(["a string"], hint: "an attribute name in brackets is a literal string") }
        let name = try string()
        try close(.rightBracket)
        result = try node(.attribute(result, name), start, [result])
      } else {
        return result
      }
    }
  }

  private mutating func method(
    _ receiver: Expression, _ name: String, _ nameSpan: SourceSpan, _ start: SourceSpan
  ) throws(SyntaxProblem) -> Expression {
    let arguments = try list(.leftParenthesis, .rightParenthesis)
    let all = [receiver] + arguments
    if let method = BuiltInMethod(rawValue: name) {
      if arguments.count != method.argumentCount {
        report(
          nameSpan,
          "`\(name)` takes \(method.argumentCount) argument\(method.argumentCount == 1 ? "" : "s"), not \(arguments.count)")
      }
      return try node(.method(receiver, method, arguments), start, all)
    }
    if let function = ExtensionFunction(rawValue: name) {
      if function.isConstructor { report(nameSpan, "`\(name)` is no method", hint: "write `\(name)(…)`") }
      return try node(.call(function, all), start, all)
    }
    report(nameSpan, "unknown method `\(name)`", hint: methodHint(name))
    return try node(.attribute(receiver, name), start, all)
  }

  private mutating func primary() throws(SyntaxProblem) -> Expression {
    let start = span
    switch kind {
    case .wordTrue, .wordFalse:
      let value = kind == .wordTrue
      advance()
      return try node(.bool(value), start)
    case .integer:
      let value = Int64(source.text(span))
      if value == nil { reportInteger() }
      advance()
      return try node(.long(value ?? 0), start)
    case .string: return try node(.string(try string()), start)
    case .identifier: return try name()
    case .leftParenthesis:
      try open(.leftParenthesis)
      let inner = try expression()
      try close(.rightParenthesis)
      return inner
    case .leftBracket:
      let elements = try list(.leftBracket, .rightBracket)
      return try node(.set(elements), start, elements)
    case .leftBrace: return try record()
    case .slot: throw unexpected(["an expression"], hint: "slots stand in the scope only")
    case .wordIf: throw unexpected(["an expression"], hint: "put the `if` in parentheses")
    default: throw unexpected(["an expression"])
    }
  }

  /// A variable, an entity, or a call of an extension function.
  private mutating func name() throws(SyntaxProblem) -> Expression {
    let start = span
    let path = try path()
    if kind == .doubleColon {
      advance()
      return try node(.entity(EntityUID(type: path, id: try string())), start)
    }
    let nameSpan = start.joined(previousSpan)
    if kind == .leftParenthesis {
      let arguments = try list(.leftParenthesis, .rightParenthesis)
      if let function = ExtensionFunction(rawValue: path), function.isConstructor {
        return try node(.call(function, arguments), start, arguments)
      }
      let isMethod = ExtensionFunction(rawValue: path) != nil || BuiltInMethod(rawValue: path) != nil
      report(
        nameSpan, isMethod ? "`\(path)` is a method" : "unknown function `\(path)`",
        hint: isMethod ? "write `x.\(path)(…)`" : functionHint(path))
      return try node(.set(arguments), start, arguments)
    }
    switch path {
    case "principal": return try node(.variable(.principal), start)
    case "action": return try node(.variable(.action), start)
    case "resource": return try node(.variable(.resource), start)
    case "context": return try node(.variable(.context), start)
    default:
      report(
        nameSpan, "unknown name `\(path)`", expected: ["`principal`", "`action`", "`resource`", "`context`"], hint: nameHint(path))
      // `not x` goes on with `x`.
      if kind == .identifier, path == "not" || path == "NOT" { return try member() }
      return try node(.variable(.context), start)
    }
  }

  /// Expressions between brackets, a trailing comma allowed.
  private mutating func list(_ opening: TokenKind, _ closing: TokenKind) throws(SyntaxProblem) -> [Expression] {
    try open(opening)
    var elements: [Expression] = []
    while kind != closing {
      elements.append(try expression())
      if !take(.comma) { break }
    }
    guard kind == closing else { throw unexpected(["`,`", closing.name]) }
    try close(closing)
    return elements
  }

  private mutating func record() throws(SyntaxProblem) -> Expression {
    let start = span
    try open(.leftBrace)
    var members: [(key: String, value: Expression)] = []
    var keys = Set<Name>()
    while kind != .rightBrace {
      let keySpan = span
      let key: String
      switch kind {
      case .string: key = try string()
      case .identifier: key = try identifier()
      default:
        throw unexpected(["a key", "`}`"], hint: kind.isReserved ? "\(kind.name) is a reserved word: put it in quotes" : nil)
      }
      if !keys.insert(Name(key)).inserted { report(keySpan, "key `\(key)` stands twice in one record") }
      try expect(.colon)
      members.append((key, try expression()))
      if !take(.comma) { break }
    }
    guard kind == .rightBrace else { throw unexpected(["`,`", "`}`"]) }
    try close(.rightBrace)
    return try node(.record(members), start, members.map(\.value))
  }
}
