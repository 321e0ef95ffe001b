/// Builds the tree of a `PolicyIndex`, node by node.
struct PolicyIndexBuilder {
  private(set) var nodes: [PolicyIndex.Node] = []
  private(set) var dimensions: [PolicyIndex.Dimension] = []
  private(set) var postings: [Int32] = []
  private var slots: [PolicyIndex.Slot] = []
  private let demands: [[IndexDemand]]
  private let program: Program

  /// The policies below which a node is not divided further: testing a scope costs little more than a look-up.
  private static let leafCountMax = 6
  /// The policies from which on an attribute is read to tell them apart: reading it costs about as much as testing some of them.
  private static let dimensionCountMin = 8

  /// A policy on its way down the tree: the demands that it still has, as bits.
  private struct Member {
    let policy: Int32
    var remaining: UInt32
  }

  init(_ demands: [[IndexDemand]], _ program: Program) {
    self.demands = demands
    self.program = program
  }

  /// Makes the root, node 0, over all policies.
  mutating func build() {
    let members = demands.indices.map { Member(policy: Int32($0), remaining: UInt32(1) << UInt32(demands[$0].count) - 1) }
    postings.reserveCapacity(members.count)
    _ = node(members)
  }

  /// The keys by open addressing at half load.
  var table: [PolicyIndex.Slot] {
    var size = 2
    while size < slots.count * 2 { size *= 2 }
    var table = [PolicyIndex.Slot](repeating: PolicyIndex.Slot(), count: size)
    for slot in slots {
      var place = PolicyIndex.place(slot.key, size - 1)
      while table[place].key != 0 { place = (place + 1) & (size - 1) }
      table[place] = slot
    }
    return table
  }

  // MARK: Nodes

  /// Makes a node of `members`, and everything below it. Recurses as deep as a policy has demands: each level uses one up.
  private mutating func node(_ members: [Member]) -> Int32 {
    let number = Int32(nodes.count)
    nodes.append(PolicyIndex.Node())
    var node = PolicyIndex.Node(start: Int32(postings.count))
    var parts = divide(members)
    postings.append(contentsOf: parts.always)
    node.alwaysEnd = Int32(postings.count)
    var dimensions: [PolicyIndex.Dimension] = []
    for subject in parts.subjects {
      let salt = salt(subject)
      let start = Int32(postings.count)
      for group in parts.groups.removeValue(forKey: subject) ?? [] {
        append(group.members, PolicyIndex.key(number, salt, group.key))
      }
      if case .attribute(let variable, let name) = subject {
        dimensions.append(
          PolicyIndex.Dimension(variable: variable, name: name, salt: salt, start: start, end: Int32(postings.count)))
      } else {
        node.kinds |= salt
      }
    }
    node.end = Int32(postings.count)
    node.dimensionsStart = Int32(self.dimensions.count)
    self.dimensions += dimensions
    node.dimensionsEnd = Int32(self.dimensions.count)
    nodes[Int(number)] = node
    return number
  }

  /// Puts `members` under `key`, as a leaf or as a node of their own.
  private mutating func append(_ members: [Member], _ key: UInt64) {
    if members.count > Self.leafCountMax, members.contains(where: { $0.remaining != 0 }) {
      slots.append(PolicyIndex.Slot(key: key, start: node(members), count: -1))
    } else {
      slots.append(PolicyIndex.Slot(key: key, start: Int32(postings.count), count: Int32(members.count)))
      for member in members { postings.append(member.policy) }
    }
  }

  private func salt(_ subject: IndexDemand.Subject) -> UInt64 {
    switch subject {
    case .principal: PolicyIndex.Kind.principal.rawValue
    case .principalType: PolicyIndex.Kind.principalType.rawValue
    case .action: PolicyIndex.Kind.action.rawValue
    case .resource: PolicyIndex.Kind.resource.rawValue
    case .resourceType: PolicyIndex.Kind.resourceType.rawValue
    case .attribute(let variable, let name):
      Text.mix(program.names.base[Int(name)].hash ^ UInt64(variable + 1), 0xA076_1D64_78BD_642F) | 1 << 63
    }
  }

  // MARK: Dividing

  private struct Parts {
    var always: [Int32] = []
    /// In the order in which they came up, so that a set always makes the same tree.
    var subjects: [IndexDemand.Subject] = []
    var groups: [IndexDemand.Subject: [(key: UInt64, members: [Member])]] = [:]
    private var places: [IndexDemand.Subject: [UInt64: Int]] = [:]

    mutating func append(_ member: Member, _ demand: IndexDemand) {
      if groups[demand.subject] == nil {
        subjects.append(demand.subject)
        groups[demand.subject] = []
      }
      for key in demand.keys {
        if let place = places[demand.subject]?[key] {
          groups[demand.subject]?[place].members.append(member)
        } else {
          places[demand.subject, default: [:]][key] = groups[demand.subject]?.count ?? 0
          groups[demand.subject, default: []].append((key, [member]))
        }
      }
    }
  }

  /// How many members ask for a subject, and for each of its keys.
  private struct Census {
    var members: [IndexDemand.Subject: Int] = [:]
    var keys: [IndexDemand.Subject: [UInt64: Int]] = [:]

    mutating func count(_ demand: IndexDemand) {
      members[demand.subject, default: 0] += 1
      for key in demand.keys { keys[demand.subject, default: [:]][key, default: 0] += 1 }
    }

    /// How many members share the demand's keys; nil when it is not worth asking for.
    func cost(_ demand: IndexDemand) -> Int? {
      if case .attribute = demand.subject, members[demand.subject, default: 0] < PolicyIndexBuilder.dimensionCountMin { return nil }
      return demand.keys.reduce(0) { $0 + (keys[demand.subject]?[$1] ?? 0) }
    }
  }

  /// Divides `members` by the rarest demand of each.
  private func divide(_ members: [Member]) -> Parts {
    var census = Census()
    for member in members { each(member) { census.count($1) } }
    var parts = Parts()
    for member in members {
      var best: (place: UInt32, cost: Int)?
      each(member) { place, demand in
        // The scope's demands come first and stay unless another is truly rarer.
        if let cost = census.cost(demand), cost < best?.cost ?? Int.max { best = (place, cost) }
      }
      guard let best else {
        parts.always.append(member.policy)
        continue
      }
      let demand = demands[Int(member.policy)][Int(best.place)]
      var rest = member
      rest.remaining &= ~(1 << best.place)
      // Alternatives multiply the places of a policy; one list of them on a way down keeps the tree as small as the text.
      if demand.keys.count > 1 { each(rest) { if $1.keys.count > 1 { rest.remaining &= ~(1 << $0) } } }
      parts.append(rest, demand)
    }
    return parts
  }

  private func each(_ member: Member, _ body: (UInt32, IndexDemand) -> Void) {
    var bits = member.remaining
    while bits != 0 {
      let place = UInt32(bits.trailingZeroBitCount)
      bits &= bits - 1
      body(place, demands[Int(member.policy)][Int(place)])
    }
  }
}
