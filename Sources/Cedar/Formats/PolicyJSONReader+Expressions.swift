import JSON

extension PolicyJSONReader {
  /// An object with one member: the operator.
  ///
  /// - Parameter level: the nodes on the path from the root to this one, itself included. It bounds the recursion, so chains, which nest in
  ///   JSON, are read in a loop and count as one node, as in text.
  func expression(_ json: JSONCursor, level: Int32) throws(DataFailure) -> Expression {
    let (form, body) = try operation(json, level)
    switch form {
    case .value:
      // Also where an escape has members that nobody reads: so does the reference.
      if let number = body.first(where: { $0.kind == .number && $0.integerValue == nil }) {
        throw refusal("not a 64-bit integer", number)
      }
      return try value(body, level: level)
    case .variable: return try node(.variable(try variable(body)), json)
    case .not: return try unary(json, body, level) { .not($0) }
    case .negate: return try unary(json, body, level) { .negate($0) }
    case .isEmpty: return try unary(json, body, level) { .method($0, .isEmpty, []) }
    case .and, .or, .plus, .minus, .times: return try chain(json, form, level)
    case .relation(let relation): return try binary(json, body, level) { .relation(relation, $0, $1) }
    case .method(let method): return try binary(json, body, level) { .method($0, method, [$1]) }
    case .attribute:
      try only(["left", "attr"], body, "an attribute access")
      let base = try expression(required("left", body), level: level + 1)
      return try node(.attribute(base, try string(required("attr", body))), json, [base])
    case .has: return try has(json, body, level)
    case .like:
      try only(["left", "pattern"], body, "`like`")
      let base = try expression(required("left", body), level: level + 1)
      return try node(.like(base, try pattern(required("pattern", body))), json, [base])
    case .isType: return try typeTest(json, body, level)
    case .conditional:
      try only(["if", "then", "else"], body, "a conditional")
      let condition = try expression(required("if", body), level: level + 1)
      let first = try expression(required("then", body), level: level + 1)
      let second = try expression(required("else", body), level: level + 1)
      return try node(.conditional(condition, then: first, else: second), json, [condition, first, second])
    case .set:
      let elements = try list(body, level)
      return try node(.set(elements), json, elements)
    case .record:
      guard body.kind == .object else { throw refusal("expected an object of expressions by key", body) }
      var members: [(key: String, value: Expression)] = []
      for (key, value) in body.members { members.append((try string(key), try expression(value, level: level + 1))) }
      return try node(.record(members), json, members.map(\.value))
    case .call(let function):
      let arguments = try list(body, level)
      return try node(.call(function, arguments), json, arguments)
    }
  }

  private func operation(_ json: JSONCursor, _ level: Int32) throws(DataFailure) -> (form: PolicyJSONOperator, body: JSONCursor) {
    if level > Limits.expressionDepth { throw refusal("expression deeper than \(Limits.expressionDepth) nodes", json) }
    var members = json.members
    guard json.kind == .object, let (key, body) = members.next(), members.next() == nil else {
      throw refusal("an expression is an object with one member, the operator", json)
    }
    let name = key.stringValue ?? ""
    guard let form = PolicyJSONOperator.byName[Name(name)] else { throw refusal("unknown operator `\(name)`", json) }
    return (form, body)
  }

  /// Makes a node with the place of `json`, within the depth limit.
  private func node(_ kind: Expression.Kind, _ json: JSONCursor, _ children: [Expression] = []) throws(DataFailure) -> Expression {
    let depth = children.reduce(0) { max($0, $1.depth) } + 1
    if depth > Limits.expressionDepth { throw refusal("expression deeper than \(Limits.expressionDepth) nodes", json) }
    return Expression(kind: kind, span: span(json), depth: depth)
  }

  private func unary(
    _ json: JSONCursor, _ body: JSONCursor, _ level: Int32, _ kind: (Expression) -> Expression.Kind
  ) throws(DataFailure) -> Expression {
    try only(["arg"], body, "an operator with one operand")
    let operand = try expression(required("arg", body), level: level + 1)
    return try node(kind(operand), json, [operand])
  }

  private func binary(
    _ json: JSONCursor, _ body: JSONCursor, _ level: Int32, _ kind: (Expression, Expression) -> Expression.Kind
  ) throws(DataFailure) -> Expression {
    try only(["left", "right"], body, "an operator with two operands")
    let left = try expression(required("left", body), level: level + 1)
    let right = try expression(required("right", body), level: level + 1)
    return try node(kind(left, right), json, [left, right])
  }

  private func list(_ json: JSONCursor, _ level: Int32) throws(DataFailure) -> [Expression] {
    guard json.kind == .array else { throw refusal("expected an array of expressions", json) }
    var elements: [Expression] = []
    for element in json.elements { elements.append(try expression(element, level: level + 1)) }
    return elements
  }

  private func variable(_ json: JSONCursor) throws(DataFailure) -> Variable {
    if json.equals("principal") { return .principal }
    if json.equals("action") { return .action }
    if json.equals("resource") { return .resource }
    if json.equals("context") { return .context }
    throw refusal("a variable is one of `principal`, `action`, `resource`, `context`", json)
  }

  // MARK: Chains

  /// The operands of the operators that nest on the left, as one node.
  private func chain(_ json: JSONCursor, _ form: PolicyJSONOperator, _ level: Int32) throws(DataFailure) -> Expression {
    var rights: [(form: PolicyJSONOperator, json: JSONCursor)] = []
    var first = json
    while true {
      let (inner, body) = try operation(first, level)
      guard form.chains(with: inner) else { break }
      try only(["left", "right"], body, "an operator with two operands")
      rights.append((inner, try required("right", body)))
      first = try required("left", body)
    }
    let head = try expression(first, level: level + 1)
    var operands: [Expression] = []
    for right in rights.reversed() { operands.append(try expression(right.json, level: level + 1)) }
    switch form {
    case .and: return try node(.and([head] + operands), json, [head] + operands)
    case .or: return try node(.or([head] + operands), json, [head] + operands)
    case .times: return try node(.product([head] + operands), json, [head] + operands)
    default:
      let rest = zip(rights.reversed(), operands).map { (isMinus: $0.form.isMinus, operand: $1) }
      return try node(.sum(head, rest), json, [head] + operands)
    }
  }

