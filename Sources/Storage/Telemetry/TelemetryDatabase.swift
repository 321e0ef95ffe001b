package import Database
import Platform
package import Telemetry

/// How much may wait in front of the store.
package struct TelemetryLimits: Sendable {
  /// Batches that are durable and not processed: a day of one exporter that sends each second.
  package var waitingBatchesMax = 100_000
  /// Bytes of their bodies.
  package var waitingBytesMax = 1 << 30
  /// Bytes of bodies that are not durable yet: memory.
  package var pendingBytesMax = 64 << 20

  /// The limits above.
  package init() {}
}

/// `telemetry.db`: the port `TraceStore` on SQLite.
///
/// Appending is a group commit without a thread of its own: each caller puts its batch into a queue and waits for the writer's lock; whoever
/// has the lock writes the whole queue in one transaction, so most callers find their batch written when their turn comes.
package final class TelemetryDatabase: Sendable {
  static let migrations = [
    Migration(1, BatchTable.schema + StepTable.schema + RunTable.schema)
  ]

  /// A batch whose sender waits. `result` belongs to whoever holds the writer's lock.
  private final class Ticket: @unchecked Sendable {
    let batch: RawBatch
    var result: Result<Int64, TraceStoreFailure>?

    init(_ batch: RawBatch) { self.batch = batch }
  }

  /// What waits, counted in memory so that refusing costs nothing.
  private struct Intake {
    var pending: [Ticket] = []
    var pendingBytes = 0
    var waitingBatches = 0
    var waitingBytes = 0
  }

  /// The file.
  package let path: String
  let pool: ReadPool
  private let limits: TelemetryLimits
  private let intake: Lock<Intake>
  private let writer: Lock<SQLiteConnection>
  private let checkpointer: Checkpointer

  /// Opens or creates the file.
  ///
  /// - Parameter settings: for tests; the application id is always checked.
  package init(path: String, limits: TelemetryLimits = TelemetryLimits(), settings: ConnectionSettings = ConnectionSettings())
    throws
  {
    var settings = settings
    settings.applicationID = StorageFiles.telemetry
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate, settings: settings)
    try connection.migrate(TelemetryDatabase.migrations)
    let waiting = try BatchTable.waitingSize(connection)
    self.path = path
    self.limits = limits
    pool = ReadPool(path: path, settings: settings)
    intake = Lock(Intake(waitingBatches: waiting.batches, waitingBytes: waiting.bytes))
    checkpointer = Checkpointer(path: path, name: "telemetry-wal")
    writer = Lock(connection)
  }

  deinit { checkpointer.stop() }

  /// Why the write-ahead log cannot be copied into the file at present; nil when it can.
  package var checkpointFailure: DatabaseError? { checkpointer.failure }

  private func write<Result>(_ connection: SQLiteConnection, _ body: () throws -> Result) throws(TraceStoreFailure) -> Result {
    do {
      if checkpointer.takeFinish() { try connection.checkpoint() }
      let result = try connection.transaction(body)
      checkpointer.commitLanded(walFrames: connection.walFrames)
      return result
    } catch {
      throw .notDurable("\(error)")
    }
  }

  private func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws(TraceStoreFailure) -> Result {
    do {
      return try pool.read { connection in try connection.readTransaction { try body(connection) } }
    } catch {
      throw .unreadable("\(error)")
    }
  }

  private func commit(
    _ result: ProcessedBatches, _ prices: PriceBook, _ connection: SQLiteConnection
  ) throws(TraceStoreFailure) -> CommitOutcome {
    let (outcome, done) = try write(connection) {
      var merge = StepMerge(connection)
      try merge.take(result.steps)
      try merge.deriveRuns(prices)
      return (merge.outcome, try BatchTable.mark(connection, done: result.batches, unreadable: result.unreadable))
    }
    intake.withLock { intake in
      intake.waitingBatches -= done.batches
      intake.waitingBytes -= done.bytes
    }
    return outcome
  }

  /// Writes the queue and says so on every ticket; the caller holds the writer's lock.
  private func writePending(_ connection: SQLiteConnection) {
    let (tickets, bytes) = intake.withLock { intake in
      defer {
        intake.pending = []
        intake.pendingBytes = 0
      }
      return (intake.pending, intake.pendingBytes)
    }
    guard !tickets.isEmpty else { return }
    do throws(TraceStoreFailure) {
      let ids = try write(connection) { try tickets.map { try BatchTable.insert($0.batch, into: connection) } }
      for (ticket, id) in zip(tickets, ids) { ticket.result = .success(id) }
      intake.withLock { intake in
        intake.waitingBatches += tickets.count
        intake.waitingBytes += bytes
      }
    } catch {
      for ticket in tickets { ticket.result = .failure(error) }
    }
  }
}

extension TelemetryDatabase: TraceStore {
  /// Keeps the batch; on return it survives a crash.
  package func append(_ batch: RawBatch) throws(TraceStoreFailure) -> Int64 {
    let ticket = Ticket(batch)
    let isAccepted = intake.withLock { intake in
      guard intake.waitingBatches + intake.pending.count < limits.waitingBatchesMax,
        intake.waitingBytes + intake.pendingBytes <= limits.waitingBytesMax - batch.body.count,
        intake.pendingBytes <= limits.pendingBytesMax - batch.body.count
      else { return false }
      intake.pending.append(ticket)
      intake.pendingBytes += batch.body.count
      return true
    }
    guard isAccepted else { throw .overloaded }
    let result = writer.withLock { connection in
      if ticket.result == nil { writePending(connection) }
      return ticket.result
    }
    return try (result ?? .failure(.notDurable("the batch was not written"))).get()
  }

  /// Batches that are not processed, oldest first.
  package func waiting(batchesMax: Int, bytesMax: Int) throws(TraceStoreFailure) -> [StoredBatch] {
    try read { connection throws in try BatchTable.waiting(connection, batchesMax: batchesMax, bytesMax: bytesMax) }
  }

  /// All stored steps of these traces.
  package func steps(ofTraces traces: Set<TraceID>, stepsMax: Int) throws(TraceStoreFailure) -> [CanonicalStep] {
    try read { connection throws in
      try traces.flatMap { try StepTable.load(connection, trace: $0, stepsMax: stepsMax).map(\.step) }
    }
  }

  /// Stores steps, derives runs and marks batches in one transaction.
  package func commit(_ result: ProcessedBatches, prices: PriceBook) throws(TraceStoreFailure) -> CommitOutcome {
    try writer.withLock { connection -> Result<CommitOutcome, TraceStoreFailure> in
      do throws(TraceStoreFailure) {
        return .success(try commit(result, prices, connection))
      } catch {
        return .failure(error)
      }
    }.get()
  }

  /// Runs, newest start first.
  package func runs(_ filter: RunFilter, after cursor: RunCursor?, limit: Int) throws(TraceStoreFailure) -> RunPage {
    try read { connection throws in try RunTable.page(connection, filter, after: cursor, limit: min(1_000, max(1, limit))) }
  }

  /// One run with its steps in order of start.
  package func run(_ id: String, stepsMax: Int) throws(TraceStoreFailure) -> (summary: RunSummary, steps: [CanonicalStep])? {
    try read { connection throws in
      guard let summary = try RunTable.load(connection, run: id) else { return nil }
      return (summary, try StepTable.load(connection, run: id, stepsMax: stepsMax))
    }
  }

  /// How fresh the views are.
  package func freshness() throws(TraceStoreFailure) -> TelemetryFreshness {
    try read { connection throws in try BatchTable.freshness(connection) }
  }
}
