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

/// A constraint on the action, ready to be tested; its names belong to the policy's syntax.
struct ActionTest: Sendable {
  enum Kind: UInt8, Sendable { case any, equal, isIn, isInAny }

  let kind: Kind
  /// The only name, for `equal` and `isIn`.
  let uid: UnownedUID?
  /// The names of a list.
  let list: Frozen<UnownedUID>?

  init(_ syntax: ActionScopeSyntax) {
    switch syntax {
    case .any: (kind, uid, list) = (.any, nil, nil)
    case .equal(let uid): (kind, self.uid, list) = (.equal, UnownedUID(uid), nil)
    case .isIn(let uid): (kind, self.uid, list) = (.isIn, UnownedUID(uid), nil)
    case .isInList(let uids): (kind, uid, list) = (.isInAny, nil, Frozen(uids.map { UnownedUID($0) }))
    }
  }

  /// The names that the constraint mentions.
  var uids: [UnownedUID] {
    if let uid { return [uid] }
    return list.map { Array(UnsafeBufferPointer(start: $0.base, count: $0.count)) } ?? []
  }

  @inline(__always)
  func holds(_ action: UnownedUID, _ entity: UnownedEntity) -> Bool {
    switch kind {
    case .any: return true
    case .equal, .isIn:
      guard let uid else { return false }
      return action == uid || (kind == .isIn && entity.isBelow(uid))
    case .isInAny:
      guard let list else { return false }
      for index in 0..<list.count where action == list.base[index] || entity.isBelow(list.base[index]) { return true }
      return false
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
