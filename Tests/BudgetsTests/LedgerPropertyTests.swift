import Budgets
import TestSupport
import Testing

/// The invariants of the budget design, by their names, under random interleavings. A failing case prints its seed.
@Suite("Ledger invariants") struct LedgerPropertyTests {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]
  static let steps = 500

  @Test("B1: S + H never exceeds G plus recorded overrun plus upward corrections", arguments: seeds)
  func hardLimitHolds(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    var checks = 0
    simulation.run(steps: Self.steps) { _, simulation in
      simulation.ledger.forEachAccount { key, balance in
        let limit = simulation.limits[key] ?? .none
        for currency in Currency.allCases {
          guard let grant = limit[currency] else { continue }
          checks += 1
          let used = balance.settled[currency] + balance.held[currency]
          #expect(used <= grant + balance.overrun[currency] + balance.corrections[currency], "seed \(seed) \(key.text) \(currency)")
        }
      }
    }
    #expect(checks > 1_000)
  }

  @Test("B2: G = A + S + H, and every balance is the sum over its reservations", arguments: seeds)
  func conservation(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: Self.steps) { step, simulation in
      guard case .refused = step else {
        simulation.ledger.forEachAccount { key, balance in
          if Int.random(in: 0..<8, using: &simulation.random) == 0 {
            #expect(balance.sums == simulation.model.sums(of: key), "seed \(seed) \(key.text)")
          }
          let limit = simulation.limits[key] ?? .none
          if let grant = limit.tokensIn {
            let available = balance.available(.tokensIn, under: limit)
            #expect(available == grant - balance.settled.tokensIn - balance.held.tokensIn, "seed \(seed)")
          }
        }
        return
      }
    }
    simulation.ledger.forEachAccount { key, balance in
      #expect(balance.sums == simulation.model.sums(of: key), "seed \(seed) \(key.text)")
    }
  }

  @Test("B3: after any reserve all of its accounts hold the amount or none does", arguments: seeds)
  func allOrNone(seed: UInt64) throws {
    var simulation = Simulation(seed: seed)
    var held = 0
    var refused = 0
    for _ in 0..<400 {
      let legs = simulation.legs()
      let need = simulation.amounts(upTo: 600)
      let before = legs.map { simulation.ledger.balance(of: $0.key)?.held ?? .zero }
      let fits = simulation.model.fits(need.list, legs)
      let refusal = simulation.ledger.refusal(for: need, legs: legs)
      #expect((refusal == nil) == fits, "seed \(seed)")
      if refusal == nil {
        let id = simulation.nextID
        simulation.nextID += 1
        try simulation.ledger.reserve(id: id, legs: legs, amounts: need, expiresAt: simulation.now + 1_000, started: false)
        simulation.model.reserve(id, legs.map(\.key), need.list, simulation.now + 1_000, false)
      }
      let after = legs.map { simulation.ledger.balance(of: $0.key)?.held ?? .zero }
      let expected = before.map { refusal == nil ? $0.adding(need) : $0 }
      #expect(after.map(Optional.some) == expected, "seed \(seed)")
      if refusal == nil { held += 1 } else { refused += 1 }
    }
    #expect(held > 10 && refused > 10, "seed \(seed): \(held) held, \(refused) refused")
  }

  @Test("B4: a refused reserve leaves the ledger byte for byte as before", arguments: seeds)
  func refusalChangesNothing(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    var refusals = 0
    simulation.run(steps: Self.steps * 2) { step, simulation in
      guard case .refused(let refusal, let before) = step else { return }
      refusals += 1
      #expect(encoded(simulation.ledger) == before, "seed \(seed)")
      let sums = simulation.model.sums(of: refusal.account)
      #expect(refusal.settled == sums.settled[Int(refusal.currency.rawValue)], "seed \(seed)")
      #expect(refusal.held == sums.held[Int(refusal.currency.rawValue)], "seed \(seed)")
      #expect(refusal.available == (refusal.limit ?? 0) - refusal.settled - refusal.held, "seed \(seed)")
      #expect(refusal.needed > refusal.available, "seed \(seed)")
      let open = simulation.model.reservations.filter { !$0.state.isEnd && $0.keys.contains(refusal.account) }.map(\.expiresAt)
        .min()
      #expect((refusal.nextExpiry == nil) == (open == nil), "seed \(seed)")
      if let open, let next = refusal.nextExpiry { #expect(next <= open, "seed \(seed)") }
    }
    #expect(refusals > 0, "seed \(seed)")
  }

  @Test("B5: one id gives exactly one hold, before and after a restart", arguments: seeds)
  func oneHoldPerID(seed: UInt64) throws {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: 200) { _, _ in }
    var restarted = try Ledger(decoding: encoded(simulation.ledger)[...])
    for id in 0..<simulation.nextID {
      let before = encoded(restarted)
      #expect(throws: LedgerFault.duplicateReservation(id)) {
        try restarted.reserve(id: id, legs: simulation.legs(), amounts: Amounts(steps: 1), expiresAt: 0, started: false)
      }
      if id % 16 == 0 { #expect(encoded(restarted) == before, "seed \(seed)") }
    }
  }

  @Test("B6: each hold reaches exactly one end state and none is open after its expiry", arguments: seeds)
  func oneEndState(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    var ends: [UInt64: Int] = [:]
    simulation.run(steps: Self.steps) { step, simulation in
      switch step {
      case .settled(let id, _, let outcome) where outcome.effect == .settled: ends[id, default: 0] += 1
      case .released(let id, .released): ends[id, default: 0] += 1
      case .expired(let expiries): for expiry in expiries { ends[expiry.id, default: 0] += 1 }
      default: break
      }
      #expect((simulation.ledger.nextExpiry == nil) == (simulation.ledger.openCount == 0), "seed \(seed)")
    }
    for expiry in simulation.ledger.expire(at: .max, max: .max) { ends[expiry.id, default: 0] += 1 }
    simulation.model.expire(at: .max)
    #expect(simulation.ledger.openCount == 0)
    #expect(simulation.ledger.nextExpiry == nil)
    for reservation in simulation.model.reservations {
      #expect(ends[reservation.id] == 1, "seed \(seed) id \(reservation.id)")
      #expect(reservation.endings == 1)
      #expect(simulation.ledger.state(of: reservation.id) == reservation.state, "seed \(seed) id \(reservation.id)")
    }
    simulation.ledger.forEachAccount { key, balance in #expect(balance.held.isZero, "seed \(seed) \(key.text)") }
  }

  @Test("B15: spend of a parent is the sum over its children, each need debited once", arguments: seeds)
  func parentsSum(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: Self.steps) { _, _ in }
    var byLevel: [String: [Int64]] = [:]
    simulation.ledger.forEachAccount { key, balance in
      let level = key.window == .run ? "run" : key.window == .lifetime ? String(key.node.prefix { $0 != ":" }) : "calendar"
      let both = zip(balance.settled.list, balance.held.list).map { $0 + $1 }
      byLevel[level] = zip(byLevel[level] ?? [0, 0, 0, 0, 0], both).map { $0 + $1 }
    }
    #expect(byLevel["organisation"] == byLevel["team"], "seed \(seed)")
    #expect(byLevel["team"] == byLevel["workflow"], "seed \(seed)")
    #expect(byLevel["workflow"] == byLevel["run"], "seed \(seed)")
  }

  @Test("B17: the ledger by replay of the recorded operations is the live one", arguments: seeds)
  func replayEqualsLive(seed: UInt64) throws {
    var simulation = Simulation(seed: seed)
    simulation.run(steps: Self.steps * 4) { _, _ in }
    let cut = Int.random(in: 0...simulation.recorded.count, using: &simulation.random)
    var replayed = Ledger()
    for (position, operation) in simulation.recorded.enumerated() {
      if position == cut { replayed = try Ledger(decoding: encoded(replayed)[...]) }  // a restart somewhere in between
      switch operation {
      case .reserve(let id, let keys, let amounts, let expiresAt, let started):
        try replayed.reserve(id: id, keys: keys, amounts: amounts, expiresAt: expiresAt, started: started)
      case .start(let id): replayed.start(id)
      case .settle(let id, let actual, let source): _ = replayed.settle(id, actual: actual, source: source)
      case .release(let id): _ = replayed.release(id)
      case .expire(let id): _ = replayed.expire(id)
      }
    }
    #expect(encoded(replayed) == encoded(simulation.ledger), "seed \(seed)")
    #expect(replayed.nextExpiry == simulation.ledger.nextExpiry, "seed \(seed)")
  }

  @Test("B16: a settlement takes effect exactly once; all later ones confirm or correct", arguments: seeds)
  func settledOnce(seed: UInt64) {
    var simulation = Simulation(seed: seed)
    var charged: [UInt64: Amounts] = [:]
    simulation.run(steps: Self.steps) { step, simulation in
      switch step {
      case .settled(let id, let actual, let outcome):
        switch outcome.effect {
        case .settled: #expect(charged[id] == nil, "seed \(seed)")
        case .confirmed: #expect((charged[id] ?? .zero) == actual, "seed \(seed)")
        case .corrected: #expect((charged[id] ?? .zero).adding(outcome.change) == actual, "seed \(seed)")
        case .unknown: #expect(id >= simulation.nextID, "seed \(seed)")
        case .invalid: Issue.record("seed \(seed): amounts are valid")
        }
        if outcome.effect != .unknown { charged[id] = actual }
      case .expired(let expiries):
        for expiry in expiries { charged[expiry.id] = expiry.state == .unconfirmed ? expiry.amounts : .zero }
      default: break
      }
    }
  }
}
