/// Tries a policy's conditions in every kind of request that its scope admits.
struct EnvironmentSweep {
  /// The kinds of request that one policy may be tried in; a policy with more is not judged.
  private static let environmentsMax = 10_000

  /// Nil when any request may come.
  private let schema: Schema?
  private let actions: EntityStore

  init(_ schema: Schema?) {
    self.schema = schema
    actions = (try? EntityStore(schema?.actionEntities ?? [])) ?? .empty
  }

  /// An evaluator that knows nothing of requests and entities.
  static var ofAnything: PartialEvaluator {
    let request = PartialRequest(principal: .unknown(), action: .unknown(), resource: .unknown(), context: .unknown)
    return PartialEvaluator(request, entities: .empty, overlay: .empty, openData: .ofAllTypes(but: []))
  }

  /// What the conditions can come to in requests in scope; nothing when the scope admits none, nil when there are too many kinds.
  func outcomes(_ policies: PolicySet, _ index: Int) -> Outcomes? {
    let scope = policies.scope(of: index)
    let conditions = policies.source(of: index).syntax.conditions
    guard let schema else { return outcomes(scope, conditions, nil, .unknown(), .unknown(), .unknown()) }
    var result: Outcomes = []
    var tried = 0
    for action in schema.actions.values {
      guard let applies = action.appliesTo, EnvironmentSweep.admits(scope.action, action) else { continue }
      for principal in applies.principals {
        for resource in applies.resources {
          tried += 1
          if tried > EnvironmentSweep.environmentsMax { return nil }
          result.formUnion(
            outcomes(scope, conditions, applies.context, .unknown(type: principal), .known(action.uid), .unknown(type: resource)))
          // More kinds of request cannot make the policy impossible again.
          if result.contains(.isTrue) { return result }
        }
      }
    }
    return result
  }

  /// Whether `action` fulfils `scope`: the schema knows all ancestors of actions.
  private static func admits(_ scope: ActionScopeSyntax, _ action: Schema.Action) -> Bool {
    func isBelow(_ uid: EntityUID) -> Bool { action.uid == uid || action.ancestors.contains(uid) }
    return switch scope {
    case .any: true
    case .equal(let uid): action.uid == uid
    case .isIn(let uid): isBelow(uid)
    case .isInList(let uids): uids.contains(where: isBelow)
    }
  }

  private func outcomes(
    _ scope: FilledScope, _ conditions: [ConditionSyntax], _ context: RecordType?, _ principal: PartialRequest.Subject,
    _ action: PartialRequest.Subject, _ resource: PartialRequest.Subject
  ) -> Outcomes {
    guard let principal = refine(principal, scope.principal), let resource = refine(resource, scope.resource) else { return [] }
    var demanded = action
    if case .equal(let uid) = scope.action {
      if let known = action.uid, known != uid { return [] }
      demanded = .known(uid)
    }
    let evaluator = PartialEvaluator(
      PartialRequest(principal: principal, action: demanded, resource: resource, context: .unknown), entities: actions,
      overlay: .empty, openData: .ofAllTypes(but: schema?.actionTypes ?? []), schema: schema, contextType: context)
    return evaluator.policy(
      principal: scope.principal, action: scope.action, resource: scope.resource, conditions: conditions
    ).conditionOutcomes
  }

  /// `subject` with what `scope` demands of it; nil when it cannot fulfil that.
  private func refine(_ subject: PartialRequest.Subject, _ scope: ScopeSyntax) -> PartialRequest.Subject? {
    if case .equal(.entity(let uid)) = scope {
      if let type = subject.type, type != uid.type { return nil }
      return .known(uid)
    }
    guard let demanded = scope.type else { return subject }
    if let type = subject.type, type != demanded { return nil }
    return .unknown(type: demanded)
  }
}
