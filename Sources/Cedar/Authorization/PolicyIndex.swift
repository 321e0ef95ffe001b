/// Finds the policies whose scope may hold for a request without looking at the others.
///
/// Sound because scope tests come first and cannot err: a policy whose scope does not hold is neither satisfied nor in error. Each policy
/// lies under one key (an action list: one key an action), the rarest of those that its scope demands; a request looks up every key
/// that it fulfils. Keys are hashes without their names: a collision only adds a candidate, and candidates are tested in full.
struct PolicyIndex: Sendable {
  private var keys: [UInt64] = []
  private var starts: [Int32] = []
  private var counts: [Int32] = []
  private var postings: [Int32] = []
  private var always: [Int32] = []
  /// The kinds of key in use; a request skips the others.
  private var usedKinds: UInt8 = 0

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
    for (index, demands) in demands.enumerated() {
      let costs = demands.map { demand in demand.keys.reduce(0) { $0 + (frequency[$1] ?? 0) } }
      guard let cheapest = costs.indices.min(by: { costs[$0] < costs[$1] }) else {
        always.append(Int32(index))
        continue
      }
      usedKinds |= demands[cheapest].kind.rawValue
      for key in demands[cheapest].keys where lists[key]?.last != Int32(index) { lists[key, default: []].append(Int32(index)) }
    }
    fill(lists)
  }

  private static func demands(_ policy: CompiledPolicy) -> [Demand] {
    var result: [Demand] = []
    append(policy.principal, .principal, .principalType, to: &result)
    switch policy.action {
    case .any: break
    case .equal(let uid): result.append(Demand(kind: .action, keys: [Kind.action.key(uid.hash)]))
    case .isInAny(let uids): result.append(Demand(kind: .action, keys: uids.map { Kind.action.key($0.hash) }))
    }
    append(policy.resource, .resource, .resourceType, to: &result)
    return result
  }

  private static func append(_ test: ScopeTest, _ kind: Kind, _ typeKind: Kind, to result: inout [Demand]) {
    if test.kind == .isType || test.kind == .isTypeIn {
      result.append(Demand(kind: typeKind, keys: [typeKind.key(test.type.hash)]))
    }
    if test.kind == .equal || test.kind == .isIn || test.kind == .isTypeIn {
      result.append(Demand(kind: kind, keys: [kind.key(test.uid.hash)]))
    }
  }

  private mutating func fill(_ lists: [UInt64: [Int32]]) {
    var size = 2
    while size < lists.count * 2 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    starts = Array(repeating: 0, count: size)
    counts = Array(repeating: 0, count: size)
    for (key, list) in lists {
      var slot = Int(truncatingIfNeeded: key >> 1) & (size - 1)
      while keys[slot] != 0 { slot = (slot + 1) & (size - 1) }
      keys[slot] = key
      starts[slot] = Int32(postings.count)
      counts[slot] = Int32(list.count)
      postings.append(contentsOf: list)
    }
  }

  /// Every policy whose scope may hold, ascending, each once.
  func candidates(_ evaluator: Evaluator) -> [Int32] {
    var found = always
    var sources = always.isEmpty ? 0 : 1
    collect(evaluator.request.principal, evaluator.principal, .principal, .principalType, &found, &sources)
    if usedKinds & Kind.action.rawValue != 0 {
      collect(.action, evaluator.request.action.hash, &found, &sources)
      for hash in evaluator.action?.ancestry.hashes ?? [] { collect(.action, hash, &found, &sources) }
    }
    collect(evaluator.request.resource, evaluator.resource, .resource, .resourceType, &found, &sources)
    if sources > 1 { PolicyIndex.order(&found) }
    return found
  }

  @inline(__always)
  private func collect(
    _ uid: EntityUID, _ data: EntityData?, _ kind: Kind, _ typeKind: Kind, _ found: inout [Int32], _ sources: inout Int
  ) {
    if usedKinds & typeKind.rawValue != 0 { collect(typeKind, uid.typeHash, &found, &sources) }
    if usedKinds & kind.rawValue != 0 {
      collect(kind, uid.hash, &found, &sources)
      if let data { for hash in data.ancestry.hashes { collect(kind, hash, &found, &sources) } }
    }
  }

  @inline(__always)
  private func collect(_ kind: Kind, _ hash: UInt64, _ found: inout [Int32], _ sources: inout Int) {
    let key = kind.key(hash)
    let mask = keys.count &- 1
    var slot = Int(truncatingIfNeeded: key >> 1) & mask
    while keys[slot] != 0 {
      if keys[slot] == key {
        let start = Int(starts[slot])
        found.append(contentsOf: postings[start..<(start &+ Int(counts[slot]))])
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
