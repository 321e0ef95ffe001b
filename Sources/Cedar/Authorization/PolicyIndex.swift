/// Finds the policies that a request may satisfy, or whose error it may meet, without looking at the others.
///
/// A tree. A node holds policies and tells them apart by one demand each, the rarest that the policy has left; a request goes on to the
/// children whose keys it fulfils. A child of few policies is a leaf, a larger one is a node that uses the remaining demands. All
/// tables are one: a key is a hash of the node, what is asked and its value. Keys are kept without what they were made of: a collision
/// only adds a candidate, and candidates are tested in full. A policy with a list of alternatives lies under several keys and can be
/// found more than once.
final class PolicyIndex: Sendable {
  private let slots: Frozen<Slot>
  private let mask: Int
  private let nodes: Frozen<Node>
  private let dimensions: Frozen<Dimension>
  /// Positions of policies; those below a node lie side by side.
  private let postings: Frozen<Int32>

  /// One place of the table: a key, or zero for none, and where it leads.
  struct Slot: Sendable {
    var key: UInt64 = 0
    /// The start of a leaf's postings, or a node when the count is negative.
    var start: Int32 = 0
    var count: Int32 = 0
  }

  struct Node: Sendable {
    /// All policies below this node: a range of the postings. First those without a demand left.
    var start: Int32 = 0
    var end: Int32 = 0
    var alwaysEnd: Int32 = 0
    /// The attributes that tell policies apart here: a range of `dimensions`.
    var dimensionsStart: Int32 = 0
    var dimensionsEnd: Int32 = 0
    /// The names and types in use here, as bits; a request skips the others.
    var kinds: UInt64 = 0
  }

  /// An attribute by whose value policies are told apart, and those policies: a range of the postings.
  struct Dimension: Sendable {
    let variable: Int32
    let name: Int32
    let salt: UInt64
    var start: Int32 = 0
    var end: Int32 = 0
  }

  /// What a key is made of, as a bit.
  enum Kind: UInt64, CaseIterable {
    case principal = 1
    case principalType = 2
    case action = 4
    case resource = 8
    case resourceType = 16
  }

  /// The table's key for `hash` in `node`; never zero, which marks an empty slot.
  @inline(__always)
  static func key(_ node: Int32, _ salt: UInt64, _ hash: UInt64) -> UInt64 {
    Text.mix(hash ^ salt, 0x9FB2_1C65_1E98_DF25 &+ UInt64(truncatingIfNeeded: node) << 1) | 1
  }

  /// The first slot to look at for `key`.
  @inline(__always)
  static func place(_ key: UInt64, _ mask: Int) -> Int { Int(truncatingIfNeeded: key >> 1) & mask }

  init(_ policies: [CompiledPolicy], _ program: Program) {
    var builder = PolicyIndexBuilder(policies.map { IndexDemand.all(of: $0, program) }, program)
    builder.build()
    slots = Frozen(builder.table)
    mask = slots.count - 1
    nodes = Frozen(builder.nodes)
    dimensions = Frozen(builder.dimensions)
    postings = Frozen(builder.postings)
  }

  // MARK: Look-up

  /// Puts every policy that may be satisfied or err to `poll`, in no order, some more than once.
  func ask(_ poll: inout Poll, _ evaluator: borrowing Evaluator) { ask(0, &poll, evaluator) }

  /// Recurses as deep as a policy has demands.
  private func ask(_ number: Int32, _ poll: inout Poll, _ evaluator: borrowing Evaluator) {
    let node = nodes.base[Int(number)]
    if Int(node.end &- node.start) <= probes(node, evaluator) { return ask(node.start, node.end, &poll, evaluator) }
    ask(node.start, node.alwaysEnd, &poll, evaluator)
    if node.kinds & Kind.principalType.rawValue != 0 {
      follow(number, Kind.principalType.rawValue, evaluator.principalUID.typeHash, &poll, evaluator)
    }
    if node.kinds & Kind.principal.rawValue != 0 {
      follow(number, .principal, evaluator.principalUID, evaluator.principal, &poll, evaluator)
    }
    if node.kinds & Kind.action.rawValue != 0 {
      follow(number, .action, evaluator.actionUID, evaluator.action, &poll, evaluator)
    }
    if node.kinds & Kind.resourceType.rawValue != 0 {
      follow(number, Kind.resourceType.rawValue, evaluator.resourceUID.typeHash, &poll, evaluator)
    }
    if node.kinds & Kind.resource.rawValue != 0 {
      follow(number, .resource, evaluator.resourceUID, evaluator.resource, &poll, evaluator)
    }
    for place in node.dimensionsStart..<node.dimensionsEnd {
      let dimension = dimensions.base[Int(place)]
      if let value = evaluator.attribute(dimension.variable, dimension.name) {
        if let key = value.pointee.indexKey { follow(number, dimension.salt, key, &poll, evaluator) }
      } else {
        ask(dimension.start, dimension.end, &poll, evaluator)
      }
    }
  }

  /// The most look-ups that `node` can take: not worth it when it has fewer policies.
  @inline(__always)
  private func probes(_ node: Node, _ evaluator: borrowing Evaluator) -> Int {
    var count = 0
    if node.kinds & Kind.principal.rawValue != 0 { count &+= evaluator.principal.ancestors.count }
    if node.kinds & Kind.action.rawValue != 0 { count &+= evaluator.action.ancestors.count }
    if node.kinds & Kind.resource.rawValue != 0 { count &+= evaluator.resource.ancestors.count }
    return count
  }

  @inline(__always)
  private func ask(_ start: Int32, _ end: Int32, _ poll: inout Poll, _ evaluator: borrowing Evaluator) {
    for place in start..<end { poll.ask(Int(postings.base[Int(place)]), evaluator) }
  }

  @inline(__always)
  private func follow(
    _ node: Int32, _ kind: Kind, _ uid: UnownedUID, _ entity: UnownedEntity, _ poll: inout Poll, _ evaluator: borrowing Evaluator
  ) {
    follow(node, kind.rawValue, uid.hash, &poll, evaluator)
    for name in entity.ancestors { follow(node, kind.rawValue, name.hash, &poll, evaluator) }
  }

  /// Goes on to the child under a key, if there is one.
  @inline(__always)
  private func follow(_ node: Int32, _ salt: UInt64, _ hash: UInt64, _ poll: inout Poll, _ evaluator: borrowing Evaluator) {
    let key = PolicyIndex.key(node, salt, hash)
    let slots = slots.base
    var place = PolicyIndex.place(key, mask)
    while slots[place].key != 0 {
      if slots[place].key == key {
        let (start, count) = (slots[place].start, slots[place].count)
        if count < 0 { ask(start, &poll, evaluator) } else { ask(start, start &+ count, &poll, evaluator) }
        return
      }
      place = (place &+ 1) & mask
    }
  }
}
