import Database
import Telemetry

/// A step with the run that it was assigned to.
struct StoredStep {
  var step: CanonicalStep
  /// nil until it is assigned.
  var run: String?
}

/// Steps, one row each, those of a trace side by side; and which traces a run has steps of.
enum StepTable {
  static let schema = """
    CREATE TABLE steps (
      trace BLOB NOT NULL, span BLOB NOT NULL, run TEXT NOT NULL, parent BLOB, parent_is_remote INTEGER NOT NULL, kind TEXT NOT NULL,
      name TEXT NOT NULL, span_name TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, repairs INTEGER NOT NULL,
      failed INTEGER NOT NULL, input_uncached INTEGER, cache_read INTEGER, cache_write INTEGER, output INTEGER, reasoning INTEGER,
      unsplit INTEGER, reported_cost_nanousd INTEGER, attempt INTEGER, workflow TEXT, workflow_fallback TEXT, agent TEXT, tool TEXT,
      provider TEXT, request_model TEXT, response_model TEXT, response_id TEXT, error_type TEXT, user TEXT, session TEXT,
      environment TEXT, service TEXT, decision TEXT, claimed_run TEXT, claimed_step TEXT,
      PRIMARY KEY (trace, span)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run_traces (run TEXT NOT NULL, trace BLOB NOT NULL, PRIMARY KEY (run, trace)) STRICT, WITHOUT ROWID;
    CREATE INDEX run_traces_trace ON run_traces (trace);

    """

  /// The columns from `workflow` on, in order.
  private static let texts: [any WritableKeyPath<CanonicalStep, String?> & Sendable] = [
    \.workflow, \.workflowFallback, \.agent, \.tool, \.provider, \.requestModel, \.responseModel, \.responseID, \.errorType, \.user,
    \.session, \.environment, \.service, \.decisionID, \.run, \.step,
  ]
  private static let firstText: Int32 = 20
  private static let insertion = "INSERT OR REPLACE INTO steps VALUES (?" + String(repeating: ", ?", count: 35) + ")"
  private static let columns = "s.*"

  static func put(_ step: CanonicalStep, run: String, into connection: SQLiteConnection) throws {
    let statement = try connection.statement(insertion)
    defer { statement.reset() }
    try statement.bind(1, step.traceID.bytes)
    try statement.bind(2, step.spanID.bytes)
    try statement.bind(3, run)
    if let parent = step.parentSpanID { try statement.bind(4, parent.bytes) }
    try statement.bind(5, step.parentIsRemote ? 1 : 0)
    try statement.bind(6, step.kind.rawValue)
    try statement.bind(7, step.name)
    try statement.bind(8, step.spanName)
    try statement.bind(9, step.startNanoseconds)
    try statement.bind(10, step.endNanoseconds)
    try statement.bind(11, Int64(step.repairs.rawValue))
    try statement.bind(12, step.failed ? 1 : 0)
    if let usage = step.usage {
      for (index, value) in zip(Int32(13)..., usage.columns) { try statement.bind(index, value) }
    }
    if let cost = step.reportedCostNanoUSD { try statement.bind(19, cost) }
    if let attempt = step.attempt { try statement.bind(20, Int64(attempt)) }
    // What is not bound is null: values are cleared by `reset`.
    for (index, path) in zip((firstText + 1)..., texts) {
      if let text = step[keyPath: path] { try statement.bind(index, text) }
    }
    _ = try statement.step()
  }

  /// Says which runs the steps of `trace` belong to.
  static func setRuns(_ runs: Set<String>, of trace: TraceID, in connection: SQLiteConnection) throws {
    try connection.statement("DELETE FROM run_traces WHERE trace = ?").run([.blob(trace.bytes)])
    let insert = try connection.statement("INSERT INTO run_traces (run, trace) VALUES (?, ?)")
    for run in runs { try insert.run([.text(run), .blob(trace.bytes)]) }
  }

  /// The stored steps of a trace; at most `stepsMax`, the earliest by start.
  static func load(_ connection: SQLiteConnection, trace: TraceID, stepsMax: Int = .max) throws -> [StoredStep] {
    try connection.statement("SELECT \(columns) FROM steps s WHERE trace = ? ORDER BY start_ns, span LIMIT ?")
      .rows([.blob(trace.bytes), .integer(Int64(max(0, stepsMax)))]) { try stored($0, path: connection.path) }
  }

  /// The steps of a run in order of start; at most `stepsMax`.
  static func load(_ connection: SQLiteConnection, run: String, stepsMax: Int = .max) throws -> [CanonicalStep] {
    try connection.statement(
      """
      SELECT \(columns) FROM run_traces r CROSS JOIN steps s ON s.trace = r.trace WHERE r.run = ?1 AND s.run = ?1
      ORDER BY s.start_ns, s.trace, s.span LIMIT ?2
      """
    ).rows([.text(run), .integer(Int64(max(0, stepsMax)))]) { try stored($0, path: connection.path).step }
  }

  private static func stored(_ row: SQLiteStatement, path: String) throws -> StoredStep {
    guard let trace = TraceID(bytes: row.blob(0)), let span = SpanID(bytes: row.blob(1)),
      let kind = StepKind(rawValue: row.text(5)),
      let repairs = UInt8(exactly: row.integer(10))
    else { throw StorageFault.damaged(path: path, what: "a step's row") }
    var step = CanonicalStep(
      traceID: trace, spanID: span, parentSpanID: row.isNull(3) ? nil : SpanID(bytes: row.blob(3)), kind: kind, name: row.text(6),
      start: row.integer(8), end: row.integer(9))
    step.parentIsRemote = row.integer(4) != 0
    step.spanName = row.text(7)
    step.repairs = SpanRepairs(rawValue: repairs)
    step.failed = row.integer(11) != 0
    if !row.isNull(12) { step.usage = Usage(row, from: 12) }
    step.reportedCostNanoUSD = row.optionalInteger(18)
    step.attempt = row.optionalInteger(19).map(Int32.init(clamping:))
    for (column, path) in zip(firstText..., texts) { step[keyPath: path] = row.optionalText(column) }
    return StoredStep(step: step, run: row.text(2))
  }
}

extension Usage {
  /// As columns, in the order of the tables.
  var columns: [Int64] { [inputUncached, cacheRead, cacheWrite, output, reasoning, unsplit] }

  init(_ row: SQLiteStatement, from column: Int32) {
    self.init(
      inputUncached: row.integer(column), cacheRead: row.integer(column + 1), cacheWrite: row.integer(column + 2),
      output: row.integer(column + 3), reasoning: row.integer(column + 4), unsplit: row.integer(column + 5))
  }
}
