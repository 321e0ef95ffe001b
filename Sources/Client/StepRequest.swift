/// One step of a run of a registered workflow, about to start.
///
/// Workflow, run, step and attempt identify it: the same step asked again with the same attempt is the same question, gets the same
/// answer and
/// reserves nothing twice. A new attempt is a new question.
public struct StepRequest: Sendable, Equatable {
  /// What the step is about to do.
  public enum Kind: String, Sendable {
    /// A call of a model.
    case model = "before_model"
    /// A call of a tool.
    case tool = "before_tool"
    /// Any other act.
    case action = "before_action"
    /// Giving the work to another agent.
    case handoff
  }

  /// Id of the workflow's manifest.
  public var workflow: String
  /// The version that runs; nil for the registered one.
  public var version: String?
  /// Id of this run, chosen by the runtime.
  public var run: String
  /// Id of the step in the manifest.
  public var step: String
  /// 1 for the first try; the runtime counts.
  public var attempt: Int
  /// What kind of step this is.
  public var kind: Kind
  /// The agent that acts.
  public var agent: String
  /// The action's name for the policies, such as `tool.call`.
  public var action: String
  /// The tool, model or other thing that is used.
  public var resource: EvaluationRequest.Entity
  /// What the tool is called with: policies and approvers see it, and an approval holds for exactly these values.
  public var arguments: PropertyValue?
  /// What the step will use at most, where the runtime knows better than the manifest.
  public var estimate: Usage?
  /// Further facts for the policies (an object).
  public var context: PropertyValue

  /// A step.
  public init(
    workflow: String, version: String? = nil, run: String, step: String, attempt: Int = 1, kind: Kind, agent: String,
    action: String,
    resource: EvaluationRequest.Entity, arguments: PropertyValue? = nil, estimate: Usage? = nil, context: PropertyValue = [:]
  ) {
    self.workflow = workflow
    self.version = version
    self.run = run
    self.step = step
    self.attempt = attempt
    self.kind = kind
    self.agent = agent
    self.action = action
    self.resource = resource
    self.arguments = arguments
    self.estimate = estimate
    self.context = context
  }

  /// The question as AuthZEN puts it, with the obligations that the asker can carry out.
  public func evaluation(supportedObligations: [String]) -> EvaluationRequest {
    var members: [(name: String, value: PropertyValue)] = [("workflow", .string(workflow))]
    if let version { members.append(("version", .string(version))) }
    members += [
      ("run", .string(run)), ("step", .string(step)), ("attempt", .integer(Int64(attempt))), ("point", .string(kind.rawValue)),
    ]
    if let arguments { members.append(("arguments", arguments)) }
    if let estimate { members.append(("estimate", estimate.value)) }
    members.append(("supported_obligations", .array(supportedObligations.map { .string($0) })))
    if case .object(let further) = context {
      // What identifies the step is said once, above; free facts cannot replace it.
      let said = members.map(\.name)
      members += further.filter { member in !said.contains(member.name) }
    }
    return EvaluationRequest(
      subject: .init(type: "agent", id: agent), action: action, resource: resource, context: .object(members))
  }
}
