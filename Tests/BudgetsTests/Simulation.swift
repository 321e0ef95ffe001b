import Budgets
import TestSupport

/// What the journal would have written: enough to fold the ledger again.
enum RecordedOperation {
  case reserve(UInt64, [AccountKey], Amounts, Int64, Bool)
  case start(UInt64)
  case settle(UInt64, Amounts, SettlementSource)
  case release(UInt64)
  case expire(UInt64)
}

/// Random work on a small organisation, done by the ledger and by the naive model side by side.
struct Simulation {
  /// What the latest step was and gave.
  enum Step {
    case reserved(UInt64)
    case refused(BudgetRefusal, before: [UInt8])
    case started(UInt64)
    case settled(UInt64, Amounts, SettleOutcome)
    case released(UInt64, ReleaseOutcome)
    case expired([Expiry])
  }

  var random: SeededGenerator
  var ledger = Ledger()
  var model = NaiveLedger()
  var now: Int64 = 1_763_683_200_000 - 3_600_000  // an hour before a UTC midnight
  var nextID: UInt64 = 0
  var recorded: [RecordedOperation] = []
  var limits: [AccountKey: Limit] = [:]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func run(steps: Int, _ check: (Step, inout Simulation) throws -> Void) rethrows {
    for _ in 0..<steps {
      let step = advance()
      try check(step, &self)
    }
  }

  private mutating func advance() -> Step {
    if Int.random(in: 0..<40, using: &random) == 0 { now += Int64.random(in: 0...20_000_000, using: &random) }
    now += Int64.random(in: 0...30_000, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<45: return reserve()
    case 45..<52: return start()
    case 52..<82: return settle()
    case 82..<90: return release()
    default: return expire()
    }
  }

  mutating func legs() -> [Leg] {
    let team = Int.random(in: 0..<2, using: &random)
    let workflow = team * 2 + Int.random(in: 0..<2, using: &random)
    let run = Int.random(in: 0..<3, using: &random)
    let keys: [(String, BudgetWindow, Int64)] = [
      ("organisation:acme", .lifetime, 40_000), ("organisation:acme", .calendar(.day), 6_000), ("team:t\(team)", .lifetime, 20_000),
      ("workflow:w\(workflow)", .lifetime, 12_000), ("workflow:w\(workflow)", .calendar(.hour), 1_500),
      ("run:w\(workflow)/r\(run)", .run, 2_500),
    ]
    return keys.map { node, window, grant in
      let key = AccountKey(node: node, window: window, at: now)
      let limit = Limit(tokensIn: grant, tokensOut: window == .run ? nil : grant, costNanoUSD: grant * 2, steps: grant / 10)
      limits[key] = limit
      return Leg(key: key, limit: limit)
    }
  }

  mutating func amounts(upTo largest: Int64) -> Amounts {
    Amounts(list: (0..<5).map { _ in Bool.random(using: &random) ? 0 : Int64.random(in: 0...largest, using: &random) })
  }

  private mutating func anyID() -> UInt64 { UInt64.random(in: 0...nextID + 1, using: &random) }

  private mutating func reserve() -> Step {
    let legs = legs()
    let need = amounts(upTo: 300)
    if let refusal = ledger.refusal(for: need, legs: legs) { return .refused(refusal, before: encoded(ledger)) }
    let id = nextID
    nextID += 1
    let expiresAt = now + Int64.random(in: 1...900_000, using: &random)
    let started = Bool.random(using: &random)
    try? ledger.reserve(id: id, legs: legs, amounts: need, expiresAt: expiresAt, started: started)
    model.reserve(id, legs.map(\.key), need.list, expiresAt, started)
    recorded.append(.reserve(id, legs.map(\.key), need, expiresAt, started))
    return .reserved(id)
  }

  private mutating func start() -> Step {
    let id = anyID()
    ledger.start(id)
    model.start(id)
    recorded.append(.start(id))
    return .started(id)
  }

  private mutating func settle() -> Step {
    let id = anyID()
    let actual = amounts(upTo: 400)
    let source = SettlementSource.allCases.randomElement(using: &random) ?? .api
    let outcome = ledger.settle(id, actual: actual, source: source)
    model.settle(id, actual.list)
    if outcome.changedState { recorded.append(.settle(id, actual, source)) }
    return .settled(id, actual, outcome)
  }

  private mutating func release() -> Step {
    let id = anyID()
    let outcome = ledger.release(id)
    model.release(id)
    if outcome == .released { recorded.append(.release(id)) }
    return .released(id, outcome)
  }

  private mutating func expire() -> Step {
    let bound = Int.random(in: 1...3, using: &random)
    var all: [Expiry] = []
    while true {
      let some = ledger.expire(at: now, max: bound)
      all += some
      if some.count < bound { break }
    }
    model.expire(at: now)
    recorded += all.map { .expire($0.id) }
    return .expired(all)
  }
}

func encoded(_ ledger: Ledger) -> [UInt8] {
  var bytes: [UInt8] = []
  ledger.encode(into: &bytes)
  return bytes
}
