/// One entity as its owner states it: name, attributes, tags and direct parents.
public struct Entity: Sendable, Equatable {
  /// The entity's name.
  public let uid: EntityUID
  /// What `entity.name` reads.
  public let attributes: Record
  /// What `entity.getTag("name")` reads; a name space of its own.
  public let tags: Record
  /// The direct parents; they need not exist as entities.
  public let parents: [EntityUID]

  /// Makes an entity.
  public init(uid: EntityUID, attributes: Record = .empty, parents: [EntityUID] = [], tags: Record = .empty) {
    self.uid = uid
    self.attributes = attributes
    self.parents = parents
    self.tags = tags
  }
}

/// The ancestors of an entity without itself, ordered by hash: membership is a search among words.
final class Ancestry: Sendable {
  static let none = Ancestry([])

  let uids: [EntityUID]
  /// The same names, kept alive by `uids`.
  private let frozen: Frozen<UnownedUID>

  init(_ ancestors: [EntityUID]) {
    uids = ancestors.count < 2 ? ancestors : ancestors.sorted { EntityUID.compare($0, $1) < 0 }
    frozen = Frozen(uids.map { UnownedUID($0) })
  }

  /// The names ordered by hash.
  @inline(__always)
  var names: UnsafeBufferPointer<UnownedUID> { UnsafeBufferPointer(start: frozen.base, count: frozen.count) }

  /// The sizes up to which the hashes are searched from front to back.
  private static let linearSearchCountMax = 16

  /// Whether `uid` is among the ancestors.
  func contains(_ uid: EntityUID) -> Bool { contains(UnownedUID(uid)) }

  /// Whether `uid` is among the ancestors.
  @inline(__always)
  func contains(_ uid: UnownedUID) -> Bool {
    let names = names
    var low = 0
    if names.count > Ancestry.linearSearchCountMax {
      var high = names.count
      while low < high {
        let middle = (low &+ high) / 2
        if names[middle].hash < uid.hash { low = middle &+ 1 } else { high = middle }
      }
    }
    while low < names.count, names[low].hash <= uid.hash {
      if names[low] == uid { return true }
      low &+= 1
    }
    return false
  }
}

/// An entity as the evaluator reads it: its ancestors are known.
final class EntityData: Sendable {
  let uid: EntityUID
  let attributes: Record
  let tags: Record
  let parents: [EntityUID]
  let ancestry: Ancestry

  init(_ entity: Entity, ancestry: Ancestry) {
    uid = entity.uid
    attributes = entity.attributes
    tags = entity.tags
    parents = entity.parents
    self.ancestry = ancestry
  }

  var entity: Entity { Entity(uid: uid, attributes: attributes, parents: parents, tags: tags) }
}

/// An entity that its store or overlay keeps alive, or none: reading it touches no reference count.
struct UnownedEntity: @unchecked Sendable {
  // Safe to share: entities are immutable; the owner outlives this value.
  private let data: Unmanaged<EntityData>?

  static let absent = UnownedEntity(nil)

  init(_ data: Unmanaged<EntityData>?) { self.data = data }

  @inline(__always) var exists: Bool { data != nil }

  /// The entity with an owner's share in it.
  var owned: EntityData? { data?.takeUnretainedValue() }

  /// Where the attribute `name` lies, or nil; valid as long as the entity.
  @inline(__always)
  func attribute(_ name: UnsafePointer<Name>) -> UnsafePointer<Value>? {
    guard let data else { return nil }
    return data._withUnsafeGuaranteedRef { $0.attributes.place(name) }
  }

  @inline(__always)
  func isBelow(_ ancestor: UnownedUID) -> Bool {
    guard let data else { return false }
    return data._withUnsafeGuaranteedRef { $0.ancestry.contains(ancestor) }
  }

  /// The ancestors' names, valid as long as the entity.
  @inline(__always)
  var ancestors: UnsafeBufferPointer<UnownedUID> {
    guard let data else { return UnsafeBufferPointer(start: nil, count: 0) }
    return data._withUnsafeGuaranteedRef { $0.ancestry.names }
  }
}
