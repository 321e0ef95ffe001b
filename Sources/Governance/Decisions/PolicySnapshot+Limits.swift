package import Budgets

extension PolicySnapshot {
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
