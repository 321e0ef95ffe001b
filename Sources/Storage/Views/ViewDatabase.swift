import Database
import Platform

/// `views.db`: look-up tables and snapshots, filled behind the journal. Derived: whatever is wrong with the file, it is made anew and fills
/// again from the first entry. Any thread reads; writes take turns.
package final class ViewDatabase: Sendable {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE source (id INTEGER PRIMARY KEY CHECK (id = 1), journal BLOB NOT NULL, position INTEGER NOT NULL) STRICT;
      CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
        workflow TEXT, run TEXT, step TEXT, attempt INTEGER, reserved INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX decisions_run ON decisions (run) WHERE run IS NOT NULL;
      CREATE INDEX decisions_workflow ON decisions (workflow) WHERE workflow IS NOT NULL;
      CREATE INDEX decisions_outcome ON decisions (outcome) WHERE outcome <> 'permit';
      CREATE TABLE decision_counts (
        hour INTEGER NOT NULL, workflow TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (hour, workflow, outcome)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE snapshots (size INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;
      CREATE TABLE snapshot_parts (
        id INTEGER PRIMARY KEY, size INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (size, part)
      ) STRICT;
      """)
  ]

  /// The file.
  package let path: String
  /// Why the file was made anew at opening; nil when it was kept or when there was none.
  package let rebuiltBecause: String?

  let pool: ReadPool
  private let writer: Lock<SQLiteConnection>
  private let checkpointer: Checkpointer

  /// Opens, creates or renews the file for `journal`.
  ///
  /// - Throws: only when a new file cannot be made either.
  package init(path: String, journal: JournalFile) throws {
    var settings = ConnectionSettings()
    settings.applicationID = StorageFiles.views
    // The last views may be lost by a power cut; they are projected again.
    settings.isDurable = false
    let size = try journal.size()
    var reason: String?
    var connection: SQLiteConnection?
    do {
      let opened = try ViewDatabase.open(path, settings)
      reason = try ViewDatabase.mismatch(opened, journal: journal.identity, size: size)
      connection = reason == nil ? opened : nil
    } catch let error as DatabaseError {
      guard ViewDatabase.isCuredByRenewal(error) else { throw error }
      reason = error.description
    }
    if connection == nil {
      for suffix in ["", "-wal", "-shm"] { try Files.remove(path + suffix) }
    }
    let usable = try connection ?? ViewDatabase.open(path, settings)
    try usable.statement("INSERT OR IGNORE INTO source (id, journal, position) VALUES (1, ?, 0)").run([.blob(journal.identity)])
    self.path = path
    rebuiltBecause = reason
    pool = ReadPool(path: path, settings: settings)
    checkpointer = Checkpointer(path: path, name: "views-wal")
    writer = Lock(usable)
  }

  deinit { checkpointer.stop() }

  /// Runs `body` in one transaction, alone.
  func write<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try writer.withLock { connection in
      if checkpointer.takeFinish() { try connection.checkpoint() }
      let result = try connection.transaction { try body(connection) }
      checkpointer.commitLanded(walFrames: connection.walFrames)
      return result
    }
  }

  private static func open(_ path: String, _ settings: ConnectionSettings) throws -> SQLiteConnection {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate, settings: settings)
    try connection.migrate(migrations)
    return connection
  }

  /// Why the content cannot be of this journal; nil when it can.
  private static func mismatch(_ connection: SQLiteConnection, journal: [UInt8], size: UInt64) throws -> String? {
    let source = try connection.statement("SELECT journal, position FROM source").first { ($0.blob(0), $0.integer(1)) }
    guard let source else { return nil }
    if source.0 != journal { return "it was made from another journal" }
    let newest = max(source.1, try connection.integer("SELECT max(size) FROM snapshots") ?? 0)
    if newest > Int64(clamping: size) { return "it is ahead of the journal: \(newest) entries, the journal has \(size)" }
    return nil
  }

  private static func isCuredByRenewal(_ error: DatabaseError) -> Bool {
    switch error.kind {
    case .corrupt, .notOurs, .newerSchema, .changedMigration, .constraint, .other: true
    case .busy, .full, .readOnly, .cannotOpen, .io, .memory: false
    }
  }
}
