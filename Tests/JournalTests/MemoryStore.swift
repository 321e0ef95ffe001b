import Journal
import Platform

/// A store in memory that can fail in each way that a disk can, and remembers what happened in which order.
final class MemoryStore: JournalStore {
  enum Fault: CaseIterable {
    /// The append throws and nothing has landed.
    case beforeLanding
    /// The append throws although all has landed.
    case afterLanding
    /// The append throws and half of the batch has landed: worse than the port allows.
    case short
  }

  struct Broken: Error, Equatable {}

  struct Contents: Sendable {
    var records: [JournalRecord] = []
    var hashes: [[UInt8]] = []
    var checkpoints: [StoredCheckpoint] = []
    var snapshots: [(size: UInt64, bytes: [UInt8])] = []
    var batchSizes: [Int] = []
    var appends = 0
    /// Faults by the number of the append that they break, from 1.
    var faults: [Int: Fault] = [:]
    /// Reads that will throw.
    var failingReads = 0
    var reads: [UInt64] = []
    /// Appends wait while it is true.
    var blocked = false
  }

  let contents: Lock<Contents>

  init(_ contents: Contents = Contents()) { self.contents = Lock(contents) }

  func size() throws -> UInt64 {
    try contents.withLock { contents in
      if contents.failingReads > 0 {
        contents.failingReads -= 1
        throw Broken()
      }
      return UInt64(contents.records.count)
    }
  }

  func append(_ batch: borrowing EntryBatch, checkpoint: StoredCheckpoint?) throws {
    let records = (0..<batch.count).map { batch.record($0) }
    let hashes = (0..<batch.count).map { batch.withLeafHash($0) { [UInt8]($0) } }
    let first = batch.firstIndex
    while contents.withLock({ $0.blocked }) {}
    try contents.withLock { contents in
      contents.appends += 1
      guard first == UInt64(contents.records.count) else { throw Broken() }
      let fault = contents.faults[contents.appends]
      if fault == .beforeLanding { throw Broken() }
      let landed = fault == .short ? records.count / 2 : records.count
      contents.records += records.prefix(landed)
      contents.hashes += hashes.prefix(landed)
      if let checkpoint, fault != .short { contents.checkpoints.append(checkpoint) }
      contents.batchSizes.append(landed)
      if fault != nil { throw Broken() }
    }
  }

  func read(from: UInt64, entriesMax: Int, bytesMax: Int) throws -> [JournalRecord] {
    contents.withLock { contents in
      contents.reads.append(from)
      guard from < UInt64(contents.records.count) else { return [] }
      let start = Int(from)
      return Array(contents.records[start..<min(contents.records.count, start + entriesMax)])
    }
  }

  func payload(at index: UInt64) throws -> JournalRecord? {
    contents.withLock { $0.records.indices.contains(Int(index)) ? $0.records[Int(index)] : nil }
  }

  func latestCheckpoint() throws -> StoredCheckpoint? { contents.withLock { $0.checkpoints.max { $0.size < $1.size } } }

  func checkpoint(atLeast size: UInt64) throws -> StoredCheckpoint? {
    contents.withLock { $0.checkpoints.filter { $0.size >= size }.min { $0.size < $1.size } }
  }

  func saveSnapshot(_ bytes: [UInt8], size: UInt64) throws { contents.withLock { $0.snapshots.append((size, bytes)) } }

  func latestSnapshot() throws -> (size: UInt64, bytes: [UInt8])? { contents.withLock { $0.snapshots.max { $0.size < $1.size } } }
}

/// A clock that a test moves.
final class ManualClock: Sendable {
  let now: Lock<Int64>
  init(_ start: Int64 = 1_000_000) { now = Lock(start) }
  var clock: WallClock { WallClock { [now] in now.withLock { $0 } } }
  func set(_ milliseconds: Int64) { now.withLock { $0 = milliseconds } }
}
