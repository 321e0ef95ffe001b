import Cryptography
import TransparencyLog

/// The state of a journal at one size: the fold of its entries and the frontier of its tree.
struct FoldedJournal<Machine: JournalMachine> {
  var machine: Machine
  var range: CompactRange
  var size: UInt64 { range.size }

  init(machine: Machine, range: CompactRange = CompactRange()) {
    self.machine = machine
    self.range = range
  }

  /// Folds the next entries; their indices must follow on.
  mutating func replay(_ records: [JournalRecord]) throws(JournalOpenError) {
    for record in records {
      guard record.index == size else { throw .gap(index: size) }
      do {
        try machine.replay(leaf: record.leaf, at: record.index)
      } catch {
        throw .refusedEntry(index: record.index, reason: "\(error)")
      }
      range.append(LeafHash.of(record.leaf))
    }
  }
}

/// Reads a journal back from its store: snapshot, tail, and the check of both against the latest signed checkpoint.
struct JournalRecovery<Machine: JournalMachine> {
  let store: any JournalStore
  let head: LogHead
  let initial: @Sendable () -> Machine
  let limits: JournalLimits

  struct Result {
    var folded: FoldedJournal<Machine>
    var checkpoint: StoredCheckpoint?
  }

  /// Reads everything that is durable.
  ///
  /// A snapshot is used only when it is not newer than the latest signed checkpoint: then the tail passes the checkpoint's size, and
  /// the root there, continued from the snapshot's frontier, must be the signed one. So frontier and tail are both proved. (The
  /// follower saves a snapshot only after a checkpoint covers it.) Entries below the snapshot are not read here; the offline
  /// verification does that. Without a usable snapshot the replay starts at the first entry.
  ///
  /// - Throws: `JournalOpenError` when the journal is not whole, or the store's own error when it cannot be read.
  func read() throws -> Result {
    let size = try store.size()
    let stored = try store.latestCheckpoint()
    var signed: Checkpoint?
    if let stored {
      signed = try head.verify(stored)
      if size < stored.size { throw JournalOpenError.shorterThanCheckpoint(size: size, checkpointSize: stored.size) }
    }
    if let start = try snapshot(size: size, checkpointSize: stored?.size ?? 0) {
      do {
        return Result(folded: try replay(from: start, to: size, signed), checkpoint: stored)
      } catch is JournalOpenError {
        // The snapshot may be what is wrong: the entries alone decide below.
      }
    }
    return Result(folded: try replay(from: FoldedJournal(machine: initial()), to: size, signed), checkpoint: stored)
  }

  private func snapshot(size: UInt64, checkpointSize: UInt64) throws -> FoldedJournal<Machine>? {
    guard let saved = try? store.latestSnapshot(), let snapshot = JournalSnapshot(bytes: saved.bytes),
      snapshot.size == saved.size, snapshot.size <= min(size, checkpointSize),
      let machine = try? Machine(snapshot: snapshot.machine)
    else { return nil }
    return FoldedJournal(machine: machine, range: snapshot.range)
  }

  private func replay(
    from start: FoldedJournal<Machine>, to size: UInt64, _ signed: Checkpoint?
  ) throws -> FoldedJournal<Machine> {
    var folded = start
    if let signed {
      try advance(&folded, to: signed.size)
      guard folded.range.root == signed.root else { throw JournalOpenError.rootMismatch(size: signed.size) }
    }
    try advance(&folded, to: size)
    return folded
  }

  private func advance(_ folded: inout FoldedJournal<Machine>, to size: UInt64) throws {
    while folded.size < size {
      let rest = Int(min(size - folded.size, UInt64(limits.replayEntriesMax)))
      let records = try store.read(from: folded.size, entriesMax: rest, bytesMax: limits.replayBytesMax)
      if records.isEmpty { throw JournalOpenError.gap(index: folded.size) }
      try folded.replay(records.count > rest ? Array(records.prefix(rest)) : records)
    }
  }
}
