/// Decides requests: forbid over permit, deny by default, a policy in error is skipped and reported.
public enum Authorizer {
  /// Evaluates every policy of `policies` whose scope holds.
  ///
  /// Pure, without locks, safe from any number of threads at once. A permit without errors allocates nothing as long as the conditions
  /// make no sets or records of their own.
  /// - Parameters:
  ///   - entities: the base store; absent entities have no attributes, tags or ancestors.
  ///   - overlay: entities of this request, looked up before the base store.
  public static func authorize(
    _ request: Request, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> Response {
    let evaluator = Evaluator(program: policies.program, request: request, entities: entities, overlay: overlay)
    var poll = Poll(policies)
    policies.index.ask(&poll, evaluator)
    return poll.response(policies)
  }

  /// As `authorize`, but without the index: the scope of every policy is tested. For comparison in tests and benchmarks.
  package static func authorizeByFullScan(
    _ request: Request, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> Response {
    let evaluator = Evaluator(program: policies.program, request: request, entities: entities, overlay: overlay)
    var poll = Poll(policies)
    for position in 0..<policies.compiled.count { poll.ask(position, evaluator) }
    return poll.response(policies)
  }
}

/// What policies answer to one request, asked one by one, in any order.
struct Poll: ~Copyable {
  private let compiled: UnsafePointer<CompiledPolicy>
  private var permits = PolicyPositions()
  private var forbids = PolicyPositions()
  private var faults: [(policy: Int, fault: Fault)] = []

  /// The policies must outlive this value.
  init(_ policies: PolicySet) { compiled = policies.compiled.base }

  /// Evaluates policy `position`. Asking it again changes nothing.
  mutating func ask(_ position: Int, _ evaluator: borrowing Evaluator) {
    let policy = compiled + position
    guard policy.pointee.action.holds(evaluator.actionUID, evaluator.action),
      policy.pointee.principal.holds(evaluator.principalUID, evaluator.principal),
      policy.pointee.resource.holds(evaluator.resourceUID, evaluator.resource)
    else { return }
    let condition = policy.pointee.condition
    do throws(Fault) {
      if condition >= 0, try !evaluator.truth(condition) { return }
      if policy.pointee.effect == .permit { permits.append(position) } else { forbids.append(position) }
    } catch {
      faults.append((position, error))
    }
  }

  /// The decision over all that were asked.
  consuming func response(_ policies: PolicySet) -> Response {
    let isAllowed = forbids.isEmpty && !permits.isEmpty
    var reasons = isAllowed ? permits : forbids
    reasons.order()
    return Response(decision: isAllowed ? .allow : .deny, reasons: reasons, errors: errors(policies))
  }

  private func errors(_ policies: PolicySet) -> [Response.PolicyError] {
    if faults.isEmpty { return [] }
    var errors: [Response.PolicyError] = []
    for (policy, fault) in faults.sorted(by: { $0.policy < $1.policy }) where errors.last?.policy != policy {
      errors.append(Response.PolicyError(policy: policy, error: policies.report(fault, policy)))
    }
    return errors
  }
}
