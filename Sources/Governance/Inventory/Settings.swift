/// What an AuthZEN request that names no workflow is worth.
package enum PlainRequests: String, CaseIterable, Sendable {
  /// Cedar alone decides it.
  case allow
  /// It is denied as unregistered.
  case deny
}

/// What countersign.yaml says.
package struct Settings: Sendable, Equatable {
  /// The organisation's id, the root of every budget path.
  package let organisation: String
  /// Whether requests without a workflow are decided at all.
  package let plainRequests: PlainRequests
  /// The mildest tier whose steps need a person's approval.
  package let approvalFrom: RiskTier
  /// How long an approval request waits for its answer, milliseconds.
  package let approvalWaitMilliseconds: Int64
  /// How long a given approval may be used, milliseconds from the approval.
  package let approvalValidityMilliseconds: Int64
  /// How long a reservation holds without a settlement, milliseconds.
  package let reservationMilliseconds: Int64

  /// Approval from T3 upwards.
  package static let approvalFromDefault = RiskTier.t3
  /// Four hours: half a working day, so that the person who is asked in the morning answers before evening.
  package static let approvalWaitMillisecondsDefault: Int64 = 4 * 3_600_000
  /// One hour: the facts that were approved are not older.
  package static let approvalValidityMillisecondsDefault: Int64 = 3_600_000
  /// Ten minutes: longer than a model call with its retries.
  package static let reservationMillisecondsDefault: Int64 = 600_000

  /// Settings; what is not given has its default.
  package init(
    organisation: String, plainRequests: PlainRequests = .deny, approvalFrom: RiskTier = approvalFromDefault,
    approvalWaitMilliseconds: Int64 = approvalWaitMillisecondsDefault,
    approvalValidityMilliseconds: Int64 = approvalValidityMillisecondsDefault,
    reservationMilliseconds: Int64 = reservationMillisecondsDefault
  ) {
    self.organisation = organisation
    self.plainRequests = plainRequests
    self.approvalFrom = approvalFrom
    self.approvalWaitMilliseconds = approvalWaitMilliseconds
    self.approvalValidityMilliseconds = approvalValidityMilliseconds
    self.reservationMilliseconds = reservationMilliseconds
  }
}
