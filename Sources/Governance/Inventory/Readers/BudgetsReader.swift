/// What budgets.yaml says.
struct BudgetTable {
  var organisation: [BudgetRule] = []
  /// Every team of the organisation, with or without rules.
  var teams: [String: [BudgetRule]] = [:]
}

/// Reads budgets.yaml.
enum BudgetsReader {
  static let path = "budgets.yaml"
  /// Teams of one organisation; each is an entity and a node of the budget tree.
  private static let teamsMax = 5_000

  static func read(_ file: PolicyFile, _ problems: ProblemList) -> BudgetTable? {
    guard let mapping = ManifestValue.document(file, problems)?.mapping(["organisation", "teams"]) else { return nil }
    var budgets = BudgetTable()
    budgets.organisation = mapping.optional("organisation")?.budgetRules() ?? []
    guard let teams = mapping.optional("teams"), let pairs = teams.pairs() else { return budgets }
    guard pairs.count <= teamsMax else {
      teams.report("`teams` has \(pairs.count) teams", hint: "at most \(teamsMax)")
      return budgets
    }
    for pair in pairs {
      guard NameRule.defined.holds(pair.key) else {
        pair.place.report("team `\(pair.key.prefix(80))` cannot be used as an id", hint: NameRule.defined.text)
        continue
      }
      budgets.teams[pair.key] = pair.value.budgetRules() ?? []
    }
    return budgets
  }
}
