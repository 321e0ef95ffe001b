/// Decides requests: forbid over permit, deny by default, a policy in error is skipped and reported.
public enum Authorizer {
  /// Evaluates every policy of `policies` whose scope holds.
  ///
  /// Pure, without locks, safe from any number of threads at once.
  /// - Parameters:
  ///   - entities: the base store; absent entities have no attributes, tags or ancestors.
  ///   - overlay: entities of this request, looked up before the base store.
  public static func authorize(
    _ request: Request, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> Response {
    let evaluator = Evaluator(code: policies.code, request: request, entities: entities, overlay: overlay)
    return decide(policies, evaluator, candidates: policies.index.candidates(evaluator))
  }

  /// Decides by the policies at `candidates`, ascending, which must hold every policy whose scope holds.
  static func decide(_ policies: PolicySet, _ evaluator: Evaluator, candidates: [Int32]) -> Response {
    var permits: [Int] = []
    var forbids: [Int] = []
    var errors: [Response.PolicyError] = []
    for candidate in candidates {
      let index = Int(candidate)
      let policy = policies.compiled[index]
      guard policy.action.holds(evaluator.request.action, evaluator.action),
        policy.principal.holds(evaluator.request.principal, evaluator.principal),
        policy.resource.holds(evaluator.request.resource, evaluator.resource)
      else { continue }
      do throws(Fault) {
        if policy.condition >= 0, try !evaluator.truth(policy.condition) { continue }
        if policy.effect == .permit { permits.append(index) } else { forbids.append(index) }
      } catch {
        errors.append(Response.PolicyError(policy: index, error: policies.report(error, index)))
      }
    }
    let isAllowed = forbids.isEmpty && !permits.isEmpty
    return Response(decision: isAllowed ? .allow : .deny, reasons: isAllowed ? permits : forbids, errors: errors)
  }
}
