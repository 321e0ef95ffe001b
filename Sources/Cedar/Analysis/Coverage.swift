/// Compares policies pairwise: which of them demands all that another does, and so is satisfied only together with it.
struct Coverage {
  /// Steps of comparison, each some nanoseconds: a second or two in all.
  private static let stepsMax = 100_000_000

  private let demands: [PolicyDemands]
  /// The policies by a key that all policies have which they cover; those without such a key lie under nil.
  private let groups: [Conjunct.Key?: [Int]]
  private var steps = 0
  /// Whether the comparison ended before its time.
  var isCut: Bool { steps > Coverage.stepsMax }

  /// - Parameter demands: of policies that some request may satisfy, but not all.
  init(_ demands: [PolicyDemands]) {
    self.demands = demands
    groups = Dictionary(grouping: demands.indices) { demands[$0].anchor }
  }

  mutating func report(to log: inout AnalysisLog) {
    for index in demands.indices {
      let covering = covering(index)
      if isCut { return }
      let policy = demands[index]
      if policy.effect == .permit, let forbid = covering.first(where: { demands[$0].effect == .forbid }) {
        let other = demands[forbid].policy
        log.add(
          .shadowedByForbid, policy.policy,
          "this permit never allows anything: whenever it is satisfied, the forbid `\(log.id(other))` is, too", other: other,
          hint: "see \(log.place(other))")
      }
      let same = covering.filter { demands[$0].effect == policy.effect }
      if let twin = same.first(where: { demands[$0].imply(policy) }) {
        if twin < index {
          let other = demands[twin].policy
          log.add(
            .duplicate, policy.policy, "this policy is satisfied by the same requests as `\(log.id(other))`", other: other,
            hint: "see \(log.place(other)); one of them can go")
        }
      } else if let wider = same.first {
        let other = demands[wider].policy
        log.add(
          .subsumed, policy.policy,
          "this \(policy.effect.rawValue) changes no decision: whenever it is satisfied, `\(log.id(other))` is, too", other: other,
          hint: "see \(log.place(other))")
      }
    }
  }

  /// The policies that are satisfied whenever the one at `index` is, ascending.
  private mutating func covering(_ index: Int) -> [Int] {
    var found: [Int] = []
    let policy = demands[index]
    var keys: [Conjunct.Key?] = [nil]
    keys += policy.anchors
    for key in keys {
      for other in groups[key] ?? [] where other != index {
        steps += 1
        if policy.mayImply(demands[other]) {
          steps += demands[other].count
          if policy.imply(demands[other]) { found.append(other) }
        }
        if isCut { return [] }
      }
    }
    return found.sorted()
  }
}
