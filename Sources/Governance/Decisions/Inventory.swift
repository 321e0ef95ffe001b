import Budgets

/// A step that was found in the inventory.
struct PlacedStep {
  let workflow: Workflow
  /// nil at points that report on the run as a whole.
  let step: Step?
  let model: Model?

  /// The step's own tier when it has one, else the workflow's.
  var tier: RiskTier { step?.riskTier ?? workflow.riskTier }
}

/// Check 3: what is not registered and live does not run; the refusal says what it was, by name.
enum Inventory {
  static func place(
    _ facts: StepFacts, resource: RequestEntity, in snapshot: PolicySnapshot
  ) -> Result<PlacedStep, EvaluationRefusal> {
    guard let workflow = snapshot.workflows[facts.workflow] else {
      let reason = Reason.inventory(
        "workflow_unregistered", "workflow `\(facts.workflow)` is not registered",
        remedy: "add its manifest below workflows/ and apply")
      return .failure(EvaluationRefusal(reason: reason))
    }
    func refuse(_ code: String, _ user: String, _ remedy: String) -> Result<PlacedStep, EvaluationRefusal> {
      .failure(EvaluationRefusal(reason: .inventory(code, user, remedy: remedy), workflow: workflow))
    }
    if let version = facts.version, version != workflow.version {
      return refuse(
        "version_unregistered", "version `\(version)` of workflow `\(workflow.id)` is not registered",
        "use version `\(workflow.version)` or apply the manifest of `\(version)`")
    }
    guard workflow.lifecycle.isLive else {
      return refuse(
        "lifecycle_not_live", "workflow `\(workflow.id)` is in stage \(workflow.lifecycle.rawValue)",
        "only the stages prototype, pilot and scale run")
    }
    if let agent = facts.agent, !workflow.agents.contains(agent) {
      return refuse(
        "agent_unregistered", "agent `\(agent)` is not registered for workflow `\(workflow.id)`", "list it under `agents`")
    }
    guard facts.point.reserves else {
      return .success(PlacedStep(workflow: workflow, step: workflow.step(facts.step), model: nil))
    }
    guard let step = workflow.step(facts.step) else {
      return refuse(
        "step_unregistered", "step `\(facts.step)` is not registered for workflow `\(workflow.id)`", "list it under `steps`")
    }
    return place(resource, workflow, step, in: snapshot, refuse)
  }

  private static func place(
    _ resource: RequestEntity, _ workflow: Workflow, _ step: Step, in snapshot: PolicySnapshot,
    _ refuse: (String, String, String) -> Result<PlacedStep, EvaluationRefusal>
  ) -> Result<PlacedStep, EvaluationRefusal> {
    if resource.type == "tool" || step.tool != nil, resource.type != "tool" || step.tool != resource.id {
      let named = resource.type == "tool" ? resource.id : "\(resource.type) \(resource.id)"
      return refuse(
        "tool_unregistered", "tool `\(named)` is not registered for step `\(step.id)` of workflow `\(workflow.id)`",
        step.tool.map { "this step may use tool `\($0)`" } ?? "this step uses no tool")
    }
    guard resource.type == "model" || step.model != nil else {
      return .success(PlacedStep(workflow: workflow, step: step, model: nil))
    }
    guard resource.type == "model", let named = step.model, let model = snapshot.models[named], model.isNamed(resource.id) else {
      let name = resource.type == "model" ? resource.id : "\(resource.type) \(resource.id)"
      return refuse(
        "model_unregistered", "model `\(name)` is not registered for step `\(step.id)` of workflow `\(workflow.id)`",
        step.model.map { "this step may use model `\($0)`" } ?? "this step uses no model")
    }
    return .success(PlacedStep(workflow: workflow, step: step, model: model))
  }
}
