import Foundation
import TestSupport
import Testing

@testable import Database

@Suite("database")
struct DatabaseTests {
  let folder = TemporaryFolder()
  var path: String { folder.file("test.db") }

  @Test("a new file is private, in WAL mode and durable")
  func settings() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.execute("CREATE TABLE t (a)")
    #expect(try connection.integer("PRAGMA synchronous") == 2)
    #expect(try connection.integer("PRAGMA page_size") == 8_192)
    #expect(try connection.integer("PRAGMA wal_autocheckpoint") == 0)
    #expect(try connection.integer("PRAGMA journal_size_limit") == 64 << 20)
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    var relaxed = ConnectionSettings()
    relaxed.isDurable = false
    #expect(try SQLiteConnection(path: path, mode: .readWrite, settings: relaxed).integer("PRAGMA synchronous") == 1)
  }

  @Test("values come back as they went in")
  func values() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v ANY) STRICT")
    let insert = try connection.statement("INSERT INTO t (v) VALUES (?)")
    let values: [SQLiteValue] = [
      .null, .integer(0), .integer(.min), .integer(.max), .text(""), .text("a\0é"), .blob([]), .blob([0, 1, 255]),
    ]
    for value in values { try insert.run([value]) }
    #expect(connection.lastInsertedRow == Int64(values.count))
    let bytes: [UInt8] = [9, 8, 7]
    try bytes.withUnsafeBytes { bytes in
      try insert.bind(1, blob: bytes)
      _ = try insert.step()
      insert.reset()
    }
    let types = try connection.statement("SELECT v, typeof(v) FROM t ORDER BY id").rows { row -> String in
      switch row.text(1) {
      case "null": row.isNull(0) && row.optionalText(0) == nil && row.optionalInteger(0) == nil ? "null" : "?"
      case "integer": "\(row.integer(0))"
      case "text": "'\(row.text(0))'"
      default: "\(row.blob(0))"
      }
    }
    #expect(types == ["null", "0", "\(Int64.min)", "\(Int64.max)", "''", "'a\0é'", "[]", "[0, 1, 255]", "[9, 8, 7]"])
    #expect(try connection.statement("SELECT id FROM t WHERE id = ?").first([.integer(3)]) { $0.integer(0) } == 3)
    #expect(try connection.statement("SELECT id FROM t WHERE id = ?").first([.integer(30)]) { $0.integer(0) } == nil)
    #expect(try connection.statement("SELECT 1") === connection.statement("SELECT 1"))
    try connection.statement("DELETE FROM t WHERE id < ?").run([.integer(3)])
    #expect(connection.changedRows == 2)
  }

  @Test("a transaction lands whole or not at all")
  func transactions() throws {
    struct Stop: Error {}
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
    let insert = try connection.statement("INSERT INTO t VALUES (?)")
    #expect(
      try connection.transaction {
        try insert.run([.integer(1)]); return 7
      } == 7)
    #expect(throws: Stop.self) {
      try connection.transaction {
        try insert.run([.integer(2)])
        throw Stop()
      }
    }
    let duplicate = #expect(throws: DatabaseError.self) {
      try connection.transaction {
        try insert.run([.integer(3)])
        try insert.run([.integer(1)])
      }
    }
    #expect(duplicate?.kind == .constraint)
    #expect(duplicate?.sql == "INSERT INTO t VALUES (?)")
    #expect(try connection.integer("SELECT max(a) FROM t") == 1)
    #expect(try connection.integer("SELECT count(*) FROM t") == 1)
  }

  @Test("a reader sees one state while the writer goes on")
  func isolation() throws {
    let writer = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try writer.execute("CREATE TABLE t (a INTEGER) STRICT")
    let reader = try SQLiteConnection(path: path, mode: .readOnly)
    try reader.readTransaction {
      #expect(try reader.integer("SELECT count(*) FROM t") == 0)
      try writer.execute("INSERT INTO t VALUES (1)")
      #expect(try reader.integer("SELECT count(*) FROM t") == 0)
    }
    #expect(try reader.integer("SELECT count(*) FROM t") == 1)
    let refused = #expect(throws: DatabaseError.self) { try reader.execute("INSERT INTO t VALUES (2)") }
    #expect(refused?.kind == .readOnly)
  }

  @Test("a second writer waits for its timeout and is told")
  func busy() throws {
    let first = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try first.execute("CREATE TABLE t (a INTEGER) STRICT")
    var settings = ConnectionSettings()
    settings.busyMilliseconds = 1
    let second = try SQLiteConnection(path: path, mode: .readWrite, settings: settings)
    try first.transaction {
      let error = #expect(throws: DatabaseError.self) { try second.transaction {} }
      #expect(error?.kind == .busy)
    }
    try second.transaction { try second.execute("INSERT INTO t VALUES (1)") }
  }

  @Test("checkpoints run from a second connection, and the log then begins again")
  func checkpoints() throws {
    let writer = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try writer.execute("CREATE TABLE t (a BLOB) STRICT")
    let insert = try writer.statement("INSERT INTO t VALUES (?)")
    for _ in 0..<20 { try insert.run([.blob([UInt8](repeating: 1, count: 20_000))]) }
    let before = writer.walFrames
    #expect(before > 60)
    let helper = try SQLiteConnection(path: path, mode: .readWrite)
    let (frames, copied) = try helper.checkpoint()
    try helper.syncFile()
    #expect(frames == before)
    #expect(copied == before)
    try insert.run([.blob([1])])
    #expect(writer.walFrames < before)
    #expect(try helper.checkpoint(.truncate) == (0, 0))
    #expect(try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int == 0)
    #expect(try writer.integer("SELECT count(*) FROM t") == 21)
  }
}

