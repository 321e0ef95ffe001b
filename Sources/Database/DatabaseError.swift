import CSQLite

/// Why the database did not do it.
package struct DatabaseError: Error, Equatable, Sendable {
  /// What an operator or a caller can act on.
  package enum Kind: Sendable, Equatable {
    /// Another connection holds the lock for longer than the timeout.
    case busy
    /// The disk, or the allowed number of pages, is used up. The transaction is undone.
    case full
    /// The file or its folder must not be written.
    case readOnly
    /// The file contradicts itself.
    case corrupt
    /// The file is not a database, or one of another kind.
    case notOurs
    /// The file cannot be opened or created.
    case cannotOpen
    /// Reading or writing failed below the database.
    case io
    /// A row contradicts a constraint of its table.
    case constraint
    /// There is not enough memory.
    case memory
    /// The file was written by a later version of the program: its schema number and the latest one known here.
    case newerSchema(found: Int64, known: Int64)
    /// A migration that was applied is not the one of this program: its number.
    case changedMigration(Int64)
    /// Anything else: a mistake of ours.
    case other
  }

  /// What it is about.
  package var kind: Kind
  /// SQLite's primary result code; 0 when the error is ours.
  package var code: Int32
  /// SQLite's extended result code.
  package var extendedCode: Int32
  /// A clause about what was wrong.
  package var message: String
  /// The database file.
  package var path: String
  /// The statement, without values; empty when there was none.
  package var sql: String

  /// An error that is ours, not SQLite's.
  package init(_ kind: Kind, _ message: String, path: String, sql: String = "") {
    self.kind = kind
    code = 0
    extendedCode = 0
    self.message = message
    self.path = path
    self.sql = sql
  }

  /// What `connection` says about its last failure.
  init(_ connection: OpaquePointer?, result: Int32, path: String, sql: String = "") {
    // Without a connection, or after a mistake in the call itself, the connection's message is about something else.
    let isFresh = connection != nil && result != SQLITE_MISUSE
    let text = isFresh ? sqlite3_errmsg(connection) : sqlite3_errstr(result)
    extendedCode = connection.map { sqlite3_extended_errcode($0) }.flatMap { $0 & 0xFF == result & 0xFF ? $0 : nil } ?? result
    code = result & 0xFF
    kind = DatabaseError.kind(code)
    message = text.map { String(cString: $0) } ?? "result \(result)"
    self.path = path
    self.sql = sql
  }

  private static func kind(_ code: Int32) -> Kind {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notOurs
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_IOERR: .io
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_NOMEM: .memory
    default: .other
    }
  }
}

extension DatabaseError: CustomStringConvertible {
  /// A line for the operator: the file, what is wrong and what to do.
  package var description: String {
    switch kind {
    case .busy: "`\(path)` is locked by another connection: \(message)"
    case .full: "there is no space left for `\(path)`: \(message); free some disk space"
    case .readOnly: "`\(path)` cannot be written: \(message); check the owner and the mode of the file and its folder"
    case .corrupt: "`\(path)` is damaged: \(message); restore it from a backup"
    case .notOurs: "`\(path)` is not a database of this kind: \(message)"
    case .cannotOpen: "`\(path)` cannot be opened: \(message); check that the folder exists and can be written"
    case .io: "`\(path)` cannot be read or written: \(message) (\(extendedCode)); check the disk"
    case .constraint: "`\(path)` refuses a row: \(message)"
    case .memory: "there is not enough memory for `\(path)`"
    case .newerSchema(let found, let known):
      "`\(path)` was written by a later version (schema \(found), known here up to \(known)): use that version or a later one"
    case .changedMigration(let number): "`\(path)` has another migration \(number) than this program: \(message)"
    case .other: "`\(path)`: \(message) (\(extendedCode))" + (sql.isEmpty ? "" : " in `\(sql)`")
    }
  }
}
