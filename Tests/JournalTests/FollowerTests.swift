import Cryptography
import Journal
import Platform
import TestSupport
import Testing
import TransparencyLog

/// A projection that keeps the indices it was given, and fails when told to.
final class ListProjection: JournalProjection {
  struct Broken: Error {}
  let indices = Lock<[UInt64]>([])
  let failures: Lock<Int>

  init(failures: Int = 0) { self.failures = Lock(failures) }

  func position() throws -> UInt64 { indices.withLock { UInt64($0.count) } }

  func project(_ entries: [String], from first: UInt64) throws {
    let fails = failures.withLock { failures in
      defer { failures = max(0, failures - 1) }
      return failures > 0
    }
    if fails { throw Broken() }
    indices.withLock { $0 += entries.indices.map { first + UInt64($0) } }
  }
}

@Suite("Follower") struct FollowerTests {
  @Test("the follower's state at a size is the fold of that many entries; projections get each entry once, in order")
  func follows() throws {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.replayEntriesMax = 16 })
    for _ in 0..<100 { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    let flaky = ListProjection(failures: 1)
    let projection = ListProjection()
    projection.indices.withLock { $0 = Array(0..<40) }  // it has seen some before
    let follower = JournalFollower(journal: journal, projections: [projection, flaky])
    for _ in 0..<200 {
      let index = try #require(try journal.submitAndWait(.add(name: 1, amount: 1)).index)
      if index % 37 == 0 {
        let value = try follower.withState(atLeast: index + 1) { machine in machine.values[1] }
        #expect(value ?? 0 >= Int64(index + 1))
      }
    }
    try follower.waitUntilProjected(atLeast: 300)
    #expect(projection.indices.withLock { $0 } == Array(0..<300))
    #expect(flaky.indices.withLock { $0 } == Array(0..<300))
    #expect(try follower.withState(atLeast: 300) { $0.snapshot() } == (try refold(store).machine.snapshot()))
    #expect(follower.size == 300 && follower.projectedSize == 300)
    #expect(throws: FollowerFailure.behind(size: 301, reached: 300)) {
      try follower.withState(atLeast: 301, nanosecondsMax: 1_000_000) { $0.size }
    }
    follower.stop()
    #expect(throws: FollowerFailure.stopped) { try follower.withState(atLeast: 301) { $0.size } }
    journal.stop()
  }

  private static func withSnapshot() throws -> MemoryStore {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.snapshotEntries = 50 })
    let follower = JournalFollower(journal: journal)
    for _ in 0..<60 { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    _ = try follower.withState(atLeast: 60) { $0.size }
    _ = try journal.checkpointNow()
    while follower.snapshotSize == 0 { _ = try? follower.withState(atLeast: 61, nanosecondsMax: 5_000_000) { $0.size } }
    follower.stop()
    for _ in 0..<60 { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    journal.stop()
    return store
  }

  @Test("a start goes on from a snapshot: it reads the tail only and gives the same state and root")
  func snapshotThenTail() throws {
    let store = try Self.withSnapshot()
    let saved = try #require(try store.latestSnapshot())
    #expect(saved.size >= 50 && saved.size <= 60)
    store.contents.withLock { $0.reads = [] }
    let journal = try openJournal(store)
    #expect(store.contents.withLock { $0.reads.allSatisfy { $0 >= saved.size } })
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).value == 121)
    let checkpoint = try journal.checkpointNow()
    #expect(
      try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint.root == rootOf(store, size: 121))
    journal.stop()
  }

  @Test("no snapshot is saved before a signed checkpoint covers it")
  func snapshotWaitsForCheckpoint() throws {
    let store = MemoryStore()
    let journal = try openJournal(
      store,
      limits: .with {
        $0.snapshotEntries = 50
        $0.checkpointIntervalMilliseconds = 3_600_000  // one at the first entry, then none
      })
    let follower = JournalFollower(journal: journal)
    for _ in 0..<60 { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    _ = try follower.withState(atLeast: 60) { $0.size }
    follower.stop()
    #expect(try #require(try store.latestCheckpoint()).size < 50)
    #expect(try store.latestSnapshot() == nil)
    journal.stop()
  }

  @Test("a snapshot that is damaged, newer than the journal, or newer than any checkpoint is not used")
  func uselessSnapshots() throws {
    let contents = try Self.withSnapshot().contents.withLock { $0 }
    let saved = try #require(contents.snapshots.last)
    var damaged = contents
    for position in [0, 5, 20, saved.bytes.count - 1] {
      damaged.snapshots = [saved]
      damaged.snapshots[0].bytes[position] ^= 1
      let journal = try openJournal(MemoryStore(damaged))
      #expect(try journal.submitAndWait(.look(name: 1)).value == 120, "byte \(position)")
      journal.stop()
    }
    for length in 0..<saved.bytes.count {
      damaged.snapshots = [(saved.size, Array(saved.bytes.prefix(length)))]
      let journal = try openJournal(MemoryStore(damaged))
      #expect(journal.durableSize == 120)
      journal.stop()
    }
    var shorter = contents
    shorter.records.removeLast(contents.records.count - Int(saved.size) + 1)
    shorter.checkpoints.removeAll { $0.size >= saved.size }
    let journal = try openJournal(MemoryStore(shorter))
    #expect(try journal.submitAndWait(.look(name: 1)).value == Int64(saved.size) - 1)
    journal.stop()
  }

  @Test("a snapshot whose frontier is not the log's is not used; a tail that is not the log's is refused with or without it")
  func wrongFrontier() throws {
    let contents = try Self.withSnapshot().contents.withLock { $0 }
    let saved = try #require(contents.snapshots.last)
    // A snapshot of another log: as long, other entries.
    let other = MemoryStore()
    let journal = try openJournal(other, limits: .with { $0.snapshotEntries = saved.size })
    let follower = JournalFollower(journal: journal)
    _ = try journal.submitAndWait(.addMany(name: 3, times: Int(saved.size)))
    _ = try follower.withState(atLeast: saved.size) { $0.size }
    _ = try journal.checkpointNow()
    while follower.snapshotSize == 0 { _ = try? follower.withState(atLeast: saved.size + 1, nanosecondsMax: 5_000_000) { $0.size } }
    follower.stop()
    journal.stop()
    var mixed = contents
    mixed.snapshots = other.contents.withLock { $0.snapshots }
    #expect(mixed.snapshots.last?.size == saved.size)
    let reopened = try openJournal(MemoryStore(mixed))
    #expect(try reopened.submitAndWait(.look(name: 1)).value == 120)
    #expect(try reopened.submitAndWait(.look(name: 3)).value == 0)
    reopened.stop()
    mixed = contents
    mixed.records[119].leaf = Array("\(origin) 119 1000000 add 1 2".utf8)
    #expect(throws: JournalOpenError.rootMismatch(size: 120)) { try openJournal(MemoryStore(mixed)) }
  }
}
