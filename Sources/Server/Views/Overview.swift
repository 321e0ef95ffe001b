import Budgets
import Governance
import JSON
import Journal
import Platform
import Telemetry

/// What the first page shows in one look: decisions by outcome, runs with their percentiles, budgets, inventory, freshness.
struct Overview {
  let services: Services

  /// How far back decisions and runs are counted, milliseconds.
  static let spanMilliseconds: Int64 = 24 * 3_600_000
  /// Runs whose percentiles are computed at most; the newest are taken, and the answer says how many.
  static let runsMax = 5_000

  func json() throws -> JSONValue {
    let now = services.clock.milliseconds()
    let since = now - Self.spanMilliseconds
    try services.follower.waitUntilProjected(atLeast: services.journal.durableSize)
    let size = services.journal.durableSize
    let (pending, balances) = try services.follower.withState(atLeast: size) { machine -> (Int, [JSONValue]) in
      (machine.state.approvalList.count { $0.status == .pending }, budgets(machine.state))
    }
    return [
      "now": .string(UTCTime.format(milliseconds: now)), "since": .string(UTCTime.format(milliseconds: since)),
      "decisions": try decisions(since: since), "runs": try runs(since: since), "budgets": .array(balances),
      "approvals_pending": .integer(Int64(pending)), "inventory": try WorkflowViews(services: services).list()["items"] ?? [],
      "telemetry": try freshness(), "journal": ["entries": .integer(Int64(clamping: size))],
      "policy_version": .integer(Int64(clamping: services.policies.current.revision.version)),
    ]
  }

  private func decisions(since: Int64) throws -> JSONValue {
    let counts = try services.views.decisionCounts(since: since)
    var totals: [Outcome: Int64] = [:]
    var hours: [Int64: [Outcome: Int64]] = [:]
    for count in counts {
      totals[count.outcome, default: 0] += count.count
      hours[count.hour, default: [:]][count.outcome, default: 0] += count.count
    }
    func row(_ outcomes: [Outcome: Int64]) -> JSONObject {
      JSONObject(Outcome.allCases.map { ($0.rawValue, .integer(outcomes[$0] ?? 0)) })
    }
    var answer = row(totals)
    answer["by_hour"] = .array(
      hours.keys.sorted().map { hour in
        var item = row(hours[hour] ?? [:])
        item["hour"] = .string(UTCTime.format(milliseconds: hour))
        return .object(item)
      })
    return .object(answer)
  }

  private func runs(since: Int64) throws -> JSONValue {
    var runs: [RunSummary] = []
    var cursor: RunCursor?
    repeat {
      let page = try services.traces.runs(
        RunFilter(fromNanoseconds: since * 1_000_000), after: cursor, limit: min(1_000, Self.runsMax - runs.count))
      runs += page.runs
      cursor = page.next
    } while cursor != nil && runs.count < Self.runsMax
    let ended = runs.filter { $0.state != .open }
    var byWorkflow: [JSONValue] = []
    for (workflow, group) in Dictionary(grouping: ended, by: { $0.workflow ?? "unknown" }).sorted(by: { $0.key < $1.key }) {
      var item = Self.percentiles(group)
      item["workflow"] = .string(workflow)
      byWorkflow.append(.object(item))
    }
    var answer = Self.percentiles(ended)
    answer["open"] = .integer(Int64(runs.count - ended.count))
    answer["complete"] = .bool(cursor == nil)
    answer["by_workflow"] = .array(byWorkflow)
    answer["latest"] = .array(runs.prefix(20).map { .object(RunViews.json($0)) })
    return .object(answer)
  }

  private static func percentiles(_ runs: [RunSummary]) -> JSONObject {
    func quantiles(_ value: (RunSummary) -> Int64) -> JSONValue {
      let quantiles = Quantiles(runs.map(value))
      return [
        "p50": json(quantiles, .p50), "p90": json(quantiles, .p90), "p99": json(quantiles, .p99),
      ]
    }
    return [
      "count": .integer(Int64(runs.count)), "failed": .integer(Int64(runs.count { $0.state == .error })),
      "unpriced": .integer(runs.reduce(0) { $0 + $1.unpricedCalls }), "tokens": quantiles { $0.usage.total },
      "cost_nanousd": quantiles { $0.costNanoUSD }, "duration_ms": quantiles { $0.durationNanoseconds / 1_000_000 },
    ]
  }

  /// A quantile with whether there are enough runs for it to mean anything.
  private static func json(_ quantiles: Quantiles, _ rank: Quantiles.Rank) -> JSONValue {
    guard let value = quantiles.value(rank) else { return .null }
    return ["value": .integer(value), "enough": .bool(quantiles.isEnough(rank))]
  }

  /// The accounts of organisation, teams and workflows; those of runs are on the runs' pages.
  private func budgets(_ state: GovernanceState) -> [JSONValue] {
    let snapshot = services.policies.current
    var rows: [JSONValue] = []
    state.ledger.forEachAccount { key, balance in
      guard !key.node.hasPrefix("run:"), key.window.instance(at: services.clock.milliseconds()) == key.instance else { return }
      rows += BudgetViews.rows(key, balance, snapshot.limit(of: key) ?? .none)
    }
    return rows
  }

  private func freshness() throws -> JSONValue {
    let freshness = try services.traces.freshness()
    var item: JSONObject = [
      "waiting_batches": .integer(Int64(freshness.waitingBatches)), "accepted": .integer(freshness.acceptedItems),
      "rejected": .integer(freshness.rejectedItems),
    ]
    if let last = freshness.lastReceivedMilliseconds { item["last_received"] = .string(UTCTime.format(milliseconds: last)) }
    return .object(item)
  }
}