@Suite("database failures")
struct DatabaseFailureTests {
  let folder = TemporaryFolder()
  var path: String { folder.file("test.db") }

  @Test("a full disk is named, undoes the transaction and is survived")
  func full() throws {
    var settings = ConnectionSettings()
    settings.pageCountMax = 10
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate, settings: settings)
    try connection.execute("CREATE TABLE t (a BLOB) STRICT")
    let insert = try connection.statement("INSERT INTO t VALUES (?)")
    let error = #expect(throws: DatabaseError.self) {
      try connection.transaction {
        for _ in 0..<20 { try insert.run([.blob([UInt8](repeating: 1, count: 8_000))]) }
      }
    }
    #expect(error?.kind == .full)
    #expect(error?.description.contains("no space left") == true)
    #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    try connection.transaction { try insert.run([.blob([1])]) }
    #expect(try connection.integer("SELECT count(*) FROM t") == 1)
  }

  @Test("a missing folder, a folder in place of the file and a missing file cannot be opened")
  func cannotOpen() throws {
    for (path, mode) in [
      (folder.file("none/test.db"), ConnectionMode.readWriteCreate), (folder.path, .readWriteCreate), (path, .readWrite),
      (path, .readOnly),
    ] {
      let error = #expect(throws: DatabaseError.self) { try SQLiteConnection(path: path, mode: mode) }
      #expect(error?.kind == .cannotOpen)
      #expect(error?.path == path)
    }
  }

  @Test("a folder that cannot be written is named")
  func readOnlyFolder() throws {
    // Root may write everywhere but in sysfs.
    let isRoot = getuid() == 0
    let place = isRoot ? "/sys" : folder.path
    if !isRoot { try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: place) }
    let error = #expect(throws: DatabaseError.self) { try SQLiteConnection(path: place + "/test.db", mode: .readWriteCreate) }
    #expect(error?.kind == .cannotOpen || error?.kind == .readOnly)
    if !isRoot { try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: place) }
  }

  @Test("a file that is no database, or another program's, is not ours")
  func notOurs() throws {
    try Data(repeating: 0x41, count: 10_000).write(to: URL(fileURLWithPath: path))
    #expect(throws: DatabaseError.self) { try SQLiteConnection(path: path, mode: .readWriteCreate) }
    var settings = ConnectionSettings()
    settings.applicationID = 0x4353_0001
    let garbage = #expect(throws: DatabaseError.self) {
      try SQLiteConnection(path: path, mode: .readWriteCreate, settings: settings)
    }
    #expect(garbage?.kind == .notOurs)
    let other = folder.file("other.db")
    try SQLiteConnection(path: other, mode: .readWriteCreate).execute("CREATE TABLE t (a)")
    let foreign = #expect(throws: DatabaseError.self) {
      try SQLiteConnection(path: other, mode: .readWriteCreate, settings: settings)
    }
    #expect(foreign?.kind == .notOurs)
    let ours = folder.file("ours.db")
    for mode in [ConnectionMode.readWriteCreate, .readWrite, .readOnly] {
      let connection = try SQLiteConnection(path: ours, mode: mode, settings: settings)
      if mode == .readWriteCreate { try connection.execute("CREATE TABLE t (a)") }
    }
    settings.applicationID = 0x4353_0002
    let wrong = #expect(throws: DatabaseError.self) { try SQLiteConnection(path: ours, mode: .readWriteCreate, settings: settings) }
    #expect(wrong?.kind == .notOurs)
  }

  @Test("damaged pages are found")
  func corrupt() throws {
    do {
      let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
      try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB) STRICT")
      let insert = try connection.statement("INSERT INTO t (b) VALUES (?)")
      for _ in 0..<200 { try insert.run([.blob([UInt8](repeating: 7, count: 2_000))]) }
      #expect(try connection.integrityProblems().isEmpty)
      try connection.checkpoint(.truncate)
    }
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes.count > 20 * 8_192)
    for index in 0..<64 { bytes[3 * 8_192 + index] = 0xFF }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let connection = try SQLiteConnection(path: path, mode: .readWrite)
    #expect(try connection.integrityProblems().isEmpty == false)
    let error = #expect(throws: DatabaseError.self) {
      try connection.statement("SELECT b FROM t").rows { $0.blob(0) }
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.description.contains("damaged") == true)
  }

  @Test("a statement with a mistake says so")
  func mistakes() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    let error = #expect(throws: DatabaseError.self) { try connection.statement("SELEC 1") }
    #expect(error?.kind == .other)
    #expect(error?.description.contains("SELEC 1") == true)
    #expect(throws: DatabaseError.self) { try connection.statement("") }
    #expect(throws: DatabaseError.self) { try connection.statement("SELECT 1").run([.integer(1)]) }
  }
}

