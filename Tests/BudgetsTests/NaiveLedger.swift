import Budgets

/// The rules again, as slowly and plainly as possible: a list of reservations, and every balance summed from it each time.
struct NaiveLedger {
  struct Reservation {
    var id: UInt64
    var keys: [AccountKey]
    var amounts: [Int64]
    var expiresAt: Int64
    var state: ReservationState
    var charged: [Int64] = [0, 0, 0, 0, 0]
    var overrun: [Int64] = [0, 0, 0, 0, 0]
    var corrections: [Int64] = [0, 0, 0, 0, 0]
    var endings = 0
  }

  struct Sums: Equatable {
    var settled: [Int64] = [0, 0, 0, 0, 0]
    var held: [Int64] = [0, 0, 0, 0, 0]
    var overrun: [Int64] = [0, 0, 0, 0, 0]
    var corrections: [Int64] = [0, 0, 0, 0, 0]
  }

  var reservations: [Reservation] = []

  func sums(of key: AccountKey) -> Sums {
    var sums = Sums()
    for reservation in reservations where reservation.keys.contains(key) {
      for currency in 0..<5 {
        if !reservation.state.isEnd { sums.held[currency] += reservation.amounts[currency] }
        sums.settled[currency] += reservation.charged[currency]
        sums.overrun[currency] += reservation.overrun[currency]
        sums.corrections[currency] += reservation.corrections[currency]
      }
    }
    return sums
  }

  func fits(_ need: [Int64], _ legs: [Leg]) -> Bool {
    for leg in legs {
      let sums = sums(of: leg.key)
      for currency in Currency.allCases {
        let amount = need[Int(currency.rawValue)]
        if amount < 0 { return false }
        guard amount > 0, let limit = leg.limit[currency] else { continue }
        if limit - sums.settled[Int(currency.rawValue)] - sums.held[Int(currency.rawValue)] < amount { return false }
      }
    }
    return true
  }

  mutating func reserve(_ id: UInt64, _ keys: [AccountKey], _ need: [Int64], _ expiresAt: Int64, _ started: Bool) {
    reservations.append(
      Reservation(id: id, keys: keys, amounts: need, expiresAt: expiresAt, state: started ? .started : .held))
  }

  private func position(_ id: UInt64) -> Int? { reservations.firstIndex { $0.id == id } }

  mutating func start(_ id: UInt64) {
    guard let at = position(id), !reservations[at].state.isEnd else { return }
    reservations[at].state = .started
  }

  mutating func settle(_ id: UInt64, _ actual: [Int64]) {
    guard let at = position(id) else { return }
    let wasOpen = !reservations[at].state.isEnd
    for currency in 0..<5 {
      let more = actual[currency] - (wasOpen ? reservations[at].amounts[currency] : reservations[at].charged[currency])
      if wasOpen {
        reservations[at].overrun[currency] += max(0, more)
      } else {
        reservations[at].corrections[currency] += max(0, more)
      }
    }
    reservations[at].charged = actual
    reservations[at].state = .settled
    if wasOpen { reservations[at].endings += 1 }
  }

  mutating func release(_ id: UInt64) {
    guard let at = position(id), reservations[at].state == .held else { return }
    reservations[at].state = .released
    reservations[at].endings += 1
  }

  mutating func expire(at now: Int64) {
    for at in reservations.indices where !reservations[at].state.isEnd && reservations[at].expiresAt <= now {
      if reservations[at].state == .started {
        reservations[at].state = .unconfirmed
        reservations[at].charged = reservations[at].amounts
      } else {
        reservations[at].state = .expired
      }
      reservations[at].endings += 1
    }
  }
}

extension Amounts {
  var list: [Int64] { Currency.allCases.map { self[$0] } }

  init(list: [Int64]) {
    self.init()
    for currency in Currency.allCases { self[currency] = list[Int(currency.rawValue)] }
  }
}

extension Balance {
  var sums: NaiveLedger.Sums {
    NaiveLedger.Sums(settled: settled.list, held: held.list, overrun: overrun.list, corrections: corrections.list)
  }
}
