import Database
import Governance

/// What is counted together.
struct CountKey: Hashable {
  var hour: Int64
  /// Empty for plain requests.
  var workflow: String
  var outcome: Outcome
}

/// The tables `decisions` and `decision_counts` of `views.db`.
enum DecisionTable {
  private static let columns = "seq, time, outcome, reason, workflow, run, step, attempt, reserved"
  private static let insertion = "INSERT INTO decisions (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

  /// The start of the hour of `time`, UTC milliseconds.
  static func hour(of time: Int64) -> Int64 {
    let length: Int64 = 3_600_000
    let remainder = time % length
    return time - (remainder < 0 ? remainder + length : remainder)
  }

  static func insert(_ row: DecisionRow, into connection: SQLiteConnection) throws {
    try connection.statement(insertion).run([
      .integer(Int64(clamping: row.index)), .integer(row.time), .text(row.outcome.rawValue), .text(row.reason),
      .optional(row.workflow),
      .optional(row.run), .optional(row.step), .optional(row.attempt), .integer(row.reserved ? 1 : 0),
    ])
  }

  static func add(_ counts: [CountKey: Int64], to connection: SQLiteConnection) throws {
    let statement = try connection.statement(
      """
      INSERT INTO decision_counts (hour, workflow, outcome, count) VALUES (?, ?, ?, ?)
      ON CONFLICT (hour, workflow, outcome) DO UPDATE SET count = count + excluded.count
      """)
    for (key, count) in counts {
      try statement.run([.integer(key.hour), .text(key.workflow), .text(key.outcome.rawValue), .integer(count)])
    }
  }

  static func list(
    _ connection: SQLiteConnection, workflow: String?, run: String?, outcome: Outcome?, before: UInt64?, limit: Int
  ) throws -> [DecisionRow] {
    var conditions: [String] = []
    var values: [SQLiteValue] = []
    if let run {
      conditions.append("run = ?")
      values.append(.text(run))
    }
    if let workflow {
      // With a run, its index is the better one: `+` keeps SQLite from the other.
      conditions.append(run == nil ? "workflow = ?" : "+workflow = ?")
      values.append(.text(workflow))
    }
    if let outcome {
      conditions.append(
        outcome == .permit || run != nil || workflow != nil ? "+outcome = ?" : "outcome = ? AND outcome <> 'permit'")
      values.append(.text(outcome.rawValue))
    }
    if let before {
      conditions.append("seq < ?")
      values.append(.integer(Int64(clamping: before)))
    }
    values.append(.integer(Int64(limit)))
    let clause = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return try connection.statement("SELECT \(columns) FROM decisions\(clause) ORDER BY seq DESC LIMIT ?").rows(values) { row in
      guard let outcome = Outcome(rawValue: row.text(2)) else {
        throw StorageFault.damaged(path: connection.path, what: "the row of decision \(row.integer(0))")
      }
      return DecisionRow(
        index: UInt64(max(0, row.integer(0))), time: row.integer(1), outcome: outcome, reason: row.text(3),
        workflow: row.optionalText(4),
        run: row.optionalText(5), step: row.optionalText(6), attempt: row.optionalInteger(7), reserved: row.integer(8) != 0)
    }
  }

  static func reservation(
    _ connection: SQLiteConnection, workflow: String?, run: String, step: String, attempt: Int64
  ) throws -> UInt64? {
    try connection.statement(
      """
      SELECT seq FROM decisions WHERE run = ?1 AND step = ?2 AND attempt = ?3 AND reserved = 1 AND (?4 IS NULL OR +workflow = ?4)
      ORDER BY seq DESC LIMIT 1
      """
    ).first([.text(run), .text(step), .integer(attempt), .optional(workflow)]) { UInt64(max(0, $0.integer(0))) }
  }

  static func counts(_ connection: SQLiteConnection, since: Int64) throws -> [DecisionCount] {
    try connection.statement(
      "SELECT hour, workflow, outcome, count FROM decision_counts WHERE hour >= ? ORDER BY hour, workflow, outcome"
    ).rows([.integer(hour(of: since))]) { row in
      guard let outcome = Outcome(rawValue: row.text(2)) else {
        throw StorageFault.damaged(path: connection.path, what: "a count of the hour \(row.integer(0))")
      }
      return DecisionCount(hour: row.integer(0), workflow: row.text(1), outcome: outcome, count: row.integer(3))
    }
  }
}
