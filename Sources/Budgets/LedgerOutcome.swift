/// Who reported what a step really used. The raw value stands in snapshots: it never changes.
package enum SettlementSource: UInt8, CaseIterable, Sendable {
  /// `POST /v1/reservations/{id}/settle`.
  case api = 1
  /// A span of the telemetry.
  case span = 2
  /// An `after_*` or `finish` point.
  case point = 3

  /// The name in journal entries: `api`, `span`, `point`.
  package var name: String {
    switch self {
    case .api: "api"
    case .span: "span"
    case .point: "point"
    }
  }

  /// The source with this name, or nil.
  package init?(name: String) {
    for source in SettlementSource.allCases where source.name == name {
      self = source
      return
    }
    return nil
  }
}

/// Where a reservation stands. Each ends in exactly one end state; late settlements correct the charge, they never reopen it.
/// The raw value stands in snapshots: it never changes.
package enum ReservationState: UInt8, Sendable {
  /// Held; the step has not started: expiry frees it.
  case held = 0
  /// Held; the step has started: expiry charges it in full.
  case started = 1
  /// Ended: charged with the actual.
  case settled = 2
  /// Ended: given back by the caller.
  case released = 3
  /// Ended: expired before it started; all is free.
  case expired = 4
  /// Ended: expired after it started; the held amount is charged until a settlement says better.
  case unconfirmed = 5

  /// True for the four end states.
  package var isEnd: Bool { rawValue >= ReservationState.settled.rawValue }
}

/// What a settlement did. It is never refused for lack of funds.
package struct SettleOutcome: Equatable, Sendable {
  /// The effect, by name.
  package enum Effect: String, Sendable {
    /// The open hold became a charge.
    case settled
    /// The charge already was this amount.
    case confirmed
    /// The charge of a reservation that had ended was changed to the actual; the difference is `change`.
    case corrected
    /// No such reservation, or it ended so long ago that it is no longer remembered. Nothing changed.
    case unknown
    /// An amount is negative or above `Amounts.maximum`. Nothing changed.
    case invalid
  }

  /// The effect.
  package var effect: Effect
  /// The state before; nil for `unknown` and `invalid`.
  package var before: ReservationState?
  /// Who settled it first: the source whose amount took effect; nil when nobody has.
  package var settledBy: SettlementSource?
  /// The change of the settled balance S on each of its accounts; negative in a correction downwards.
  package var change: Amounts
  /// What the actual exceeded the hold by; zero unless `settled`.
  package var overrun: Amounts

  /// An outcome by its parts.
  package init(effect: Effect, before: ReservationState?, settledBy: SettlementSource?, change: Amounts, overrun: Amounts) {
    self.effect = effect
    self.before = before
    self.settledBy = settledBy
    self.change = change
    self.overrun = overrun
  }

  /// True when the ledger is different now: only then is there anything for the journal to record.
  package var changedState: Bool {
    switch effect {
    case .settled, .corrected: true
    case .confirmed: before != .settled
    case .unknown, .invalid: false
    }
  }
}

/// What a release did; repeating it does no harm.
package enum ReleaseOutcome: Equatable, Sendable {
  /// All that was held is free.
  case released
  /// It had been released before; nothing changed.
  case alreadyReleased
  /// The step has started, so it may have used something: settle it (with zero when it did not). Nothing changed.
  case started
  /// It had ended otherwise; nothing changed.
  case ended(ReservationState)
  /// No such reservation, or no longer remembered. Nothing changed.
  case unknown
}

/// A reservation that reached its expiry.
package struct Expiry: Equatable, Sendable {
  /// The reservation.
  package var id: UInt64
  /// `expired` (freed) or `unconfirmed` (charged in full).
  package var state: ReservationState
  /// What it held.
  package var amounts: Amounts

  /// A reservation that ended in `state`.
  package init(id: UInt64, state: ReservationState, amounts: Amounts) {
    self.id = id
    self.state = state
    self.amounts = amounts
  }
}

/// A call that breaks the ledger's rules: a mistake of the caller or an entry that was not written by this ledger.
package enum LedgerFault: Error, Equatable, Sendable {
  /// The id is that of a reservation that is open or remembered.
  case duplicateReservation(UInt64)
  /// An amount is negative or above `Amounts.maximum`.
  case amountOutOfRange
  /// A sum of an account would not fit 64 bits.
  case overflow
  /// More legs than `Ledger.legsMax`.
  case tooManyLegs(Int)
}

/// What stands in one account.
package struct Balance: Equatable, Sendable {
  /// S: charged.
  package var settled: Amounts
  /// H: held by open reservations.
  package var held: Amounts
  /// The sum of what settlements exceeded their holds by; part of `settled`.
  package var overrun: Amounts
  /// The sum of the upward corrections of reservations that had ended; part of `settled`, unless corrected down again.
  package var corrections: Amounts

  /// A balance by its parts.
  package init(settled: Amounts, held: Amounts, overrun: Amounts, corrections: Amounts) {
    self.settled = settled
    self.held = held
    self.overrun = overrun
    self.corrections = corrections
  }

  /// An account without any movement.
  package static let empty = Balance(settled: .zero, held: .zero, overrun: .zero, corrections: .zero)

  /// A = G - S - H of one currency, or nil when `limit` does not limit it.
  package func available(_ currency: Currency, under limit: Limit) -> Int64? {
    limit[currency].map { available(grant: $0, currency) }
  }

  /// A = G - S - H, at the edge of 64 bits rather than beyond it.
  func available(grant: Int64, _ currency: Currency) -> Int64 {
    let (rest, first) = grant.subtractingReportingOverflow(settled[currency])
    let (free, second) = rest.subtractingReportingOverflow(held[currency])
    return first || second ? Int64.min : free
  }
}
