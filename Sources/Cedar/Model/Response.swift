/// The outcome of an authorization.
public enum Decision: String, Sendable, Equatable {
  /// At least one permit is satisfied and no forbid is.
  case allow
  /// Everything else.
  case deny
}

/// The answer to a request: the decision, what determined it, and what could not be evaluated.
public struct Response: Sendable, Equatable {
  /// One policy that could not be evaluated; it counted as not satisfied.
  public struct PolicyError: Sendable, Equatable {
    /// The position of the policy in `PolicySet.policies`.
    public let policy: Int
    /// What went wrong, with its place in the policy's text.
    public let error: EvaluationError
  }

  /// Allow or deny.
  public let decision: Decision
  /// The determining policies: on allow the satisfied permits, on deny the satisfied forbids (none for the default deny).
  public let reasons: PolicyPositions
  /// The policies that erred, ascending, whatever the decision.
  public let errors: [PolicyError]
}
