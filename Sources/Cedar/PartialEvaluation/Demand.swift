/// What policies demand of one part of a request in their scopes: a way to narrow candidates before any of them is evaluated.
public struct Demand: Sendable, Equatable {
  /// An entity fulfils the demand only if it fulfils one of these, and no entity does when there is none; nil when every entity may.
  public let constraints: [Constraint]?
  private let table: Set<Constraint>
  private let types: Set<String>

  /// Every entity may fulfil it.
  public static let anything = Demand(nil)

  /// An entity fulfils it only if it fulfils one of `constraints`.
  public static func oneOf(_ constraints: [Constraint]) -> Demand { Demand(constraints) }

  private init(_ constraints: [Constraint]?) {
    self.constraints = constraints
    table = Set(constraints ?? [])
    types = Set((constraints ?? []).compactMap { if case .isTypeIn(let type, _) = $0 { type } else { nil } })
  }

  /// What one scope demands.
  public enum Constraint: Sendable, Hashable {
    /// This entity.
    case equal(EntityUID)
    /// This entity, or one below it.
    case isIn(EntityUID)
    /// An entity of this type.
    case isType(String)
    /// An entity of this type that is, or is below, this one.
    case isTypeIn(String, EntityUID)
  }

  /// Whether `uid` may fulfil it; ancestors are those of the overlay's entity, else of the store's.
  ///
  /// Complexity: a few look-ups for the entity and each of its ancestors, however many constraints there are.
  public func admits(_ uid: EntityUID, entities: EntityStore, overlay: EntityOverlay = .empty) -> Bool {
    guard constraints != nil else { return true }
    if table.contains(.equal(uid)) || table.contains(.isType(uid.type)) { return true }
    func isBelow(_ ancestor: EntityUID) -> Bool {
      table.contains(.isIn(ancestor)) || types.contains(uid.type) && table.contains(.isTypeIn(uid.type, ancestor))
    }
    if isBelow(uid) { return true }
    return (overlay.find(uid) ?? entities.find(uid))?.ancestry.uids.contains(where: isBelow) ?? false
  }
}

extension PartialResponse {
  /// What an entity in place of `part` must fulfil for the completion to be allowed: the scopes of all permits that can be satisfied.
  ///
  /// `oneOf([])` says that no completion is allowed. Constraints come each once, in the order of the policies.
  public func demand(on part: PartialRequest.Part) -> Demand {
    if decision == .deny { return .oneOf([]) }
    if !satisfiedPermits.isEmpty { return .anything }
    var found: [Demand.Constraint] = []
    var seen = Set<Demand.Constraint>()
    for residual in residuals where residual.effect == .permit && residual.maySatisfy {
      guard let constraints = residual.syntax.constraints(on: part) else { return .anything }
      for constraint in constraints where seen.insert(constraint).inserted { found.append(constraint) }
    }
    return .oneOf(found)
  }
}

extension PolicySyntax {
  /// What the scope demands of `part`, one of these; nil for nothing.
  fileprivate func constraints(on part: PartialRequest.Part) -> [Demand.Constraint]? {
    switch part {
    case .principal: return principal.constraint.map { [$0] }
    case .resource: return resource.constraint.map { [$0] }
    case .action:
      switch action {
      case .any: return nil
      case .equal(let uid): return [.equal(uid)]
      case .isIn(let uid): return [.isIn(uid)]
      case .isInList(let uids): return uids.map { .isIn($0) }
      }
    }
  }
}

extension ScopeSyntax {
  fileprivate var constraint: Demand.Constraint? {
    switch self {
    case .equal(.entity(let uid)): .equal(uid)
    case .isIn(.entity(let uid)): .isIn(uid)
    case .isType(let type): .isType(type)
    case .isTypeIn(let type, .entity(let uid)): .isTypeIn(type, uid)
    case .any, .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): nil
    }
  }
}
