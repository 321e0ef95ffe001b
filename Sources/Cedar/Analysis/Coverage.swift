/// Compares policies pairwise: which of them demands all that another does, and so is satisfied only together with it.
struct Coverage {
  /// Steps of comparison, each at most some hundred nanoseconds: seconds in all.
  private static let stepsMax = 30_000_000

  /// The policies to compare, none of them the very same as another.
  private let demands: [PolicyDemands]
  /// The policies that repeat another word by word, with the position of the first such.
  private let repetitions: [(policy: Int, first: Int)]
  /// The policies by the rarest of their marks; those without any lie in `others`.
  private let groups: [PolicyDemands.Mark: [Int]]
  private let others: [Int]
  private var steps = 0
  /// Whether the comparison ended before its time.
  var isCut: Bool { steps > Coverage.stepsMax }

  /// - Parameter demands: of policies that some request may satisfy, but not all.
  init(_ all: [PolicyDemands]) {
    var firsts: [PolicyDemands.Identity: Int] = [:]
    var repetitions: [(policy: Int, first: Int)] = []
    var demands: [PolicyDemands] = []
    for demand in all {
      if let first = firsts[demand.identity] {
        repetitions.append((demand.policy, first))
      } else {
        firsts[demand.identity] = demand.policy
        demands.append(demand)
      }
    }
    self.demands = demands
    self.repetitions = repetitions
    let wanted = demands.map(\.wanted)
    var frequency: [PolicyDemands.Mark: Int] = [:]
    for mark in wanted.joined().joined() { frequency[mark, default: 0] += 1 }
    var groups: [PolicyDemands.Mark: [Int]] = [:]
    var others: [Int] = []
    for index in demands.indices {
      let costs = wanted[index].map { marks in marks.reduce(0) { $0 + (frequency[$1] ?? 0) } }
      if let rarest = costs.indices.min(by: { costs[$0] < costs[$1] }) {
        for mark in wanted[index][rarest] { groups[mark, default: []].append(index) }
      } else {
        others.append(index)
      }
    }
    self.groups = groups
    self.others = others
  }

  mutating func report(to log: inout AnalysisLog) {
    for (policy, first) in repetitions { log.addDuplicate(policy, of: first) }
    for index in demands.indices {
      let covering = covering(index)
      if isCut { return }
      let policy = demands[index]
      if policy.effect == .permit, let forbid = covering.first(where: { demands[$0].effect == .forbid }) {
        log.addShadowed(policy.policy, by: demands[forbid].policy)
      }
      let same = covering.filter { demands[$0].effect == policy.effect }
      if let twin = same.first(where: { demands[$0].imply(policy) }) {
        if twin < index { log.addDuplicate(policy.policy, of: demands[twin].policy) }
      } else if let wider = same.first {
        log.addSubsumed(policy.policy, by: demands[wider].policy)
      }
    }
  }

  /// The policies that are satisfied whenever the one at `index` is, ascending.
  private mutating func covering(_ index: Int) -> [Int] {
    var found = Set<Int>()
    let policy = demands[index]
    for candidates in [others] + policy.offered.compactMap({ groups[$0] }) {
      for other in candidates where other != index {
        steps += 1
        if policy.mayImply(demands[other]) {
          steps += demands[other].count
          if policy.imply(demands[other]) { found.insert(other) }
        }
        if isCut { return [] }
      }
    }
    return found.sorted()
  }
}
