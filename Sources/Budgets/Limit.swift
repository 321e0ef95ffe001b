/// The hard limit of an account: an amount per limited currency. A currency without one is counted and never refused.
package struct Limit: Hashable, Sendable {
  /// Tokens sent to a model, or nil for no limit.
  package var tokensIn: Int64?
  /// Tokens written by a model, or nil for no limit.
  package var tokensOut: Int64?
  /// Cost in nano US dollars, or nil for no limit.
  package var costNanoUSD: Int64?
  /// Steps, or nil for no limit.
  package var steps: Int64?
  /// Tool calls, or nil for no limit.
  package var toolCalls: Int64?

  /// No limit on anything: the account still counts.
  package static let none = Limit()

  /// Limits by currency; those not named are unlimited.
  package init(
    tokensIn: Int64? = nil, tokensOut: Int64? = nil, costNanoUSD: Int64? = nil, steps: Int64? = nil, toolCalls: Int64? = nil
  ) {
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costNanoUSD = costNanoUSD
    self.steps = steps
    self.toolCalls = toolCalls
  }

  /// The limit of one currency, or nil.
  package subscript(currency: Currency) -> Int64? {
    get {
      switch currency {
      case .tokensIn: tokensIn
      case .tokensOut: tokensOut
      case .costNanoUSD: costNanoUSD
      case .steps: steps
      case .toolCalls: toolCalls
      }
    }
    set {
      switch currency {
      case .tokensIn: tokensIn = newValue
      case .tokensOut: tokensOut = newValue
      case .costNanoUSD: costNanoUSD = newValue
      case .steps: steps = newValue
      case .toolCalls: toolCalls = newValue
      }
    }
  }
}

/// One account that a reservation debits, with the limit in force now (the grants G of `A = G - S - H`).
package struct Leg: Hashable, Sendable {
  /// The account.
  package var key: AccountKey
  /// Its limit at this moment; limits belong to the policy, not to the ledger.
  package var limit: Limit

  /// A leg over `key` under `limit`.
  package init(key: AccountKey, limit: Limit) {
    self.key = key
    self.limit = limit
  }
}
