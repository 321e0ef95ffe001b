/// One thing that an analysis found out about policies. It is certain: no request and no entities contradict it.
public struct LintFinding: Sendable, Equatable, CustomStringConvertible {
  /// How much a finding matters.
  public enum Severity: String, Sendable, Equatable {
    /// The policy cannot do what its author means.
    case error
    /// The policy probably does not do what its author means.
    case warning
    /// Worth knowing.
    case note
  }

  /// The classes of finding; the raw values are stable.
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// No request satisfies the policy.
    case neverApplies
    /// The policy errs in every request that is in its scope.
    case alwaysErrs
    /// Whenever the permit is satisfied, a forbid is, too: it never allows anything.
    case shadowedByForbid
    /// Whenever the policy is satisfied, another of the same effect is, too.
    case subsumed
    /// The policy is satisfied by the same requests as another of the same effect.
    case duplicate
    /// The permit is satisfied by every request.
    case permitsEverything
    /// The forbid is satisfied by every request: nothing is ever allowed.
    case forbidsEverything
    /// None of the given requests satisfied the policy or made it err.
    case neverMatched

    /// How much findings of this kind matter.
    public var severity: Severity {
      switch self {
      case .alwaysErrs, .forbidsEverything: .error
      case .neverApplies, .shadowedByForbid, .duplicate, .permitsEverything: .warning
      case .subsumed, .neverMatched: .note
      }
    }
  }

  /// The id of the policy or link.
  public let policy: String
  /// The id of the other policy that the finding speaks of, if there is one.
  public let other: String?
  /// The class.
  public let kind: Kind
  /// What was found, in lower case, user text in backticks.
  public let message: String
  /// The name of the policy's file; a link's is its template's.
  public let file: String
  /// The line of the policy's first token, from 1.
  public let line: Int
  /// Its column, from 1, in Unicode scalars.
  public let column: Int
  /// How to mend it, where that is known.
  public let hint: String?

  /// How much it matters.
  public var severity: Severity { kind.severity }

  /// The finding in one line, as compilers print it.
  public var description: String {
    let text = "\(file):\(line):\(column): \(severity.rawValue): \(message) [\(kind.rawValue)]"
    return hint.map { "\(text) (\($0))" } ?? text
  }
}
