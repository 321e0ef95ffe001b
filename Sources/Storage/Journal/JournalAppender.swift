import Database
import Journal

/// The writing side of `journal.db`: one connection and reused buffers, behind the lock of `JournalFile`.
struct JournalAppender {
  private let connection: SQLiteConnection
  private let checkpointer: Checkpointer
  private var leaves: [UInt8] = []
  private var payloads: [UInt8] = []

  init(_ connection: SQLiteConnection, _ checkpointer: Checkpointer) throws {
    self.connection = connection
    self.checkpointer = checkpointer
    // Damage at the end shows now, not at the first commit.
    _ = try JournalRows.size(connection)
  }

  mutating func append(_ batch: EntryBatch, checkpoint: StoredCheckpoint?) throws {
    if let index = batch.oversizedIndex { throw StorageFault.oversized(index: index) }
    // Between two commits: the log is long and nearly copied, so that copying the rest lets it begin again.
    if checkpointer.takeFinish() { try connection.checkpoint() }
    encode(batch)
    try connection.transaction {
      let size = try JournalRows.size(connection)
      guard batch.firstIndex == size else { throw StorageFault.notAtEnd(batchFirst: batch.firstIndex, size: size) }
      if !batch.isEmpty { try insert(first: Int64(size), count: Int64(batch.count)) }
      if let checkpoint { try insert(checkpoint) }
    }
    checkpointer.commitLanded(walFrames: connection.walFrames)
  }

  private mutating func encode(_ batch: EntryBatch) {
    leaves.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
    BatchBlock.encode(count: batch.count, into: &leaves) { position, body in batch.withLeaf(position, body) }
    BatchBlock.encode(count: batch.count, into: &payloads) { position, body in batch.withPayload(position, body) }
  }

  private func insert(first: Int64, count: Int64) throws {
    try leaves.withUnsafeBytes { block in
      let statement = try connection.statement("INSERT INTO batches (first, count, checksum, leaves) VALUES (?, ?, ?, ?)")
      defer { statement.reset() }
      try statement.bind(1, first)
      try statement.bind(2, count)
      try statement.bind(3, BatchBlock.checksum(block, first: first, count: count))
      try statement.bind(4, blob: block)
      _ = try statement.step()
    }
    try payloads.withUnsafeBytes { block in
      let statement = try connection.statement("INSERT INTO payloads (first, checksum, payloads) VALUES (?, ?, ?)")
      defer { statement.reset() }
      try statement.bind(1, first)
      try statement.bind(2, BatchBlock.checksum(block, first: first, count: count))
      try statement.bind(3, blob: block)
      _ = try statement.step()
    }
  }

  /// A second checkpoint over the same size replaces the first: the same tree, signed again.
  private func insert(_ checkpoint: StoredCheckpoint) throws {
    let size = Int64(clamping: checkpoint.size)
    let statement = try connection.statement(
      "INSERT OR REPLACE INTO checkpoints (size, milliseconds, checksum, note) VALUES (?, ?, ?, ?)")
    let checksum = checkpoint.note.withUnsafeBytes { BatchBlock.checksum($0, first: size, count: checkpoint.milliseconds) }
    try statement.run([.integer(size), .integer(checkpoint.milliseconds), .integer(checksum), .blob(checkpoint.note)])
  }
}
