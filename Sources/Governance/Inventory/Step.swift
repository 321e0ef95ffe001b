package import Budgets

/// What does a step's work.
package enum StepKind: String, CaseIterable, Sendable {
  /// A call of a language model.
  case model
  /// A call that acts on another system.
  case tool
  /// Reading from a source.
  case data
  /// Handing the work, with its context, to another agent or team.
  case handoff
  /// A person's work.
  case human
  /// Deterministic code without a model.
  case script
}

/// One registered step of a workflow.
package struct Step: Sendable, Equatable {
  /// Unique in its workflow.
  package let id: String
  /// What does its work.
  package let kind: StepKind
  /// The id of the tool that it uses, or nil; a step of kind `tool` has one.
  package let tool: String?
  /// The id of the model in models.yaml, or nil; a step of kind `model` has one.
  package let model: String?
  /// The step's own tier, or nil: then the workflow's holds (`Workflow.tier(of:)`).
  package let riskTier: RiskTier?
  /// Whether a person must agree each time, whatever the tier.
  package let requiresApproval: Bool
  /// What one attempt is expected to use; a request's own numbers take precedence.
  package let estimate: Amounts

  /// A step.
  package init(
    id: String, kind: StepKind, tool: String? = nil, model: String? = nil, riskTier: RiskTier? = nil,
    requiresApproval: Bool = false, estimate: Amounts = .zero
  ) {
    self.id = id
    self.kind = kind
    self.tool = tool
    self.model = model
    self.riskTier = riskTier
    self.requiresApproval = requiresApproval
    self.estimate = estimate
  }
}
