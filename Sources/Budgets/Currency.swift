/// What a budget counts. Every amount is an integer in the currency's own unit.
///
/// The raw value is the position in `Amounts` and in the ledger's snapshot: it never changes and is never reused.
package enum Currency: UInt8, CaseIterable, Sendable {
  /// Tokens sent to a model.
  case tokensIn = 0
  /// Tokens written by a model.
  case tokensOut = 1
  /// Cost in nano US dollars (10^-9 USD), priced by the price book.
  case costNanoUSD = 2
  /// Steps taken.
  case steps = 3
  /// Tool calls made.
  case toolCalls = 4

  /// How many currencies there are.
  package static let count = 5

  /// The name on the wire, in manifests and in journal entries.
  package var name: String {
    switch self {
    case .tokensIn: "tokens_in"
    case .tokensOut: "tokens_out"
    case .costNanoUSD: "cost_nanousd"
    case .steps: "steps"
    case .toolCalls: "tool_calls"
    }
  }

  /// The currency with this wire name, or nil.
  package init?(name: String) {
    for currency in Currency.allCases where currency.name == name {
      self = currency
      return
    }
    return nil
  }
}
