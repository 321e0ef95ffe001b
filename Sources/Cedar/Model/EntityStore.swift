/// Entities with their hierarchy, immutable and shared between threads without locks.
///
/// The ancestors of every entity are computed once, here; a look-up by name is one probe of a table.
public final class EntityStore: Sendable {
  /// Why a list of entities is no store.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Two entities of this name differ.
    case duplicate(EntityUID)
    /// The entity is its own ancestor.
    case cycle(EntityUID)
    /// The hierarchy is too large; it was given up at this entity.
    case hierarchyTooLarge(EntityUID)

    /// The mistake in one line.
    public var description: String {
      switch self {
      case .duplicate(let uid): "entity `\(uid)` is given twice with different content"
      case .cycle(let uid): "entity `\(uid)` is its own ancestor"
      case .hierarchyTooLarge(let uid):
        "the hierarchy is too large: more than \(EntityStore.ancestorsMax) ancestors in all, at entity `\(uid)`"
      }
    }
  }

  /// Ancestors, counted for every entity and every parent that leads to them: it bounds the time and the memory (24 bytes each) that
  /// hierarchies take. A chain of 5 000 entities passes, and so do a million entities with sixteen each.
  public static let ancestorsMax = 16_000_000

  /// The store without entities.
  public static let empty = EntityStore(data: [])

  let data: [EntityData]
  private let slots: Frozen<Slot>
  private let mask: Int

  /// One place of the table: an entity that `data` keeps alive, under its name's hash.
  private struct Slot: @unchecked Sendable {
    // Safe to share: what it refers to is immutable, and lives as long as the store.
    let name: UnownedUID?
    let data: Unmanaged<EntityData>?
  }

  /// Computes the hierarchy of `entities`. Two entities of one name are one entity when they are equal.
  public convenience init(_ entities: [Entity]) throws(Failure) {
    try self.init(entities, ancestorsMax: EntityStore.ancestorsMax)
  }

  /// As above, with another limit.
  init(_ entities: [Entity], ancestorsMax: Int) throws(Failure) {
    var closure = AncestorClosure(entities.count, ancestorsMax: ancestorsMax)
    for entity in entities { try closure.add(entity) }
    data = try closure.resolve()
    slots = EntityStore.table(data)
    mask = slots.count - 1
  }

  private init(data: [EntityData]) {
    self.data = data
    slots = EntityStore.table(data)
    mask = slots.count - 1
  }

  /// The number of entities.
  public var count: Int { data.count }

  /// All entities, in the order given.
  public var entities: [Entity] { data.map(\.entity) }

  /// The entity called `uid`, or nil.
  public func entity(_ uid: EntityUID) -> Entity? { find(uid)?.entity }

  /// Whether `uid` equals `ancestor` or descends from it.
  public func isMember(_ uid: EntityUID, of ancestor: EntityUID) -> Bool {
    uid == ancestor || find(uid)?.ancestry.contains(ancestor) ?? false
  }

  /// The ancestors of `uid`, without itself, in no particular order; none for an unknown entity.
  public func ancestors(of uid: EntityUID) -> [EntityUID] { find(uid)?.ancestry.uids ?? [] }

  /// Open addressing at half load; the hash picks the slot, the name's bytes settle it.
  private static func table(_ data: [EntityData]) -> Frozen<Slot> {
    var size = 2
    while size < data.count * 2 { size *= 2 }
    var slots = [Slot](repeating: Slot(name: nil, data: nil), count: size)
    for entity in data {
      var slot = Int(truncatingIfNeeded: entity.uid.hash) & (size - 1)
      while slots[slot].name != nil { slot = (slot + 1) & (size - 1) }
      slots[slot] = Slot(name: UnownedUID(entity.uid), data: Unmanaged.passUnretained(entity))
    }
    return Frozen(slots)
  }

  /// The entity called `uid`; the answer is valid as long as this store.
  @inline(__always)
  func lookUp(_ uid: UnownedUID) -> UnownedEntity {
    let slots = slots.base
    var slot = Int(truncatingIfNeeded: uid.hash) & mask
    while let name = slots[slot].name {
      if name == uid { return UnownedEntity(slots[slot].data) }
      slot = (slot &+ 1) & mask
    }
    return .absent
  }

  func find(_ uid: EntityUID) -> EntityData? { lookUp(UnownedUID(uid)).owned }
}

/// Computes ancestors over parent links without recursion, so that a long chain cannot exhaust the stack.
private struct AncestorClosure {
  private var entities: [Entity] = []
  private var positions: [EntityUID: Int] = [:]
  /// The ancestries of entities with one parent, by that parent: its many children share one.
  private var below: [EntityUID: Ancestry] = [:]
  /// Ancestors that may still be met.
  private var allowance: Int

  init(_ count: Int, ancestorsMax: Int) {
    allowance = ancestorsMax
    entities.reserveCapacity(count)
    positions.reserveCapacity(count)
  }

  mutating func add(_ entity: Entity) throws(EntityStore.Failure) {
    if let position = positions[entity.uid] {
      guard same(entities[position], entity) else { throw .duplicate(entity.uid) }
      return
    }
    positions[entity.uid] = entities.count
    entities.append(entity)
  }

  private func same(_ left: Entity, _ right: Entity) -> Bool {
    left.attributes == right.attributes && left.tags == right.tags && Set(left.parents) == Set(right.parents)
  }

  private enum Mark { case new, open, done }

  /// Depth first: an entity met again while it is still open closes a cycle.
  mutating func resolve() throws(EntityStore.Failure) -> [EntityData] {
    var marks = [Mark](repeating: .new, count: entities.count)
    var ancestries = [Ancestry](repeating: .none, count: entities.count)
    for root in entities.indices where marks[root] == .new {
      var stack = [root]
      while let current = stack.last {
        if marks[current] != .new {
          stack.removeLast()
          if marks[current] == .done { continue }
          ancestries[current] = try ancestry(of: current, known: ancestries)
          marks[current] = .done
          continue
        }
        marks[current] = .open
        for parent in entities[current].parents {
          guard let position = positions[parent] else { continue }
          if marks[position] == .open { throw .cycle(parent) }
          if marks[position] == .new { stack.append(position) }
        }
      }
    }
    return entities.indices.map { EntityData(entities[$0], ancestry: ancestries[$0]) }
  }

  private mutating func ancestry(of position: Int, known: [Ancestry]) throws(EntityStore.Failure) -> Ancestry {
    let parents = entities[position].parents
    if parents.isEmpty { return .none }
    if parents.count == 1 {
      if let shared = below[parents[0]] { return shared }
      let ancestry = Ancestry(try ancestors(through: parents[0], of: position, known))
      below[parents[0]] = ancestry
      return ancestry
    }
    var seen = Set<EntityUID>()
    for parent in parents { seen.formUnion(try ancestors(through: parent, of: position, known)) }
    return Ancestry(Array(seen))
  }

  /// The parent and its ancestors, each once.
  private mutating func ancestors(
    through parent: EntityUID, of position: Int, _ known: [Ancestry]
  ) throws(EntityStore.Failure) -> [EntityUID] {
    let above = positions[parent].map { known[$0].uids } ?? []
    allowance -= above.count + 1
    if allowance < 0 { throw .hierarchyTooLarge(entities[position].uid) }
    return above + [parent]
  }
}
