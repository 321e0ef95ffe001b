import Cryptography

/// The entries of one transaction, in order, in contiguous storage that the journal reuses from batch to batch.
package struct EntryBatch: Sendable {
  /// The longest leaf in bytes (C2SP tlog-tiles: entries have a 16-bit length).
  package static let leafBytesMax = 65_535

  /// The name of the log: the member `log` of every leaf.
  package let origin: String
  /// The index of the batch's first entry; the store's size before it.
  package private(set) var firstIndex: UInt64
  /// The first entry whose leaf was longer than `leafBytesMax`. The journal then fails the whole batch: an entry cannot be left out.
  package private(set) var oversizedIndex: UInt64?

  private var leaves: [UInt8] = []
  private var leafEnds: [Int] = []
  private var payloads: [UInt8] = []
  private var payloadEnds: [Int] = []
  private var hashes: [UInt8] = []

  /// An empty batch whose first entry will have index `firstIndex`.
  package init(origin: String, firstIndex: UInt64) {
    self.origin = origin
    self.firstIndex = firstIndex
  }

  /// The index that the next appended entry gets: the member `seq` of its leaf.
  package var nextIndex: UInt64 { firstIndex + UInt64(leafEnds.count) }
  /// How many entries it has.
  package var count: Int { leafEnds.count }
  /// True when it has none.
  package var isEmpty: Bool { leafEnds.isEmpty }
  /// The bytes of all leaves and payloads.
  package var bytes: Int { leaves.count + payloads.count }

  /// Appends an entry. The leaf is hashed as these exact bytes; the payload lies beside it and is not hashed.
  ///
  /// - Returns: its index.
  @discardableResult
  package mutating func append(leaf: [UInt8], payload: [UInt8]) -> UInt64 {
    leaf.withUnsafeBytes { leaf in payload.withUnsafeBytes { payload in append(leaf: leaf, payload: payload) } }
  }

  /// Appends an entry from memory that is only valid during the call; otherwise as above.
  @discardableResult
  package mutating func append(leaf: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) -> UInt64 {
    let index = nextIndex
    if leaf.count > EntryBatch.leafBytesMax, oversizedIndex == nil { oversizedIndex = index }
    leaves.append(contentsOf: leaf)
    leafEnds.append(leaves.count)
    payloads.append(contentsOf: payload)
    payloadEnds.append(payloads.count)
    return index
  }

  /// Calls `body` with the bytes of a leaf, valid during the call.
  ///
  /// - Parameter position: 0..<`count`; the entry's index is `firstIndex` + `position`.
  package func withLeaf<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let start = position == 0 ? 0 : leafEnds[position - 1]
    let end = leafEnds[position]
    return try leaves.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Calls `body` with the bytes of a payload, valid during the call.
  ///
  /// - Parameter position: 0..<`count`.
  package func withPayload<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let start = position == 0 ? 0 : payloadEnds[position - 1]
    let end = payloadEnds[position]
    return try payloads.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Calls `body` with the 32 bytes of a leaf's hash (RFC 6962), valid during the call. The journal has hashed every leaf before the
  /// store sees the batch; before that there is none.
  ///
  /// - Parameter position: 0..<`count`.
  package func withLeafHash<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try hashes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[position * 32..<(position + 1) * 32])) }
  }

  /// A copy of one entry.
  ///
  /// - Parameter position: 0..<`count`.
  package func record(_ position: Int) -> JournalRecord {
    JournalRecord(
      index: firstIndex + UInt64(position), leaf: withLeaf(position) { [UInt8]($0) }, payload: withPayload(position) { [UInt8]($0) }
    )
  }

  /// Adds the hash of the first entry that has none.
  mutating func appendHash(_ hash: SHA256Digest) { hash.withUnsafeBytes { hashes.append(contentsOf: $0) } }

  /// Forgets the entries and keeps the storage.
  mutating func reset(firstIndex: UInt64) {
    self.firstIndex = firstIndex
    oversizedIndex = nil
    leaves.removeAll(keepingCapacity: true)
    leafEnds.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
    payloadEnds.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
  }
}
