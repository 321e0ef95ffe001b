/// Whether a satisfied policy speaks for or against the request.
public enum Effect: String, Sendable, Equatable {
  /// Satisfied, it allows what no forbid denies.
  case permit
  /// Satisfied, it denies whatever else holds.
  case forbid
}

/// One policy or template as written.
struct PolicySyntax: Sendable {
  let effect: Effect
  let annotations: [(key: String, value: String?, span: SourceSpan)]
  let principal: ScopeSyntax
  let action: ActionScopeSyntax
  let resource: ScopeSyntax
  let conditions: [ConditionSyntax]
  let span: SourceSpan
  /// Where the parts of the scope stand.
  let scopeSpans: ScopeSpans
  /// Whether the policy applies only when it is linked: it has a slot, or it was declared a template, which policy JSON can.
  let isTemplate: Bool

  init(
    effect: Effect, annotations: [(key: String, value: String?, span: SourceSpan)], principal: ScopeSyntax,
    action: ActionScopeSyntax,
    resource: ScopeSyntax, conditions: [ConditionSyntax], span: SourceSpan, scopeSpans: ScopeSpans, isTemplate: Bool = false
  ) {
    self.effect = effect
    self.annotations = annotations
    self.principal = principal
    self.action = action
    self.resource = resource
    self.conditions = conditions
    self.span = span
    self.scopeSpans = scopeSpans
    self.isTemplate = isTemplate || principal.hasSlot || resource.hasSlot
  }
}

/// The places of the three parts of a scope.
struct ScopeSpans: Sendable {
  let principal: SourceSpan
  let action: SourceSpan
  let resource: SourceSpan
}

/// An entity name or the slot that stands for one.
enum ScopeTarget: Sendable {
  case entity(EntityUID)
  case slot
}

/// The constraint on principal or resource.
enum ScopeSyntax: Sendable {
  case any
  case equal(ScopeTarget)
  case isIn(ScopeTarget)
  case isType(String)
  case isTypeIn(String, ScopeTarget)

  /// Whether the constraint waits for its slot to be filled.
  var hasSlot: Bool {
    switch self {
    case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): true
    default: false
    }
  }

  /// The type that the constraint demands.
  var type: String? {
    switch self {
    case .isType(let type), .isTypeIn(let type, _): type
    default: nil
    }
  }

  /// The constraint with its slot filled.
  func filled(_ uid: EntityUID?) -> ScopeSyntax {
    guard let uid else { return self }
    return switch self {
    case .equal(.slot): .equal(.entity(uid))
    case .isIn(.slot): .isIn(.entity(uid))
    case .isTypeIn(let type, .slot): .isTypeIn(type, .entity(uid))
    default: self
    }
  }
}

/// The constraint on the action.
enum ActionScopeSyntax: Sendable {
  case any
  case equal(EntityUID)
  case isIn(EntityUID)
  case isInList([EntityUID])
}

/// `when { … }` or `unless { … }`.
struct ConditionSyntax: Sendable {
  let isUnless: Bool
  let body: Expression
}
