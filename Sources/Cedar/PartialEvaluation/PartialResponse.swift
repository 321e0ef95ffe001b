/// The answer to a partial request: what is settled already, and what is left to evaluate once the rest is known.
///
/// Positions are those of `PolicySet.policies`, always ascending. A policy in none of the lists is certainly not satisfied and does not err.
public struct PartialResponse: Sendable {
  /// A policy of which something is left.
  public struct Residual: Sendable {
    /// The position of the policy.
    public let policy: Int
    /// Whether it speaks for or against the request.
    public let effect: Effect
    /// Whether a completion can satisfy it; one that no completion satisfies may still err.
    public let maySatisfy: Bool
    /// Whether it may err.
    public let mayErr: Bool
    /// What is left of scope and conditions.
    let syntax: PolicySyntax

    /// What is left, as a policy in Cedar text on one line.
    public var text: String { syntax.text }
  }

  /// The request that this answers.
  public let request: PartialRequest
  /// The decision of every completion, when it is one for all.
  public let decision: Decision?
  /// The policies that every completion satisfies.
  public let satisfied: [Int]
  /// The policies that err in every completion.
  public let errors: [Int]
  /// The policies that depend on what is open.
  public let residuals: [Residual]
  /// The policies of which some completion may show one among its reasons; those of no other does.
  public let mayBeDetermining: [Int]
  /// The policies that are among the reasons of every completion.
  public let mustBeDetermining: [Int]

  private let entities: EntityStore
  private let overlay: EntityOverlay
  let satisfiedPermits: [Int]
  private let satisfiedForbids: [Int]
  /// The policies that a completion still has to evaluate, simplified and indexed by what is left of their scopes.
  private let reduced: PolicySet
  /// For each policy of `reduced` its position.
  private let positions: [Int]
}

extension PartialResponse {
  /// What one policy came to.
  struct Part {
    let policy: Int
    let partial: PartialPolicy
  }

  init(_ request: PartialRequest, _ parts: [Part], _ policies: PolicySet, _ entities: EntityStore, _ overlay: EntityOverlay) {
    self.request = request
    self.entities = entities
    self.overlay = overlay
    func effect(_ part: Part) -> Effect { policies.policies[part.policy].effect }
    let satisfied = parts.filter { $0.partial.outcomes == .isTrue }
    let open = parts.filter { $0.partial.outcomes != .isTrue && $0.partial.outcomes != .error }
    satisfiedPermits = satisfied.filter { effect($0) == .permit }.map(\.policy)
    satisfiedForbids = satisfied.filter { effect($0) == .forbid }.map(\.policy)
    self.satisfied = satisfied.map(\.policy)
    errors = parts.filter { $0.partial.outcomes == .error }.map(\.policy)
    residuals = open.map { part in
      Residual(
        policy: part.policy, effect: effect(part), maySatisfy: part.partial.outcomes.contains(.isTrue),
        mayErr: part.partial.outcomes.contains(.error), syntax: PartialResponse.syntax(part, policies))
    }
    let permits = residuals.filter { $0.effect == .permit && $0.maySatisfy }.map(\.policy)
    let forbids = residuals.filter { $0.effect == .forbid && $0.maySatisfy }.map(\.policy)
    if !satisfiedForbids.isEmpty {
      decision = .deny
      mustBeDetermining = satisfiedForbids
      mayBeDetermining = (satisfiedForbids + forbids).sorted()
    } else {
      decision = satisfiedPermits.isEmpty && permits.isEmpty ? .deny : (forbids.isEmpty && !satisfiedPermits.isEmpty ? .allow : nil)
      mustBeDetermining = forbids.isEmpty ? satisfiedPermits : []
      mayBeDetermining = (satisfiedPermits + permits + forbids).sorted()
    }
    // Where a forbid is certain, a permit can only add an error.
    let isForbidden = !satisfiedForbids.isEmpty
    let needed = parts.filter { part in
      let outcomes = part.partial.outcomes
      return outcomes != .isTrue && (!isForbidden || effect(part) == .forbid || outcomes.contains(.error))
    }
    positions = needed.map(\.policy)
    reduced = PolicySet(
      sources: needed.map { part in
        let policy = policies.policies[part.policy]
        return PolicySet.Source(
          id: policy.id, syntax: PartialResponse.syntax(part, policies), text: policies.source(of: part.policy).text)
      }, links: [])
  }

  private static func syntax(_ part: Part, _ policies: PolicySet) -> PolicySyntax {
    let original = policies.source(of: part.policy).syntax
    return PolicySyntax(
      effect: original.effect, annotations: [], principal: part.partial.principal, action: part.partial.action,
      resource: part.partial.resource, conditions: part.partial.conditions, span: original.span,
      scopeSpans: original.scopeSpans)
  }

  /// The answer to one completion: the same decision, reasons and errors as `Authorizer.authorize` gives, from what is left alone.
  ///
  /// Of several errors in one policy another may be reported than by a full evaluation.
  /// - Parameter overlay: entities of this completion; nil for those of the partial evaluation. It must agree with them in all entities but
  ///   those of `openTypes`.
  public func complete(_ request: Request, overlay: EntityOverlay? = nil) throws(CompletionFailure) -> Response {
    try self.request.check(request)
    let found = Authorizer.authorize(request, policies: reduced, entities: entities, overlay: overlay ?? self.overlay)
    let errors = found.errors.map { Response.PolicyError(policy: positions[$0.policy], error: $0.error) }
    let reasons = found.reasons.map { positions[$0] }
    let isForbidden = !satisfiedForbids.isEmpty || (found.decision == .deny && !reasons.isEmpty)
    if isForbidden {
      let forbids = found.decision == .deny ? reasons : []
      return Response(decision: .deny, reasons: PolicyPositions(PartialResponse.merge(satisfiedForbids, forbids)), errors: errors)
    }
    let permits = PartialResponse.merge(satisfiedPermits, reasons)
    return Response(decision: permits.isEmpty ? .deny : .allow, reasons: PolicyPositions(permits), errors: errors)
  }

  private static func merge(_ left: [Int], _ right: [Int]) -> [Int] {
    if left.isEmpty { return right }
    return right.isEmpty ? left : (left + right).sorted()
  }
}
