extension Ledger {
  /// Marks a held reservation as started: from now on its expiry charges it.
  ///
  /// - Returns: the state after the call; nil when it is unknown. An ended reservation stays as it is.
  @discardableResult
  package mutating func start(_ id: UInt64) -> ReservationState? {
    guard open[id] != nil else { return state(of: id) }
    open[id]?.started = true
    return .started
  }

  /// Replaces the hold by the actual on all its accounts, exactly once; later calls confirm or correct.
  ///
  /// Less than held: the rest is free at once. More: the excess is the overrun, and may push A below zero. A reservation that had
  /// ended (settled, released or expired) is corrected to the actual in the window of its reserve.
  ///
  /// - Parameters:
  ///   - actual: what the step really used.
  ///   - source: who says so; the first one stays on record as `settledBy`.
  package mutating func settle(_ id: UInt64, actual: Amounts, source: SettlementSource) -> SettleOutcome {
    guard actual.isValid else {
      return SettleOutcome(effect: .invalid, before: nil, settledBy: nil, change: .zero, overrun: .zero)
    }
    if let hold = open.removeValue(forKey: id) {
      let overrun = Ledger.difference(actual, hold.amounts).positivePart
      end(id, hold, state: .settled, charged: actual, source: source, overrun: overrun)
      return SettleOutcome(
        effect: .settled, before: hold.started ? .started : .held, settledBy: source, change: actual, overrun: overrun)
    }
    guard let reservation = closed[id] else {
      return SettleOutcome(effect: .unknown, before: nil, settledBy: nil, change: .zero, overrun: .zero)
    }
    return correct(id, reservation, to: actual, source)
  }

  private mutating func correct(_ id: UInt64, _ reservation: Closed, to actual: Amounts, _ source: SettlementSource)
    -> SettleOutcome
  {
    let change = Ledger.difference(actual, reservation.charged)
    let settledBy = reservation.settledBy ?? source
    let outcome = SettleOutcome(
      effect: change.isZero ? .confirmed : .corrected, before: reservation.state, settledBy: settledBy, change: change,
      overrun: .zero)
    guard outcome.changedState else { return outcome }
    update(reservation.accounts) { account in
      account.balance.settled = Ledger.sum(account.balance.settled, change)
      account.balance.corrections = Ledger.sum(account.balance.corrections, change.positivePart)
    }
    closed[id]?.charged = actual
    closed[id]?.state = .settled
    closed[id]?.settledBy = settledBy
    return outcome
  }

  /// Gives back a reservation whose step has not started. Repeating it changes nothing.
  package mutating func release(_ id: UInt64) -> ReleaseOutcome {
    if let hold = open[id] {
      if hold.started { return .started }
      open.removeValue(forKey: id)
      end(id, hold, state: .released, charged: .zero, source: nil, overrun: .zero)
      return .released
    }
    guard let state = closed[id]?.state else { return .unknown }
    return state == .released ? .alreadyReleased : .ended(state)
  }

  /// When the next open reservation expires, milliseconds since the Unix epoch; nil when none is open.
  package var nextExpiry: Int64? { expiries.first?.at }

  /// Ends the reservations that have expired, earliest first: one that had not started is freed, one that had is charged in full,
  /// `unconfirmed` until a settlement corrects it.
  ///
  /// - Parameters:
  ///   - milliseconds: now; an expiry at exactly this instant has passed.
  ///   - max: how many at most; when as many are returned, more may be due.
  package mutating func expire(at milliseconds: Int64, max: Int) -> [Expiry] {
    var ended: [Expiry] = []
    while ended.count < max, let first = expiries.first, first.at <= milliseconds, let expiry = expire(first.id) {
      ended.append(expiry)
    }
    return ended
  }

  /// Ends one open reservation as its expiry does, whatever the time: what a replayed entry does.
  ///
  /// - Returns: nil when it is not open; then nothing has changed.
  @discardableResult
  package mutating func expire(_ id: UInt64) -> Expiry? {
    guard let hold = open.removeValue(forKey: id) else { return nil }
    let state: ReservationState = hold.started ? .unconfirmed : .expired
    end(id, hold, state: state, charged: hold.started ? hold.amounts : .zero, source: nil, overrun: .zero)
    return Expiry(id: id, state: state, amounts: hold.amounts)
  }
}
