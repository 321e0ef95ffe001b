/// A constraint on principal or resource, ready to be tested. No test can fail, and none needs the entity to exist.
struct ScopeTest: Sendable {
  enum Kind: UInt8, Sendable { case any, equal, isIn, isType, isTypeIn }

  let kind: Kind
  let type: Name
  let uid: EntityUID

  private static let noType = Name("")
  private static let noEntity = EntityUID(type: "", id: "")

  /// Slots must have been filled: a template is never compiled.
  init(_ syntax: ScopeSyntax) {
    switch syntax {
    case .equal(.entity(let uid)): self.init(kind: .equal, uid: uid)
    case .isIn(.entity(let uid)): self.init(kind: .isIn, uid: uid)
    case .isType(let type): self.init(kind: .isType, type: Name(type))
    case .isTypeIn(let type, .entity(let uid)): self.init(kind: .isTypeIn, type: Name(type), uid: uid)
    case .any: self.init(kind: .any)
    case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): preconditionFailure("`PolicySet` compiles no open template")
    }
  }

  private init(kind: Kind, type: Name = ScopeTest.noType, uid: EntityUID = ScopeTest.noEntity) {
    self.kind = kind
    self.type = type
    self.uid = uid
  }

  @inline(__always)
  func holds(_ subject: EntityUID, _ data: EntityData?) -> Bool {
    switch kind {
    case .any: true
    case .equal: subject == uid
    case .isIn: subject == uid || data?.ancestry.contains(uid) ?? false
    case .isType: subject.isOfType(type)
    case .isTypeIn: subject.isOfType(type) && (subject == uid || data?.ancestry.contains(uid) ?? false)
    }
  }
}

/// A constraint on the action, ready to be tested.
enum ActionTest: Sendable {
  case any
  case equal(EntityUID)
  case isInAny([EntityUID])

  init(_ syntax: ActionScopeSyntax) {
    switch syntax {
    case .any: self = .any
    case .equal(let uid): self = .equal(uid)
    case .isIn(let uid): self = .isInAny([uid])
    case .isInList(let uids): self = .isInAny(uids)
    }
  }

  @inline(__always)
  func holds(_ action: EntityUID, _ data: EntityData?) -> Bool {
    switch self {
    case .any: return true
    case .equal(let uid): return action == uid
    case .isInAny(let uids):
      for uid in uids where action == uid || data?.ancestry.contains(uid) ?? false { return true }
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
