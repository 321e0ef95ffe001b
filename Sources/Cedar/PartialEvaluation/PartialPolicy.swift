/// A policy after partial evaluation: what it can come to, and what is left of it to decide that.
struct PartialPolicy {
  /// `isTrue` for satisfied, `isFalse` for not satisfied, `error`: at least one.
  let outcomes: Outcomes
  /// The same of its conditions alone; nothing when its scope cannot hold.
  let conditionOutcomes: Outcomes
  let principal: ScopeSyntax
  let action: ActionScopeSyntax
  let resource: ScopeSyntax
  let conditions: [ConditionSyntax]

  /// A policy that is certainly not satisfied and does not err.
  fileprivate static func unsatisfied(_ conditionOutcomes: Outcomes) -> PartialPolicy {
    PartialPolicy(
      outcomes: .isFalse, conditionOutcomes: conditionOutcomes, principal: .any, action: .any, resource: .any, conditions: [])
  }

  /// Whether something is left of the scope.
  fileprivate static func isOpen(_ principal: ScopeSyntax, _ action: ActionScopeSyntax, _ resource: ScopeSyntax) -> Bool {
    if case (.any, .any, .any) = (principal, action, resource) { false } else { true }
  }
}

extension PartialEvaluator {
  /// What the policy with these parts comes to. The scope is tested first and cannot err: an error counts only where it may hold.
  func policy(
    principal: ScopeSyntax, action: ActionScopeSyntax, resource: ScopeSyntax, conditions: [ConditionSyntax]
  ) -> PartialPolicy {
    guard let principal = scope(principal, request.principal), let action = scope(action, request.action),
      let resource = scope(resource, request.resource)
    else { return .unsatisfied([]) }
    let condition = self.conditions(conditions)
    var outcomes = condition.facts.outcomes.intersection([.bool, .error])
    if condition.facts.outcomes.mayMiss(.bool) { outcomes.insert(.error) }
    if outcomes == .isFalse { return .unsatisfied(.isFalse) }
    let conditionOutcomes = outcomes
    if PartialPolicy.isOpen(principal, action, resource) { outcomes.insert(.isFalse) }
    return PartialPolicy(
      outcomes: outcomes, conditionOutcomes: conditionOutcomes, principal: principal, action: action, resource: resource,
      conditions: residual(of: conditions, condition))
  }

  /// All conditions as one: they hold in the order of the text.
  private func conditions(_ conditions: [ConditionSyntax]) -> Partial {
    guard let first = conditions.first else {
      let span = SourceSpan(start: 0, end: 0)
      return .known(.bool(true), Expression(.bool(true), span, above: []))
    }
    let bodies = conditions.map { condition in
      condition.isUnless ? Expression(.not(condition.body), condition.body.span, above: [condition.body]) : condition.body
    }
    if bodies.count == 1 { return settle(evaluate(bodies[0])) }
    return settle(chain(bodies, settling: false, Expression(.and(bodies), first.body.span, above: bodies)))
  }

  private func residual(of conditions: [ConditionSyntax], _ condition: Partial) -> [ConditionSyntax] {
    switch condition {
    case .known(.bool(true), _): return []
    case .open(let expression, _):
      // A condition must be a Bool anyway: the operand that says so may go.
      if case .and(let operands) = expression.kind, operands.count == 2, case .bool(true) = operands[0].kind {
        return [ConditionSyntax(isUnless: false, body: operands[1])]
      }
      return [ConditionSyntax(isUnless: false, body: expression)]
    case .known, .failed, .closed: return conditions
    }
  }

  // MARK: Scopes

  /// What is left of a constraint; nil when it cannot hold.
  private func scope(_ scope: ScopeSyntax, _ subject: PartialRequest.Subject) -> ScopeSyntax? {
    switch scope {
    case .any: return .any
    case .equal(.entity(let uid)): return self.equal(uid, subject).map { $0 ? .any : scope }
    case .isIn(.entity(let uid)): return isBelow(uid, subject).map { $0 ? .any : scope }
    case .isType(let type): return isType(type, subject).map { $0 ? .any : scope }
    case .isTypeIn(let type, .entity(let uid)):
      guard let fits = isType(type, subject), let below = isBelow(uid, subject) else { return nil }
      if below { return fits ? .any : .isType(type) }
      return fits ? .isIn(.entity(uid)) : scope
    case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): return nil
    }
  }

  private func scope(_ scope: ActionScopeSyntax, _ subject: PartialRequest.Subject) -> ActionScopeSyntax? {
    switch scope {
    case .any: return .any
    case .equal(let uid): return self.equal(uid, subject).map { $0 ? .any : scope }
    case .isIn(let uid): return isBelow(uid, subject).map { $0 ? .any : scope }
    case .isInList(let uids):
      var possible: [EntityUID] = []
      for uid in uids {
        guard let holds = isBelow(uid, subject) else { continue }
        if holds { return .any }
        possible.append(uid)
      }
      return possible.isEmpty ? nil : .isInList(possible)
    }
  }

  /// Whether `subject` certainly is `uid`; nil when it certainly is not.
  private func equal(_ uid: EntityUID, _ subject: PartialRequest.Subject) -> Bool? {
    switch subject {
    case .known(let known): known == uid ? true : nil
    case .unknown(let type?): type == uid.type ? false : nil
    case .unknown(nil): false
    }
  }

  /// Whether `subject` certainly is of `type`; nil when it certainly is not.
  private func isType(_ type: String, _ subject: PartialRequest.Subject) -> Bool? {
    guard let known = subject.type else { return false }
    return known == type ? true : nil
  }

  /// Whether `subject` certainly is `uid` or below it; nil when it certainly is neither.
  private func isBelow(_ uid: EntityUID, _ subject: PartialRequest.Subject) -> Bool? {
    switch subject {
    case .known(let known):
      if known == uid { return true }
      if isOpen(.entity(known)) { return false }
      let ancestry = (overlay.find(known) ?? entities.find(known))?.ancestry
      return ancestry?.contains(uid) == true ? true : nil
    case .unknown(let type?): return mayBeBelow(type, uid.type) ? false : nil
    case .unknown(nil): return false
    }
  }
}
