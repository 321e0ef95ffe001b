import Database
import Foundation
import Journal
import Platform
import TestSupport
import Testing

@testable import Storage

@Suite("views on SQLite")
struct ViewDatabaseTests {
  let fixture = JournalFixture()

  private func views(_ file: JournalFile) throws -> ViewDatabase { try ViewDatabase(path: fixture.viewsPath, journal: file) }

  /// A journal of `count` sample entries.
  private func journal(_ count: UInt64) throws -> JournalFile {
    let file = try fixture.file()
    let size = try file.size()
    var batch = EntryBatch(origin: "test", firstIndex: size)
    for record in SampleJournal.records(size..<count) { batch.append(leaf: record.leaf, payload: record.payload) }
    try file.append(batch, checkpoint: nil)
    return file
  }

  @Test("they keep the contract of the port")
  func contract() throws {
    try ViewStoreContract(store: try views(try fixture.file())).all()
  }

  @Test("they go on where they were after a restart")
  func reopen() throws {
    let file = try journal(100)
    try views(file).project(SampleJournal.records(0..<60))
    let reopened = try views(file)
    #expect(reopened.rebuiltBecause == nil)
    #expect(try reopened.position() == 60)
    try reopened.project(SampleJournal.records(60..<100))
    #expect(
      try reopened.decisions(workflow: nil, run: nil, outcome: nil, before: nil, limit: 1_000) == SampleJournal.rows(100).reversed()
    )
  }

  @Test("deleted, they fill again to the same rows")
  func rebuild() throws {
    let file = try journal(100)
    var before: [String] = []
    do {
      let views = try views(file)
      try views.project(SampleJournal.records(0..<100))
      before = try rows(views)
    }
    for suffix in ["", "-wal", "-shm"] { try Files.remove(fixture.viewsPath + suffix) }
    let views = try views(file)
    #expect(views.rebuiltBecause == nil)
    #expect(try views.position() == 0)
    try views.project(SampleJournal.records(0..<100))
    #expect(try rows(views) == before)
    #expect(before.count > 90)
  }

  private func rows(_ views: ViewDatabase) throws -> [String] {
    try views.decisions(workflow: nil, run: nil, outcome: nil, before: nil, limit: 1_000).map { "\($0)" }
      + views.decisionCounts(since: 0).map { "\($0)" }
  }

  @Test("a file that is damaged, foreign, of a later version, of another journal or ahead is made anew and says why")
  func renewal() throws {
    let file = try journal(100)
    let other = try JournalFile(path: fixture.folder.file("other.db"))
    let damage: [(name: String, act: () throws -> Void)] = [
      ("garbage", { try Data(repeating: 0x41, count: 9_000).write(to: URL(fileURLWithPath: fixture.viewsPath)) }),
      (
        "later", { try SQLiteConnection(path: fixture.viewsPath, mode: .readWrite).execute("INSERT INTO migrations VALUES (9, 0)") }
      ),
      ("foreign", { try SQLiteConnection(path: fixture.viewsPath, mode: .readWrite).execute("PRAGMA application_id=5") }),
      ("other journal", { _ = try ViewDatabase(path: fixture.viewsPath, journal: other) }),
      ("ahead", { try SQLiteConnection(path: fixture.viewsPath, mode: .readWrite).execute("UPDATE source SET position = 101") }),
      ("snapshot ahead", { try views(file).saveSnapshot([1], size: 101) }),
    ]
    for (name, act) in damage {
      do {
        let views = try views(file)
        try views.project(SampleJournal.records(0..<100))
        #expect(try views.position() == 100)
      }
      try act()
      let renewed = try views(file)
      #expect(renewed.rebuiltBecause?.isEmpty == false, "\(name)")
      #expect(try renewed.position() == 0, "\(name)")
      #expect(try renewed.latestSnapshot(atMost: .max) == nil, "\(name)")
    }
  }

  @Test("a damaged snapshot is passed over for the one before")
  func damagedSnapshot() throws {
    let views = try views(try journal(100))
    for size: UInt64 in [10, 20, 30] { try views.saveSnapshot([UInt8](repeating: UInt8(size), count: 3_000_000), size: size) }
    #expect(try views.latestSnapshot(atMost: 100)?.size == 30)
    #expect(try views.latestSnapshot(atMost: 29)?.size == 20)
    #expect(try views.latestSnapshot(atMost: 19) == nil)
    let raw = try SQLiteConnection(path: fixture.viewsPath, mode: .readWrite)
    try raw.execute("UPDATE snapshot_parts SET data = zeroblob(1048576) WHERE size = 30 AND part = 1")
    #expect(try views.latestSnapshot(atMost: 100)?.size == 20)
    try raw.execute("DELETE FROM snapshot_parts WHERE size = 20 AND part = 2")
    #expect(try views.latestSnapshot(atMost: 100) == nil)
    #expect(try raw.integer("SELECT count(*) FROM snapshots") == 2)
  }

  @Test("a store does not give a snapshot that is ahead of its journal")
  func snapshotAhead() throws {
    let file = try journal(40)
    let store = StoredJournal(file: file, views: try views(file))
    try store.saveSnapshot([1], size: 30)
    try store.saveSnapshot([2], size: 41)
    #expect(try store.latestSnapshot()?.bytes == [1])
    #expect(try file.integrityProblems().isEmpty)
  }
}
