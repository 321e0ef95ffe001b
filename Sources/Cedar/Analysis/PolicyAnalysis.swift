/// What can be said about policies for certain, without knowing what will be asked: which of them never do anything, and which do
/// nothing that another does not do.
///
/// Sound, not complete. Not found, among others: what only the hierarchy of entities or several other policies together bring about,
/// contradictions between two attributes, or in the text of strings. With a schema, findings hold for requests and entities that
/// conform to it.
public struct PolicyAnalysis: Sendable {
  /// A request that was made, with the entities that existed for it alone.
  public struct RecordedRequest: Sendable {
    /// The request.
    public let request: Request
    /// Its entities.
    public let overlay: EntityOverlay

    /// Makes a recorded request.
    public init(_ request: Request, overlay: EntityOverlay = .empty) {
      self.request = request
      self.overlay = overlay
    }
  }

  /// What was found, by policy in the order of the set.
  public let findings: [LintFinding]
  /// Whether all was looked at; a set of very many similar policies is not compared in full.
  public let isComplete: Bool

  /// Analyses the policies and links of `policies`; templates alone decide nothing.
  /// - Parameters:
  ///   - schema: what requests and entities conform to, if anything.
  ///   - requests: when there are any, policies that none of them matches are named.
  ///   - entities: the store of these requests.
  public init(
    _ policies: PolicySet, schema: Schema? = nil, requests: [RecordedRequest] = [], entities: EntityStore = .empty
  ) {
    let anything = EnvironmentSweep.ofAnything
    let demands = policies.policies.indices.map { PolicyDemands(policies, $0, anything) }
    var log = AnalysisLog(policies)
    var idle = Set<Int>()
    let sweep = EnvironmentSweep(schema)
    var isComplete = true
    for demand in demands {
      switch PolicyAnalysis.verdict(demand, sweep.outcomes(policies, demand.policy), hasSchema: schema != nil) {
      case .applies: break
      case .unknown: isComplete = false
      case .idle(let kind, let message, let hint):
        idle.insert(demand.policy)
        log.add(kind, demand.policy, message, hint: hint)
      }
    }
    for demand in demands where demand.isEmpty && !idle.contains(demand.policy) { log.addUnconditional(demand) }
    var coverage = Coverage(demands.filter { !idle.contains($0.policy) && !$0.isEmpty })
    coverage.report(to: &log)
    if !requests.isEmpty {
      let matched = PolicyAnalysis.matched(policies, requests, entities)
      for index in policies.policies.indices where !matched.contains(index) {
        log.add(.neverMatched, index, "none of \(requests.count) requests matched this policy", hint: nil)
      }
    }
    findings = log.ordered
    self.isComplete = isComplete && !coverage.isCut
  }

  private enum Verdict {
    case applies
    case unknown
    case idle(LintFinding.Kind, String, hint: String?)
  }

  private static func verdict(_ demands: PolicyDemands, _ outcomes: Outcomes?, hasSchema: Bool) -> Verdict {
    if outcomes == .error {
      return .idle(.alwaysErrs, "this policy errs in every request in its scope, so it has no effect", hint: nil)
    }
    if outcomes?.isEmpty == true {
      let cause = hasSchema ? "no action of the schema applies to what its scope admits" : "its scope admits nothing"
      return .idle(.neverApplies, "no request satisfies this policy: \(cause)", hint: nil)
    }
    if let contradiction = demands.contradiction {
      return .idle(.neverApplies, "no request satisfies this policy: \(contradiction)", hint: nil)
    }
    guard let outcomes else { return .unknown }
    if outcomes.contains(.isTrue) { return .applies }
    return .idle(.neverApplies, "no request satisfies this policy: its conditions are never true", hint: nil)
  }

  /// The policies that a request satisfied or made err.
  private static func matched(_ policies: PolicySet, _ requests: [RecordedRequest], _ entities: EntityStore) -> Set<Int> {
    var matched = Set<Int>()
    for recorded in requests where matched.count < policies.policies.count {
      let request = recorded.request
      let known = PartialRequest(
        principal: .known(request.principal), action: .known(request.action), resource: .known(request.resource),
        context: .known(request.context))
      let evaluator = PartialEvaluator(known, entities: entities, overlay: recorded.overlay)
      matched.formUnion(Authorizer.parts(evaluator, policies).map(\.policy))
    }
    return matched
  }
}
