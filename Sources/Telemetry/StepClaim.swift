/// What a decision's step used, as its spans tell it: what settles a reservation.
///
/// A runtime puts our attributes on the span around the guarded work, while tokens are on spans below it: a claim gathers the steps below
/// the one that names a decision (or a step of a run), down to those that name another.
package struct StepClaim: Sendable, Equatable {
  /// `countersign.decision_id`; where it is nil, `run`, `step` and `attempt` name the reservation.
  package var decisionID: String?
  /// `countersign.run`, else the trace id.
  package var run: String
  /// The workflow of the step, else that of its trace.
  package var workflow: String?
  /// `countersign.step`; nil only where there is a decision id.
  package var step: String?
  /// `countersign.attempt`, 1 when it is absent.
  package var attempt: Int32
  /// Tokens that count.
  package var usage: Usage
  /// In nano-USD, rounded up once; a lower bound while `unpricedCalls` is not zero.
  package var costNanoUSD: Int64
  /// Calls with tokens that no price covers.
  package var unpricedCalls: Int64
  /// Tool calls: the outermost span of each.
  package var toolCalls: Int64
  /// The earliest step that names the claim.
  package var key: StepKey
  /// The latest end of its steps: nanoseconds since the Unix epoch.
  package var endNanoseconds: Int64

  /// The claims among `steps`, all known steps of one trace, each once, in order of start. With `touched`, only those to which one of these
  /// steps belongs: the others are as they were.
  package static func claims(of steps: [CanonicalStep], touched: Set<StepKey>? = nil, prices: PriceBook) -> [StepClaim] {
    guard steps.contains(where: { $0.decisionID != nil || $0.step != nil }) else { return [] }
    let tree = StepTree(steps)
    let runs = RunAssembler.assign(steps)
    let accounts = StepAccount.accounts(of: steps, prices: prices)
    var names = [Name?](repeating: nil, count: steps.count)
    for index in tree.order {
      let parent = tree.parents[index]
      names[index] = Name(steps[index], run: runs[index]) ?? (parent >= 0 ? names[parent] : nil)
    }
    var members: [Name: [Int]] = [:]
    for index in steps.indices {
      if let name = names[index] { members[name, default: []].append(index) }
    }
    let workflow = RunAssembler.summary(run: "", steps: steps, prices: PriceBook()).workflow
    return members.values.compactMap { members in
      if let touched, !members.contains(where: { touched.contains(steps[$0].key) }) { return nil }
      return claim(members, steps, runs, accounts, workflow: workflow)
    }.sorted { left, right in
      left.endNanoseconds == right.endNanoseconds ? left.key.spanID < right.key.spanID : left.endNanoseconds < right.endNanoseconds
    }
  }

  /// One copy of each step: of two with the same ids the one that ends later, else the first.
  package static func merge(_ stored: [CanonicalStep], _ new: [CanonicalStep]) -> [CanonicalStep] {
    var steps: [CanonicalStep] = []
    var indices: [StepKey: Int] = Dictionary(minimumCapacity: stored.count + new.count)
    for step in stored + new {
      if let index = indices[step.key] {
        if step.supersedes(steps[index]) { steps[index] = step }
      } else {
        indices[step.key] = steps.count
        steps.append(step)
      }
    }
    return steps
  }

  private static func claim(
    _ members: [Int], _ steps: [CanonicalStep], _ runs: [String], _ accounts: [StepAccount], workflow: String?
  ) -> StepClaim? {
    let naming = members.filter { steps[$0].decisionID != nil || steps[$0].step != nil }
    guard let first = naming.min(by: { RunAssembler.isEarlier(steps[$0], steps[$1]) }) else { return nil }
    var claim = StepClaim(
      decisionID: steps[first].decisionID, run: runs[first], workflow: steps[first].workflow ?? workflow, step: steps[first].step,
      attempt: steps[first].attempt ?? 1, usage: .zero, costNanoUSD: 0, unpricedCalls: 0, toolCalls: 0, key: steps[first].key,
      endNanoseconds: 0)
    var picoUSD: Int64 = 0
    for index in members {
      claim.endNanoseconds = max(claim.endNanoseconds, steps[index].endNanoseconds)
      if accounts[index].isToolCall { claim.toolCalls += 1 }
      guard accounts[index].isCounted else { continue }
      if let usage = steps[index].usage { claim.usage += usage }
      switch accounts[index].cost {
      case .priced(let cost, _): picoUSD = saturatingSum(picoUSD, cost)
      case .unpriced: claim.unpricedCalls += 1
      case .free, nil: break
      }
    }
    claim.costNanoUSD = nanoUSD(picoUSD: picoUSD)
    return claim
  }

  /// What steps must share to be one claim.
  private struct Name: Hashable {
    var decisionID: String?
    var run: String?
    var step: String?
    var attempt: Int32?

    init?(_ step: CanonicalStep, run: String) {
      if let decisionID = step.decisionID {
        self.decisionID = decisionID
      } else if let name = step.step {
        self.run = run
        self.step = name
        attempt = step.attempt ?? 1
      } else {
        return nil
      }
    }
  }
}
