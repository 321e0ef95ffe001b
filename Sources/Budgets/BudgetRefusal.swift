/// Why a reservation does not fit, in numbers that explain it to the cent.
package struct BudgetRefusal: Error, Equatable, Sendable {
  /// The rule that refused.
  package enum Cause: String, Sendable {
    /// The need is more than what is available.
    case exhausted
    /// The need is below zero.
    case negative
    /// The need is above `Amounts.maximum`, or the account's sum would not fit 64 bits.
    case overflow
  }

  /// The rule that refused.
  package var cause: Cause
  /// The binding account: the first of the legs, in their order, that does not have the need.
  package var account: AccountKey
  /// The binding currency.
  package var currency: Currency
  /// G: the limit in force; nil when the currency is not limited (only with `negative` and `overflow`).
  package var limit: Int64?
  /// A = G - S - H; negative after an overrun or a lowered limit. Zero when there is no limit.
  package var available: Int64
  /// S: settled so far.
  package var settled: Int64
  /// H: held by reservations that are still open.
  package var held: Int64
  /// What was asked for.
  package var needed: Int64
  /// A time before which no open hold on this account ends by itself, milliseconds since the Unix epoch; nil when none is open.
  /// Holds that are settled or released earlier free theirs earlier; a started hold is charged, not freed, when it expires.
  package var nextExpiry: Int64?
  /// When the window ends and a fresh account begins; nil for windows without end.
  package var windowEnd: Int64?

  /// A refusal by its numbers.
  package init(
    cause: Cause, account: AccountKey, currency: Currency, limit: Int64?, available: Int64, settled: Int64, held: Int64,
    needed: Int64, nextExpiry: Int64?, windowEnd: Int64?
  ) {
    self.cause = cause
    self.account = account
    self.currency = currency
    self.limit = limit
    self.available = available
    self.settled = settled
    self.held = held
    self.needed = needed
    self.nextExpiry = nextExpiry
    self.windowEnd = windowEnd
  }

  /// The earliest instant at which more can be free without a settlement or a new limit; nil when there is none.
  package var freesAt: Int64? {
    guard let nextExpiry else { return windowEnd }
    return min(nextExpiry, windowEnd ?? nextExpiry)
  }
}

extension BudgetRefusal: CustomStringConvertible {
  /// One line with every number.
  package var description: String {
    let name = currency.name
    switch cause {
    case .negative: return "need of \(needed) `\(name)` is below zero"
    case .overflow: return "need of \(needed) `\(name)` on `\(account.text)` is out of range"
    case .exhausted:
      return
        "`\(account.text)` has \(available) `\(name)` available and \(needed) is needed: limit \(limit ?? 0), settled \(settled), "
        + "held \(held)"
    }
  }
}
