package import Journal

/// The port `JournalStore` on SQLite: the truth in `journal.db`, snapshots in `views.db`.
package final class StoredJournal: JournalStore {
  private let file: JournalFile
  private let views: ViewDatabase

  /// A store over two open files; `views` was opened for `file`.
  package init(file: JournalFile, views: ViewDatabase) {
    self.file = file
    self.views = views
  }

  /// How many entries are durable.
  package func size() throws -> UInt64 { try file.size() }

  /// Writes a batch and a checkpoint in one durable transaction.
  package func append(_ batch: borrowing EntryBatch, checkpoint: StoredCheckpoint?) throws {
    try file.append(batch, checkpoint: checkpoint)
  }

  /// Entries in order.
  package func read(from: UInt64, entriesMax: Int, bytesMax: Int) throws -> [JournalRecord] {
    try file.read(from: from, entriesMax: entriesMax, bytesMax: bytesMax)
  }

  /// One entry.
  package func payload(at index: UInt64) throws -> JournalRecord? { try file.payload(at: index) }

  /// The largest checkpoint.
  package func latestCheckpoint() throws -> StoredCheckpoint? { try file.latestCheckpoint() }

  /// The smallest checkpoint over at least `size` entries.
  package func checkpoint(atLeast size: UInt64) throws -> StoredCheckpoint? { try file.checkpoint(atLeast: size) }

  /// Keeps a snapshot; `journal.db` is not touched.
  package func saveSnapshot(_ bytes: [UInt8], size: UInt64) throws { try views.saveSnapshot(bytes, size: size) }

  /// The newest snapshot that is sound and not ahead of the journal.
  package func latestSnapshot() throws -> (size: UInt64, bytes: [UInt8])? { try views.latestSnapshot(atMost: file.size()) }
}
