/// What is certain of every value that an expression can come to.
struct Facts {
  var outcomes: Outcomes
  /// The type of its values, where that is known.
  var type: SchemaType?
  /// What the elements of its values can be, when these are sets and that is known.
  var elements: Outcomes?
  /// Whether every set among its values has an element that is no entity.
  var hasOtherElement = false

  init(_ outcomes: Outcomes, type: SchemaType? = nil) {
    self.outcomes = outcomes
    self.type = type
  }

  /// The facts of values of `type`.
  init(_ type: SchemaType) {
    outcomes = Outcomes(type)
    self.type = type
    if case .set(let element) = type { elements = Outcomes(element) }
  }

  /// The facts of one value.
  init(_ value: Value) {
    switch value {
    case .entity(let uid): self.init(.entity, type: .entity(uid.type))
    case .set(let set): self.init(elements: set.elements.map { Facts($0) })
    default: self.init(Outcomes(value))
    }
  }

  /// The facts of a set of elements with these facts.
  init(elements: [Facts]) {
    self.init(.set)
    self.elements = elements.reduce(into: []) { $0.formUnion($1.outcomes.values) }
    hasOtherElement = elements.contains { $0.outcomes.isDisjoint(with: .entity) }
    if let type = elements.first?.type, elements.allSatisfy({ $0.type == type }) { self.type = .set(type) }
  }

  /// The type of entity that the values are, where that is known.
  var entityType: String? {
    if case .entity(let type) = type { type } else { nil }
  }
}

/// An expression after partial evaluation. In every case the expression comes to the same, error or value, in every completion.
enum Partial {
  /// No part of it is open, taken or not, and it was not evaluated yet: above closed children everything is closed.
  case closed(Expression)
  /// It comes to this value.
  case known(Value, Expression)
  /// It errs.
  case failed(Expression)
  /// What it comes to depends on what is open.
  case open(Expression, Facts)

  /// An expression of which `facts` are certain; those that leave one outcome settle it.
  init(_ expression: Expression, _ facts: Facts) {
    switch facts.outcomes {
    case .isTrue: self = .known(.bool(true), expression)
    case .isFalse: self = .known(.bool(false), expression)
    case .error: self = .failed(expression)
    default: self = .open(expression, facts)
    }
  }

  var isClosed: Bool {
    if case .closed = self { true } else { false }
  }

  var isFailed: Bool {
    if case .failed = self { true } else { false }
  }

  /// The value, when it is known.
  var value: Value? {
    if case .known(let value, _) = self { value } else { nil }
  }

  /// The shortest expression that can stand for this one: the value where that has a literal of moderate size.
  var residual: Expression {
    switch self {
    case .known(let value, let expression): value.literal(expression.span) ?? expression
    case .closed(let expression), .failed(let expression), .open(let expression, _): expression
    }
  }

  /// What is certain of a settled expression.
  var facts: Facts {
    switch self {
    case .known(let value, _): Facts(value)
    case .failed: Facts(.error)
    case .open(_, let facts): facts
    case .closed: Facts([.value, .error])
    }
  }
}

extension Expression {
  /// Makes a node above `children`.
  init(_ kind: Kind, _ span: SourceSpan, above children: [Expression]) {
    self.init(kind: kind, span: span, depth: children.reduce(0) { max($0, $1.depth) } + 1)
  }

  /// This node above other expressions, as many as its `children` and in their order.
  func replacingChildren(_ new: [Expression]) -> Expression {
    let kind: Kind
    switch self.kind {
    case .bool, .long, .string, .entity, .variable: return self
    case .and: kind = .and(new)
    case .or: kind = .or(new)
    case .product: kind = .product(new)
    case .set: kind = .set(new)
    case .call(let function, _): kind = .call(function, new)
    case .not: kind = .not(new[0])
    case .negate: kind = .negate(new[0])
    case .has(_, let names): kind = .has(new[0], names)
    case .like(_, let pattern): kind = .like(new[0], pattern)
    case .attribute(_, let name): kind = .attribute(new[0], name)
    case .sum(_, let rest):
      kind = .sum(new[0], zip(rest, new.dropFirst()).map { (isMinus: $0.isMinus, operand: $1) })
    case .relation(let relation, _, _): kind = .relation(relation, new[0], new[1])
    case .isType(_, let type, _): kind = .isType(new[0], type: type, in: new.count > 1 ? new[1] : nil)
    case .conditional: kind = .conditional(new[0], then: new[1], else: new[2])
    case .method(_, let method, _): kind = .method(new[0], method, Array(new.dropFirst()))
    case .record(let members): kind = .record(zip(members, new).map { (key: $0.key, value: $1) })
    }
    return Expression(kind, span, above: new)
  }
}

extension Value {
  /// The most nodes of a literal that stands for a value: a longer one is harder to read than the expression it came from.
  private static let literalNodesMax = 32

  /// An expression that comes to this value in every request; nil when it would be long.
  func literal(_ span: SourceSpan) -> Expression? {
    var budget = Value.literalNodesMax
    return literal(span, &budget)
  }

  private func literal(_ span: SourceSpan, _ budget: inout Int) -> Expression? {
    budget -= 1
    guard budget >= 0 else { return nil }
    func call(_ function: ExtensionFunction, _ text: String) -> Expression {
      let argument = Expression(.string(text), span, above: [])
      return Expression(.call(function, [argument]), span, above: [argument])
    }
    switch self {
    case .bool(let value): return Expression(.bool(value), span, above: [])
    case .long(let value): return Expression(.long(value), span, above: [])
    case .string(let value): return Expression(.string(value), span, above: [])
    case .entity(let uid): return Expression(.entity(uid), span, above: [])
    case .decimal(let value): return call(.decimal, "\(value)")
    case .duration(let value): return call(.duration, "\(value)")
    case .ip(let value): return call(.ip, "\(value)")
    case .datetime(let value):
      if DateTimeValue("\(value)") == value { return call(.datetime, "\(value)") }
      // Moments outside the years 0 to 9999 have no text of their own.
      let parts = [call(.datetime, "1970-01-01"), call(.duration, "\(value.milliseconds)ms")]
      return Expression(.call(.offset, parts), span, above: parts)
    case .set(let set):
      var elements: [Expression] = []
      for element in set.elements {
        guard let literal = element.literal(span, &budget) else { return nil }
        elements.append(literal)
      }
      return Expression(.set(elements), span, above: elements)
    case .record(let record):
      var members: [(key: String, value: Expression)] = []
      for member in record.members {
        guard let literal = member.value.literal(span, &budget) else { return nil }
        members.append((member.key, literal))
      }
      return Expression(.record(members), span, above: members.map(\.value))
    }
  }
}
