/// One decision as lists show it.
package struct DecisionRow: Sendable, Equatable {
  package var index: UInt64
  /// UTC, milliseconds.
  package var time: Int64
  package var outcome: Outcome
  /// The code of the first reason.
  package var reason: String
  /// Absent for a plain request.
  package var workflow: String?
  package var run: String?
  package var step: String?
  package var attempt: Int64?
  /// The currency amounts that were held, as the entry names them; empty when nothing was.
  package var reserved: Bool

  package init(
    index: UInt64, time: Int64, outcome: Outcome, reason: String, workflow: String?, run: String?, step: String?, attempt: Int64?,
    reserved: Bool
  ) {
    self.index = index
    self.time = time
    self.outcome = outcome
    self.reason = reason
    self.workflow = workflow
    self.run = run
    self.step = step
    self.attempt = attempt
    self.reserved = reserved
  }
}

/// Decisions of one hour and workflow by outcome.
package struct DecisionCount: Sendable, Equatable {
  /// Start of the hour, UTC milliseconds.
  package var hour: Int64
  /// Empty for plain requests.
  package var workflow: String
  package var outcome: Outcome
  package var count: Int64

  package init(hour: Int64, workflow: String, outcome: Outcome, count: Int64) {
    self.hour = hour
    self.workflow = workflow
    self.outcome = outcome
    self.count = count
  }
}

/// Look-up tables filled behind the journal; derived, and rebuilt when they are gone. Any thread may call.
package protocol ViewStore: Sendable {
  /// Newest first, before entry `before` when given; `limit` is 1 to 1 000. A nil filter does not filter.
  func decisions(workflow: String?, run: String?, outcome: Outcome?, before: UInt64?, limit: Int) throws -> [DecisionRow]

  /// The latest decision with a reservation for this step and attempt of a run, or nil: what a span settles.
  func reservation(workflow: String?, run: String, step: String, attempt: Int64) throws -> UInt64?

  /// Decisions by hour, workflow and outcome since `since` (UTC milliseconds).
  func decisionCounts(since: Int64) throws -> [DecisionCount]
}