@Suite("migrations")
struct MigrationTests {
  let folder = TemporaryFolder()
  var path: String { folder.file("test.db") }
  let first = Migration(1, "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)")
  let second = Migration(2, "ALTER TABLE a ADD COLUMN y INTEGER")

  @Test("each step is applied once, in order")
  func steps() throws {
    for (migrations, expected) in [([], 0), ([first], 1), ([first], 1), ([first, second], 2), ([first, second], 2)]
      as [([Migration], Int64)]
    {
      let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
      try connection.migrate(migrations)
      #expect(try connection.schemaNumber() == expected)
    }
    #expect(try SQLiteConnection(path: path, mode: .readOnly).integer("SELECT count(*) FROM a") == 1)
  }

  @Test("a file of a later version is refused by number")
  func newer() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.migrate([first, second])
    let error = #expect(throws: DatabaseError.self) { try connection.migrate([first]) }
    #expect(error?.kind == .newerSchema(found: 2, known: 1))
    #expect(error?.description.contains("later version") == true)
  }

  @Test("a step that was changed after it was applied is refused")
  func changed() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.migrate([first])
    let error = #expect(throws: DatabaseError.self) { try connection.migrate([Migration(1, first.sql + " "), second]) }
    #expect(error?.kind == .changedMigration(1))
    #expect(try connection.schemaNumber() == 1)
  }

  @Test("a step that fails leaves nothing behind")
  func failing() throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    let broken = Migration(2, "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER) STRICT")
    #expect(throws: DatabaseError.self) { try connection.migrate([first, broken]) }
    #expect(try connection.schemaNumber() == 1)
    #expect(try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0)
    try connection.migrate([first, second])
  }
}
