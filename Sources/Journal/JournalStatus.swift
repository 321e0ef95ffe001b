/// Whether a journal can make anything durable.
package enum JournalHealth: Equatable, Sendable {
  /// The latest batch was durable, or nothing was written yet.
  case ready
  /// The store refused; the reason is the operator's. Every command is answered `notDurable` until a reload from the store succeeds.
  case failed(String)
}

/// What a journal says of itself to other threads.
struct JournalStatus: Sendable {
  var durableSize: UInt64 = 0
  var health = JournalHealth.ready
  var latestCheckpoint: StoredCheckpoint?
  /// Why the latest checkpoint could not be signed or stored, if so.
  var checkpointFault: String?
  var statistics = JournalStatistics()
  var observers: [@Sendable (UInt64) -> Void] = []
  var stopped = false
}

/// Counters since the start.
package struct JournalStatistics: Equatable, Sendable {
  /// Transactions that became durable.
  package var batches: UInt64 = 0
  /// Entries that became durable.
  package var entries: UInt64 = 0
  /// Commands that got an answer.
  package var answers: UInt64 = 0
  /// Commands that were told `notDurable`.
  package var failures: UInt64 = 0
  /// Checkpoints that were stored.
  package var checkpoints: UInt64 = 0
  /// Times the state was read from the store again after a failure.
  package var reloads: UInt64 = 0
}
