import Database
import Telemetry

/// Joins new steps with the stored ones of their traces, inside one transaction.
struct StepMerge {
  private let connection: SQLiteConnection
  private var touchedRuns: Set<String> = []
  private(set) var outcome = CommitOutcome()

  init(_ connection: SQLiteConnection) { self.connection = connection }

  /// Stores steps, in order of arrival.
  mutating func take(_ steps: [CanonicalStep]) throws {
    for (trace, steps) in Dictionary(grouping: steps, by: \.traceID) { try take(steps, of: trace) }
  }

  private mutating func take(_ steps: [CanonicalStep], of trace: TraceID) throws {
    var stored = try StepTable.load(connection, trace: trace)
    var positions: [SpanID: Int] = [:]
    for (position, stored) in stored.enumerated() { positions[stored.step.spanID] = position }
    var changed: Set<Int> = []
    for step in steps {
      if let position = positions[step.spanID] {
        guard step.supersedes(stored[position].step) else {
          outcome.repeated += 1
          continue
        }
        stored[position].step = step
        changed.insert(position)
        outcome.revised += 1
      } else {
        positions[step.spanID] = stored.count
        changed.insert(stored.count)
        stored.append(StoredStep(step: step, run: nil))
        outcome.inserted += 1
      }
    }
    if !changed.isEmpty { try assign(stored, changed: changed, of: trace) }
  }

  /// A step can change its run without being changed itself: when the step that names the run arrives.
  private mutating func assign(_ stored: [StoredStep], changed: Set<Int>, of trace: TraceID) throws {
    let runs = RunAssembler.assign(stored.map(\.step))
    for (position, run) in runs.enumerated() {
      let before = stored[position].run
      guard changed.contains(position) || before != run else { continue }
      try StepTable.put(stored[position].step, run: run, into: connection)
      touchedRuns.insert(run)
      if let before { touchedRuns.insert(before) }
    }
    try StepTable.setRuns(Set(runs), of: trace, in: connection)
  }

  /// Derives every run that gained, lost or changed a step from all of its steps.
  mutating func deriveRuns(_ prices: PriceBook) throws {
    for run in touchedRuns.sorted() {
      let steps = try StepTable.load(connection, run: run)
      guard !steps.isEmpty else {
        try RunTable.remove(run, from: connection)
        continue
      }
      try RunTable.put(RunAssembler.summary(run: run, steps: steps, prices: prices), into: connection)
      outcome.runs.append(run)
    }
  }
}
