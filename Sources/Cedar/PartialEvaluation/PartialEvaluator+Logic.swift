extension PartialEvaluator {
  /// An `&&` (`settling` is false) or an `||` (`settling` is true).
  func chain(_ operands: [Expression], settling: Bool, _ expression: Expression) -> Partial {
    chain(operands.map { evaluate($0) }, settling: settling, expression)
  }

  /// A chain of evaluated operands. An operand that comes to `settling` ends it.
  func chain(_ operands: [Partial], settling: Bool, _ expression: Expression) -> Partial {
    if operands.allSatisfy(\.isClosed) { return .closed(expression) }
    let stop: Outcomes = settling ? .isTrue : .isFalse
    let pass: Outcomes = settling ? .isFalse : .isTrue
    var kept: [Partial] = []
    /// What the chain can have come to before the operand at hand.
    var outcomes: Outcomes = []
    for operand in operands {
      let operand = settle(operand)
      let facts = operand.facts
      if facts.outcomes == pass { continue }
      kept.append(operand)
      outcomes.formUnion(facts.outcomes.intersection(stop))
      if facts.outcomes.mayMiss(.bool) { outcomes.insert(.error) }
      // Whatever follows is never read.
      if !facts.outcomes.contains(pass) { return end(kept, outcomes, settling, expression) }
    }
    return end(kept, outcomes.union(pass), settling, expression)
  }

  private func end(_ kept: [Partial], _ outcomes: Outcomes, _ settling: Bool, _ expression: Expression) -> Partial {
    guard let first = kept.first else { return .known(.bool(!settling), expression) }
    if kept.count > 1 { return Partial(rebuild(expression, kept.map(\.residual)), Facts(outcomes)) }
    if first.facts.outcomes.isOnly([.bool, .error]) { return first }
    // A chain of one still demands a truth value of it; the neutral operand in front keeps that.
    let neutral = Expression(.bool(!settling), expression.span, above: [])
    return Partial(rebuild(expression, [neutral, first.residual]), Facts(outcomes))
  }

  /// Only the chosen branch is read.
  func conditional(_ condition: Expression, _ first: Expression, _ second: Expression, _ expression: Expression) -> Partial {
    let condition = evaluate(condition)
    let evaluated = [evaluate(first), evaluate(second)]
    if condition.isClosed, evaluated.allSatisfy(\.isClosed) { return .closed(expression) }
    // From here on nothing may count as closed: `expression` itself holds something open.
    let branches = evaluated.map { settle($0) }
    switch settle(condition) {
    case .known(.bool(let truth), _): return branches[truth ? 0 : 1]
    case .known, .failed, .closed: return .failed(expression)
    case .open(let condition, let facts):
      var outcomes: Outcomes = facts.outcomes.mayMiss(.bool) ? .error : []
      if facts.outcomes.contains(.isTrue) { outcomes.formUnion(branches[0].facts.outcomes) }
      if facts.outcomes.contains(.isFalse) { outcomes.formUnion(branches[1].facts.outcomes) }
      let type = branches[0].facts.type
      return Partial(
        rebuild(expression, [condition, branches[0].residual, branches[1].residual]),
        Facts(outcomes, type: type == branches[1].facts.type ? type : nil))
    }
  }
}
