extension Parser {
  /// `if … then … else …`, or a chain of operators.
  mutating func expression() throws(SyntaxProblem) -> Expression {
    guard kind == .wordIf else { return try disjunction() }
    let start = span
    bracketDepth += 1
    if bracketDepth > Limits.bracketDepth {
      throw SyntaxProblem(
        span: start, message: "expressions nested deeper than \(Limits.bracketDepth)", hint: "split the condition")
    }
    advance()
    let condition = try expression()
    try expect(.wordThen)
    let first = try expression()
    try expect(.wordElse, hint: "`if` always has an `else`")
    let second = try expression()
    bracketDepth -= 1
    return try node(.conditional(condition, then: first, else: second), start, [condition, first, second])
  }

  /// Makes a node that ends at the token before the one at hand, within the depth limit.
  func node(_ kind: Expression.Kind, _ start: SourceSpan, _ children: [Expression]) throws(SyntaxProblem) -> Expression {
    var depth: Int32 = 0
    for child in children { depth = max(depth, child.depth) }
    return try node(kind, start, depth: depth)
  }

  func node(_ kind: Expression.Kind, _ start: SourceSpan, depth: Int32 = 0) throws(SyntaxProblem) -> Expression {
    if depth >= Limits.expressionDepth {
      throw SyntaxProblem(
        span: start, message: "expression deeper than \(Limits.expressionDepth) nodes", hint: "split the condition")
    }
    return Expression(kind: kind, span: start.joined(previousSpan), depth: depth + 1)
  }

  private mutating func disjunction() throws(SyntaxProblem) -> Expression {
    let start = span
    let first = try conjunction()
    guard kind == .or || kind == .identifier else { return first }
    var operands = [first]
    while take(.or) || takeWord("or", "OR", for: .or) { operands.append(try conjunction()) }
    if operands.count == 1 { return first }
    return try node(.or(operands), start, operands)
  }

  private mutating func conjunction() throws(SyntaxProblem) -> Expression {
    let start = span
    let first = try relation()
    guard kind == .and || kind == .identifier else { return first }
    var operands = [first]
    while take(.and) || takeWord("and", "AND", for: .and) { operands.append(try relation()) }
    if operands.count == 1 { return first }
    return try node(.and(operands), start, operands)
  }

  private var relationAtHand: Relation? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .wordIn: .isIn
    default: nil
    }
  }

  private mutating func relation() throws(SyntaxProblem) -> Expression {
    let start = span
    let left = try sum()
    var result = left
    if relationAtHand != nil || kind == .assign {
      let relation = takeRelation()
      let right = try sum()
      result = try node(.relation(relation, left, right), start, [left, right])
    } else if take(.wordHas) {
      result = try node(.has(left, try hasPath()), start, [left])
    } else if take(.wordLike) {
      result = try node(.like(left, try pattern()), start, [left])
    } else if take(.wordIs) {
      result = try typeTest(left, start)
    }
    if relationAtHand != nil || kind == .wordHas || kind == .wordLike || kind == .wordIs {
      throw unexpected([], hint: "relations do not chain: put one of them in parentheses")
    }
    return result
  }

  /// The relation at hand; `=` is noted and read as `==`.
  private mutating func takeRelation() -> Relation {
    let relation = relationAtHand
    let start = span
    advance()
    if !takeForeignRelation(start), relation == nil {
      report(start, "unexpected `=`", expected: ["`==`"], hint: "write `==`")
    }
    return relation ?? .equal
  }

  private mutating func typeTest(_ left: Expression, _ start: SourceSpan) throws(SyntaxProblem) -> Expression {
    guard kind == .identifier else { throw unexpected(["a type name"], hint: typeHint) }
    let type = try typeName()
    guard take(.wordIn) else { return try node(.isType(left, type: type, in: nil), start, [left]) }
    let group = try sum()
    return try node(.isType(left, type: type, in: group), start, [left, group])
  }

  private mutating func hasPath() throws(SyntaxProblem) -> [String] {
    if kind == .string { return [try string()] }
    guard kind == .identifier else {
      throw unexpected(
        ["an attribute name", "a string"], hint: kind.isReserved ? "\(kind.name) is a reserved word: put it in quotes" : nil)
    }
    var names = [try identifier()]
    while take(.dot) {
      if kind == .string {
        throw unexpected(["an attribute name"], hint: "a name in quotes stands alone: write `… has a && ….a has \"b\"`")
      }
      names.append(try identifier())
    }
    if names.count > Limits.hasNames {
      throw SyntaxProblem(span: previousSpan, message: "more than \(Limits.hasNames) names after `has`")
    }
    return names
  }

  private mutating func pattern() throws(SyntaxProblem) -> [PatternElement] {
    guard kind == .string else { throw unexpected(["a pattern in quotes"]) }
    defer { advance() }
    do throws(StringLiteral.Mistake) {
      return try StringLiteral.pattern(stringContent())
    } catch {
      reportEscape(error)
      return []
    }
  }

  private mutating func sum() throws(SyntaxProblem) -> Expression {
    let start = span
    let first = try product()
    guard kind == .plus || kind == .minus else { return first }
    var depth = first.depth
    var rest: [(isMinus: Bool, operand: Expression)] = []
    while kind == .plus || kind == .minus {
      let isMinus = kind == .minus
      advance()
      let operand = try product()
      depth = max(depth, operand.depth)
      rest.append((isMinus, operand))
    }
    return try node(.sum(first, rest), start, depth: depth)
  }

  private mutating func product() throws(SyntaxProblem) -> Expression {
    let start = span
    let first = try unary()
    if kind == .slash || kind == .percent { throw unexpected([], hint: "there is no division") }
    guard kind == .star else { return first }
    var operands = [first]
    while take(.star) { operands.append(try unary()) }
    if kind == .slash || kind == .percent { throw unexpected([], hint: "there is no division") }
    return try node(.product(operands), start, operands)
  }

  /// Up to four `!` or up to four `-`. The innermost minus belongs to an integer that follows at once.
  private mutating func unary() throws(SyntaxProblem) -> Expression {
    let sign = kind
    guard sign == .not || sign == .minus else { return try member() }
    var starts: [SourceSpan] = []
    while kind == sign {
      starts.append(span)
      advance()
      if starts.count > Limits.unaryOperators {
        throw SyntaxProblem(span: previousSpan, message: "more than \(Limits.unaryOperators) operators \(sign.name) in a row")
      }
    }
    if kind == .not || kind == .minus { throw unexpected(["an operand"], hint: "put the inner operator in parentheses") }
    var result: Expression
    if sign == .minus, kind == .integer, !isAccess(peek(1).kind) {
      result = try negativeInteger(starts.removeLast())
    } else {
      result = try member()
    }
    for start in starts.reversed() {
      result = try node(sign == .not ? .not(result) : .negate(result), start, [result])
    }
    return result
  }

  private func isAccess(_ kind: TokenKind) -> Bool { kind == .dot || kind == .leftBracket }

  private mutating func negativeInteger(_ sign: SourceSpan) throws(SyntaxProblem) -> Expression {
    guard let magnitude = UInt64(source.text(span)), magnitude <= Int64.min.magnitude else {
      reportInteger()
      advance()
      return try node(.long(0), sign)
    }
    advance()
    return try node(.long(Int64(truncatingIfNeeded: 0 &- magnitude)), sign)
  }

  mutating func reportInteger() {
    report(
      span, "integer `\(source.text(span).prefix(40))` is out of range",
      hint: "integers go from -9223372036854775808 to 9223372036854775807")
  }
}
