import Governance
import Platform
import Synchronization

/// What the server counts about itself, in the Prometheus text format.
package final class ServerMetrics: Sendable {
  /// Upper bounds of the decision latency buckets, microseconds; the last bucket has none.
  static let latencyBounds: [UInt64] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000]

  let permits = Atomic<UInt64>(0)
  let escalations = Atomic<UInt64>(0)
  let denials = Atomic<UInt64>(0)
  let notDurable = Atomic<UInt64>(0)
  let unauthenticated = Atomic<UInt64>(0)
  let spansAccepted = Atomic<UInt64>(0)
  let spansRejected = Atomic<UInt64>(0)
  let batchesAccepted = Atomic<UInt64>(0)
  private let latency = Lock(Histogram())

  private struct Histogram {
    var counts = [UInt64](repeating: 0, count: ServerMetrics.latencyBounds.count + 1)
    var sum: UInt64 = 0
  }

  /// All counters at zero.
  package init() {}

  func count(_ outcome: Outcome) {
    switch outcome {
    case .permit: permits.add(1, ordering: .relaxed)
    case .escalate: escalations.add(1, ordering: .relaxed)
    case .deny: denials.add(1, ordering: .relaxed)
    }
  }

  func observe(microseconds: UInt64) {
    let bucket = Self.latencyBounds.firstIndex { microseconds <= $0 } ?? Self.latencyBounds.count
    latency.withLock {
      $0.counts[bucket] += 1
      $0.sum += microseconds
    }
  }

  /// The counters as Prometheus text; `gauges` are values that somebody else knows.
  func text(gauges: [(name: String, help: String, value: Double)]) -> String {
    var text = ""
    func counter(_ name: String, _ help: String, _ rows: [(labels: String, value: UInt64)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) counter\n"
      for row in rows { text += "\(name)\(row.labels) \(row.value)\n" }
    }
    counter(
      "countersign_decisions_total", "Durable decisions by outcome.",
      [
        ("{outcome=\"permit\"}", permits.load(ordering: .relaxed)),
        ("{outcome=\"escalate\"}", escalations.load(ordering: .relaxed)),
        ("{outcome=\"deny\"}", denials.load(ordering: .relaxed)),
      ])
    counter(
      "countersign_decisions_not_durable_total", "Decisions answered 503 because their entry could not be written.",
      [("", notDurable.load(ordering: .relaxed))])
    counter(
      "countersign_unauthenticated_total", "Requests without a valid API key.", [("", unauthenticated.load(ordering: .relaxed))])
    counter(
      "countersign_spans_total", "Spans received.",
      [
        ("{result=\"accepted\"}", spansAccepted.load(ordering: .relaxed)),
        ("{result=\"rejected\"}", spansRejected.load(ordering: .relaxed)),
      ])
    counter("countersign_trace_batches_total", "Trace batches written durably.", [("", batchesAccepted.load(ordering: .relaxed))])
    let (counts, sum) = latency.withLock { ($0.counts, $0.sum) }
    text += "# HELP countersign_decision_seconds From reading a decision request to handing over its answer.\n"
    text += "# TYPE countersign_decision_seconds histogram\n"
    var total: UInt64 = 0
    for (bound, count) in zip(Self.latencyBounds, counts) {
      total += count
      text += "countersign_decision_seconds_bucket{le=\"\(Double(bound) / 1e6)\"} \(total)\n"
    }
    total += counts[Self.latencyBounds.count]
    text += "countersign_decision_seconds_bucket{le=\"+Inf\"} \(total)\n"
    text += "countersign_decision_seconds_sum \(Double(sum) / 1e6)\ncountersign_decision_seconds_count \(total)\n"
    for gauge in gauges {
      text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n\(gauge.name) \(gauge.value)\n"
    }
    return text
  }
}
