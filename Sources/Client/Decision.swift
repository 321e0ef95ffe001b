import API
import JSON

/// The decision point's answer to one evaluation.
public struct Decision: Sendable, Equatable {
  /// What the answer says. Only `permit` lets the work run.
  public enum Outcome: String, Sendable {
    /// Go, if every obligation can be met.
    case permit
    /// A human must agree first; ask again afterwards.
    case escalate
    /// No.
    case deny
  }

  /// One reason, with its published code.
  public struct Reason: Sendable, Equatable {
    /// `family.name`, stable.
    public var code: String
    /// For the user; reveals nothing internal.
    public var text: String
    /// What to do about it, when something can be done.
    public var remedy: String?
  }

  /// Something the enforcement point must do before or while the work runs.
  public struct Obligation: Sendable, Equatable {
    /// Unique in the answer.
    public var id: String
    /// Such as `limit.max_tokens`.
    public var type: String
    /// What exactly (an object).
    public var properties: PropertyValue
  }

  /// An approval that must be given first.
  public struct ApprovalRequest: Sendable, Equatable {
    /// Such as `a-12`.
    public var id: String
    /// Until when it can be decided, RFC 3339.
    public var expiresAt: String?
  }

  /// Id of the decision in the journal, such as `d-41`; nil from a decision point that gives none.
  public var id: String?
  /// `permit` only when the answer's boolean says so too.
  public var outcome: Outcome
  /// Why.
  public var reasons: [Reason]
  /// All of them must be carried out; an obligation that could not even be read is here with its raw properties.
  public var obligations: [Obligation]
  /// Set when the outcome is `escalate`.
  public var approval: ApprovalRequest?
  /// The reservation to settle; nil when nothing is held.
  public var reservation: String?
  /// After how many seconds asking again may help; nil when it will not.
  public var retryAfterSeconds: Int64?
  /// Everything else that the answer says (an object).
  public var context: PropertyValue

  init(_ answer: EvaluationAnswer) {
    let context = answer.context
    id = context["id"]?.stringValue
    let said = context["outcome"]?.stringValue.map { Outcome(rawValue: $0) }
    outcome =
      switch (answer.decision, said) {
      case (true, nil), (true, .some(.some(.permit))): .permit
      case (false, .some(.some(.escalate))): .escalate
      // An outcome that is unknown, or contradicts the boolean, is a deny.
      default: .deny
      }
    reasons = (context["reasons"]?.arrayValue ?? []).map {
      Reason(code: $0["code"]?.stringValue ?? "", text: $0["text_user"]?.stringValue ?? "", remedy: $0["remedy"]?.stringValue)
    }
    obligations = Decision.obligations(context["obligations"])
    if outcome == .escalate, let request = context["access_request"], let id = request["id"]?.stringValue {
      approval = ApprovalRequest(id: id, expiresAt: request["expires_at"]?.stringValue)
    }
    reservation = context["holds"]?.arrayValue?.lazy.compactMap { $0["reservation"]?.stringValue }.first
    retryAfterSeconds = context["retry_after"]?.integerValue
    self.context = PropertyValue(.object(context))
  }

  /// Malformed obligations stay in the list without a type, so that nobody can comply with them.
  private static func obligations(_ value: JSONValue?) -> [Obligation] {
    guard let value, !value.isNull else { return [] }
    guard let list = value.arrayValue else { return [Obligation(id: "", type: "", properties: PropertyValue(value))] }
    return list.map {
      Obligation(
        id: $0["id"]?.stringValue ?? "", type: $0["type"]?.stringValue ?? "", properties: PropertyValue($0["properties"] ?? [:]))
    }
  }
}
