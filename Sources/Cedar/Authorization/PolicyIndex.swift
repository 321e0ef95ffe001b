/// Finds the policies whose scope may hold for a request without looking at the others.
///
/// Sound because scope tests come first and cannot err: a policy whose scope does not hold is neither satisfied nor in error. Each policy
/// lies under one key (an action list: one key an action), the rarest of those that its scope demands; a request looks up every key
/// that it fulfils. Keys are hashes without their names: a collision only adds a candidate, and candidates are tested in full.
final class PolicyIndex: Sendable {
  private let slots: Frozen<Slot>
  private let mask: Int
  private let postings: Frozen<Int32>
  /// The policies without any demand: candidates for every request.
  private let always: [Int32]
  /// The kinds of key in use; a request skips the others.
  private let usedKinds: UInt8

  /// One place of the table: a key, or zero for none, and its part of the postings.
  private struct Slot: Sendable {
    var key: UInt64 = 0
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private enum Kind: UInt8 {
    case principal = 1
    case principalType = 2
    case action = 4
    case resource = 8
    case resourceType = 16

    /// The table's key for a name's hash; never zero, which marks an empty slot.
    @inline(__always)
    func key(_ hash: UInt64) -> UInt64 { Text.mix(hash ^ UInt64(rawValue), 0x9FB2_1C65_1E98_DF25) | 1 }
  }

  /// The keys of one demand: the policy applies only if the request fulfils at least one of them.
  private struct Demand {
    let kind: Kind
    let keys: [UInt64]
  }

  init(_ policies: [CompiledPolicy]) {
    var frequency: [UInt64: Int] = [:]
    let demands = policies.map { PolicyIndex.demands($0) }
    for demand in demands.joined() { for key in demand.keys { frequency[key, default: 0] += 1 } }
    var lists: [UInt64: [Int32]] = [:]
    var always: [Int32] = []
    var usedKinds: UInt8 = 0
    for (index, demands) in demands.enumerated() {
      let costs = demands.map { demand in demand.keys.reduce(0) { $0 + (frequency[$1] ?? 0) } }
      guard let cheapest = costs.indices.min(by: { costs[$0] < costs[$1] }) else {
        always.append(Int32(index))
        continue
      }
      usedKinds |= demands[cheapest].kind.rawValue
      for key in demands[cheapest].keys where lists[key]?.last != Int32(index) { lists[key, default: []].append(Int32(index)) }
    }
    self.always = always
    self.usedKinds = usedKinds
    let table = PolicyIndex.table(lists)
    slots = Frozen(table.slots)
    mask = table.slots.count - 1
    postings = Frozen(table.postings)
  }

  private static func demands(_ policy: CompiledPolicy) -> [Demand] {
    var result: [Demand] = []
    append(policy.principal, .principal, .principalType, to: &result)
    if policy.action.kind != .any {
      result.append(Demand(kind: .action, keys: policy.action.uids.map { Kind.action.key($0.hash) }))
    }
    append(policy.resource, .resource, .resourceType, to: &result)
    return result
  }

  private static func append(_ test: ScopeTest, _ kind: Kind, _ typeKind: Kind, to result: inout [Demand]) {
    if let type = test.type { result.append(Demand(kind: typeKind, keys: [typeKind.key(type.pointee.hash)])) }
    if let uid = test.uid { result.append(Demand(kind: kind, keys: [kind.key(uid.hash)])) }
  }

  /// Open addressing at half load.
  private static func table(_ lists: [UInt64: [Int32]]) -> (slots: [Slot], postings: [Int32]) {
    var size = 2
    while size < lists.count * 2 { size *= 2 }
    var slots = [Slot](repeating: Slot(), count: size)
    var postings: [Int32] = []
    for (key, list) in lists {
      var slot = Int(truncatingIfNeeded: key >> 1) & (size - 1)
      while slots[slot].key != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Slot(key: key, start: Int32(postings.count), count: Int32(list.count))
      postings.append(contentsOf: list)
    }
    return (slots, postings)
  }

  /// Every policy whose scope may hold, ascending, each once.
  func candidates(_ evaluator: borrowing Evaluator) -> [Int32] {
    var found = always
    var sources = always.isEmpty ? 0 : 1
    collect(evaluator.principalUID, evaluator.principal, .principal, .principalType, &found, &sources)
    if usedKinds & Kind.action.rawValue != 0 {
      collect(.action, evaluator.actionUID.hash, &found, &sources)
      for name in evaluator.action.ancestors { collect(.action, name.hash, &found, &sources) }
    }
    collect(evaluator.resourceUID, evaluator.resource, .resource, .resourceType, &found, &sources)
    if sources > 1 { PolicyIndex.order(&found) }
    return found
  }

  @inline(__always)
  private func collect(
    _ uid: UnownedUID, _ entity: UnownedEntity, _ kind: Kind, _ typeKind: Kind, _ found: inout [Int32], _ sources: inout Int
  ) {
    if usedKinds & typeKind.rawValue != 0 { collect(typeKind, uid.typeHash, &found, &sources) }
    if usedKinds & kind.rawValue != 0 {
      collect(kind, uid.hash, &found, &sources)
      for name in entity.ancestors { collect(kind, name.hash, &found, &sources) }
    }
  }

  @inline(__always)
  private func collect(_ kind: Kind, _ hash: UInt64, _ found: inout [Int32], _ sources: inout Int) {
    let key = kind.key(hash)
    let slots = slots.base
    var slot = Int(truncatingIfNeeded: key >> 1) & mask
    while slots[slot].key != 0 {
      if slots[slot].key == key {
        let list = UnsafeBufferPointer(start: postings.base + Int(slots[slot].start), count: Int(slots[slot].count))
        found.append(contentsOf: list)
        sources &+= 1
        return
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// The longest list that insertion sorts faster than the general sort.
  private static let insertionSortCountMax = 32

  /// Sorts and drops repetitions, which an action list or the same hash among the ancestors can bring.
  private static func order(_ found: inout [Int32]) {
    if found.count > insertionSortCountMax {
      found.sort()
    } else {
      for index in found.indices.dropFirst() {
        var place = index
        while place > 0, found[place - 1] > found[place] {
          found.swapAt(place - 1, place)
          place -= 1
        }
      }
    }
    var kept = 0
    for index in found.indices where kept == 0 || found[index] != found[kept - 1] {
      found[kept] = found[index]
      kept += 1
    }
    found.removeLast(found.count - kept)
  }
}
