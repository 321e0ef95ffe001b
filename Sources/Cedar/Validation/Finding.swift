/// One thing that the validator has against a policy.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
  /// Whether a finding refuses the policy.
  public enum Severity: String, Sendable, Equatable {
    /// The policy is refused.
    case error
    /// The policy is accepted; it probably does not do what its author means.
    case warning
  }

  /// The classes of finding.
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// No entity type of this name is declared.
    case unknownEntityType
    /// No action of this name is declared.
    case unknownAction
    /// The enumerated entity type has no such id.
    case unknownEntityID
    /// No action that the scope admits applies to principals and resources that it admits.
    case noApplicableAction
    /// An operand has a type that the operator does not take.
    case unexpectedType
    /// Two types that must agree do not.
    case incompatibleTypes
    /// The type has no such attribute.
    case unknownAttribute
    /// An optional attribute is read where it may be absent.
    case unguardedAttribute
    /// A tag is read from an entity whose type has none.
    case noTags
    /// A tag is read where it may be absent.
    case unguardedTag
    /// An empty set literal has no element type.
    case emptySet
    /// An extension function has too many or too few arguments.
    case wrongArgumentCount
    /// The text of an extension value is not of its form.
    case badLiteral
    /// An extension value is made from something else than a literal.
    case literalRequired
    /// Entities are followed further than the level allows.
    case levelExceeded
    /// An entity that is no part of the request is looked into, which no level allows.
    case literalDereference
    /// The policy takes more work to check than `ValidationLimits` allow.
    case limitExceeded
    /// The condition is false for every request.
    case impossiblePolicy
    /// A text holds characters that change the direction of writing.
    case bidirectionalText
    /// A text mixes scripts, whose letters may look alike.
    case mixedScripts
    /// A name holds a character that is no part of names.
    case confusableName

    /// Whether findings of this kind refuse the policy.
    public var severity: Severity {
      switch self {
      case .impossiblePolicy, .bidirectionalText, .mixedScripts, .confusableName: .warning
      default: .error
      }
    }
  }

  /// The id of the policy, template or link.
  public let policy: String
  /// The class.
  public let kind: Kind
  /// What is wrong, in lower case, user text in backticks.
  public let message: String
  /// The name of the policy's file.
  public let file: String
  /// The line of the expression, from 1.
  public let line: Int
  /// Its column, from 1, in Unicode scalars.
  public let column: Int
  /// How to mend it, where that is known.
  public let hint: String?
  /// A kind of request for which it fails; nil when it does not depend on the request.
  public let environment: RequestEnvironment?

  /// Whether the finding refuses the policy.
  public var severity: Severity { kind.severity }

  /// The finding in one line, as compilers print it.
  public var description: String {
    var text = "\(file):\(line):\(column): \(severity.rawValue): \(message)"
    if let hint { text += " (\(hint))" }
    if let environment { text += ", when \(environment)" }
    return text
  }
}

/// The kind of a request: the types that it brings together.
public struct RequestEnvironment: Sendable, Equatable, CustomStringConvertible {
  /// The type of the principal.
  public let principal: String
  /// The action.
  public let action: EntityUID
  /// The type of the resource.
  public let resource: String

  /// The three in one line.
  public var description: String { "principal is `\(principal)`, action is `\(action)`, resource is `\(resource)`" }
}

/// The limits of a validation. A policy is checked once for each kind of request that its scope admits, and a schema may declare very many.
public enum ValidationLimits {
  /// Expressions and record members visited for one policy over all kinds of request: under a second of work, and a hundred times
  /// what a large condition over a large schema takes.
  public static let policySteps = 10_000_000
  /// The same for all policies together.
  public static let setSteps = 500_000_000
  /// Errors kept for one policy, and as many warnings: past this many a list helps nobody.
  public static let policyFindings = 50
  /// Names looked for among the declared ones, to hint at a misspelling.
  static let nearestNames = 1_000
}
