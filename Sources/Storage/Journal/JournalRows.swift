import Database
import Journal

/// Reads the rows of `journal.db` and believes none of them unchecked.
enum JournalRows {
  /// The index after the last entry.
  static func size(_ connection: SQLiteConnection) throws -> UInt64 {
    // One statement is one state of the file.
    let last = try connection.statement(
      """
      SELECT b.first, b.count, (SELECT max(first) FROM payloads)
      FROM (SELECT 1) LEFT JOIN (SELECT first, count FROM batches ORDER BY first DESC LIMIT 1) b
      """
    ).first { (first: $0.optionalInteger(0), count: $0.integer(1), payloads: $0.optionalInteger(2)) }
    // Written together: a page that lost its last row shows.
    guard last?.first == last?.payloads else {
      throw StorageFault.damaged(path: connection.path, what: "the last batch and the last payloads are not the same")
    }
    guard let last, let first = last.first else { return 0 }
    return UInt64(try end(connection, first: first, count: last.count))
  }

  /// Entries from `from` on; see `JournalStore.read`.
  static func records(_ connection: SQLiteConnection, from: Int64, entriesMax: Int, bytesMax: Int) throws -> [JournalRecord] {
    // One statement is one state of the file.
    let statement = try connection.statement(
      """
      SELECT b.first, b.count, b.checksum, b.leaves, p.checksum, p.payloads FROM batches b LEFT JOIN payloads p ON p.first = b.first
      WHERE b.first >= coalesce((SELECT max(first) FROM batches WHERE first <= ?1), 0) ORDER BY b.first
      """)
    defer { statement.reset() }
    try statement.bind(1, from)
    var records: [JournalRecord] = []
    var bytes = 0
    var expected: Int64?
    while try statement.step() {
      let first = statement.integer(0)
      let count = statement.integer(1)
      // The first row is the batch that has `from`, or the last of all when `from` is not there yet; each other follows the one before.
      guard expected.map({ first == $0 }) ?? (first <= from) else {
        throw StorageFault.gap(path: connection.path, index: UInt64(expected ?? from))
      }
      let batchEnd = try end(connection, first: first, count: count)
      expected = batchEnd
      guard batchEnd > from else { continue }
      let leaves = try block(connection, statement, column: 3, checksum: 2, first: first, count: count, what: "leaves")
      let payloads = try block(connection, statement, column: 5, checksum: 4, first: first, count: count, what: "payloads")
      for position in Int(max(0, from - first))..<Int(count) {
        let leaf = leaves.item(position)
        let payload = payloads.item(position)
        bytes += leaf.count + payload.count
        if records.count >= entriesMax || (bytes > bytesMax && !records.isEmpty) { return records }
        records.append(JournalRecord(index: UInt64(first) + UInt64(position), leaf: leaf, payload: payload))
      }
      if records.count >= entriesMax || bytes >= bytesMax { return records }
    }
    return records
  }

  /// A checkpoint chosen by `clause`.
  static func checkpoint(_ connection: SQLiteConnection, _ clause: String, _ values: [SQLiteValue]) throws -> StoredCheckpoint? {
    try connection.statement("SELECT size, milliseconds, checksum, note FROM checkpoints " + clause).first(values) { row in
      let size = row.integer(0)
      let milliseconds = row.integer(1)
      let checksum = row.withBlob(3) { BatchBlock.checksum($0, first: size, count: milliseconds) }
      guard size >= 0, checksum == row.integer(2) else {
        throw StorageFault.damaged(path: connection.path, what: "the checkpoint over \(size) entries")
      }
      return StoredCheckpoint(size: UInt64(size), note: row.blob(3), milliseconds: milliseconds)
    }
  }

  /// Reads every row.
  static func checkAll(_ connection: SQLiteConnection) throws {
    var next: UInt64 = 0
    while let last = try records(connection, from: Int64(next), entriesMax: 65_536, bytesMax: 8 << 20).last {
      next = last.index + 1
    }
    let size = try size(connection)
    guard next == size else { throw StorageFault.gap(path: connection.path, index: next) }
    let sizes = try connection.statement("SELECT size FROM checkpoints ORDER BY size").rows { $0.integer(0) }
    for size in sizes { _ = try checkpoint(connection, "WHERE size = ?", [.integer(size)]) }
    let strayPayloads = try connection.integer("SELECT count(*) FROM payloads WHERE first NOT IN (SELECT first FROM batches)")
    guard strayPayloads == 0 else { throw StorageFault.damaged(path: connection.path, what: "payloads lie beside no batch") }
  }

  private static func end(_ connection: SQLiteConnection, first: Int64, count: Int64) throws -> Int64 {
    guard first >= 0, (1...JournalFile.batchEntriesMax).contains(count), first <= Int64.max - count else {
      throw StorageFault.damaged(path: connection.path, what: "the batch row at \(first)")
    }
    return first + count
  }

  private static func block(
    _ connection: SQLiteConnection, _ row: SQLiteStatement, column: Int32, checksum: Int32, first: Int64, count: Int64, what: String
  ) throws -> DecodedBlock {
    let bytes = row.blob(column)
    let ranges = bytes.withUnsafeBytes { block in
      BatchBlock.checksum(block, first: first, count: count) == row.integer(checksum)
        ? BatchBlock.ranges(block, count: Int(count)) : nil
    }
    guard !row.isNull(checksum), let ranges else {
      throw StorageFault.damaged(path: connection.path, what: "the \(what) of the batch at entry \(first)")
    }
    return DecodedBlock(bytes: bytes, ranges: ranges)
  }

  private struct DecodedBlock {
    let bytes: [UInt8]
    let ranges: [Range<Int>]

    func item(_ position: Int) -> [UInt8] { Array(bytes[ranges[position]]) }
  }
}
