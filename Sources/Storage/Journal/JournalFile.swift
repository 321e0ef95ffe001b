package import Database
package import Journal
import Platform

/// `journal.db`: batches of entries, payloads beside them, signed checkpoints. The truth; never rewritten.
///
/// One row per batch, so that a commit costs a few pages and one sync whatever the number of entries. One thread appends, any thread reads.
/// Every batch has a checksum, and reading one that does not fit, or is missing, is an error.
package final class JournalFile: Sendable {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 1), journal BLOB NOT NULL) STRICT;
      INSERT INTO identity VALUES (1, randomblob(16));
      CREATE TABLE batches (
        first INTEGER PRIMARY KEY, count INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, checksum INTEGER NOT NULL, leaves BLOB NOT NULL
      ) STRICT;
      CREATE TABLE payloads (first INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, payloads BLOB NOT NULL) STRICT;
      CREATE TABLE checkpoints (
        size INTEGER PRIMARY KEY, milliseconds INTEGER NOT NULL, checksum INTEGER NOT NULL, note BLOB NOT NULL
      ) STRICT;
      """)
  ]
  /// More entries than a batch can have: 16 times the journal's own limit. Larger is damage.
  static let batchEntriesMax: Int64 = 65_536

  /// A file up to this size has its whole structure checked when it is opened (64 MiB: about 50 ms); a larger one as it is read.
  static let checkedBytesMax: UInt64 = 64 << 20

  /// The file.
  package let path: String
  /// 16 random bytes made with the file: what is derived from it says so.
  package let identity: [UInt8]

  let pool: ReadPool
  private let writer: Lock<JournalAppender>
  private let checkpointer: Checkpointer

  /// Opens or creates the file.
  ///
  /// - Parameter settings: for tests; the application id is always checked.
  package init(path: String, settings: ConnectionSettings = ConnectionSettings()) throws {
    var settings = settings
    settings.applicationID = StorageFiles.journal
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate, settings: settings)
    try connection.migrate(JournalFile.migrations)
    if Files.size(path) ?? 0 <= JournalFile.checkedBytesMax, let problem = try connection.integrityProblems(limit: 1).first {
      throw StorageFault.damaged(path: path, what: problem)
    }
    let identity = try connection.statement("SELECT journal FROM identity").first { $0.blob(0) } ?? []
    guard identity.count == 16 else { throw StorageFault.damaged(path: path, what: "its identity is missing") }
    self.path = path
    self.identity = identity
    pool = ReadPool(path: path, settings: settings)
    let checkpointer = Checkpointer(path: path, name: "journal-wal")
    self.checkpointer = checkpointer
    do {
      writer = Lock(try JournalAppender(connection, checkpointer))
    } catch {
      checkpointer.stop()
      throw error
    }
  }

  deinit { checkpointer.stop() }

  /// How many entries are durable.
  package func size() throws -> UInt64 { try pool.read { try JournalRows.size($0) } }

  /// As `JournalStore.append`.
  package func append(_ batch: borrowing EntryBatch, checkpoint: StoredCheckpoint?) throws {
    let batch = copy batch
    try writer.withLock { try $0.append(batch, checkpoint: checkpoint) }
  }

  /// As `JournalStore.read`.
  package func read(from: UInt64, entriesMax: Int, bytesMax: Int) throws -> [JournalRecord] {
    guard from <= UInt64(Int64.max), entriesMax > 0 else { return [] }
    return try pool.read { try JournalRows.records($0, from: Int64(from), entriesMax: entriesMax, bytesMax: bytesMax) }
  }

  /// As `JournalStore.payload`.
  package func payload(at index: UInt64) throws -> JournalRecord? {
    guard index <= UInt64(Int64.max) else { return nil }
    return try pool.read { try JournalRows.records($0, from: Int64(index), entriesMax: 1, bytesMax: 0).first }
  }

  /// As `JournalStore.latestCheckpoint`.
  package func latestCheckpoint() throws -> StoredCheckpoint? {
    try pool.read { try JournalRows.checkpoint($0, "ORDER BY size DESC LIMIT 1", []) }
  }

  /// As `JournalStore.checkpoint(atLeast:)`.
  package func checkpoint(atLeast size: UInt64) throws -> StoredCheckpoint? {
    guard size <= UInt64(Int64.max) else { return nil }
    return try pool.read { try JournalRows.checkpoint($0, "WHERE size >= ? ORDER BY size LIMIT 1", [.integer(Int64(size))]) }
  }

  /// Reads the whole file: SQLite's own structure, every batch and checkpoint by its checksum, no gap. For `countersign verify` and backups;
  /// takes as long as reading the file.
  ///
  /// - Returns: what is wrong, in sentences; empty when all is well.
  package func integrityProblems() throws -> [String] {
    try pool.read { connection in
      var problems = try connection.integrityProblems()
      do {
        try connection.readTransaction { try JournalRows.checkAll(connection) }
      } catch let fault as StorageFault {
        problems.append(fault.description)
      } catch let error as DatabaseError where error.kind == .corrupt {
        problems.append(error.description)
      }
      return problems
    }
  }

  /// Why the write-ahead log cannot be copied into the file at present; nil when it can.
  package var checkpointFailure: DatabaseError? { checkpointer.failure }
}
