import Database
import Foundation
import Journal
import Platform
import TestSupport
import Testing

@testable import Storage

/// The files of one journal in a folder of its own.
struct JournalFixture {
  let folder = TemporaryFolder()
  var journalPath: String { folder.file("journal.db") }
  var viewsPath: String { folder.file("views.db") }

  func file(_ settings: ConnectionSettings = ConnectionSettings()) throws -> JournalFile {
    try JournalFile(path: journalPath, settings: settings)
  }

  func store() throws -> StoredJournal {
    let file = try file()
    return StoredJournal(file: file, views: try ViewDatabase(path: viewsPath, journal: file))
  }
}

@Suite("journal store on SQLite")
struct JournalStoreTests {
  let fixture = JournalFixture()

  @Test("it keeps the contract of the port")
  func contract() throws {
    try JournalStoreContract(store: try fixture.store()).all()
  }

  @Test("everything is there after a restart")
  func reopen() throws {
    let checkpoint = StoredCheckpoint(size: 130, note: Array("note".utf8), milliseconds: 5)
    var identity: [UInt8] = []
    for start in 0..<3 {
      let file = try fixture.file()
      if start == 0 { identity = file.identity } else { #expect(file.identity == identity) }
      #expect(try file.size() == UInt64(start * 130))
      try file.append(batch(first: UInt64(start * 130), count: 130), checkpoint: start == 0 ? checkpoint : nil)
    }
    let store = try fixture.store()
    #expect(try readAll(store) == (0..<390).map { expectedRecord($0) })
    #expect(try store.latestCheckpoint() == checkpoint)
    #expect(try fixture.file().integrityProblems().isEmpty)
  }

  @Test("two writers cannot both append at one place")
  func conditional() throws {
    let first = try fixture.file()
    let second = try fixture.file()
    try first.append(batch(first: 0, count: 3), checkpoint: nil)
    #expect(throws: StorageFault.notAtEnd(batchFirst: 0, size: 3)) { try second.append(batch(first: 0, count: 1), checkpoint: nil) }
    try second.append(batch(first: 3, count: 1), checkpoint: nil)
    #expect(throws: StorageFault.notAtEnd(batchFirst: 3, size: 4)) { try first.append(batch(first: 3, count: 1), checkpoint: nil) }
    #expect(try first.size() == 4)
  }

  @Test("a full disk fails the append, keeps what was there and is survived")
  func full() throws {
    var settings = ConnectionSettings()
    settings.pageCountMax = 40
    let file = try fixture.file(settings)
    var size: UInt64 = 0
    let error = #expect(throws: DatabaseError.self) {
      while size < 10_000 {
        try file.append(batch(first: size, count: 64), checkpoint: StoredCheckpoint(size: size + 64, note: [1], milliseconds: 0))
        size += 64
      }
    }
    #expect(error?.kind == .full)
    #expect(size > 0)
    #expect(try file.size() == size)
    #expect(try file.latestCheckpoint()?.size == size)
    #expect(try file.integrityProblems().isEmpty)
    let larger = try fixture.file()
    try larger.append(batch(first: size, count: 64), checkpoint: nil)
    #expect(try readAll(fixture.store()) == (0..<size + 64).map { expectedRecord($0) })
  }

  @Test("readers see a growing prefix while the writer appends")
  func concurrentReaders() throws {
    let store = try fixture.store()
    let batches = 150
    let problems = Lock<[String]>([])
    let reads = Lock(0)
    let readers = (0..<3).map { reader in
      spawnThread(name: "reader-\(reader)") {
        var last: UInt64 = 0
        while last < UInt64(batches * 8) {
          do {
            let size = try store.size()
            if size < last { problems.withLock { $0.append("the size went from \(last) to \(size)") } }
            last = size
            let records = try store.read(from: size / 2, entriesMax: 500, bytesMax: .max)
            if records != (size / 2..<size / 2 + UInt64(records.count)).map({ expectedRecord($0) }) {
              problems.withLock { $0.append("wrong entries at \(size)") }
            }
            reads.withLock { $0 += 1 }
          } catch {
            problems.withLock { $0.append("\(error)") }
            return
          }
        }
      }
    }
    for index in 0..<batches { try store.append(batch(first: UInt64(index * 8), count: 8), checkpoint: nil) }
    for reader in readers { reader.join() }
    #expect(problems.withLock { $0 } == [])
    #expect(reads.withLock { $0 } > 3)
  }

  @Test("the write-ahead log does not grow for ever")
  func logLength() throws {
    let file = try fixture.file()
    var size: UInt64 = 0
    for _ in 0..<120 {
      // About 1 MB a batch.
      var large = EntryBatch(origin: "test", firstIndex: size)
      for _ in 0..<20 { large.append(leaf: [UInt8](repeating: 1, count: 50_000), payload: []) }
      try file.append(large, checkpoint: nil)
      size += 20
    }
    let log = Files.size(fixture.journalPath + "-wal") ?? 0
    #expect(log > 0)
    #expect(log < 100 << 20, "the log has \(log) bytes")
    #expect(file.checkpointFailure == nil)
  }

  @Test("a journal that is not one is refused by name")
  func foreign() throws {
    try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: fixture.journalPath))
    let garbage = #expect(throws: DatabaseError.self) { try fixture.file() }
    #expect(garbage?.kind == .notOurs)
    let missing = #expect(throws: DatabaseError.self) { try JournalFile(path: fixture.folder.file("none/journal.db")) }
    #expect(missing?.kind == .cannotOpen)
  }

  @Test("a journal of a later version is refused by number")
  func newer() throws {
    _ = try fixture.file()
    let connection = try SQLiteConnection(path: fixture.journalPath, mode: .readWrite)
    try connection.execute("INSERT INTO migrations VALUES (2, 0)")
    let error = #expect(throws: DatabaseError.self) { try fixture.file() }
    #expect(error?.kind == .newerSchema(found: 2, known: 1))
  }

  @Test("files are private")
  func modes() throws {
    let store = try fixture.store()
    try store.append(batch(first: 0, count: 1), checkpoint: nil)
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
    #expect(names.count >= 6)
    for name in names {
      let mode = try FileManager.default.attributesOfItem(atPath: fixture.folder.file(name))[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
  }
}
