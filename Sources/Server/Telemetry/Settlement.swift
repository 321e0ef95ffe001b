import Budgets
import Governance
import Journal
import Platform
import Telemetry

/// Settles reservations with what spans say was used: by decision id, or by run, step and attempt.
struct Settlement {
  let services: Services
  let prices: PriceBook

  /// Most stored steps of one trace that are looked at again when a part of it arrives later.
  static let stepsMax = 10_000

  /// - Throws: when the journal could not keep a settlement; settling again later does no harm.
  func settle(_ fresh: [CanonicalStep]) throws {
    // A late span may belong to a claim whose naming span came before, so every trace is asked for its stored steps.
    let stored = try services.traces.steps(ofTraces: Set(fresh.map(\.traceID)), stepsMax: Self.stepsMax)
    let names: (CanonicalStep) -> Bool = { $0.decisionID != nil || $0.step != nil }
    guard fresh.contains(where: names) || stored.contains(where: names) else { return }
    // The views must know every decision that was answered before these spans arrived.
    try services.follower.waitUntilProjected(atLeast: services.journal.durableSize)
    let touched = Set(fresh.map(\.key))
    let traces = Dictionary(grouping: StepClaim.merge(stored, fresh), by: \.traceID)
    var commands: [Governance.Command] = []
    for steps in traces.values {
      let ordered = steps.sorted { $0.startNanoseconds < $1.startNanoseconds }
      commands += try StepClaim.claims(of: ordered, touched: touched, prices: prices).compactMap(command)
    }
    try submit(commands)
  }

  private func command(_ claim: StepClaim) throws -> Governance.Command? {
    guard let id = try reservation(claim) else { return nil }
    var actual = Amounts(
      tokensIn: claim.usage.input + claim.usage.unsplit, tokensOut: claim.usage.output, costNanoUSD: claim.costNanoUSD, steps: 1,
      toolCalls: claim.toolCalls)
    if claim.unpricedCalls > 0 {
      // Never zero: what was held for it stands until a price is known.
      let held = try services.follower.withState(atLeast: 0) { $0.state.ledger.hold(id)?.amounts }
      actual.costNanoUSD = max(actual.costNanoUSD, held?.costNanoUSD ?? 0)
    }
    return .settle(reservation: id, actual: actual, source: .span, by: .system)
  }

  private func reservation(_ claim: StepClaim) throws -> UInt64? {
    if let text = claim.decisionID { return Identifiers.index(text, prefix: "d-") }
    guard let step = claim.step else { return nil }
    return try services.views.reservation(
      workflow: claim.workflow, run: claim.run, step: step, attempt: Int64(claim.attempt))
  }

  /// Hands all to the journal at once, so that they share its commits, and waits for them.
  private func submit(_ commands: [Governance.Command]) throws {
    guard !commands.isEmpty else { return }
    let open = Lock((count: commands.count, failure: JournalFailure?.none))
    let done = WaitSignal()
    for command in commands {
      services.journal.submit(command) { result in
        let left = open.withLock { open in
          if case .failure(let failure) = result { open.failure = failure }
          open.count -= 1
          return open.count
        }
        if left == 0 { done.signal() }
      }
    }
    done.wait()
    if let failure = open.withLock({ $0.failure }) { throw failure }
  }
}

/// Ids on the wire: a letter, a dash, and an index in the journal.
enum Identifiers {
  /// The index in `d-1234` or `a-1234`; nil for anything else, leading zeros and signs included.
  static func index(_ text: String, prefix: String) -> UInt64? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    let digits = text.utf8.dropFirst(prefix.utf8.count)
    guard (1...19).contains(digits.count), digits.allSatisfy({ $0 >= 48 && $0 <= 57 }), digits.count == 1 || digits.first != 48
    else {
      return nil
    }
    return UInt64(String(Substring(digits)))
  }
}
