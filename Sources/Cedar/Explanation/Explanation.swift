/// Why a request got its decision: the answer, and what became of every policy.
public struct Explanation: Sendable {
  /// What `Authorizer.authorize` says.
  public let response: Response
  /// One for each of `PolicySet.policies`, in the same order.
  public let policies: [PolicyExplanation]
}

/// What became of one policy for one request, part by part in the order of evaluation.
public struct PolicyExplanation: Sendable {
  /// What an expression came to.
  public enum Truth: Sendable, Equatable {
    /// True.
    case isTrue
    /// False.
    case isFalse
    /// It could not be evaluated.
    case error(EvaluationError)
    /// What stands before it settled the matter.
    case notReached
  }

  /// The constraint on principal, action or resource.
  public struct ScopePart: Sendable, Equatable {
    /// The constraint as Cedar text; of a linked template with its slot filled.
    public let text: String
    /// Whether it holds; the three are tested whatever the others say.
    public let holds: Bool
  }

  /// An expression with its place.
  public struct Term: Sendable, Equatable {
    /// The expression as Cedar text on one line.
    public let text: String
    /// The line of its first token, from 1.
    public let line: Int
    /// The column of its first token, from 1, in Unicode scalars.
    public let column: Int
    /// What it came to.
    public let truth: Truth
  }

  /// One `when { … }` or `unless { … }`.
  public struct Clause: Sendable, Equatable {
    /// Whether the policy goes on when the expression is false.
    public let isUnless: Bool
    /// The expression between the braces.
    public let body: Term
    /// The operands where the body is a chain of `&&` or `||`; else none.
    public let operands: [Term]
  }

  /// What the policy contributed.
  public enum Outcome: Sendable, Equatable {
    /// Its scope does not hold; no condition was looked at.
    case outOfScope
    /// Scope and conditions hold.
    case satisfied
    /// A condition does not hold.
    case notSatisfied
    /// A condition could not be evaluated; the policy did not count.
    case error(EvaluationError)
  }

  /// Whose explanation this is.
  public let policy: PolicySet.Policy
  /// Principal, action and resource.
  public let scope: [ScopePart]
  /// The conditions in the order of the text.
  public let clauses: [Clause]
  /// What came of it.
  public let outcome: Outcome
}
