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

  let hashes: [UInt64]
  let uids: [EntityUID]

  init(_ ancestors: [EntityUID]) {
    if ancestors.count < 2 {
      uids = ancestors
    } else {
      uids = ancestors.sorted { EntityUID.compare($0, $1) < 0 }
    }
    hashes = uids.map(\.hash)
  }

  /// The sizes up to which the hashes are searched from front to back.
  private static let linearSearchCountMax = 16

  /// Whether `uid` is among the ancestors.
  @inline(__always)
  func contains(_ uid: EntityUID) -> Bool {
    let wanted = uid.hash
    let first = hashes.withUnsafeBufferPointer { hashes -> Int in
      var low = 0
      if hashes.count > Ancestry.linearSearchCountMax {
        var high = hashes.count
        while low < high {
          let middle = (low &+ high) / 2
          if hashes[middle] < wanted { low = middle &+ 1 } else { high = middle }
        }
        return low
      }
      while low < hashes.count, hashes[low] < wanted { low &+= 1 }
      return low
    }
    var index = first
    while index < hashes.count, hashes[index] == wanted {
      if uids[index] == uid { return true }
      index += 1
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
