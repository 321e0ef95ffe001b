import Database
import Foundation
import Journal
import TestSupport
import Testing

@testable import Storage

private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

private func write(_ bytes: some Sequence<UInt8>, _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

/// What a crash or a bad disk leaves behind. The process's own death is tested end to end.
@Suite("torn and damaged journals")
struct TornJournalTests {
  let fixture = JournalFixture()

  /// Opens the files as they would be found after a crash; the fixture keeps the folder.
  private func afterCrash(database: some Sequence<UInt8>, log: some Sequence<UInt8>) throws -> (
    fixture: JournalFixture, file: JournalFile
  ) {
    let other = JournalFixture()
    try write(database, other.journalPath)
    try write(log, other.journalPath + "-wal")
    return (other, try other.file())
  }

  @Test("a transaction that did not commit leaves nothing")
  func uncommitted() throws {
    let file = try fixture.file()
    try file.append(batch(first: 0, count: 10), checkpoint: nil)
    let raw = try SQLiteConnection(path: fixture.journalPath, mode: .readWrite)
    // Small enough a cache that frames reach the log before the commit.
    try raw.execute("PRAGMA cache_size=10; BEGIN IMMEDIATE; INSERT INTO batches VALUES (10, 1, 0, 0, zeroblob(4000000))")
    let log = try bytes(fixture.journalPath + "-wal")
    #expect(log.count > 1 << 20)
    let found = try afterCrash(database: try bytes(fixture.journalPath), log: log)
    #expect(try found.file.size() == 10)
    #expect(try found.file.integrityProblems().isEmpty)
    try found.file.append(batch(first: 10, count: 5), checkpoint: nil)
    #expect(try found.file.read(from: 0, entriesMax: 100, bytesMax: .max) == (0..<15).map { expectedRecord($0) })
    try raw.execute("ROLLBACK")
    #expect(try file.size() == 10)
  }

  @Test("a log that was cut anywhere gives whole batches, none torn")
  func truncatedLog() throws {
    let file = try fixture.file()
    for index in 0..<12 { try file.append(batch(first: UInt64(index * 5), count: 5), checkpoint: nil) }
    let database = try bytes(fixture.journalPath)
    let log = try bytes(fixture.journalPath + "-wal")
    var sizes: Set<UInt64> = []
    var random = SeededGenerator(seed: 31)
    let lengths = (0..<60).map { _ in Int.random(in: 0...log.count, using: &random) } + [0, 31, 32, log.count - 1, log.count]
    for length in lengths {
      // The start of the log holds the creation of the tables: without it there is an empty file, which is a new journal.
      let found = try afterCrash(database: database, log: log.prefix(length))
      let size = try found.file.size()
      #expect(size % 5 == 0, "\(length) of \(log.count) bytes")
      #expect(try found.file.read(from: 0, entriesMax: 100, bytesMax: .max) == (0..<size).map { expectedRecord($0) })
      #expect(try found.file.integrityProblems().isEmpty)
      try found.file.append(batch(first: size, count: 3), checkpoint: nil)
      sizes.insert(size)
    }
    #expect(sizes.contains(60))
    #expect(sizes.count > 6)
  }

  @Test("a flipped bit in the log ends it before the batch that it is in")
  func damagedLog() throws {
    let file = try fixture.file()
    for index in 0..<6 { try file.append(batch(first: UInt64(index * 5), count: 5), checkpoint: nil) }
    let database = try bytes(fixture.journalPath)
    let log = try bytes(fixture.journalPath + "-wal")
    var random = SeededGenerator(seed: 32)
    for _ in 0..<60 {
      var damaged = log
      damaged[Int.random(in: 0..<log.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let found = try afterCrash(database: database, log: damaged)
      let size = try found.file.size()
      #expect(size % 5 == 0)
      #expect(try found.file.read(from: 0, entriesMax: 100, bytesMax: .max) == (0..<size).map { expectedRecord($0) })
    }
  }

  @Test("no flipped bit of the file gives other entries without a word", arguments: [41, 42] as [UInt64])
  func damagedPages(seed: UInt64) throws {
    let checkpoint = StoredCheckpoint(size: 40, note: Array("note".utf8), milliseconds: 7)
    do {
      let file = try fixture.file()
      for index in 0..<40 {
        try file.append(batch(first: UInt64(index * 5), count: 5, bytes: 400), checkpoint: index == 20 ? checkpoint : nil)
      }
      try SQLiteConnection(path: fixture.journalPath, mode: .readWrite).checkpoint(.truncate)
    }
    let sound = try bytes(fixture.journalPath)
    let pages = sound.count / 8_192
    #expect(pages > 20)
    let expected = (0..<200).map { expectedRecord($0, bytes: 400) }
    var random = SeededGenerator(seed: seed)
    var reported = 0
    var harmless = 0
    for round in 0..<200 {
      // Half of them in the headers of pages, where the structure is.
      let page = Int.random(in: 0..<pages, using: &random)
      let offset = page * 8_192 + Int.random(in: 0..<(round % 2 == 0 ? 120 : 8_192), using: &random)
      var damaged = sound
      damaged[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let other = JournalFixture()
      try write(damaged, other.journalPath)
      do {
        let file = try other.file()
        #expect(try file.size() == 200, "seed \(seed), byte \(offset)")
        #expect(try file.read(from: 0, entriesMax: 1_000, bytesMax: .max) == expected, "seed \(seed), byte \(offset)")
        #expect(try file.latestCheckpoint() == checkpoint, "seed \(seed), byte \(offset)")
        harmless += 1
      } catch is StorageFault {
        reported += 1
      } catch is DatabaseError {
        reported += 1
      }
    }
    print("damaged pages seed \(seed): \(reported) reported, \(harmless) in unused space")
    #expect(reported > 50)
  }

  @Test("without the check at opening, reading still finds every changed entry")
  func damagedBlobs() throws {
    let file = try fixture.file()
    for index in 0..<4 { try file.append(batch(first: UInt64(index * 5), count: 5), checkpoint: nil) }
    let raw = try SQLiteConnection(path: fixture.journalPath, mode: .readWrite)
    let damage = [
      "UPDATE batches SET leaves = CAST(replace(CAST(leaves AS TEXT), 'leaf', 'lief') AS BLOB) WHERE first = 5",
      "UPDATE batches SET count = 4 WHERE first = 5", "UPDATE batches SET count = 0 WHERE first = 5",
      "UPDATE batches SET checksum = checksum + 1 WHERE first = 5", "UPDATE batches SET leaves = x'' WHERE first = 5",
      "UPDATE payloads SET payloads = substr(payloads, 2) WHERE first = 5", "DELETE FROM payloads WHERE first = 5",
      "DELETE FROM batches WHERE first = 5", "UPDATE batches SET first = 6 WHERE first = 5",
      "DELETE FROM payloads WHERE first = 15", "DELETE FROM batches WHERE first = 0", "DELETE FROM batches",
      "DELETE FROM batches WHERE first = 15",
    ]
    for sql in damage {
      try raw.execute("BEGIN")
      try raw.execute(sql)
      try raw.execute("COMMIT")
      #expect(throws: (any Error).self, "\(sql)") {
        _ = try file.size()
        _ = try file.read(from: 0, entriesMax: 100, bytesMax: .max)
      }
      #expect(try file.integrityProblems().isEmpty == false, "\(sql)")
      // Put the sound rows back.
      try raw.execute("DELETE FROM batches; DELETE FROM payloads")
      for index in 0..<4 { try file.append(batch(first: UInt64(index * 5), count: 5), checkpoint: nil) }
      #expect(try file.read(from: 0, entriesMax: 100, bytesMax: .max).count == 20)
    }
    try file.append(batch(first: 20, count: 0), checkpoint: StoredCheckpoint(size: 20, note: [1, 2, 3], milliseconds: 1))
    try raw.execute("UPDATE checkpoints SET note = x'010204'")
    #expect(throws: StorageFault.self) { try file.latestCheckpoint() }
    #expect(throws: StorageFault.self) { try file.checkpoint(atLeast: 3) }
    #expect(try file.integrityProblems().isEmpty == false)
  }
}
