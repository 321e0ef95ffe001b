import Budgets

/// Reads the manifests below workflows/.
struct WorkflowReader {
  static let folder = "workflows/"
  /// Steps of one workflow: more is several workflows.
  private static let stepsMax = 500
  private static let agentsMax = 500
  private static let dataClassesMax = 100
  private static let manifestKeys = [
    "id", "version", "purpose", "owner", "risk_tier", "lifecycle", "data_classes", "agents", "budgets", "run_budget", "steps",
  ]

  /// What the other files define; nil when they could not be read, so that their mistakes are not reported twice.
  let models: Set<String>?
  let teams: Set<String>?
  let problems: ProblemList
  /// Where each id was first defined.
  private var places: [String: (file: String, line: Int)] = [:]
  private(set) var workflows: [String: Workflow] = [:]

  init(models: Set<String>?, teams: Set<String>?, problems: ProblemList) {
    self.models = models
    self.teams = teams
    self.problems = problems
  }

  mutating func read(_ file: PolicyFile) {
    guard let mapping = ManifestValue.document(file, problems)?.mapping(WorkflowReader.manifestKeys) else { return }
    let idValue = mapping.required("id")
    let id = idValue?.identifier(.defined)
    if let id, let idValue {
      if let first = places[id] {
        idValue.report("workflow `\(id)` is defined twice", hint: "first in \(first.file), line \(first.line)")
      } else {
        places[id] = (file.path, idValue.line)
      }
    }
    let version = mapping.required("version")?.identifier(.foreign)
    let purpose = mapping.required("purpose")?.text()
    let owner = owner(mapping.required("owner", hint: "owner: {person: …, team: …}"))
    let tier = mapping.required("risk_tier")?.choice(RiskTier.allCases, \.text)
    let lifecycle = mapping.required("lifecycle")?.choice(Lifecycle.allCases, \.rawValue)
    let classes = mapping.optional("data_classes")?.identifiers(.defined, countMax: WorkflowReader.dataClassesMax) ?? []
    let agents = mapping.optional("agents")?.identifiers(.foreign, countMax: WorkflowReader.agentsMax) ?? []
    let budgets = mapping.optional("budgets")?.budgetRules() ?? []
    let runLimit = mapping.optional("run_budget")?.limit()
    let steps = steps(mapping.required("steps"), tier, lifecycle, runLimit)
    guard let id, let version, let purpose, let owner, let tier, let lifecycle, let steps, workflows[id] == nil else { return }
    workflows[id] = Workflow(
      id: id, version: version, purpose: purpose, ownerPerson: owner.person, team: owner.team, riskTier: tier,
      lifecycle: lifecycle, dataClasses: classes, agents: agents, steps: steps, budgets: budgets, runLimit: runLimit,
      file: file.path)
  }

  private func owner(_ value: ManifestValue?) -> (person: String, team: String)? {
    guard let mapping = value?.mapping(["person", "team"]) else { return nil }
    let person = mapping.required("person", hint: "who answers for this workflow")?.identifier(.person)
    let teamValue = mapping.required("team")
    guard let team = teamValue?.identifier(.defined) else { return nil }
    if let teams, !teams.contains(team) {
      let near = problems.isFull ? nil : NearestName.hint(team, among: teams.sorted(), plural: "known teams")
      teamValue?.report(
        "team `\(team)` is not listed under `teams` in \(BudgetsReader.path)", hint: near ?? "add `\(team): []` there")
    }
    guard let person else { return nil }
    return (person, team)
  }

  private func steps(_ value: ManifestValue?, _ tier: RiskTier?, _ lifecycle: Lifecycle?, _ runLimit: Limit?) -> [Step]? {
    guard let value, let items = value.list(countMax: WorkflowReader.stepsMax) else { return nil }
    if items.isEmpty, lifecycle?.isLive == true {
      value.report("`steps` is empty, so that nothing may run", hint: "list the steps, or use the stage discovery")
    }
    var steps: [Step] = []
    for item in items {
      guard let step = step(item, tier) else { continue }
      if let runLimit { checkFits(step, runLimit, item) }
      if let first = steps.firstIndex(where: { $0.id == step.id }) {
        item.report("step `\(step.id)` is defined twice", hint: "first as steps[\(first)]")
        continue
      }
      steps.append(step)
    }
    return steps
  }

  private func step(_ item: ManifestValue, _ workflowTier: RiskTier?) -> Step? {
    let keys = ["id", "kind", "tool", "model", "risk_tier", "requires_approval", "estimate"]
    guard let mapping = item.mapping(keys) else { return nil }
    let id = mapping.required("id")?.identifier(.foreign)
    let kind = mapping.required("kind")?.choice(StepKind.allCases, \.rawValue)
    let tool = mapping.optional("tool")?.identifier(.foreign)
    let modelValue = mapping.optional("model")
    let model = modelValue?.identifier(.defined)
    let tier = mapping.optional("risk_tier")?.choice(RiskTier.allCases, \.text)
    let requiresApproval = mapping.optional("requires_approval")?.boolean() ?? false
    let estimate = mapping.optional("estimate")?.estimate() ?? .zero
    if let kind { checkPerformer(mapping, kind) }
    if let model, let models, !models.contains(model) {
      let near = problems.isFull ? nil : NearestName.hint(model, among: models.sorted(), plural: "known models")
      modelValue?.report("model `\(model)` is not listed in \(ModelsReader.path)", hint: near ?? "add it under `models`")
    }
    if let tier, let workflowTier, tier > workflowTier {
      mapping.optional("risk_tier")?.report(
        "\(item.name) is \(tier.text), above the workflow's \(workflowTier.text)",
        hint: "a workflow is as risky as its riskiest step: raise the workflow's `risk_tier`", severity: .warning)
    }
    if kind == .model, estimate.tokensOut == 0 {
      item.report(
        "model step \(item.name) has no estimate of tokens_out, so that nothing is held for its answer",
        hint: "estimate: {tokens_in: 4000, tokens_out: 800}", severity: .warning)
    }
    guard let id, let kind else { return nil }
    return Step(
      id: id, kind: kind, tool: tool, model: model, riskTier: tier, requiresApproval: requiresApproval, estimate: estimate)
  }

  /// A step that a whole run has no room for is refused every time.
  private func checkFits(_ step: Step, _ runLimit: Limit, _ item: ManifestValue) {
    for currency in Currency.allCases {
      guard let limit = runLimit[currency], step.estimate[currency] > limit else { continue }
      item.report(
        "step `\(step.id)` is estimated at \(step.estimate[currency]) \(currency.name), above the run's \(limit)",
        hint: "it can never be permitted: raise `run_budget` or lower the estimate", severity: .warning)
    }
  }

  /// A model step has a model and nothing else does; a tool step has a tool; a person uses neither.
  private func checkPerformer(_ mapping: ManifestMapping, _ kind: StepKind) {
    if kind == .model { _ = mapping.required("model", hint: "the id of a model in \(ModelsReader.path)") }
    if kind == .tool { _ = mapping.required("tool", hint: "the id of the tool that requests name") }
    if kind != .model {
      mapping.optional("model")?.report("`model` has no place in a step of kind `\(kind.rawValue)`", hint: "use kind: model")
    }
    if kind == .model || kind == .human {
      mapping.optional("tool")?.report(
        "`tool` has no place in a step of kind `\(kind.rawValue)`", hint: "make it a step of its own")
    }
  }
}
