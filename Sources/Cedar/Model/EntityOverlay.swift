/// Entities of one request (the run, the agent, the resource with the request's own properties), looked up before the base store.
///
/// An entity here replaces the base entity of the same name as a whole. Ancestors are the closure over this overlay and the
/// base; entities of the base keep the ancestors that they have there. Made for a handful of entities: look-up is a scan.
public struct EntityOverlay: Sendable {
  /// The overlay without entities.
  public static let empty = EntityOverlay()

  var data: [EntityData] = []

  /// Makes an overlay without entities.
  public init() {}

  /// Makes an overlay of `entities`, in any order, whose parents may be among them or in `base`. Of two with one name the later stays.
  public init(_ entities: [Entity], over base: EntityStore) {
    data.reserveCapacity(entities.count)
    for (index, entity) in entities.enumerated() {
      if entities.dropFirst(index + 1).contains(where: { $0.uid == entity.uid }) { continue }
      data.append(EntityData(entity, ancestry: EntityOverlay.ancestry(of: entity, among: entities, base: base)))
    }
  }

  /// Adds the base entity `uid` with `attributes` in place of its own; parents and tags stay. An unknown entity gets no parents.
  ///
  /// The cheapest way to lay request properties over a stored entity: the ancestors are shared, not computed.
  public mutating func add(_ uid: EntityUID, attributes: Record, over base: EntityStore) {
    let stored = base.find(uid)
    let entity = Entity(
      uid: stored?.uid ?? uid, attributes: attributes, parents: stored?.parents ?? [], tags: stored?.tags ?? .empty)
    add(EntityData(entity, ancestry: stored?.ancestry ?? .none))
  }

  /// Adds `entity`, whose parents may name entities added before it or entities of `base`.
  public mutating func add(_ entity: Entity, over base: EntityStore) {
    var found: [EntityUID] = []
    for parent in entity.parents {
      EntityOverlay.insert(parent, into: &found)
      for ancestor in (find(parent) ?? base.find(parent))?.ancestry.uids ?? [] { EntityOverlay.insert(ancestor, into: &found) }
    }
    add(EntityData(entity, ancestry: found.isEmpty ? .none : Ancestry(found)))
  }

  private mutating func add(_ entity: EntityData) {
    data.removeAll { $0.uid == entity.uid }
    data.append(entity)
  }

  func find(_ uid: EntityUID) -> EntityData? { data.first { $0.uid == uid } }

  /// The entity called `uid`; the answer is valid as long as this overlay.
  @inline(__always)
  func lookUp(_ uid: UnownedUID) -> UnownedEntity {
    for entity in data where UnownedUID(entity.uid) == uid { return UnownedEntity(Unmanaged.passUnretained(entity)) }
    return .absent
  }

  private static func insert(_ uid: EntityUID, into found: inout [EntityUID]) {
    if !found.contains(uid) { found.append(uid) }
  }

  /// Parents first to last, each followed once: a cycle among the overlay's entities ends by itself.
  private static func ancestry(of entity: Entity, among entities: [Entity], base: EntityStore) -> Ancestry {
    if entity.parents.isEmpty { return .none }
    var found: [EntityUID] = []
    for parent in entity.parents { insert(parent, into: &found) }
    var next = 0
    while next < found.count {
      let uid = found[next]
      next += 1
      if let overlaid = entities.last(where: { $0.uid == uid }) {
        for parent in overlaid.parents { insert(parent, into: &found) }
      } else if let stored = base.find(uid) {
        for parent in stored.parents { insert(parent, into: &found) }
      }
    }
    return Ancestry(found)
  }
}
