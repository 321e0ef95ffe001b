/// How much a journal does at once.
package struct JournalLimits: Sendable {
  /// Commands that may wait; one more is `overloaded`. At 40 000 a second this is 1.6 s of work: who waits longer has gone away.
  package var queueMax = 65_536
  /// Entries of one transaction: keeps the answer of the first within a few milliseconds of the last.
  package var batchEntriesMax = 4_096
  /// Bytes of leaves and payloads of one transaction.
  package var batchBytesMax = 8 << 20
  /// The shortest time between two signed checkpoints, milliseconds of the monotonic clock.
  package var checkpointIntervalMilliseconds = 1_000
  /// Entries read from the store at once when replaying or following.
  package var replayEntriesMax = 4_096
  /// Bytes read from the store at once when replaying or following.
  package var replayBytesMax = 8 << 20
  /// The first pause after a failed reload, milliseconds; it doubles up to `reloadPauseMillisecondsMax`.
  package var reloadPauseMilliseconds = 50
  /// The longest pause between two attempts to reload, milliseconds.
  package var reloadPauseMillisecondsMax = 5_000
  /// Entries between two snapshots: bounds the replay of a start to about a second.
  package var snapshotEntries: UInt64 = 100_000

  /// The limits above.
  package init() {}
}
