import Cedar
package import JSON

/// A search: an evaluation with one of its three parts left open. It permits nothing, reserves nothing and is not recorded: it says what a
/// decision would say now, as far as policies and inventory go.
package struct Search: Sendable {
  /// What is looked for.
  package enum Target: Sendable {
    case subject, resource, action
  }

  package let target: Target
  package let subject: RequestEntity
  package let action: String
  package let actionProperties: JSONObject
  package let resource: RequestEntity
  package let context: JSONObject
  /// Id of the API key that asks.
  package let enforcementPoint: String

  /// Most candidates that one call looks at: at a few microseconds each that takes less than a second.
  package static let candidatesMax = 100_000

  /// Checks what can be checked without a candidate.
  ///
  /// - Parameters: as of an evaluation; what is searched for has an empty id, a searched action an empty name.
  /// - Throws: the rule of the request that does not hold, naming its field.
  package init(
    target: Target, subject: RequestEntity, action: String, actionProperties: JSONObject, resource: RequestEntity,
    context: JSONObject, enforcementPoint: String, now: Int64
  ) throws(RequestFault) {
    self.target = target
    self.subject = subject
    self.action = action
    self.actionProperties = actionProperties
    self.resource = resource
    // A search repeats no decision: ids of requests and attempts have no meaning for it.
    self.context = JSONObject(context.members.filter { $0.key != "request_id" && $0.key != "attempt" })
    self.enforcementPoint = enforcementPoint
    _ = try request("candidate", step: namesStep ? nil : "step", now: now)
  }

  private var namesStep: Bool { context["step"].map { $0 != .null } ?? false }

  /// The workflow whose steps are to be tried, because the context names none of them.
  var openWorkflow: String? { namesStep ? nil : context["workflow"]?.stringValue }

  /// The evaluation for one candidate.
  func request(_ candidate: String, step: String?, now: Int64) throws(RequestFault) -> DecisionRequest {
    var subject = subject
    var action = action
    var resource = resource
    switch target {
    case .subject: subject.id = candidate
    case .resource: resource.id = candidate
    case .action: action = candidate
    }
    var context = context
    if let step { context["step"] = .string(step) }
    return try DecisionRequest(
      subject: subject, action: action, actionProperties: actionProperties, resource: resource, context: context, bytes: [],
      enforcementPoint: enforcementPoint, header: nil, now: now)
  }
}

/// One page of a search.
package struct SearchPage: Sendable, Equatable {
  /// Ids of entities, or names of actions, ordered by their bytes.
  package var found: [String]
  /// The last candidate that was looked at when there may be more; nil at the end.
  package var resume: String?

  /// A page; without `resume` it is the last one.
  package init(found: [String], resume: String? = nil) {
    self.found = found
    self.resume = resume
  }
}

extension Evaluator {
  /// The candidates behind `start` for which a single evaluation says permit, at most `limit` of them.
  ///
  /// Candidates are the entities of the searched type that are stored or that a policy names, and the actions that are. A subject or
  /// resource of the request that is neither stored nor named has no results. When the context names a workflow but no
  /// step, a candidate is found if any step of the workflow permits it.
  package func search(_ search: Search, snapshot: PolicySnapshot, now: Int64, after start: String?, limit: Int) -> SearchPage {
    guard isKnown(search, snapshot) else { return SearchPage(found: []) }
    let questions = steps(search, snapshot).compactMap { SearchQuestion(search, step: $0, snapshot, now) }
    let type = search.candidateType
    var page = SearchPage(found: [])
    if questions.isEmpty { return page }
    var looked = 0
    for id in snapshot.catalogue.ids(ofType: type, after: start) {
      if page.found.count == limit || looked == Search.candidatesMax { return page }
      looked += 1
      page.resume = id
      let candidate = EntityUID(type: type, id: id)
      if questions.contains(where: { $0.mayPermit(candidate) && permits(search, id, step: $0.step, snapshot, now) }) {
        page.found.append(id)
      }
    }
    page.resume = nil
    return page
  }

