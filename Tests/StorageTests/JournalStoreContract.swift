import Journal
import TestSupport
import Testing

/// Entries that tell their index, of lengths that differ, some without payload.
func batch(first: UInt64, count: Int, bytes: Int = 40) -> EntryBatch {
  var batch = EntryBatch(origin: "test", firstIndex: first)
  for _ in 0..<count {
    let record = expectedRecord(batch.nextIndex, bytes: bytes)
    batch.append(leaf: record.leaf, payload: record.payload)
  }
  return batch
}

/// What entry `index` of `batch` holds.
func expectedRecord(_ index: UInt64, bytes: Int = 40) -> JournalRecord {
  let leaf = Array("leaf-\(index)-".utf8) + [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: Int(index % 7) * bytes)
  let payload = index % 3 == 0 ? [] : Array("payload-\(index)".utf8)
  return JournalRecord(index: index, leaf: leaf, payload: payload)
}

/// All entries from `from` on, read in pieces.
func readAll(_ store: some JournalStore, from: UInt64 = 0, entriesMax: Int = 100, bytesMax: Int = 5_000) throws -> [JournalRecord] {
  var records: [JournalRecord] = []
  while true {
    let piece = try store.read(from: from + UInt64(records.count), entriesMax: entriesMax, bytesMax: bytesMax)
    if piece.isEmpty { return records }
    records += piece
  }
}

/// What every `JournalStore` promises. `store` is new and empty.
struct JournalStoreContract<Store: JournalStore> {
  let store: Store

  func all() throws {
    try startsEmpty()
    try appendsAndReads()
    try refusesGaps()
    try readsWithinLimits()
    try keepsCheckpoints()
    try keepsSnapshots()
  }

  private func startsEmpty() throws {
    #expect(try store.size() == 0)
    #expect(try store.read(from: 0, entriesMax: 10, bytesMax: 10).isEmpty)
    #expect(try store.payload(at: 0) == nil)
    #expect(try store.latestCheckpoint() == nil)
    #expect(try store.checkpoint(atLeast: 0) == nil)
    #expect(try store.latestSnapshot() == nil)
  }

  /// Batches of 1, 2, 5 and 64 entries and an empty one: 72 entries.
  private func appendsAndReads() throws {
    var size: UInt64 = 0
    for count in [1, 2, 0, 5, 64] {
      try store.append(batch(first: size, count: count), checkpoint: nil)
      size += UInt64(count)
      #expect(try store.size() == size)
    }
    let expected = (0..<72).map { expectedRecord($0) }
    for from in 0...72 { #expect(try readAll(store, from: UInt64(from)) == Array(expected[from...]), "from \(from)") }
    for index in 0..<72 { #expect(try store.payload(at: UInt64(index)) == expected[index]) }
    for beyond in [72, 73, UInt64(Int64.max), .max] {
      #expect(try store.payload(at: beyond) == nil)
      #expect(try store.read(from: beyond, entriesMax: 10, bytesMax: 10).isEmpty)
    }
  }

  private func refusesGaps() throws {
    for first in [0, 71, 73, UInt64(Int64.max), UInt64.max - 10] {
      let checkpoint = StoredCheckpoint(size: 1_000, note: [1], milliseconds: 1)
      #expect(throws: (any Error).self) { try store.append(batch(first: first, count: 2), checkpoint: checkpoint) }
      #expect(throws: (any Error).self) { try store.append(batch(first: first, count: 0), checkpoint: checkpoint) }
    }
    #expect(try store.size() == 72)
    #expect(try store.latestCheckpoint() == nil)
    #expect(try readAll(store).count == 72)
    var oversized = batch(first: 72, count: 1)
    oversized.append(leaf: [UInt8](repeating: 1, count: EntryBatch.leafBytesMax + 1), payload: [])
    #expect(throws: (any Error).self) { try store.append(oversized, checkpoint: nil) }
    #expect(try store.size() == 72)
  }

  private func readsWithinLimits() throws {
    for entries in [1, 2, 7, 100] {
      #expect(try store.read(from: 3, entriesMax: entries, bytesMax: .max).count == min(entries, 69))
    }
    for bytes in [0, 1, 100, 1_000] {
      let records = try store.read(from: 3, entriesMax: 100, bytesMax: bytes)
      let size = records.dropFirst().reduce(0) { $0 + $1.leaf.count + $1.payload.count }
      #expect(records.count >= 1)
      #expect(records.count == 1 || size <= bytes)
      #expect(records.first?.index == 3)
    }
  }

  private func keepsCheckpoints() throws {
    let early = StoredCheckpoint(size: 50, note: Array("early".utf8), milliseconds: 1_000)
    let late = StoredCheckpoint(size: 74, note: Array("late".utf8), milliseconds: 2_000)
    try store.append(batch(first: 72, count: 0), checkpoint: early)
    try store.append(batch(first: 72, count: 2), checkpoint: late)
    #expect(try store.size() == 74)
    #expect(try store.latestCheckpoint() == late)
    for (size, expected) in [(0, early), (50, early), (51, late), (74, late)] as [(UInt64, StoredCheckpoint)] {
      #expect(try store.checkpoint(atLeast: size) == expected, "at least \(size)")
    }
    for size in [75, UInt64.max] { #expect(try store.checkpoint(atLeast: size) == nil) }
    let again = StoredCheckpoint(size: 74, note: Array("again".utf8), milliseconds: 3_000)
    try store.append(batch(first: 74, count: 0), checkpoint: again)
    #expect(try store.latestCheckpoint() == again)
  }

  private func keepsSnapshots() throws {
    let large = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for (size, bytes) in [(10, [1, 2, 3]), (20, large), (30, [])] as [(UInt64, [UInt8])] {
      try store.saveSnapshot(bytes, size: size)
      let latest = try store.latestSnapshot()
      #expect(latest?.size == size)
      #expect(latest?.bytes == bytes)
    }
    try store.saveSnapshot([9], size: 30)
    #expect(try store.latestSnapshot()?.bytes == [9])
    #expect(try store.size() == 74)
  }
}
