import Budgets
import YAML

extension ManifestValue {
  /// The keys of a limit: the currencies, with cost in dollars or in nano dollars.
  static let limitKeys = ["tokens_in", "tokens_out", "cost_usd", "cost_nanousd", "steps", "tool_calls"]
  /// The keys of an estimate: a step is one step by itself.
  static let estimateKeys = ["tokens_in", "tokens_out", "cost_usd", "cost_nanousd", "tool_calls"]

  /// A limit over at least one currency.
  func limit() -> Limit? {
    guard let mapping = mapping(ManifestValue.limitKeys) else { return nil }
    guard !mapping.values.isEmpty else {
      report("\(name) limits nothing", hint: "keys: " + ManifestValue.limitKeys.joined(separator: ", "))
      return nil
    }
    var limit = Limit.none
    for (currency, amount) in mapping.amounts() { limit[currency] = amount }
    return limit
  }

  /// What one attempt of a step is expected to use.
  func estimate() -> Amounts? {
    guard let mapping = mapping(ManifestValue.estimateKeys) else { return nil }
    var amounts = Amounts.zero
    for (currency, amount) in mapping.amounts() { amounts[currency] = amount }
    return amounts
  }

  /// Rules of a node: at most one for each window.
  func budgetRules() -> [BudgetRule]? {
    let windows = BudgetWindow.all.filter { $0 != .run }
    guard let items = list(countMax: windows.count) else { return nil }
    var rules: [BudgetRule] = []
    for item in items {
      guard let mapping = item.mapping(["window", "limit"]) else { continue }
      let window = mapping.required("window")
      let limit = mapping.required("limit")?.limit()
      if let window, window.node.text == BudgetWindow.run.name {
        window.report("\(window.name) is `run`, which no node but the run has", hint: "`run_budget` of a workflow limits each run")
        continue
      }
      guard let value = window?.choice(windows, \.name), let window else { continue }
      if rules.contains(where: { $0.window == value }) {
        window.report("\(window.name) repeats `\(value.name)`", hint: "one rule for each window")
        continue
      }
      if let limit { rules.append(BudgetRule(window: value, limit: limit)) }
    }
    return rules
  }
}

extension ManifestMapping {
  /// The amounts that are given and right, by currency; cost may be given in one of its two units.
  func amounts() -> [(Currency, Int64)] {
    var amounts: [(Currency, Int64)] = []
    for currency in Currency.allCases {
      if let amount = optional(currency.name)?.integer() { amounts.append((currency, amount)) }
    }
    if let dollars = optional("cost_usd") {
      if optional("cost_nanousd") != nil {
        dollars.report("\(dollars.name) stands beside `cost_nanousd`", hint: "give cost in one of the two")
      } else if let amount = dollars.nanoUSD() {
        amounts.append((.costNanoUSD, amount))
      }
    }
    return amounts
  }
}
