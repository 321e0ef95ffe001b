package import Budgets
package import Cryptography

/// What evaluation hands to the commit: a verdict, and what has to be committed for it.
package struct Proposal: Sendable {
  package var request: DecisionRequest
  package var revision: PolicyRevision
  package var outcome: Outcome
  package var reasons: [Reason]
  package var obligations: [Obligation]
  /// Ids of the Cedar policies that determined the verdict.
  package var policies: [String]
  /// The step as the inventory knows it; nil for a plain request or an unregistered step.
  package var step: StepEntry?
  package var approval: ApprovalNeed?
  package var reservation: ReservationPlan?
  /// 16 random bytes, hex: keeps the payload's digest from being guessed.
  package var salt: String

  /// A human must agree to exactly the step with this digest.
  package struct ApprovalNeed: Sendable, Equatable {
    package var digest: SHA256Digest
    package var group: String?
    /// How long a new request for approval waits, milliseconds.
    package var wait: Int64
  }

  /// What to hold, and for how long.
  package struct ReservationPlan: Sendable {
    package var legs: [PlannedLeg]
    package var amounts: Amounts
    /// Milliseconds from the commit.
    package var lifetime: Int64
    /// Whether the permit itself starts the step.
    package var started: Bool
  }
}
