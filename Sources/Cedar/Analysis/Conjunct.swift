/// One of the conditions that must all be true for a policy to be satisfied, in a form that does not depend on how it was written.
struct Conjunct {
  /// The condition without a negation in front: texts are equal when the conditions come to the same in every request.
  let text: Name
  let isNegated: Bool
  /// What it says of one term: the term's text and the claim.
  let claim: (term: Name, claim: Claim)?
  /// The operands of an `||`, when it is one; any of them is enough.
  let alternatives: [Alternative]

  /// One operand of an `||`.
  struct Alternative {
    /// What must hold for it to be true; nil when it never is.
    let conjuncts: [Conjunct]?
    /// Whether reading it may end in an error, and with it the whole.
    let mayErr: Bool
  }

  /// The number of conjuncts in this one, its alternatives' included.
  var count: Int {
    alternatives.reduce(1) { $0 + ($1.conjuncts ?? []).reduce(0) { $0 + $1.count } }
  }

  /// The same for the condition with its negation.
  var key: Key { Key(text: text, isNegated: isNegated) }

  /// A condition that is demanded to be true or false.
  struct Key: Hashable {
    let text: Name
    let isNegated: Bool
  }
}

/// Takes conditions apart into conjuncts. Only their truth counts: where all conjuncts are true the conditions are, too, and none of
/// them errs; the order in which they are read is lost.
struct ConjunctCollector {
  private(set) var conjuncts: [Conjunct] = []
  /// Whether one of the conditions is the literal `false`.
  private(set) var isImpossible = false
  /// The most `||` that are taken apart within each other: each level keeps the texts below it once more.
  private static let nestingMax = 4
  /// The number of `||` around these conditions.
  private let nesting: Int
  /// Knows nothing of a request or of entities: it tells constants from the rest.
  private let evaluator: PartialEvaluator

  init(_ evaluator: PartialEvaluator, nesting: Int = 0) {
    self.evaluator = evaluator
    self.nesting = nesting
  }

  /// Adds `expression`, which must come to `truth`.
  mutating func add(_ expression: Expression, _ truth: Bool = true) {
    switch (expression.kind, truth) {
    case (.bool(let value), _): if value != truth { isImpossible = true }
    case (.and(let operands), true), (.or(let operands), false): for operand in operands { add(operand, truth) }
    case (.not(let operand), _): add(operand, !truth)
    case (.relation(let relation, let left, let right), _): add(relation, left, right, truth, expression.span)
    case (.isType(let base, let type, let group?), true):
      add(Expression(.isType(base, type: type, in: nil), expression.span, above: [base]))
      add(.isIn, base, group, true, expression.span)
    case (.has(let base, let names), true) where names.count > 1 && base.isPath:
      var base = base
      for name in names {
        add(Expression(.has(base, [name]), expression.span, above: [base]))
        base = Expression(.attribute(base, name), expression.span, above: [base])
      }
    default: append(expression, truth, claim(expression, truth))
    }
  }

  private mutating func append(_ expression: Expression, _ truth: Bool, _ claim: (term: Name, claim: Claim)?) {
    var alternatives: [Conjunct.Alternative] = []
    if case .or(let operands) = expression.kind, nesting < ConjunctCollector.nestingMax {
      alternatives = operands.map { operand in
        var collector = ConjunctCollector(evaluator, nesting: nesting + 1)
        collector.add(operand)
        let facts = evaluator.settle(evaluator.evaluate(operand)).facts
        return Conjunct.Alternative(
          conjuncts: collector.isImpossible ? nil : collector.conjuncts, mayErr: facts.outcomes.mayMiss(.bool))
      }
    }
    conjuncts.append(
      Conjunct(text: Name(expression.text), isNegated: !truth, claim: claim, alternatives: alternatives))
  }

  // MARK: Relations

  private mutating func add(_ relation: Relation, _ left: Expression, _ right: Expression, _ truth: Bool, _ span: SourceSpan) {
    switch relation {
    case .notEqual: add(.equal, left, right, !truth, span)
    // Where an order holds or fails, both sides are of one ordered kind: its opposite does the other.
    case .greater: add(truth ? .less : .lessEqual, truth ? right : left, truth ? left : right, true, span)
    case .greaterEqual: add(truth ? .lessEqual : .less, truth ? right : left, truth ? left : right, true, span)
    case .less where !truth: add(.lessEqual, right, left, true, span)
    case .lessEqual where !truth: add(.less, right, left, true, span)
    case .equal:
      let (first, second) = isInOrder(left, right) ? (left, right) : (right, left)
      append(Expression(.relation(.equal, first, second), span, above: [first, second]), truth, equality(first, second, truth))
    case .less, .lessEqual, .isIn:
      let expression = Expression(.relation(relation, left, right), span, above: [left, right])
      append(
        expression, truth, relation == .isIn ? membership(left, right, truth) : order(left, right, isStrict: relation == .less))
    }
  }

  /// The value of an expression that has the same one in every request.
  private func constant(_ expression: Expression) -> Value? { evaluator.settle(evaluator.evaluate(expression)).value }

  /// Whether `left == right` is the form that stands for both orders: constants last, else by text.
  private func isInOrder(_ left: Expression, _ right: Expression) -> Bool {
    let constants = (left: constant(left) != nil, right: constant(right) != nil)
    return constants.left == constants.right ? Text.compare(left.text, right.text) <= 0 : constants.right
  }

  private func equality(_ term: Expression, _ other: Expression, _ truth: Bool) -> (Name, Claim)? {
    guard let value = constant(other) else { return nil }
    return (Name(term.text), truth ? .oneOf([value]) : .noneOf([value]))
  }

  private func membership(_ term: Expression, _ group: Expression, _ truth: Bool) -> (Name, Claim)? {
    guard truth else { return nil }
    switch constant(group) {
    case .entity(let uid): return (Name(term.text), .isBelow([uid]))
    case .set(let set):
      let uids = set.elements.compactMap { if case .entity(let uid) = $0 { uid } else { nil } }
      return uids.count == set.elements.count ? (Name(term.text), .isBelow(Set(uids))) : nil
    default: return nil
    }
  }

  /// A Long on one side: the other side is one, too.
  private func order(_ left: Expression, _ right: Expression, isStrict: Bool) -> (Name, Claim)? {
    let step: Int64 = isStrict ? 1 : 0
    if case .long(let bound) = constant(right) {
      let (high, overflow) = bound.subtractingReportingOverflow(step)
      return (Name(left.text), overflow ? .range(low: 1, high: 0) : .range(low: Int64.min, high: high))
    }
    if case .long(let bound) = constant(left) {
      let (low, overflow) = bound.addingReportingOverflow(step)
      return (Name(right.text), overflow ? .range(low: 1, high: 0) : .range(low: low, high: Int64.max))
    }
    return nil
  }

  private func claim(_ expression: Expression, _ truth: Bool) -> (Name, Claim)? {
    switch expression.kind {
    case .isType(let term, let type, nil): return (Name(term.text), truth ? .isType(type) : .isNotType(type))
    case .method(let receiver, .contains, let arguments):
      guard case .set(let set) = constant(receiver), let term = arguments.first else { return nil }
      return (Name(term.text), truth ? .oneOf(Set(set.elements)) : .noneOf(Set(set.elements)))
    default: return nil
    }
  }
}

extension Expression {
  /// Whether this is a variable or an attribute of one, however deep: short enough to be repeated.
  fileprivate var isPath: Bool {
    var inner = self
    while case .attribute(let base, _) = inner.kind { inner = base }
    if case .variable = inner.kind { return true }
    return false
  }
}
