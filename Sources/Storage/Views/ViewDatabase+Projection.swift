import Database
package import Governance
import Journal

extension ViewDatabase: JournalProjection {
  /// How many entries the views have taken.
  package func position() throws -> UInt64 {
    try pool.read { UInt64(max(0, try $0.integer("SELECT position FROM source") ?? 0)) }
  }

  /// Takes the next entries in one transaction; those that it has are skipped.
  ///
  /// - Throws: `StorageFault.gap` when entries before them are missing.
  package func project(_ entries: [DecodedEntry], from first: UInt64) throws {
    guard !entries.isEmpty else { return }
    try write { connection in
      var position = UInt64(max(0, try connection.integer("SELECT position FROM source") ?? 0))
      let start = position
      var counts: [CountKey: Int64] = [:]
      guard first <= position else { throw StorageFault.gap(path: path, index: position) }
      for entry in entries.dropFirst(Int(clamping: position - first)) {
        defer { position += 1 }
        guard case .decision(let decision) = entry.entry.body else { continue }
        let row = DecisionRow(decision, index: position, time: entry.time)
        try DecisionTable.insert(row, into: connection)
        counts[CountKey(hour: DecisionTable.hour(of: row.time), workflow: row.workflow ?? "", outcome: row.outcome), default: 0] +=
          1
      }
      guard position > start else { return }
      try DecisionTable.add(counts, to: connection)
      try connection.statement("UPDATE source SET position = ?").run([.integer(Int64(clamping: position))])
    }
  }
}

extension ViewDatabase: ViewStore {
  /// As `ViewStore.decisions`.
  package func decisions(workflow: String?, run: String?, outcome: Outcome?, before: UInt64?, limit: Int) throws -> [DecisionRow] {
    try pool.read {
      try DecisionTable.list($0, workflow: workflow, run: run, outcome: outcome, before: before, limit: min(1_000, max(1, limit)))
    }
  }

  /// As `ViewStore.reservation`.
  package func reservation(workflow: String?, run: String, step: String, attempt: Int64) throws -> UInt64? {
    try pool.read { try DecisionTable.reservation($0, workflow: workflow, run: run, step: step, attempt: attempt) }
  }

  /// As `ViewStore.decisionCounts`.
  package func decisionCounts(since: Int64) throws -> [DecisionCount] {
    try pool.read { try DecisionTable.counts($0, since: since) }
  }
}

extension DecisionRow {
  fileprivate init(_ decision: DecisionEntry, index: UInt64, time: Int64) {
    self.init(
      index: index, time: time, outcome: decision.outcome, reason: decision.reasons.first ?? "", workflow: decision.step?.workflow,
      run: decision.step?.run, step: decision.step?.step, attempt: decision.step?.attempt, reserved: decision.reservation != nil)
  }
}
