import Budgets
import Testing

@Suite("Ledger rules") struct LedgerRuleTests {
  static let team = AccountKey(node: "team:care", window: .calendar(.day), at: 1_763_683_200_000)
  static let organisation = AccountKey(node: "organisation:acme", window: .lifetime, instance: 0)

  static func legs(_ grant: Int64) -> [Leg] {
    [
      Leg(key: organisation, limit: Limit(costNanoUSD: grant * 10)),
      Leg(key: team, limit: Limit(tokensIn: grant, costNanoUSD: grant)),
    ]
  }

  @Test("a refusal names the binding account, its A, S and H, the need, and when more frees")
  func refusalExplains() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, legs: Self.legs(100), amounts: Amounts(costNanoUSD: 50), expiresAt: 5_000, started: false)
    try ledger.reserve(id: 2, legs: Self.legs(100), amounts: Amounts(costNanoUSD: 30), expiresAt: 9_000, started: false)
    _ = ledger.settle(1, actual: Amounts(costNanoUSD: 45), source: .span)
    let refusal = try #require(ledger.refusal(for: Amounts(costNanoUSD: 26), legs: Self.legs(100)))
    #expect(refusal.cause == .exhausted)
    #expect(refusal.account == Self.team)
    #expect(refusal.currency == .costNanoUSD)
    #expect(refusal.limit == 100 && refusal.settled == 45 && refusal.held == 30 && refusal.available == 25 && refusal.needed == 26)
    #expect(refusal.nextExpiry == 9_000)
    #expect(refusal.windowEnd == 1_763_769_600_000)
    #expect(refusal.freesAt == 9_000)
    #expect(ledger.refusal(for: Amounts(costNanoUSD: 25), legs: Self.legs(100)) == nil)
  }

  @Test("B14: a zero need passes an exhausted money account; negative and overflowing needs never do")
  func zeroNegativeOverflow() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, legs: Self.legs(100), amounts: Amounts(costNanoUSD: 100), expiresAt: 5_000, started: true)
    _ = ledger.settle(1, actual: Amounts(costNanoUSD: 170), source: .api)
    #expect(ledger.refusal(for: .zero, legs: Self.legs(100)) == nil)
    #expect(ledger.refusal(for: Amounts(tokensIn: 10), legs: Self.legs(100)) == nil)
    #expect(ledger.refusal(for: Amounts(costNanoUSD: 1), legs: Self.legs(100))?.cause == .exhausted)
    #expect(ledger.refusal(for: Amounts(toolCalls: -1), legs: Self.legs(100))?.cause == .negative)
    #expect(ledger.refusal(for: Amounts(toolCalls: .max), legs: Self.legs(100))?.cause == .overflow)
    #expect(ledger.refusal(for: Amounts(toolCalls: Amounts.maximum + 1), legs: Self.legs(100))?.cause == .overflow)
    #expect(ledger.refusal(for: Amounts(toolCalls: Amounts.maximum), legs: Self.legs(100)) == nil)
  }

  @Test(
    "a reserve that breaks the rules throws and changes nothing",
    arguments: [
      (UInt64(1), 1, Amounts(steps: 1), LedgerFault.duplicateReservation(1)),
      (2, 1, Amounts(steps: -1), .amountOutOfRange),
      (2, 1, Amounts(steps: Amounts.maximum + 1), .amountOutOfRange),
      (2, Ledger.legsMax + 1, Amounts(steps: 1), .tooManyLegs(17)),
    ])
  func faults(id: UInt64, legs: Int, amounts: Amounts, fault: LedgerFault) throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, keys: [Self.team], amounts: Amounts(steps: 1), expiresAt: 5_000, started: false)
    let before = encoded(ledger)
    let keys = (0..<legs).map { AccountKey(node: "run:w/r\($0)", window: .run, instance: 0) }
    #expect(throws: fault) { try ledger.reserve(id: id, keys: keys, amounts: amounts, expiresAt: 1, started: false) }
    #expect(encoded(ledger) == before)
  }

  @Test("sixteen accounts are held and freed together, and an account named twice is debited once")
  func manyLegs() throws {
    var ledger = Ledger()
    let keys = (0..<16).map { AccountKey(node: "run:w/r\($0)", window: .run, instance: 0) }
    try ledger.reserve(id: 1, keys: keys, amounts: Amounts(steps: 3), expiresAt: 1, started: false)
    #expect(keys.allSatisfy { ledger.balance(of: $0)?.held.steps == 3 })
    #expect(ledger.accounts(of: 1) == keys)
    try ledger.reserve(id: 2, keys: [keys[0], keys[9], keys[0], keys[9]], amounts: Amounts(steps: 1), expiresAt: 1, started: false)
    #expect(ledger.balance(of: keys[0])?.held.steps == 4)
    #expect(ledger.balance(of: keys[9])?.held.steps == 4)
    let restarted = try Ledger(decoding: encoded(ledger)[...])
    #expect(encoded(restarted) == encoded(ledger))
    #expect(ledger.release(1) == .released)
    #expect(keys.dropFirst().allSatisfy { ledger.balance(of: $0)?.held.steps == ($0 == keys[9] ? 1 : 0) })
  }

  @Test("B16: an overrun is recorded and the next reserve is refused")
  func overrun() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, legs: Self.legs(100), amounts: Amounts(tokensIn: 60), expiresAt: 5_000, started: true)
    let outcome = ledger.settle(1, actual: Amounts(tokensIn: 100, steps: 1), source: .span)
    #expect(outcome.effect == .settled && outcome.before == .started && outcome.settledBy == .span)
    #expect(outcome.overrun == Amounts(tokensIn: 40, steps: 1))
    #expect(ledger.balance(of: Self.team)?.overrun == Amounts(tokensIn: 40, steps: 1))
    #expect(ledger.refusal(for: Amounts(tokensIn: 1), legs: Self.legs(100))?.available == 0)
    let again = ledger.settle(1, actual: Amounts(tokensIn: 100, steps: 1), source: .api)
    #expect(again.effect == .confirmed && again.settledBy == .span && !again.changedState)
    let lower = ledger.settle(1, actual: Amounts(tokensIn: 90, steps: 1), source: .api)
    #expect(lower.effect == .corrected && lower.settledBy == .span && lower.change == Amounts(tokensIn: -10))
    #expect(ledger.refusal(for: Amounts(tokensIn: 10), legs: Self.legs(100)) == nil)
  }

  @Test("a settlement of nothing known, or of a negative amount, changes nothing")
  func settleUnknownOrInvalid() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, legs: Self.legs(100), amounts: Amounts(tokensIn: 60), expiresAt: 5_000, started: true)
    let before = encoded(ledger)
    #expect(ledger.settle(7, actual: .zero, source: .api).effect == .unknown)
    #expect(ledger.settle(1, actual: Amounts(steps: -1), source: .api).effect == .invalid)
    #expect(ledger.settle(1, actual: Amounts(steps: Amounts.maximum + 1), source: .api).effect == .invalid)
    #expect(encoded(ledger) == before)
  }

  @Test("B7: an unstarted hold expires free, a started one is charged in full until a settlement corrects it")
  func expiry() throws {
    var ledger = Ledger()
    let legs = Self.legs(1_000)
    try ledger.reserve(id: 1, legs: legs, amounts: Amounts(costNanoUSD: 50), expiresAt: 5_000, started: false)
    try ledger.reserve(id: 2, legs: legs, amounts: Amounts(costNanoUSD: 70), expiresAt: 4_000, started: true)
    try ledger.reserve(id: 3, legs: legs, amounts: Amounts(costNanoUSD: 90), expiresAt: 5_001, started: false)
    #expect(ledger.expire(at: 3_999, max: 10).isEmpty)
    #expect(ledger.nextExpiry == 4_000)
    #expect(
      ledger.expire(at: 5_000, max: 10) == [
        Expiry(id: 2, state: .unconfirmed, amounts: Amounts(costNanoUSD: 70)),
        Expiry(id: 1, state: .expired, amounts: Amounts(costNanoUSD: 50)),
      ])
    #expect(ledger.balance(of: Self.team)?.settled == Amounts(costNanoUSD: 70))
    #expect(ledger.balance(of: Self.team)?.held == Amounts(costNanoUSD: 90))
    let late = ledger.settle(2, actual: Amounts(costNanoUSD: 20), source: .span)
    #expect(late.effect == .corrected && late.before == .unconfirmed && late.change == Amounts(costNanoUSD: -50))
    #expect(ledger.state(of: 2) == .settled)
    #expect(ledger.settle(1, actual: Amounts(costNanoUSD: 5), source: .span).effect == .corrected)
    #expect(ledger.balance(of: Self.organisation)?.settled == Amounts(costNanoUSD: 25))
    #expect(ledger.balance(of: Self.organisation)?.corrections == Amounts(costNanoUSD: 5))
  }

  @Test("a settlement equal to the unconfirmed charge confirms it, which is a change of state")
  func confirmUnconfirmed() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 2, legs: Self.legs(100), amounts: Amounts(costNanoUSD: 70), expiresAt: 4_000, started: false)
    #expect(ledger.start(2) == .started)
    #expect(ledger.expire(2)?.state == .unconfirmed)
    #expect(ledger.expire(2) == nil)
    let outcome = ledger.settle(2, actual: Amounts(costNanoUSD: 70), source: .span)
    #expect(outcome.effect == .confirmed && outcome.changedState && outcome.settledBy == .span)
    #expect(ledger.state(of: 2) == .settled)
  }

  @Test("B11: a late settlement lands in the window of its reserve")
  func windowOfTheReserve() throws {
    var ledger = Ledger()
    let first = AccountKey(node: "team:care", window: .calendar(.day), at: 86_399_999)
    let second = AccountKey(node: "team:care", window: .calendar(.day), at: 86_400_000)
    #expect(first != second)
    try ledger.reserve(id: 1, keys: [first], amounts: Amounts(steps: 5), expiresAt: 90_000_000, started: true)
    try ledger.reserve(id: 2, keys: [second], amounts: Amounts(steps: 7), expiresAt: 90_000_000, started: true)
    _ = ledger.settle(1, actual: Amounts(steps: 4), source: .api)
    #expect(ledger.balance(of: first)?.settled.steps == 4)
    #expect(ledger.balance(of: second)?.settled.steps == 0)
    #expect(ledger.settle(1, actual: Amounts(steps: 6), source: .span).change.steps == 2)
    #expect(ledger.balance(of: first)?.corrections.steps == 2)
    #expect(ledger.balance(of: second) == Balance(settled: .zero, held: Amounts(steps: 7), overrun: .zero, corrections: .zero))
  }

  @Test("a release is idempotent, and never takes back a started or an ended reservation")
  func release() throws {
    var ledger = Ledger()
    try ledger.reserve(id: 1, legs: Self.legs(100), amounts: Amounts(tokensIn: 60), expiresAt: 5_000, started: false)
    try ledger.reserve(id: 2, legs: Self.legs(100), amounts: Amounts(tokensIn: 10), expiresAt: 5_000, started: true)
    #expect(ledger.release(1) == .released)
    let after = encoded(ledger)
    #expect(ledger.release(1) == .alreadyReleased)
    #expect(ledger.release(2) == .started)
    #expect(ledger.release(9) == .unknown)
    #expect(encoded(ledger) == after)
    _ = ledger.settle(2, actual: .zero, source: .api)
    #expect(ledger.release(2) == .ended(.settled))
  }

  @Test("only the latest ended reservations are remembered, in order, over a restart too")
  func boundedMemory() throws {
    var ledger = Ledger(closedMax: 3)
    for id in UInt64(0)..<5 {
      try ledger.reserve(id: id, keys: [Self.team], amounts: Amounts(steps: 1), expiresAt: 5_000, started: false)
      _ = ledger.settle(id, actual: Amounts(steps: 1), source: .api)
      ledger = try Ledger(decoding: encoded(ledger)[...], closedMax: 3)
    }
    #expect(ledger.closedCount == 3)
    #expect(
      (UInt64(0)..<5).map { ledger.settle($0, actual: Amounts(steps: 1), source: .span).effect } == [
        .unknown, .unknown, .confirmed, .confirmed, .confirmed,
      ])
    #expect(ledger.balance(of: Self.team)?.settled.steps == 5)
  }

  @Test("charges beyond 64 bits stay at the edge, and nothing more can be reserved there")
  func saturation() throws {
    var ledger = Ledger(closedMax: 1)
    for id in UInt64(0)..<1_025 {
      try ledger.reserve(id: id, keys: [Self.team], amounts: .zero, expiresAt: 5_000, started: false)
      _ = ledger.settle(id, actual: Amounts(costNanoUSD: Amounts.maximum), source: .api)
    }
    #expect(ledger.balance(of: Self.team)?.settled.costNanoUSD == .max)
    #expect(ledger.refusal(for: Amounts(costNanoUSD: 1), legs: [Leg(key: Self.team, limit: .none)])?.cause == .overflow)
    #expect(throws: LedgerFault.overflow) {
      try ledger.reserve(id: 9_999, keys: [Self.team], amounts: Amounts(costNanoUSD: 1), expiresAt: 1, started: false)
    }
  }

  @Test("the expiry heap stays small while reservations settle before they expire")
  func heapSweeps() throws {
    var ledger = Ledger(closedMax: 10)
    for id in UInt64(0)..<20_000 {
      try ledger.reserve(id: id, keys: [Self.team], amounts: Amounts(steps: 1), expiresAt: Int64(id) + 600_000, started: true)
      if id >= 10 { _ = ledger.settle(id - 9, actual: Amounts(steps: 1), source: .api) }
    }
    #expect(ledger.nextExpiry == 600_000)
    #expect(ledger.openCount == 10)
    #expect(ledger.expiryEntries <= 64 + 2 * 11)
  }
}
