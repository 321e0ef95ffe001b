import Database
import Telemetry

/// Accepted batches as they came. Bodies lie apart, so that marking a batch does not write its body again.
enum BatchTable {
  static let schema = """
    CREATE TABLE batches (
      id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, signal TEXT NOT NULL, encoding TEXT NOT NULL,
      compression TEXT NOT NULL, bytes INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL, source TEXT NOT NULL,
      state INTEGER NOT NULL DEFAULT 0, problem TEXT
    ) STRICT;
    CREATE INDEX batches_waiting ON batches (id, bytes) WHERE state = 0;
    CREATE TABLE bodies (id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE totals (
      id INTEGER PRIMARY KEY CHECK (id = 1), last_received INTEGER, last_processed INTEGER,
      accepted INTEGER NOT NULL, rejected INTEGER NOT NULL
    ) STRICT;
    INSERT INTO totals VALUES (1, NULL, NULL, 0, 0);

    """

  /// The column `state`.
  private enum State: Int64 {
    case waiting = 0
    case processed = 1
    case unreadable = 2
  }

  static func insert(_ batch: RawBatch, into connection: SQLiteConnection) throws -> Int64 {
    try connection.statement(
      """
      INSERT INTO batches (received, signal, encoding, compression, bytes, accepted, rejected, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).run([
      .integer(batch.receivedMilliseconds), .text(batch.signal.rawValue), .text(batch.encoding.rawValue),
      .text(batch.compression.rawValue), .integer(Int64(batch.body.count)), .integer(batch.accepted), .integer(batch.rejected),
      .text(batch.source),
    ])
    let id = connection.lastInsertedRow
    try batch.body.withUnsafeBytes { body in
      let statement = try connection.statement("INSERT INTO bodies (id, checksum, body) VALUES (?, ?, ?)")
      defer { statement.reset() }
      try statement.bind(1, id)
      try statement.bind(2, BatchBlock.checksum(body, first: id, count: 1))
      try statement.bind(3, blob: body)
      _ = try statement.step()
    }
    try connection.statement(
      "UPDATE totals SET last_received = max(coalesce(last_received, ?1), ?1), accepted = accepted + ?2, rejected = rejected + ?3"
    ).run([.integer(batch.receivedMilliseconds), .integer(batch.accepted), .integer(batch.rejected)])
    return id
  }

  static func waitingSize(_ connection: SQLiteConnection) throws -> (batches: Int, bytes: Int) {
    try connection.statement("SELECT count(*), coalesce(sum(bytes), 0) FROM batches WHERE state = 0")
      .first { (batches: Int($0.integer(0)), bytes: Int($0.integer(1))) } ?? (0, 0)
  }

  static func waiting(_ connection: SQLiteConnection, batchesMax: Int, bytesMax: Int) throws -> [StoredBatch] {
    let statement = try connection.statement(
      """
      SELECT b.id, b.received, b.signal, b.encoding, b.compression, b.accepted, b.rejected, b.source, b.bytes, d.checksum, d.body
      FROM batches b LEFT JOIN bodies d ON d.id = b.id WHERE b.state = 0 ORDER BY b.id LIMIT ?
      """)
    defer { statement.reset() }
    try statement.bind(1, Int64(max(0, batchesMax)))
    var batches: [StoredBatch] = []
    var bytes = 0
    while try statement.step() {
      bytes += Int(statement.integer(8))
      if bytes > bytesMax, !batches.isEmpty { break }
      batches.append(try batch(statement, path: connection.path))
    }
    return batches
  }

  private static func batch(_ row: SQLiteStatement, path: String) throws -> StoredBatch {
    let id = row.integer(0)
    let body = row.blob(10)
    guard let signal = OTLPSignal(rawValue: row.text(2)), let encoding = OTLPEncoding(rawValue: row.text(3)),
      let compression = BodyCompression(rawValue: row.text(4)), !row.isNull(9),
      body.withUnsafeBytes({ BatchBlock.checksum($0, first: id, count: 1) }) == row.integer(9)
    else { throw StorageFault.damaged(path: path, what: "the accepted batch \(id)") }
    let batch = RawBatch(
      receivedMilliseconds: row.integer(1), signal: signal, encoding: encoding, compression: compression, body: body,
      accepted: row.integer(5), rejected: row.integer(6), source: row.text(7))
    return StoredBatch(id: id, batch: batch)
  }

  /// Marks batches that wait; others stay as they are. Returns what no longer waits.
  static func mark(
    _ connection: SQLiteConnection, done: [Int64], unreadable: [Int64: String]
  ) throws -> (batches: Int, bytes: Int) {
    let update = try connection.statement(
      "UPDATE batches SET state = ?2, problem = ?3 WHERE id = ?1 AND state = 0 RETURNING bytes, received")
    var marked = (batches: 0, bytes: 0)
    for id in Set(done).union(unreadable.keys).sorted() {
      let problem = unreadable[id]
      let state = problem == nil ? State.processed : .unreadable
      let rows = try update.rows([.integer(id), .integer(state.rawValue), .optional(problem)]) { ($0.integer(0), $0.integer(1)) }
      for (bytes, received) in rows {
        marked.batches += 1
        marked.bytes += Int(bytes)
        try connection.statement("UPDATE totals SET last_processed = max(coalesce(last_processed, ?1), ?1)").run([
          .integer(received)
        ])
      }
    }
    return marked
  }

  static func freshness(_ connection: SQLiteConnection) throws -> TelemetryFreshness {
    let waiting = try waitingSize(connection).batches
    return try connection.statement("SELECT last_received, last_processed, accepted, rejected FROM totals").first { row in
      TelemetryFreshness(
        lastReceivedMilliseconds: row.optionalInteger(0), lastProcessedMilliseconds: row.optionalInteger(1),
        waitingBatches: waiting,
        acceptedItems: row.integer(2), rejectedItems: row.integer(3))
    } ?? TelemetryFreshness()
  }
}
