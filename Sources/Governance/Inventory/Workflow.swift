package import Budgets

/// One governed workflow, as its manifest states it.
package struct Workflow: Sendable, Equatable {
  /// Unique in the folder.
  package let id: String
  /// The manifest's own version text; a request that names another one is denied.
  package let version: String
  /// What it is for, in one sentence of its owner.
  package let purpose: String
  /// The person who answers for it.
  package let ownerPerson: String
  /// The team that owns it and whose budget it draws on.
  package let team: String
  /// The tier of every step that states none of its own.
  package let riskTier: RiskTier
  /// Whether it runs at all (`Lifecycle.isLive`).
  package let lifecycle: Lifecycle
  /// Classes of data that it handles, in the manifest's order.
  package let dataClasses: [String]
  /// Ids of the agents that may act in it.
  package let agents: [String]
  /// In the manifest's order.
  package let steps: [Step]
  /// Limits of the workflow's own accounts, at most one a window.
  package let budgets: [BudgetRule]
  /// The limit of each single run, or nil: the run is then counted and never refused.
  package let runLimit: Limit?
  /// The path of the manifest in the folder.
  package let file: String
  /// The workflow's node in account keys: `workflow:refund`.
  package let node: String
  /// What stands before the run's id in its node: `run:refund/`.
  package let runNodePrefix: String
  private let positions: [String: Int]

  /// A workflow whose step ids are unique: the reader of the folder guarantees it.
  package init(
    id: String, version: String, purpose: String, ownerPerson: String, team: String, riskTier: RiskTier, lifecycle: Lifecycle,
    dataClasses: [String], agents: [String], steps: [Step], budgets: [BudgetRule], runLimit: Limit?, file: String
  ) {
    self.id = id
    self.version = version
    self.purpose = purpose
    self.ownerPerson = ownerPerson
    self.team = team
    self.riskTier = riskTier
    self.lifecycle = lifecycle
    self.dataClasses = dataClasses
    self.agents = agents
    self.steps = steps
    self.budgets = budgets
    self.runLimit = runLimit
    self.file = file
    node = "workflow:" + id
    runNodePrefix = "run:\(id)/"
    positions = Dictionary(steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The step called `id`, or nil.
  package func step(_ id: String) -> Step? { positions[id].map { steps[$0] } }

  /// The step's own tier when it states one, else the workflow's.
  package func tier(of step: Step) -> RiskTier { step.riskTier ?? riskTier }
}
