package import Budgets
package import Cryptography

/// What evaluation hands to the commit: a verdict, and what has to be committed for it. A class, because it passes through commands and
/// queues unchanged.
package final class Proposal: Sendable {
  package let request: DecisionRequest
  package let revision: PolicyRevision
  package let outcome: Outcome
  package let reasons: [Reason]
  package let obligations: [Obligation]
  /// Ids of the Cedar policies that determined the verdict.
  package let policies: [String]
  /// The step as the inventory knows it; nil for a plain request or an unregistered step.
  package let step: StepEntry?
  package let approval: ApprovalNeed?
  package let reservation: ReservationPlan?
  /// 16 random bytes, hex: keeps the payload's digest from being guessed.
  package let salt: String

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

  init(_ draft: ProposalDraft, salt: String) {
    request = draft.request
    revision = draft.revision
    outcome = draft.outcome
    reasons = draft.reasons
    obligations = draft.obligations
    policies = draft.policies
    step = draft.step
    approval = draft.approval
    reservation = draft.reservation
    self.salt = salt
  }
}

/// A proposal while the checks work on it: a deny until one of them says otherwise.
struct ProposalDraft {
  let request: DecisionRequest
  let revision: PolicyRevision
  var outcome = Outcome.deny
  var reasons: [Reason] = []
  var obligations: [Obligation] = []
  var policies: [String] = []
  var step: StepEntry?
  var approval: Proposal.ApprovalNeed?
  var reservation: Proposal.ReservationPlan?

  init(_ request: DecisionRequest, _ revision: PolicyRevision) {
    self.request = request
    self.revision = revision
  }
}
