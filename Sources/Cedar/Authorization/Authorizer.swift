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
    let evaluator = Evaluator(program: policies.program, request: request, entities: entities, overlay: overlay)
    return decide(policies, evaluator, candidates: policies.index.candidates(evaluator))
  }

  /// As `authorize`, but without the index: every policy's scope is tested. For comparison in tests and benchmarks.
  package static func authorizeByFullScan(
    _ request: Request, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> Response {
    let evaluator = Evaluator(program: policies.program, request: request, entities: entities, overlay: overlay)
    return decide(policies, evaluator, candidates: Array(0..<Int32(policies.compiled.count)))
  }

  /// Decides by the policies at `candidates`, ascending, which must hold every policy whose scope holds.
  static func decide(_ policies: PolicySet, _ evaluator: borrowing Evaluator, candidates: [Int32]) -> Response {
    var permits: [Int] = []
    var forbids: [Int] = []
    var errors: [Response.PolicyError] = []
    let compiled = policies.compiled.base
    for candidate in candidates {
      let index = Int(candidate)
      let policy = compiled + index
      guard policy.pointee.action.holds(evaluator.actionUID, evaluator.action),
        policy.pointee.principal.holds(evaluator.principalUID, evaluator.principal),
        policy.pointee.resource.holds(evaluator.resourceUID, evaluator.resource)
      else { continue }
      let condition = policy.pointee.condition
      do throws(Fault) {
        if condition >= 0, try !evaluator.truth(condition) { continue }
        if policy.pointee.effect == .permit { permits.append(index) } else { forbids.append(index) }
      } catch {
        errors.append(Response.PolicyError(policy: index, error: policies.report(error, index)))
      }
    }
    let isAllowed = forbids.isEmpty && !permits.isEmpty
    return Response(decision: isAllowed ? .allow : .deny, reasons: isAllowed ? permits : forbids, errors: errors)
  }
}
