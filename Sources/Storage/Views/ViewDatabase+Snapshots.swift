import Database

/// Snapshots lie in parts, so that one of a gigabyte is neither one row nor one copy.
extension ViewDatabase {
  /// Bytes of one part.
  private static let partBytes = 1 << 20
  /// How many are kept: when the newest is damaged, the one before serves.
  private static let snapshotsKept = 2

  /// Keeps a snapshot of the state after `size` entries and forgets all but the newest two.
  package func saveSnapshot(_ bytes: [UInt8], size: UInt64) throws {
    let size = Int64(clamping: size)
    try write { connection in
      try connection.statement("DELETE FROM snapshot_parts WHERE size = ?").run([.integer(size)])
      try bytes.withUnsafeBytes { bytes in
        let insert = try connection.statement("INSERT INTO snapshot_parts (size, part, data) VALUES (?, ?, ?)")
        for (part, start) in stride(from: 0, to: bytes.count, by: ViewDatabase.partBytes).enumerated() {
          defer { insert.reset() }
          try insert.bind(1, size)
          try insert.bind(2, Int64(part))
          try insert.bind(
            3, blob: UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + ViewDatabase.partBytes)]))
          _ = try insert.step()
        }
        try connection.statement("INSERT OR REPLACE INTO snapshots (size, bytes, checksum) VALUES (?, ?, ?)")
          .run([.integer(size), .integer(Int64(bytes.count)), .integer(BatchBlock.checksum(bytes, first: size, count: 0))])
      }
      let kept = "(SELECT size FROM snapshots ORDER BY size DESC LIMIT \(ViewDatabase.snapshotsKept))"
      try connection.statement("DELETE FROM snapshots WHERE size NOT IN \(kept)").run()
      try connection.statement("DELETE FROM snapshot_parts WHERE size NOT IN \(kept)").run()
    }
  }

  /// The newest snapshot of at most `limit` entries whose bytes are the ones that were saved; nil when there is none.
  package func latestSnapshot(atMost limit: UInt64) throws -> (size: UInt64, bytes: [UInt8])? {
    try pool.read { connection in
      try connection.readTransaction {
        let candidates = try connection.statement("SELECT size, bytes, checksum FROM snapshots WHERE size <= ? ORDER BY size DESC")
          .rows([.integer(Int64(clamping: limit))]) { (size: $0.integer(0), bytes: $0.integer(1), checksum: $0.integer(2)) }
        for candidate in candidates where candidate.size >= 0 {
          let bytes = try ViewDatabase.snapshotBytes(connection, size: candidate.size)
          let checksum = bytes.withUnsafeBytes { BatchBlock.checksum($0, first: candidate.size, count: 0) }
          if Int64(bytes.count) == candidate.bytes, checksum == candidate.checksum { return (UInt64(candidate.size), bytes) }
        }
        return nil
      }
    }
  }

  private static func snapshotBytes(_ connection: SQLiteConnection, size: Int64) throws -> [UInt8] {
    let parts = try connection.statement("SELECT data FROM snapshot_parts WHERE size = ? ORDER BY part")
    defer { parts.reset() }
    try parts.bind([.integer(size)])
    var bytes: [UInt8] = []
    while try parts.step() { parts.withBlob(0) { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
