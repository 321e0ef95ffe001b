package import Budgets

extension PolicySnapshot {
  /// The accounts on the path of a run's step, organisation first, each with its limit in force.
  func legs(for workflow: Workflow, run: String) -> [PlannedLeg] {
    var legs: [PlannedLeg] = []
    func add(_ node: String, _ rules: [BudgetRule]) {
      // Without a rule the account still counts what was used.
      if rules.isEmpty { legs.append(PlannedLeg(node: node, window: .calendar(.month), limit: .none)) }
      for rule in rules { legs.append(PlannedLeg(node: node, window: rule.window, limit: rule.limit)) }
    }
    add("organisation:" + settings.organisation, organisationBudgets)
    add("team:" + workflow.team, teamBudgets[workflow.team] ?? [])
    add("workflow:" + workflow.id, workflow.budgets)
    legs.append(PlannedLeg(node: "run:" + workflow.id + "/" + run, window: .run, limit: workflow.runLimit ?? .none))
    return legs
  }

  /// The limit in force of an account, for lists; nil when the account belongs to nothing that the folder knows.
  package func limit(of key: AccountKey) -> Limit? {
    let parts = key.node.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let rules: [BudgetRule]
    switch parts[0] {
    case "organisation": rules = organisationBudgets
    case "team": rules = teamBudgets[parts[1]] ?? []
    case "workflow": rules = workflows[parts[1]]?.budgets ?? []
    case "run":
      guard let workflow = parts[1].split(separator: "/", maxSplits: 1).first else { return nil }
      return workflows[String(workflow)]?.runLimit
    default: return nil
    }
    return rules.first { $0.window == key.window }?.limit
  }
}
