import CSQLite

/// A value that goes into a statement.
package enum SQLiteValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// The text, or null.
  package static func optional(_ text: String?) -> SQLiteValue { text.map(SQLiteValue.text) ?? .null }
  /// The number, or null.
  package static func optional(_ integer: Int64?) -> SQLiteValue { integer.map(SQLiteValue.integer) ?? .null }
}

/// A prepared statement: bind, step, read columns, reset. Belongs to its connection's thread.
package final class SQLiteStatement {
  private let connection: Unowned
  private var handle: OpaquePointer?
  /// Its text.
  package let sql: String

  /// The connection keeps its statements; they must not keep it.
  private struct Unowned {
    unowned let value: SQLiteConnection
  }

  init(_ connection: SQLiteConnection, _ sql: String) throws(DatabaseError) {
    self.connection = Unowned(value: connection)
    self.sql = sql
    let result = sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard result == SQLITE_OK, handle != nil else { throw connection.error(result == SQLITE_OK ? SQLITE_MISUSE : result, sql) }
  }

  func finalize() {
    sqlite3_finalize(handle)
    handle = nil
  }

  // MARK: Values; the first has index 1.

  /// Binds a number.
  package func bind(_ index: Int32, _ value: Int64) throws(DatabaseError) { try check(sqlite3_bind_int64(handle, index, value)) }

  /// Binds text, which is copied.
  package func bind(_ index: Int32, _ value: String) throws(DatabaseError) {
    var value = value
    let result = value.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) { text -> Int32 in
        // A null pointer would bind null instead of empty text.
        guard let start = text.baseAddress else { return shim_bind_text_copy(handle, index, "", 0) }
        return shim_bind_text_copy(handle, index, start, UInt64(text.count))
      }
    }
    try check(result)
  }

  /// Binds bytes without copying them: they must stay as they are until `reset`.
  package func bind(_ index: Int32, blob: UnsafeRawBufferPointer) throws(DatabaseError) {
    guard let start = blob.baseAddress, !blob.isEmpty else { return try check(sqlite3_bind_zeroblob(handle, index, 0)) }
    try check(sqlite3_bind_blob64(handle, index, start, UInt64(blob.count), nil))
  }

  /// Binds bytes, which are copied.
  package func bind(_ index: Int32, _ value: [UInt8]) throws(DatabaseError) {
    guard !value.isEmpty else { return try check(sqlite3_bind_zeroblob(handle, index, 0)) }
    try check(value.withUnsafeBytes { shim_bind_blob_copy(handle, index, $0.baseAddress, UInt64($0.count)) })
  }

  /// Binds null.
  package func bindNull(_ index: Int32) throws(DatabaseError) { try check(sqlite3_bind_null(handle, index)) }

  /// Binds all values in order.
  package func bind(_ values: [SQLiteValue]) throws(DatabaseError) {
    for (index, value) in zip(Int32(1)..., values) {
      switch value {
      case .null: try bindNull(index)
      case .integer(let integer): try bind(index, integer)
      case .text(let text): try bind(index, text)
      case .blob(let bytes): try bind(index, bytes)
      }
    }
  }

  // MARK: Running

  /// Goes to the next row; false when there is none.
  package func step() throws(DatabaseError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let result: throw connection.value.error(result, sql)
    }
  }

  /// Ends the use: rows and values are forgotten.
  package func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Binds `values`, runs the statement, which gives no rows, and resets it.
  package func run(_ values: [SQLiteValue] = []) throws(DatabaseError) {
    defer { reset() }
    try bind(values)
    _ = try step()
  }

  /// Binds `values`, maps every row and resets the statement.
  package func rows<Row>(_ values: [SQLiteValue] = [], _ row: (SQLiteStatement) throws -> Row) throws -> [Row] {
    defer { reset() }
    try bind(values)
    var rows: [Row] = []
    while try step() { rows.append(try row(self)) }
    return rows
  }

  /// Binds `values`, maps the first row and resets the statement; nil when there is none.
  package func first<Row>(_ values: [SQLiteValue] = [], _ row: (SQLiteStatement) throws -> Row) throws -> Row? {
    defer { reset() }
    try bind(values)
    return try step() ? try row(self) : nil
  }

  // MARK: Columns of the row; the first has index 0.

  /// A number; 0 for null.
  package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// Whether the column is null.
  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// A number, or nil for null.
  package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// Text; empty for null.
  package func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
  }

  /// Text, or nil for null.
  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// Calls `body` with bytes that are valid during the call; empty for null.
  package func withBlob<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let start = sqlite3_column_blob(handle, column)
    return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
  }

  /// Bytes; empty for null.
  package func blob(_ column: Int32) -> [UInt8] { withBlob(column) { [UInt8]($0) } }

  private func check(_ result: Int32) throws(DatabaseError) {
    guard result == SQLITE_OK else { throw connection.value.error(result, sql) }
  }
}
