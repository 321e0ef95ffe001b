extension Authorizer {
  /// Decides `request` as far as it is known, and keeps what is left for its completions.
  ///
  /// Sound: no completion contradicts what is said to be settled. Pure, without locks, safe from any number of threads at once.
  /// - Parameters:
  ///   - entities: the base store of this and of every completion.
  ///   - overlay: entities of this request; a completion may bring others, see `PartialResponse.complete`.
  /// - Complexity: one look at the scope of every policy, and one walk over the conditions of those whose scope may hold.
  public static func partial(
    _ request: PartialRequest, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> PartialResponse {
    let partial = PartialEvaluator(request, entities: entities, overlay: overlay)
    return PartialResponse(request, parts(partial, policies), policies, entities, overlay)
  }

  /// What the policies come to, those left out that are certainly not satisfied and do not err.
  static func parts(_ partial: PartialEvaluator, _ policies: PolicySet) -> [PartialResponse.Part] {
    let evaluator = Evaluator(
      program: policies.program, request: partial.known, entities: partial.entities, overlay: partial.overlay)
    /// Whether the compiled test of a part's scope is the last word on it.
    func isSettled(_ subject: PartialRequest.Subject) -> Bool { subject.uid.map { !partial.isOpen(.entity($0)) } ?? false }
    let settlesPrincipal = isSettled(partial.request.principal)
    let settlesAction = isSettled(partial.request.action)
    let settlesResource = isSettled(partial.request.resource)
    var parts: [PartialResponse.Part] = []
    for index in policies.policies.indices {
      let policy = policies.compiled.base + index
      if settlesPrincipal, !policy.pointee.principal.holds(evaluator.principalUID, evaluator.principal) { continue }
      if settlesAction, !policy.pointee.action.holds(evaluator.actionUID, evaluator.action) { continue }
      if settlesResource, !policy.pointee.resource.holds(evaluator.resourceUID, evaluator.resource) { continue }
      let scope = policies.scope(of: index)
      let result = partial.policy(
        principal: scope.principal, action: scope.action, resource: scope.resource,
        conditions: policies.source(of: index).syntax.conditions)
      if result.outcomes != .isFalse { parts.append(PartialResponse.Part(policy: index, partial: result)) }
    }
    return parts
  }
}
