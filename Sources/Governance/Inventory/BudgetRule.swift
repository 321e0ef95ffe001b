package import Budgets

/// The limit of a node over one kind of window.
package struct BudgetRule: Sendable, Equatable {
  /// The period after which a new account begins.
  package let window: BudgetWindow
  /// What one period may use.
  package let limit: Limit

  /// A rule.
  package init(window: BudgetWindow, limit: Limit) {
    self.window = window
    self.limit = limit
  }
}

/// An account on a step's path, before the time of the commit has chosen the instance of its window.
package struct PlannedLeg: Sendable, Equatable {
  /// What owns the account: `organisation:acme`, `team:care`, `workflow:refund`, `run:refund/r-1`.
  package var node: String
  /// The kind of period.
  package var window: BudgetWindow
  /// The limit in force; `Limit.none` counts and never refuses.
  package var limit: Limit

  /// A leg.
  package init(node: String, window: BudgetWindow, limit: Limit) {
    self.node = node
    self.window = window
    self.limit = limit
  }

  /// The account in the period that holds `milliseconds` (UTC, since the Unix epoch), under this limit.
  package func leg(at milliseconds: Int64) -> Leg {
    Leg(key: AccountKey(node: node, window: window, at: milliseconds), limit: limit)
  }
}
