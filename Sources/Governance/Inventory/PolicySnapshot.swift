import Budgets
package import Cedar
package import Telemetry

/// What the evaluator needs to know of one Cedar policy, read from its annotations once.
package struct PolicyFacts: Sendable, Equatable {
  /// `@id`, else the position that Cedar gave it.
  package let id: String
  /// Permit or forbid.
  package let effect: Effect
  /// `@escalate("group")` of a permit: whom to ask before it counts.
  package let escalate: String?
  /// `@reason("text")`: what the caller is told.
  package let reason: String?
  /// Where it stands.
  package let file: String
  /// The line of its first token, from 1.
  package let line: Int

  /// Facts of one policy.
  package init(id: String, effect: Effect, escalate: String? = nil, reason: String? = nil, file: String = "", line: Int = 1) {
    self.id = id
    self.effect = effect
    self.escalate = escalate
    self.reason = reason
    self.file = file
    self.line = line
  }
}

/// A whole policy folder ready to decide: immutable, shared between threads, replaced as one.
package final class PolicySnapshot: Sendable {
  /// Which version this is, and the digest of its files.
  package let revision: PolicyRevision
  /// What countersign.yaml says.
  package let settings: Settings
  /// By id.
  package let workflows: [String: Workflow]
  /// By id.
  package let models: [String: Model]
  /// What tokens cost, by model and date.
  package let prices: PriceBook
  /// The organisation's limits, at most one a window.
  package let organisationBudgets: [BudgetRule]
  /// By team; every team of the organisation is a key, with or without rules.
  package let teamBudgets: [String: [BudgetRule]]
  /// The Cedar policies, compiled.
  package let policies: PolicySet
  /// One for each of `policies.policies`, in the same order.
  package let policyFacts: [PolicyFacts]
  /// entities.json and the inventory as Cedar entities.
  package let entities: EntityStore
  /// What the policies are validated against; nil for a folder without a schema.
  package let schema: Schema?
  /// Ordered by the bytes of their paths.
  package let files: [PolicyFile]
  /// What a search can find.
  let catalogue: SearchCatalogue
  /// By workflow: the accounts of organisation, team and workflow, in this order.
  private let paths: [String: [PlannedLeg]]

  /// What a server has before the first activation: nothing is registered and everything is denied.
  package static let empty = PolicySnapshot(
    revision: PolicyRevision(version: 0, digest: PolicyDigest.of([PolicyFile]())), settings: Settings(organisation: "none"),
    workflows: [:], models: [:], prices: PriceBook(), organisationBudgets: [], teamBudgets: [:], policies: .empty, policyFacts: [],
    entities: .empty, files: [])

  /// Puts the parts together; `policyFacts` follows the order of `policies`.
  package convenience init(
    revision: PolicyRevision, settings: Settings, workflows: [String: Workflow], models: [String: Model], prices: PriceBook,
    organisationBudgets: [BudgetRule], teamBudgets: [String: [BudgetRule]], policies: PolicySet, policyFacts: [PolicyFacts],
    entities: EntityStore, schema: Schema? = nil, files: [PolicyFile]
  ) {
    self.init(
      revision: revision, settings: settings, workflows: workflows, models: models, prices: prices,
      organisationBudgets: organisationBudgets, teamBudgets: teamBudgets, policies: policies, policyFacts: policyFacts,
      entities: entities, schema: schema, files: files, catalogue: SearchCatalogue(entities, policies))
  }

  private init(
    revision: PolicyRevision, settings: Settings, workflows: [String: Workflow], models: [String: Model], prices: PriceBook,
    organisationBudgets: [BudgetRule], teamBudgets: [String: [BudgetRule]], policies: PolicySet, policyFacts: [PolicyFacts],
    entities: EntityStore, schema: Schema?, files: [PolicyFile], catalogue: SearchCatalogue
  ) {
    self.revision = revision
    self.settings = settings
    self.workflows = workflows
    self.models = models
    self.prices = prices
    self.organisationBudgets = organisationBudgets
    self.teamBudgets = teamBudgets
    self.policies = policies
    self.policyFacts = policyFacts
    self.entities = entities
    self.schema = schema
    self.files = files
    self.catalogue = catalogue
    let organisation = Self.legs("organisation:" + settings.organisation, organisationBudgets)
    paths = workflows.mapValues { workflow in
      organisation + Self.legs("team:" + workflow.team, teamBudgets[workflow.team] ?? [])
        + Self.legs(workflow.node, workflow.budgets)
    }
  }

  /// The same policies as version `version`.
  package func activated(version: UInt64) -> PolicySnapshot {
    PolicySnapshot(
      revision: PolicyRevision(version: version, digest: revision.digest), settings: settings, workflows: workflows, models: models,
      prices: prices, organisationBudgets: organisationBudgets, teamBudgets: teamBudgets, policies: policies,
      policyFacts: policyFacts, entities: entities, schema: schema, files: files, catalogue: catalogue)
  }

  /// The accounts that a step of `workflow` in `run` draws on, in the order of reservation: organisation, team, workflow, run.
  package func legs(for workflow: Workflow, run: String) -> [PlannedLeg] {
    var legs = paths[workflow.id] ?? []
    legs.append(PlannedLeg(node: workflow.runNodePrefix + run, window: .run, limit: workflow.runLimit ?? .none))
    return legs
  }

  /// A node without a rule still has an account, over all time, so that its use can be seen.
  private static func legs(_ node: String, _ rules: [BudgetRule]) -> [PlannedLeg] {
    if rules.isEmpty { return [PlannedLeg(node: node, window: .lifetime, limit: .none)] }
    return rules.map { PlannedLeg(node: node, window: $0.window, limit: $0.limit) }
  }
}
