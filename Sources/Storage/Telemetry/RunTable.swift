import Database
import Telemetry

/// Summaries of runs and what each model did in them: derived from the steps, written whole.
enum RunTable {
  static let schema = """
    CREATE TABLE runs (
      run TEXT PRIMARY KEY, workflow TEXT, agent TEXT, user TEXT, session TEXT, environment TEXT, service TEXT, state TEXT NOT NULL,
      start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, steps INTEGER NOT NULL,
      input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
      reasoning INTEGER NOT NULL, unsplit INTEGER NOT NULL,
      model_calls INTEGER NOT NULL, tool_calls INTEGER NOT NULL, errors INTEGER NOT NULL, cost_nanousd INTEGER NOT NULL,
      unpriced_calls INTEGER NOT NULL, reported_cost_nanousd INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX runs_start ON runs (start_ns DESC, run);
    CREATE INDEX runs_workflow ON runs (workflow, start_ns DESC, run);
    CREATE TABLE run_models (
      run TEXT NOT NULL, position INTEGER NOT NULL, provider TEXT, model TEXT, calls INTEGER NOT NULL,
      input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
      reasoning INTEGER NOT NULL, unsplit INTEGER NOT NULL, cost_nanousd INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    """

  private static let insertion = "INSERT OR REPLACE INTO runs VALUES (?" + String(repeating: ", ?", count: 22) + ")"
  private static let modelInsertion = "INSERT INTO run_models VALUES (?" + String(repeating: ", ?", count: 12) + ")"

  static func put(_ summary: RunSummary, into connection: SQLiteConnection) throws {
    var values: [SQLiteValue] = [.text(summary.run)]
    for text in [summary.workflow, summary.agent, summary.user, summary.session, summary.environment, summary.service] {
      values.append(.optional(text))
    }
    values.append(.text(summary.state.rawValue))
    let numbers =
      [summary.startNanoseconds, summary.endNanoseconds, summary.steps] + summary.usage.columns
      + [summary.modelCalls, summary.toolCalls, summary.errors, summary.costNanoUSD, summary.unpricedCalls]
    values += numbers.map { .integer($0) }
    values.append(.optional(summary.reportedCostNanoUSD))
    try connection.statement(insertion).run(values)
    try connection.statement("DELETE FROM run_models WHERE run = ?").run([.text(summary.run)])
    let insert = try connection.statement(modelInsertion)
    for (position, use) in summary.models.enumerated() {
      var values: [SQLiteValue] = [.text(summary.run), .integer(Int64(position)), .optional(use.provider), .optional(use.model)]
      values += ([use.calls] + use.usage.columns + [use.costNanoUSD, use.unpricedCalls]).map { .integer($0) }
      try insert.run(values)
    }
  }

  static func remove(_ run: String, from connection: SQLiteConnection) throws {
    try connection.statement("DELETE FROM runs WHERE run = ?").run([.text(run)])
    try connection.statement("DELETE FROM run_models WHERE run = ?").run([.text(run)])
  }

  static func load(_ connection: SQLiteConnection, run: String) throws -> RunSummary? {
    let summary = try connection.statement("SELECT * FROM runs WHERE run = ?").first([.text(run)]) {
      try decode($0, path: connection.path)
    }
    return try summary.map { try withModels(connection, $0) }
  }

  static func page(_ connection: SQLiteConnection, _ filter: RunFilter, after cursor: RunCursor?, limit: Int) throws -> RunPage {
    var conditions: [String] = []
    var values: [SQLiteValue] = []
    func add(_ condition: String, _ added: SQLiteValue...) {
      conditions.append(condition)
      values += added
    }
    if let workflow = filter.workflow { add("workflow = ?", .text(workflow)) }
    if let state = filter.state { add("state = ?", .text(state.rawValue)) }
    if let from = filter.fromNanoseconds { add("start_ns >= ?", .integer(from)) }
    if let before = filter.beforeNanoseconds { add("start_ns < ?", .integer(before)) }
    if let cursor {
      let start = SQLiteValue.integer(cursor.startNanoseconds)
      add("start_ns <= ? AND (start_ns < ? OR run > ?)", start, start, .text(cursor.run))
    }
    let clause = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    // One more than asked tells whether there is another page.
    let rows = try connection.statement("SELECT * FROM runs\(clause) ORDER BY start_ns DESC, run LIMIT ?")
      .rows(values + [.integer(Int64(limit) + 1)]) { try decode($0, path: connection.path) }
    let runs = try rows.prefix(limit).map { try withModels(connection, $0) }
    let next = rows.count > limit ? runs.last.map { RunCursor(startNanoseconds: $0.startNanoseconds, run: $0.run) } : nil
    return RunPage(runs: runs, next: next)
  }

  private static func withModels(_ connection: SQLiteConnection, _ summary: RunSummary) throws -> RunSummary {
    var summary = summary
    summary.models = try connection.statement("SELECT * FROM run_models WHERE run = ? ORDER BY position").rows([.text(summary.run)])
    { row in
      ModelUse(
        provider: row.optionalText(2), model: row.optionalText(3), calls: row.integer(4), usage: Usage(row, from: 5),
        costNanoUSD: row.integer(11), unpricedCalls: row.integer(12))
    }
    return summary
  }

  private static func decode(_ row: SQLiteStatement, path: String) throws -> RunSummary {
    guard let state = RunState(rawValue: row.text(7)) else {
      throw StorageFault.damaged(path: path, what: "the row of run `\(row.text(0))`")
    }
    return RunSummary(
      run: row.text(0), workflow: row.optionalText(1), agent: row.optionalText(2), user: row.optionalText(3),
      session: row.optionalText(4),
      environment: row.optionalText(5), service: row.optionalText(6), state: state, startNanoseconds: row.integer(8),
      endNanoseconds: row.integer(9), steps: row.integer(10), usage: Usage(row, from: 11), modelCalls: row.integer(17),
      toolCalls: row.integer(18), errors: row.integer(19), costNanoUSD: row.integer(20), unpricedCalls: row.integer(21),
      reportedCostNanoUSD: row.optionalInteger(22), models: [])
  }
}
