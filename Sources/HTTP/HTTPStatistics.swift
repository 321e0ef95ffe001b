import Platform
import Synchronization

/// What the server has done since its start, for metrics.
package struct HTTPStatistics: Sendable {
  /// Connections open now.
  package var connectionsOpen = 0
  /// Connections accepted.
  package var connectionsAccepted = 0
  /// Requests whose head was complete and valid.
  package var requests = 0
  /// What the server or the handler's `admit` refused.
  package var refused: [HTTPRefusalReason: Int] = [:]
}

/// The counters of one loop: its thread adds, any thread reads.
final class LoopCounters: Sendable {
  let open = Atomic(0)
  let accepted = Atomic(0)
  let requests = Atomic(0)
  private let refused = Lock<[HTTPRefusalReason: Int]>([:])

  func refuse(_ reason: HTTPRefusalReason) { refused.withLock { $0[reason, default: 0] += 1 } }

  func add(to sum: inout HTTPStatistics) {
    sum.connectionsOpen += open.load(ordering: .relaxed)
    sum.connectionsAccepted += accepted.load(ordering: .relaxed)
    sum.requests += requests.load(ordering: .relaxed)
    for (reason, count) in refused.withLock({ $0 }) { sum.refused[reason, default: 0] += count }
  }
}
