/// A constraint on principal or resource, ready to be tested. No test can fail, and none needs the entity to exist.
///
/// The entity name belongs to the policy's syntax or its link, the type name to the program; the policy set keeps all three.
struct ScopeTest: @unchecked Sendable {
  // Safe to share: it only refers to what is immutable and outlives it.
  enum Kind: UInt8, Sendable { case any, equal, isIn, isType, isTypeIn }

  let kind: Kind
  let uid: UnownedUID?
  /// The type of `isType` and `isTypeIn`.
  let type: UnsafePointer<Name>?

  /// Slots must have been filled: a template is never compiled.
  init(_ syntax: ScopeSyntax, type: UnsafePointer<Name>?) {
    self.type = type
    switch syntax {
    case .any: (kind, uid) = (.any, nil)
    case .equal(.entity(let uid)): (kind, self.uid) = (.equal, UnownedUID(uid))
    case .isIn(.entity(let uid)): (kind, self.uid) = (.isIn, UnownedUID(uid))
    case .isType: (kind, uid) = (.isType, nil)
    case .isTypeIn(_, .entity(let uid)): (kind, self.uid) = (.isTypeIn, UnownedUID(uid))
    case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): preconditionFailure("`PolicySet` compiles no open template")
    }
  }

  @inline(__always)
  func holds(_ subject: UnownedUID, _ entity: UnownedEntity) -> Bool {
    if kind == .any { return true }
    if let type, !subject.isOfType(type) { return false }
    guard let uid else { return true }
    return subject == uid || (kind != .equal && entity.isBelow(uid))
  }
}

/// A constraint on the action, ready to be tested; its names belong to the policy's syntax, the policy set keeps the list.
struct ActionTest: @unchecked Sendable {
  // Safe to share: it only refers to what is immutable and outlives it.
  enum Kind: UInt8, Sendable { case any, equal, isIn }

  let kind: Kind
  /// The names, any of which will do: one but for a list.
  let uids: UnsafeBufferPointer<UnownedUID>

  /// `uids` are the names of `syntax`, in its order.
  init(_ syntax: ActionScopeSyntax, uids: UnsafeBufferPointer<UnownedUID>) {
    kind =
      switch syntax {
      case .any: .any
      case .equal: .equal
      case .isIn, .isInList: .isIn
      }
    self.uids = uids
  }

  @inline(__always)
  func holds(_ action: UnownedUID, _ entity: UnownedEntity) -> Bool {
    if kind == .any { return true }
    for uid in uids where action == uid || (kind == .isIn && entity.isBelow(uid)) { return true }
    return false
  }
}

extension ActionScopeSyntax {
  /// The names that the constraint mentions.
  var uids: [EntityUID] {
    switch self {
    case .any: []
    case .equal(let uid), .isIn(let uid): [uid]
    case .isInList(let uids): uids
    }
  }
}

/// A policy that decides: static, or a template with its slots filled.
struct CompiledPolicy: Sendable {
  let effect: Effect
  let principal: ScopeTest
  let action: ActionTest
  let resource: ScopeTest
  /// The root node of the conditions, or -1 for none.
  let condition: Int32
}