  private func permits(_ search: Search, _ candidate: String, step: String?, _ snapshot: PolicySnapshot, _ now: Int64) -> Bool {
    guard let request = try? search.request(candidate, step: step, now: now) else { return false }
    return evaluate(request, snapshot: snapshot, now: now, salt: "").outcome == .permit
  }

  /// The steps to try: the one that the context names, or none, or all of its workflow.
  private func steps(_ search: Search, _ snapshot: PolicySnapshot) -> [String?] {
    guard let workflow = search.openWorkflow else { return [nil] }
    return snapshot.workflows[workflow]?.steps.map(\.id) ?? []
  }

  private func isKnown(_ search: Search, _ snapshot: PolicySnapshot) -> Bool {
    func isKnown(_ entity: RequestEntity) -> Bool {
      snapshot.catalogue.contains(type: CedarMapping.type(entity.type), id: entity.id)
    }
    return (search.target == .subject || isKnown(search.subject)) && (search.target == .resource || isKnown(search.resource))
  }
}

/// The question to Cedar that all candidates of one step share: the policies are evaluated once as far as the rest is known, and a candidate
/// only decides what is left of them. It sorts out; what it lets through is evaluated as a single request.
private struct SearchQuestion {
  let step: String?
  private let target: Search.Target
  private let known: Cedar.Request
  private let residual: PartialResponse
  private let demand: Demand
  /// Whether the search gives properties to every candidate, so that what is stored of it is not all that counts.
  private let hasProperties: Bool
  private let entities: EntityStore

  /// Nil when no candidate can be permitted.
  init?(_ search: Search, step: String?, _ snapshot: PolicySnapshot, _ now: Int64) {
    guard let request = try? search.request("", step: step, now: now) else { return nil }
    let mapped: CedarMapping.Mapped
    if let facts = request.step {
      guard let workflow = snapshot.workflows[facts.workflow] else { return nil }
      let placed = PlacedStep(workflow: workflow, step: workflow.step(facts.step), model: nil)
      mapped = CedarMapping.request(request, placed, snapshot: snapshot, now: now)
    } else {
      mapped = CedarMapping.plain(request, snapshot: snapshot, now: now)
    }
    self.step = step
    target = search.target
    known = mapped.request
    entities = snapshot.entities
    hasProperties = search.hasCandidateProperties
    let open = PartialRequest.Subject.unknown(type: search.candidateType)
    let partial = PartialRequest(
      principal: target == .subject ? open : .known(known.principal), action: target == .action ? open : .known(known.action),
      resource: target == .resource ? open : .known(known.resource), context: .known(known.context),
      openTypes: hasProperties ? [search.candidateType] : [])
    residual = Authorizer.partial(partial, policies: snapshot.policies, entities: entities, overlay: mapped.entities)
    if residual.decision == .deny { return nil }
    demand = residual.demand(on: search.part)
  }

  /// False only when an evaluation of the candidate is certain not to permit it.
  func mayPermit(_ candidate: EntityUID) -> Bool {
    guard demand.admits(candidate, entities: entities) else { return false }
    if hasProperties { return true }
    let request = Cedar.Request(
      principal: target == .subject ? candidate : known.principal, action: target == .action ? candidate : known.action,
      resource: target == .resource ? candidate : known.resource, context: known.context)
    return (try? residual.complete(request).decision) == .allow
  }
}

extension Search {
  /// The Cedar type of what is searched for.
  fileprivate var candidateType: String {
    switch target {
    case .subject: CedarMapping.type(subject.type)
    case .resource: CedarMapping.type(resource.type)
    case .action: CedarMapping.actionType
    }
  }

  fileprivate var hasCandidateProperties: Bool {
    switch target {
    case .subject: !subject.properties.isEmpty
    case .resource: !resource.properties.isEmpty
    case .action: false
    }
  }

  fileprivate var part: PartialRequest.Part {
    switch target {
    case .subject: .principal
    case .resource: .resource
    case .action: .action
    }
  }
}
