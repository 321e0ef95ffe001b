package import JSON
package import Journal

/// Where a bundle's evidence comes from. Compliance does not know where it is stored.
package protocol EvidenceSource: Sendable {
  /// The newest signed checkpoint (a whole note), or nil when there is none. Everything that it covers can be read.
  func checkpoint() throws -> [UInt8]?

  /// Calls `body` with the leaves of `indexes` in order, each once; the bytes are valid during the call. Memory does not grow with
  /// the range.
  func forEachLeaf(in indexes: Range<UInt64>, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws

  /// What lies beside the leaf at `index`; nil when there is nothing or it has been erased.
  func payload(at index: UInt64) throws -> [UInt8]?

  /// The inventory of workflows as it is now.
  func inventory() throws -> JSONValue
}

/// The evidence of a journal's store.
package struct JournalEvidence: EvidenceSource {
  /// Entries read at once.
  private static let entriesAtOnce = 512
  /// Bytes read at once, beyond the first entry.
  private static let bytesAtOnce = 1 << 20

  private let store: any JournalStore
  private let readInventory: @Sendable () throws -> JSONValue

  /// The evidence of `store`; have a checkpoint signed first, as a bundle ends with the newest one.
  package init(store: any JournalStore, inventory: @escaping @Sendable () throws -> JSONValue) {
    self.store = store
    readInventory = inventory
  }

  /// The note of the store's newest checkpoint.
  package func checkpoint() throws -> [UInt8]? { try store.latestCheckpoint()?.note }

  /// Reads the store in batches.
  package func forEachLeaf(in indexes: Range<UInt64>, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    var next = indexes.lowerBound
    while next < indexes.upperBound {
      let wanted = Int(min(UInt64(JournalEvidence.entriesAtOnce), indexes.upperBound - next))
      let records = try store.read(from: next, entriesMax: wanted, bytesMax: JournalEvidence.bytesAtOnce)
      guard !records.isEmpty else { throw ExportError.missingEntry(index: next) }
      for record in records {
        guard record.index == next else { throw ExportError.missingEntry(index: next) }
        try record.leaf.withUnsafeBytes { try body(next, $0) }
        next += 1
      }
    }
  }

  /// The payload as the store has it.
  package func payload(at index: UInt64) throws -> [UInt8]? {
    guard let record = try store.payload(at: index), !record.payload.isEmpty else { return nil }
    return record.payload
  }

  /// What the closure gives.
  package func inventory() throws -> JSONValue { try readInventory() }
}
