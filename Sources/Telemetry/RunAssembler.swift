/// Joins steps into runs. Pure: any order, any repetition and any spread over requests of the same steps give the same runs.
/// Source: genai-semconv dossier, section 3, "rules that keep sums right".
package enum RunAssembler {
  /// The run of every step of **one trace**, in the order of `steps`: `countersign.run` of the trace, else its hexadecimal id. Where a
  /// trace names several runs, a step belongs to the run of its nearest ancestor that names one, else to the first named.
  package static func assign(_ steps: [CanonicalStep]) -> [String] {
    guard let first = steps.first else { return [] }
    let named = steps.indices.filter { steps[$0].run != nil }
    guard let earliest = named.min(by: { isEarlier(steps[$0], steps[$1]) }), let fallback = steps[earliest].run else {
      return Array(repeating: first.traceID.hex, count: steps.count)
    }
    guard named.contains(where: { steps[$0].run != fallback }) else { return Array(repeating: fallback, count: steps.count) }
    let tree = StepTree(steps)
    var runs = [String](repeating: fallback, count: steps.count)
    for index in tree.order {
      let parent = tree.parents[index]
      runs[index] = steps[index].run ?? (parent >= 0 ? runs[parent] : fallback)
    }
    return runs
  }

  /// What `run` amounts to: a function of all of its steps alone. `steps` holds each step once and at least one.
  package static func summary(run: String, steps: [CanonicalStep], prices: PriceBook) -> RunSummary {
    let accounts = StepAccount.accounts(of: steps, prices: prices)
    let roots = rootIndices(steps)
    let order = steps.indices.sorted { isEarlier(steps[$0], steps[$1]) }
    let orderedRoots = order.filter { roots.contains($0) }
    let rootsFirst = orderedRoots + order.filter { !roots.contains($0) }
    func value(_ field: (CanonicalStep) -> String?) -> String? {
      for index in rootsFirst {
        if let value = field(steps[index]) { return value }
      }
      return nil
    }
    let service = value { $0.service }
    let workflow = value { $0.workflow } ?? orderedRoots.lazy.compactMap { steps[$0].workflowFallback }.first ?? service
    var summary = RunSummary(
      run: run, workflow: workflow, agent: agent(steps, order, workflow: workflow), user: value { $0.user },
      session: value { $0.session },
      environment: value { $0.environment }, service: service, state: state(steps, roots),
      startNanoseconds: steps.lazy.map(\.startNanoseconds).min() ?? 0, endNanoseconds: steps.lazy.map(\.endNanoseconds).max() ?? 0,
      steps: Int64(steps.count), usage: .zero, modelCalls: 0, toolCalls: 0, errors: 0, costNanoUSD: 0, unpricedCalls: 0,
      reportedCostNanoUSD: nil, models: [])
    for index in order { count(steps[index], accounts[index], into: &summary) }
    addModels(steps, accounts, order, to: &summary)
    return summary
  }

  private static func count(_ step: CanonicalStep, _ account: StepAccount, into summary: inout RunSummary) {
    if account.isToolCall { summary.toolCalls += 1 }
    if account.isErrorOrigin { summary.errors += 1 }
    guard account.isCounted else { return }
    summary.modelCalls += 1
    if let usage = step.usage { summary.usage += usage }
    if let reported = step.reportedCostNanoUSD {
      summary.reportedCostNanoUSD = saturatingSum(summary.reportedCostNanoUSD ?? 0, reported)
    }
  }

  private static func addModels(_ steps: [CanonicalStep], _ accounts: [StepAccount], _ order: [Int], to summary: inout RunSummary) {
    struct Name: Hashable {
      let provider: String?
      let model: String?
    }
    var uses: [Name: (use: ModelUse, picoUSD: Int64)] = [:]
    var picoUSD: Int64 = 0
    for index in order where accounts[index].isCounted {
      let step = steps[index]
      let name = Name(provider: step.provider, model: step.model)
      var entry =
        uses[name]
        ?? (ModelUse(provider: step.provider, model: step.model, calls: 0, usage: .zero, costNanoUSD: 0, unpricedCalls: 0), 0)
      entry.use.calls += 1
      if let usage = step.usage { entry.use.usage += usage }
      switch accounts[index].cost {
      case .priced(let cost, _):
        entry.picoUSD = saturatingSum(entry.picoUSD, cost)
        picoUSD = saturatingSum(picoUSD, cost)
      case .unpriced:
        entry.use.unpricedCalls += 1
        summary.unpricedCalls += 1
      case .free, nil: break
      }
      uses[name] = entry
    }
    summary.costNanoUSD = nanoUSD(picoUSD: picoUSD)
    summary.models = uses.values.map { entry in
      var use = entry.use
      use.costNanoUSD = nanoUSD(picoUSD: entry.picoUSD)
      return use
    }.sorted { ($0.provider ?? "", $0.model ?? "") < ($1.provider ?? "", $1.model ?? "") }
  }

  /// Steps without a parent, and steps whose parent lives in another process and is not among the steps.
  private static func rootIndices(_ steps: [CanonicalStep]) -> Set<Int> {
    let keys = Set(steps.lazy.map(\.key))
    return Set(
      steps.indices.filter { index in
        guard let parent = steps[index].parentSpanID else { return true }
        return steps[index].parentIsRemote && !keys.contains(StepKey(steps[index].traceID, parent))
      })
  }

  private static func state(_ steps: [CanonicalStep], _ roots: Set<Int>) -> RunState {
    let complete = Set(roots.lazy.map { steps[$0].traceID })
    guard steps.allSatisfy({ complete.contains($0.traceID) }) else { return .open }
    let last = roots.max { left, right in
      let (left, right) = (steps[left], steps[right])
      return left.endNanoseconds == right.endNanoseconds ? isEarlier(left, right) : left.endNanoseconds < right.endNanoseconds
    }
    return last.map { steps[$0].failed } == true ? .error : .success
  }

  /// The first agent that is not merely the workflow's own name: some dialects call the root an agent.
  private static func agent(_ steps: [CanonicalStep], _ order: [Int], workflow: String?) -> String? {
    let agents = order.lazy.compactMap { steps[$0].agent }
    return agents.first { $0 != workflow } ?? agents.first
  }

  /// A total order, so that nothing depends on the order of arrival.
  static func isEarlier(_ left: CanonicalStep, _ right: CanonicalStep) -> Bool {
    if left.startNanoseconds != right.startNanoseconds { return left.startNanoseconds < right.startNanoseconds }
    return left.traceID == right.traceID ? left.spanID < right.spanID : left.traceID < right.traceID
  }
}
