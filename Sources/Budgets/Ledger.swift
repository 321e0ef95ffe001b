/// Accounts, the reservations that are open on them, and the latest that have ended: pure rules over integers.
///
/// `A = G - S - H`: available = the limit in force (which the caller brings: limits belong to the policy) - settled - held. The
/// ledger is a fold: the same calls in the same order give the same ledger, byte for byte in `encode(into:)`.
///
/// The four-line story: `refusal(for:legs:)` asks whether a need fits; `reserve` holds it on all accounts or on none; `settle` turns
/// the hold into a charge and is never refused for lack of funds; `release` and expiry end a hold otherwise.
package struct Ledger: Sendable {
  /// The most accounts of one reservation: four nodes with up to four windows each.
  package static let legsMax = 16
  /// How many ended reservations are remembered for late settlements by default: hours of decisions at a full writer, about
  /// 100 bytes each.
  package static let closedMaxDefault = 1_000_000

  struct Account: Sendable {
    var key: AccountKey
    var balance = Balance.empty
    var openHolds = 0
    /// No open hold of this account expires before this instant (it may be stale; exact again when the last hold ends).
    var earliestExpiry = Int64.max
  }

  struct Hold: Sendable {
    var amounts: Amounts
    var expiresAt: Int64
    var started: Bool
    var accounts: AccountList
  }

  struct Closed: Sendable {
    /// What stands in S for it.
    var charged: Amounts
    var state: ReservationState
    var settledBy: SettlementSource?
    var accounts: AccountList
  }

  /// The ended reservations that are remembered at most; the oldest is forgotten first.
  package let closedMax: Int

  var indices: [AccountKey: UInt32] = [:]
  var accounts: [Account] = []
  var open: [UInt64: Hold] = [:]
  var closed: [UInt64: Closed] = [:]
  /// The ids of `closed` in order of their end: a ring once it is full, `closedOldest` its oldest.
  var closedOrder: [UInt64] = []
  var closedOldest = 0
  var expiries = ExpiryHeap()

  /// A ledger without accounts.
  ///
  /// - Parameter closedMax: how many ended reservations stay known to late settlements, at least 1.
  package init(closedMax: Int = Ledger.closedMaxDefault) {
    precondition(closedMax >= 1, "the caller names a positive memory")
    self.closedMax = closedMax
  }

  // MARK: Reading

  /// How many reservations are open.
  package var openCount: Int { open.count }
  /// How many ended reservations are remembered.
  package var closedCount: Int { closed.count }
  /// How many accounts have ever been named.
  package var accountCount: Int { accounts.count }

  /// How many expiries are queued, those of ended reservations that have not been swept yet included.
  package var expiryEntries: Int { expiries.count }

  /// What stands in an account; nil when no reservation has ever named it.
  package func balance(of key: AccountKey) -> Balance? {
    indices[key].map { accounts[Int($0)].balance }
  }

  /// Calls `body` for each account in the order of first use.
  package func forEachAccount(_ body: (AccountKey, Balance) throws -> Void) rethrows {
    for account in accounts { try body(account.key, account.balance) }
  }

  /// Where a reservation stands; nil when it is unknown or no longer remembered.
  package func state(of id: UInt64) -> ReservationState? {
    if let hold = open[id] { return hold.started ? .started : .held }
    return closed[id]?.state
  }

  /// What an open reservation holds and until when (milliseconds since the Unix epoch); nil when it is not open.
  package func hold(_ id: UInt64) -> (amounts: Amounts, expiresAt: Int64)? {
    open[id].map { ($0.amounts, $0.expiresAt) }
  }

  /// The accounts of a reservation in the order of its legs; nil when it is unknown or no longer remembered.
  package func accounts(of id: UInt64) -> [AccountKey]? {
    guard let list = open[id]?.accounts ?? closed[id]?.accounts else { return nil }
    return (0..<list.count).map { accounts[list[$0]].key }
  }

  // MARK: Rules that the other files share

  /// Adds `body`'s effect to each account of `list`.
  mutating func update(_ list: AccountList, _ body: (inout Account) -> Void) {
    for position in 0..<list.count { body(&accounts[list[position]]) }
  }

  /// Takes a hold away from its accounts and remembers how it ended.
  mutating func end(
    _ id: UInt64, _ hold: Hold, state: ReservationState, charged: Amounts, source: SettlementSource?, overrun: Amounts
  ) {
    update(hold.accounts) { account in
      account.balance.held = Ledger.difference(account.balance.held, hold.amounts)
      account.balance.settled = Ledger.sum(account.balance.settled, charged)
      account.balance.overrun = Ledger.sum(account.balance.overrun, overrun)
      account.openHolds -= 1
      if account.openHolds == 0 { account.earliestExpiry = .max }
    }
    remember(id, Closed(charged: charged, state: state, settledBy: source, accounts: hold.accounts))
    dropStaleExpiries()
  }

  private mutating func remember(_ id: UInt64, _ reservation: Closed) {
    if closedOrder.count < closedMax {
      closedOrder.append(id)
    } else {
      closed.removeValue(forKey: closedOrder[closedOldest])
      closedOrder[closedOldest] = id
      closedOldest = (closedOldest + 1) % closedMax
    }
    closed[id] = reservation
  }

  /// Restores the promise that the heap's first entry is an open reservation, and that stale entries are not the majority.
  private mutating func dropStaleExpiries() {
    while let first = expiries.first, open[first.id]?.expiresAt != first.at { expiries.removeFirst() }
    if expiries.count > 64 + 2 * open.count {
      expiries.sweep { open[$0.id]?.expiresAt == $0.at }
    }
  }

  /// The sum; at the edge of 64 bits rather than beyond it, for a charge is never refused (nine billion dollars in one account).
  static func sum(_ left: Amounts, _ right: Amounts) -> Amounts {
    if let exact = left.adding(right) { return exact }
    var sum = left
    right.forEach { currency, value in
      let (partial, overflow) = left[currency].addingReportingOverflow(value)
      sum[currency] = overflow ? (value < 0 ? .min : .max) : partial
    }
    return sum
  }

  /// The difference of amounts of which the second was added before.
  static func difference(_ left: Amounts, _ right: Amounts) -> Amounts {
    sum(left, right.mapped { -$0 })
  }
}