  // MARK: Tests

  private func has(_ json: JSONCursor, _ body: JSONCursor, _ level: Int32) throws(DataFailure) -> Expression {
    // The reference tolerates other members here and nowhere else in expressions.
    let base = try expression(required("left", body), level: level + 1)
    let attribute = try required("attr", body)
    if attribute.kind == .string { return try node(.has(base, [try string(attribute)]), json, [base]) }
    guard attribute.kind == .array, attribute.elements.contains(where: { _ in true }) else {
      throw refusal("expected an attribute name or an array of names", attribute)
    }
    var names: [String] = []
    for element in attribute.elements {
      if names.count == Limits.hasNames { throw refusal("more than \(Limits.hasNames) names after `has`", element) }
      names.append(try string(element))
    }
    if names.count == 1 || names.allSatisfy({ isIdentifier($0) }) { return try node(.has(base, names), json, [base]) }
    // Text has no such path: names in quotes stand alone.
    var operands: [Expression] = []
    var inner = base
    for name in names {
      operands.append(try node(.has(inner, [name]), json, [inner]))
      inner = try node(.attribute(inner, name), json, [inner])
    }
    return try node(.and(operands), json, operands)
  }

  private func typeTest(_ json: JSONCursor, _ body: JSONCursor, _ level: Int32) throws(DataFailure) -> Expression {
    try only(["left", "entity_type", "in"], body, "`is`")
    let base = try expression(required("left", body), level: level + 1)
    let type = try typeName(required("entity_type", body))
    guard let groupJSON = body.member("in"), !groupJSON.isNull else {
      return try node(.isType(base, type: type, in: nil), json, [base])
    }
    let group = try expression(groupJSON, level: level + 1)
    return try node(.isType(base, type: type, in: group), json, [base, group])
  }

  private func pattern(_ json: JSONCursor) throws(DataFailure) -> [PatternElement] {
    guard json.kind == .array else { throw refusal("a pattern is an array of `Wildcard` and literals", json) }
    var pattern: [PatternElement] = []
    for element in json.elements {
      if element.equals("Wildcard") || (element.count == 1 && element.member("Wildcard")?.isNull == true) {
        pattern.append(.wildcard)
      } else if element.count == 1, let literal = element.member("Literal") {
        for scalar in try string(literal).unicodeScalars { pattern.append(.literal(scalar)) }
      } else {
        throw refusal("a part of a pattern is `Wildcard` or an object with `Literal`", element)
      }
    }
    return pattern
  }

  // MARK: Values

  /// A value as the expression that makes it, so that a bad extension value fails when it is evaluated.
  private func value(_ json: JSONCursor, level: Int32) throws(DataFailure) -> Expression {
    if level > Limits.expressionDepth { throw refusal("value deeper than \(Limits.expressionDepth) nodes", json) }
    switch json.kind {
    case .true, .false: return try node(.bool(json.kind == .true), json)
    case .string: return try node(.string(try string(json)), json)
    case .number: return try node(.long(json.integerValue ?? 0), json)
    case .null: throw refusal("null is no Cedar value", json)
    case .array:
      let elements = try values(json, level)
      return try node(.set(elements), json, elements)
    case .object:
      if let escaped = try escape(json, level) { return escaped }
      var members: [(key: String, value: Expression)] = []
      for (key, member) in json.members { members.append((try string(key), try value(member, level: level + 1))) }
      return try node(.record(members), json, members.map(\.value))
    }
  }

  private func values(_ json: JSONCursor, _ level: Int32) throws(DataFailure) -> [Expression] {
    var elements: [Expression] = []
    for element in json.elements { elements.append(try value(element, level: level + 1)) }
    return elements
  }

  /// The entity or call that an object stands for when its only member is an escape of the right form; nil for any other object.
  private func escape(_ json: JSONCursor, _ level: Int32) throws(DataFailure) -> Expression? {
    var members = json.members
    guard let (key, body) = members.next(), members.next() == nil else { return nil }
    if key.equals("__entity") {
      guard let uid = try typeAndID(body) else { return nil }
      return try node(.entity(uid), json)
    }
    if key.equals("__expr"), body.kind == .string { throw refusal("`__expr` is no longer part of the format", json) }
    guard key.equals("__extn"), let name = body.member("fn"), name.kind == .string else { return nil }
    let arguments: [Expression]
    if let argument = body.member("arg") {
      arguments = [try value(argument, level: level + 1)]
    } else if let list = body.member("args"), list.kind == .array {
      arguments = try values(list, level)
    } else {
      return nil
    }
    guard let function = ExtensionFunction(rawValue: try string(name)) else {
      throw refusal("unknown function `\(try string(name))`", name)
    }
    return try node(.call(function, arguments), json, arguments)
  }
}

extension PolicyJSONOperator {
  /// Whether `inner`, as the left operand, belongs to the same chain.
  fileprivate func chains(with inner: PolicyJSONOperator) -> Bool {
    switch (self, inner) {
    case (.and, .and), (.or, .or), (.times, .times), (.plus, .plus), (.plus, .minus), (.minus, .plus), (.minus, .minus): true
    default: false
    }
  }

  fileprivate var isMinus: Bool { if case .minus = self { true } else { false } }
}
