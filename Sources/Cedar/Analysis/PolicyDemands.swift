/// All that a request must fulfil to satisfy one policy, scope and conditions alike.
struct PolicyDemands {
  /// The policy's position.
  let policy: Int
  let effect: Effect
  /// Each once, in the order of the policy.
  let conjuncts: [Conjunct]
  /// Why no request can fulfil all; nil when that is not known.
  let contradiction: String?
  private let keys: Set<Conjunct.Key>
  private let domains: [Name: Domain]
  /// A bit for the hash of every key.
  private let keyBits: UInt64
  /// The same for those that only a policy with the very same key demands.
  private let exactBits: UInt64

  /// - Parameter evaluator: knows nothing of requests and entities.
  init(_ policies: PolicySet, _ index: Int, _ evaluator: PartialEvaluator) {
    let scope = policies.scope(of: index)
    let conditions = policies.source(of: index).syntax.conditions
    let partial = evaluator.policy(principal: .any, action: .any, resource: .any, conditions: conditions)
    var collector = ConjunctCollector(evaluator)
    for test in scope.expressions(policies.source(of: index).syntax.span) { collector.add(test) }
    for condition in partial.conditions { collector.add(condition.body, !condition.isUnless) }
    var conjuncts: [Conjunct] = []
    var keys = Set<Conjunct.Key>()
    var domains: [Name: Domain] = [:]
    var bits: (all: UInt64, exact: UInt64) = (0, 0)
    for conjunct in collector.conjuncts where keys.insert(conjunct.key).inserted {
      conjuncts.append(conjunct)
      let bit: UInt64 = 1 << (conjunct.text.hash & 63)
      bits.all |= bit
      if conjunct.claim == nil, conjunct.alternatives.isEmpty { bits.exact |= bit }
      if let (term, claim) = conjunct.claim { domains[term, default: Domain()].add(claim) }
    }
    policy = index
    effect = policies.policies[index].effect
    self.conjuncts = conjuncts
    self.keys = keys
    self.domains = domains
    (keyBits, exactBits) = bits
    contradiction =
      collector.isImpossible || !partial.outcomes.contains(.isTrue)
      ? "its conditions are never true" : PolicyDemands.contradiction(conjuncts, keys, domains)
  }

  private static func contradiction(
    _ conjuncts: [Conjunct], _ keys: Set<Conjunct.Key>, _ domains: [Name: Domain]
  ) -> String? {
    for conjunct in conjuncts {
      if let term = conjunct.claim?.term, domains[term]?.isEmpty == true {
        return "no value of `\(term.text)` fulfils all that it demands"
      }
      if conjunct.isNegated, keys.contains(Conjunct.Key(text: conjunct.text, isNegated: false)) {
        return "it demands `\(conjunct.text.text)` and its opposite"
      }
    }
    return nil
  }

  /// What tells policies apart that do not say the very same.
  struct Identity: Hashable {
    let effect: Effect
    let keys: Set<Conjunct.Key>
  }

  /// The same for policies of one effect that demand the very same.
  var identity: Identity { Identity(effect: effect, keys: keys) }

  /// The number of conjuncts, those of alternatives included.
  var count: Int { conjuncts.reduce(0) { $0 + $1.count } }

  /// Whether every request satisfies the policy.
  var isEmpty: Bool { conjuncts.isEmpty && contradiction == nil }

  /// Whether every request that fulfils these demands certainly fulfils `other`, without an error.
  func imply(_ other: PolicyDemands) -> Bool { mayImply(other) && other.conjuncts.allSatisfy { implies($0) } }

  /// A cheap test that `imply` needs to pass.
  func mayImply(_ other: PolicyDemands) -> Bool { other.exactBits & ~keyBits == 0 }

  private func implies(_ conjunct: Conjunct) -> Bool {
    if keys.contains(conjunct.key) { return true }
    if let (term, claim) = conjunct.claim, let domain = domains[term] { return domain.implies(claim) }
    return !conjunct.isNegated && impliesOne(of: conjunct.alternatives)
  }

