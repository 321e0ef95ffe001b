/// What an API key may do.
package enum Role: String, Sendable, CaseIterable {
  /// Evaluates steps, settles, sends traces.
  case runtime
  /// Sends traces.
  case telemetry
  /// Reads.
  case viewer
  /// Reads and decides approvals.
  case approver
  /// Everything.
  case admin
  /// Reads and exports.
  case auditor
}
