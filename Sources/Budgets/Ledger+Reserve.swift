extension Ledger {
  /// Why `amounts` cannot be held on `legs` now, or nil when they can. Changes nothing.
  ///
  /// Legs are looked at in their order, currencies in the order of `Currency`; the first that binds is named. A zero need passes an
  /// exhausted account; a negative need and one beyond `Amounts.maximum` never pass.
  package func refusal(for amounts: Amounts, legs: [Leg]) -> BudgetRefusal? {
    for leg in legs {
      let account = indices[leg.key].map { Int($0) }
      let balance = account.map { accounts[$0].balance } ?? .empty
      for currency in Currency.allCases {
        let need = amounts[currency]
        guard need != 0 else { continue }
        guard let cause = Ledger.cause(need, balance, currency, leg.limit[currency]) else { continue }
        return makeRefusal(cause, leg, account, currency, need)
      }
    }
    return nil
  }

  private static func cause(_ need: Int64, _ balance: Balance, _ currency: Currency, _ limit: Int64?) -> BudgetRefusal.Cause? {
    if need < 0 { return .negative }
    if need > Amounts.maximum { return .overflow }
    let (used, first) = balance.settled[currency].addingReportingOverflow(balance.held[currency])
    if first || used.addingReportingOverflow(need).overflow { return .overflow }
    guard let limit else { return nil }
    return balance.available(grant: limit, currency) < need ? .exhausted : nil
  }

  private func makeRefusal(
    _ cause: BudgetRefusal.Cause, _ leg: Leg, _ account: Int?, _ currency: Currency, _ need: Int64
  ) -> BudgetRefusal {
    let balance = account.map { accounts[$0].balance } ?? .empty
    var nextExpiry: Int64?
    if let account, accounts[account].openHolds > 0, let first = expiries.first {
      nextExpiry = max(accounts[account].earliestExpiry, first.at)
    }
    return BudgetRefusal(
      cause: cause, account: leg.key, currency: currency, limit: leg.limit[currency],
      available: balance.available(currency, under: leg.limit) ?? 0, settled: balance.settled[currency],
      held: balance.held[currency], needed: need, nextExpiry: nextExpiry,
      windowEnd: leg.key.window.end(ofInstance: leg.key.instance))
  }

  /// Holds `amounts` on every account of `legs`, in all or in none, without looking at the limits: ask `refusal(for:legs:)` first.
  ///
  /// An account that two legs name is debited once.
  ///
  /// - Parameters:
  ///   - id: the reservation, the index of the decision that made it.
  ///   - expiresAt: from this instant (milliseconds since the Unix epoch, UTC) `expire(at:max:)` ends it.
  ///   - started: whether the permit itself starts the step, so that expiry charges the hold in full.
  /// - Throws: a `LedgerFault`; then nothing has changed.
  package mutating func reserve(id: UInt64, legs: [Leg], amounts: Amounts, expiresAt: Int64, started: Bool) throws(LedgerFault) {
    try reserve(id: id, count: legs.count, amounts: amounts, expiresAt: expiresAt, started: started) { legs[$0].key }
  }

  /// Holds `amounts` on every account of `keys`: what a replayed entry does.
  ///
  /// - Throws: a `LedgerFault`; then nothing has changed.
  package mutating func reserve(
    id: UInt64, keys: [AccountKey], amounts: Amounts, expiresAt: Int64, started: Bool
  ) throws(LedgerFault) {
    try reserve(id: id, count: keys.count, amounts: amounts, expiresAt: expiresAt, started: started) { keys[$0] }
  }

  private mutating func reserve(
    id: UInt64, count: Int, amounts: Amounts, expiresAt: Int64, started: Bool, key: (Int) -> AccountKey
  ) throws(LedgerFault) {
    guard open[id] == nil, closed[id] == nil else { throw .duplicateReservation(id) }
    guard amounts.isValid else { throw .amountOutOfRange }
    guard count <= Ledger.legsMax else { throw .tooManyLegs(count) }
    var found = InlineArray<16, Int32>(repeating: -1)  // `legsMax`: each key is looked up once
    for position in 0..<count {
      guard let index = indices[key(position)] else { continue }
      found[position] = Int32(index)
      let balance = accounts[Int(index)].balance
      guard let used = balance.settled.adding(balance.held), used.adding(amounts) != nil else { throw .overflow }
    }
    // Nothing below can fail: all accounts hold it, or (above) none does.
    var list = AccountList()
    for position in 0..<count { list.insert(found[position] >= 0 ? Int(found[position]) : intern(key(position))) }
    update(list) { account in
      account.balance.held = Ledger.sum(account.balance.held, amounts)
      account.openHolds += 1
      account.earliestExpiry = min(account.earliestExpiry, expiresAt)
    }
    open[id] = Hold(amounts: amounts, expiresAt: expiresAt, started: started, accounts: list)
    expiries.insert(ExpiryHeap.Entry(at: expiresAt, id: id))
  }

  mutating func intern(_ key: AccountKey) -> Int {
    if let index = indices[key] { return Int(index) }
    accounts.append(Account(key: key))
    indices[key] = UInt32(accounts.count - 1)
    return accounts.count - 1
  }
}