  /// Whether one of the operands of an `||` is certain, and none before it can err.
  private func impliesOne(of alternatives: [Conjunct.Alternative]) -> Bool {
    for alternative in alternatives {
      if alternative.conjuncts?.allSatisfy({ implies($0) }) == true { return true }
      if alternative.mayErr { return false }
    }
    return false
  }

  // MARK: Anchors

  /// A property by which policies that imply another are found: a policy that implies one with an anchor offers one of its marks.
  enum Mark: Hashable {
    case exactly(Conjunct.Key)
    case value(Name, Value)
    case below(Name, EntityUID)
    case ofType(Name, String)
  }

  /// For each conjunct that has any its marks: what implies this policy offers at least one of each.
  var wanted: [[Mark]] {
    conjuncts.compactMap { conjunct in
      guard let (term, claim) = conjunct.claim else {
        return conjunct.alternatives.isEmpty ? [.exactly(conjunct.key)] : nil
      }
      return switch claim {
      case .oneOf(let values): values.map { .value(term, $0) }
      case .isBelow(let uids): uids.map { .below(term, $0) }
      case .isType(let type): [.ofType(term, type)]
      case .noneOf, .range, .isNotType: nil
      }
    }
  }

  /// The marks of this policy.
  var offered: Set<Mark> {
    var marks = Set(conjuncts.map { Mark.exactly($0.key) })
    for (term, domain) in domains { marks.formUnion(domain.marks(term)) }
    return marks
  }
}

/// The scope of a policy with the slots of its template filled.
struct FilledScope {
  let principal: ScopeSyntax
  let action: ActionScopeSyntax
  let resource: ScopeSyntax

  /// The same tests as expressions.
  func expressions(_ span: SourceSpan) -> [Expression] {
    [
      FilledScope.expression(principal, Expression(.variable(.principal), span, above: []), span),
      expression(Expression(.variable(.action), span, above: []), span),
      FilledScope.expression(resource, Expression(.variable(.resource), span, above: []), span),
    ].compactMap { $0 }
  }

  private static func expression(_ scope: ScopeSyntax, _ subject: Expression, _ span: SourceSpan) -> Expression? {
    func entity(_ uid: EntityUID) -> Expression { Expression(.entity(uid), span, above: []) }
    func test(_ kind: Expression.Kind) -> Expression { Expression(kind, span, above: [subject]) }
    switch scope {
    case .equal(.entity(let uid)): return test(.relation(.equal, subject, entity(uid)))
    case .isIn(.entity(let uid)): return test(.relation(.isIn, subject, entity(uid)))
    case .isType(let type): return test(.isType(subject, type: type, in: nil))
    case .isTypeIn(let type, .entity(let uid)): return test(.isType(subject, type: type, in: entity(uid)))
    case .any, .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): return nil
    }
  }

  private func expression(_ subject: Expression, _ span: SourceSpan) -> Expression? {
    func entity(_ uid: EntityUID) -> Expression { Expression(.entity(uid), span, above: []) }
    switch action {
    case .any: return nil
    case .equal(let uid):
      return Expression(.relation(.equal, subject, entity(uid)), span, above: [subject])
    case .isIn(let uid): return Expression(.relation(.isIn, subject, entity(uid)), span, above: [subject])
    case .isInList(let uids):
      if uids.isEmpty { return Expression(.bool(false), span, above: []) }
      let list = Expression(.set(uids.map(entity)), span, above: [subject])
      return Expression(.relation(.isIn, subject, list), span, above: [list])
    }
  }
}

extension PolicySet {
  /// The scope of policy `index`, a link's with its slots filled.
  func scope(of index: Int) -> FilledScope {
    let syntax = source(of: index).syntax
    let policy = compiled.base + index
    return FilledScope(
      principal: syntax.principal.filled(policy.pointee.principal.uid?.uid), action: syntax.action,
      resource: syntax.resource.filled(policy.pointee.resource.uid?.uid))
  }
}
