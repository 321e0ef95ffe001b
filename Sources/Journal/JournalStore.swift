/// One entry as it lies in the store.
package struct JournalRecord: Sendable, Equatable {
  /// Its position: dense, from 0.
  package var index: UInt64
  /// The hashed bytes.
  package var leaf: [UInt8]
  /// What lies beside them; empty when there is none or when it has been erased.
  package var payload: [UInt8]

  /// An entry with its place.
  package init(index: UInt64, leaf: [UInt8], payload: [UInt8]) {
    self.index = index
    self.leaf = leaf
    self.payload = payload
  }
}

/// A signed checkpoint as it lies in the store.
package struct StoredCheckpoint: Sendable, Equatable {
  /// How many entries it covers.
  package var size: UInt64
  /// The whole signed note (C2SP tlog-checkpoint in a signed-note).
  package var note: [UInt8]
  /// When it was signed by the journal's clock, milliseconds since the Unix epoch. Not signed: for people.
  package var milliseconds: Int64

  /// A checkpoint over `size` entries.
  package init(size: UInt64, note: [UInt8], milliseconds: Int64) {
    self.size = size
    self.note = note
    self.milliseconds = milliseconds
  }
}

/// Where a journal lies. The journal's thread writes; any thread reads.
package protocol JournalStore: Sendable {
  /// How many entries are durable.
  func size() throws -> UInt64

  /// Writes a batch (it may be empty) and a checkpoint in one transaction that is durable on return.
  ///
  /// The checkpoint may cover the batch's own entries. Conditional: throws and changes nothing unless `batch.firstIndex` is the store's
  /// size. When it throws, the caller does not know whether the batch has landed and reads the store again.
  func append(_ batch: borrowing EntryBatch, checkpoint: StoredCheckpoint?) throws

  /// Entries from `from` on, in order, without gaps: at most `entriesMax` of them and, beyond the first, at most `bytesMax` bytes.
  /// Empty only when `from` is the size or more.
  func read(from: UInt64, entriesMax: Int, bytesMax: Int) throws -> [JournalRecord]

  /// One entry with its payload; nil when there is none at `index`.
  func payload(at index: UInt64) throws -> JournalRecord?

  /// The checkpoint with the largest size; nil when there is none.
  func latestCheckpoint() throws -> StoredCheckpoint?

  /// The checkpoint with the smallest size that is at least `size`; nil when there is none.
  func checkpoint(atLeast size: UInt64) throws -> StoredCheckpoint?

  /// Keeps a snapshot of the state after `size` entries. Snapshots are derived: losing one costs a longer start.
  func saveSnapshot(_ bytes: [UInt8], size: UInt64) throws

  /// The snapshot with the largest size; nil when there is none.
  func latestSnapshot() throws -> (size: UInt64, bytes: [UInt8])?
}
