import CSQLite
import Glibc

/// A connection to an SQLite file in WAL mode. Used by one thread at a time.
///
/// Checkpoints never happen inside a commit (`wal_autocheckpoint=0`): call `checkpoint` from another connection.
package final class SQLiteConnection {
  /// The file.
  package let path: String
  let handle: OpaquePointer
  private var statements: [String: SQLiteStatement] = [:]
  private let walFramesBox = WALFrames()

  /// Opens or creates the file.
  ///
  /// - Throws: `DatabaseError`: `cannotOpen`, `readOnly`, `notOurs`, `corrupt` and so on.
  package init(path: String, mode: ConnectionMode, settings: ConnectionSettings = ConnectionSettings()) throws(DatabaseError) {
    self.path = path
    if mode == .readWriteCreate { SQLiteConnection.createPrivately(path) }
    var opened: OpaquePointer?
    // Each connection is confined to one thread at a time by its owner: no mutex inside.
    let flags = (mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let result = sqlite3_open_v2(path, &opened, flags | (mode == .readWriteCreate ? SQLITE_OPEN_CREATE : 0), nil)
    guard result == SQLITE_OK, let opened else {
      let error = DatabaseError(opened, result: result, path: path)
      sqlite3_close_v2(opened)
      throw error
    }
    handle = opened
    try configure(mode, settings)
  }

  deinit {
    for statement in statements.values { statement.finalize() }
    sqlite3_close_v2(handle)
  }

  /// Frames in the write-ahead log after this connection's last commit; 0 before the first.
  package var walFrames: Int { walFramesBox.count }

  /// The statement of `sql`, prepared once and kept. At most one use of it at a time.
  package func statement(_ sql: String) throws(DatabaseError) -> SQLiteStatement {
    if let statement = statements[sql] { return statement }
    let statement = try SQLiteStatement(self, sql)
    statements[sql] = statement
    return statement
  }

  /// Runs statements without values and without rows, parted by `;`.
  package func execute(_ sql: String) throws(DatabaseError) {
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(result, sql) }
  }

  /// Runs `body` in a transaction that can write, and commits; undoes everything when `body` or the commit throws.
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN IMMEDIATE")
    return try finishTransaction(body)
  }

  /// Runs `body`, which only reads, on one state of the file.
  package func readTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN DEFERRED")
    return try finishTransaction(body)
  }

  private func finishTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // Some errors (full disk, I/O) have already rolled back.
      if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
      throw error
    }
  }

  private func run(_ sql: String) throws(DatabaseError) {
    let statement = try statement(sql)
    defer { statement.reset() }
    _ = try statement.step()
  }

  /// The row id of the last insertion.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Rows that the last statement changed.
  package var changedRows: Int { Int(sqlite3_changes64(handle)) }

  /// How a checkpoint is made.
  package enum CheckpointMode: Sendable {
    /// Copies what it can without waiting for anybody.
    case passive
    /// Waits for readers and writers, copies everything and empties the log. For stopping.
    case truncate
  }

  /// Copies frames of the write-ahead log into the file.
  ///
  /// - Returns: frames in the log, and how many of them are copied; equal when the next commit can begin the log again.
  @discardableResult
  package func checkpoint(_ mode: CheckpointMode = .passive) throws(DatabaseError) -> (frames: Int, copied: Int) {
    var frames: Int32 = 0
    var copied: Int32 = 0
    let result = sqlite3_wal_checkpoint_v2(
      handle, nil, mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, &frames, &copied)
    // A passive checkpoint that meets another one has nothing to do.
    guard result == SQLITE_OK || (mode == .passive && result & 0xFF == SQLITE_BUSY) else { throw error(result, "checkpoint") }
    return (max(0, Int(frames)), max(0, Int(copied)))
  }

  /// Waits until what checkpoints have copied into the file is on disk. SQLite itself does so only in the checkpoint that reaches the end of
  /// the log, for everything at once.
  package func syncFile() throws(DatabaseError) {
    let result = shim_sync_file(handle)
    guard result == SQLITE_OK else { throw error(result, "sync") }
  }

  /// What `PRAGMA integrity_check` finds, at most `limit` lines; empty when the file is sound. Reads the whole file.
  package func integrityProblems(limit: Int = 100) throws(DatabaseError) -> [String] {
    var problems: [String] = []
    do {
      let statement = try SQLiteStatement(self, "PRAGMA integrity_check(\(limit))")
      defer { statement.finalize() }
      while try statement.step() { problems.append(statement.text(0)) }
    } catch {
      // Damage that keeps the check itself from going on is a finding, too.
      guard error.kind == .corrupt || error.kind == .notOurs else { throw error }
      problems.append(error.message)
    }
    return problems == ["ok"] ? [] : problems
  }

  /// The single number that `sql` gives; nil when there is no row or a null.
  package func integer(_ sql: String) throws(DatabaseError) -> Int64? {
    let statement = try statement(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.optionalInteger(0) : nil
  }

  func error(_ result: Int32, _ sql: String) -> DatabaseError { DatabaseError(handle, result: result, path: path, sql: sql) }
}

/// Set by the WAL hook on the thread that commits, which is the connection's.
private final class WALFrames {
  var count = 0
}

extension SQLiteConnection {
  /// Creates an empty file that only its owner can read; the log beside it takes the same mode. An existing file is left alone: opening
  /// and closing it here would drop the locks that other connections of the process hold.
  private static func createPrivately(_ path: String) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }

  private func configure(_ mode: ConnectionMode, _ settings: ConnectionSettings) throws(DatabaseError) {
    sqlite3_busy_timeout(handle, settings.busyMilliseconds)
    shim_set_defensive(handle)
    try execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON")
    try execute("PRAGMA cache_size=-\(settings.cacheKiB)")
    try checkApplicationID(mode, settings)
    guard mode != .readOnly else { return }
    try execute("PRAGMA page_size=\(settings.pageBytes)")
    try setWAL()
    try execute("PRAGMA synchronous=\(settings.isDurable ? "FULL" : "NORMAL"); PRAGMA journal_size_limit=\(settings.walBytesMax)")
    if let pages = settings.pageCountMax { try execute("PRAGMA max_page_count=\(pages)") }
    try execute("PRAGMA wal_autocheckpoint=0")
    // After wal_autocheckpoint, which is a hook itself. The box lives as long as the connection.
    sqlite3_wal_hook(
      handle,
      { context, _, _, frames in
        if let context { Unmanaged<WALFrames>.fromOpaque(context).takeUnretainedValue().count = Int(frames) }
        return SQLITE_OK
      }, Unmanaged.passUnretained(walFramesBox).toOpaque())
  }

  private func setWAL() throws(DatabaseError) {
    let statement = try SQLiteStatement(self, "PRAGMA journal_mode=WAL")
    defer { statement.finalize() }
    let journal = try statement.step() ? statement.text(0) : ""
    guard journal == "wal" else { throw DatabaseError(.readOnly, "its write-ahead log cannot be used here", path: path) }
  }

  private func checkApplicationID(_ mode: ConnectionMode, _ settings: ConnectionSettings) throws(DatabaseError) {
    guard let expected = settings.applicationID else { return }
    let found = try integer("PRAGMA application_id") ?? 0
    if found == Int64(expected) { return }
    let isEmpty = try integer("SELECT count(*) FROM sqlite_schema") == 0
    guard found == 0, isEmpty, mode != .readOnly else {
      throw DatabaseError(.notOurs, "its application id is \(found), not \(expected)", path: path)
    }
    try execute("PRAGMA page_size=\(settings.pageBytes); PRAGMA application_id=\(expected)")
  }
}
