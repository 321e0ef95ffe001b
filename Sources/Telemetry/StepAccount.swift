/// What a step counts for among the other steps of its run.
package struct StepAccount: Sendable, Equatable {
  /// Its usage and cost count: a model call that no nearer span of the same call repeats, or an orchestration that claims usage and
  /// has no model call below it.
  package var isCounted = false
  /// It is the outermost span of a tool call.
  package var isToolCall = false
  /// It failed, and no step directly below it did.
  package var isErrorOrigin = false
  /// The cost of a counted step with tokens; nil otherwise.
  package var cost: Cost?
  /// Its agent, else that of its nearest ancestor.
  package var agent: String?

  /// The accounts of `steps`, in their order. The steps are all of a run (or of a trace), each once.
  package static func accounts(of steps: [CanonicalStep], prices: PriceBook) -> [StepAccount] {
    let tree = StepTree(steps)
    var accounts = [StepAccount](repeating: StepAccount(), count: steps.count)
    for index in tree.order {
      let parent = tree.parents[index]
      accounts[index].agent = steps[index].agent ?? (parent >= 0 ? accounts[parent].agent : nil)
      accounts[index].isToolCall = steps[index].kind == .tool && !isNestedTool(index, steps, tree)
      accounts[index].isErrorOrigin = steps[index].failed
    }
    for index in steps.indices where steps[index].failed && tree.parents[index] >= 0 {
      accounts[tree.parents[index]].isErrorOrigin = false
    }
    let counted = countedSteps(steps, tree)
    for index in steps.indices where counted[index] {
      accounts[index].isCounted = true
      guard let usage = steps[index].usage, usage.total > 0 else { continue }
      accounts[index].cost = prices.cost(
        usage, provider: steps[index].provider, responseModel: steps[index].responseModel, requestModel: steps[index].requestModel,
        at: steps[index].endNanoseconds / 1_000_000)
    }
    return accounts
  }

  /// A tool call over MCP shows as up to three spans: those below a tool step of the same name are its implementation.
  private static func isNestedTool(_ index: Int, _ steps: [CanonicalStep], _ tree: StepTree) -> Bool {
    tree.ancestors(of: index).contains { steps[$0].kind == .tool && steps[$0].tool == steps[index].tool }
  }

  private static func countedSteps(_ steps: [CanonicalStep], _ tree: StepTree) -> [Bool] {
    var counted = steps.map(\.kind.isModelCall)
    for index in steps.indices where steps[index].kind.isModelCall {
      dropRepeated(index, steps, tree, &counted)
    }
    var claimedBelow = [Bool](repeating: false, count: steps.count)
    for index in tree.order.reversed() {
      let step = steps[index]
      if step.kind == .orchestration, let usage = step.usage, usage.total > 0, !claimedBelow[index] { counted[index] = true }
      let parent = tree.parents[index]
      if parent >= 0, step.kind.isModelCall || counted[index] || claimedBelow[index] { claimedBelow[parent] = true }
    }
    return counted
  }

  /// Two instrumentations of one client give nested spans of one call: the deepest counts, unless only the outer one has usage. Without
  /// equal response ids a tool or orchestration step in between makes them two calls.
  private static func dropRepeated(_ index: Int, _ steps: [CanonicalStep], _ tree: StepTree, _ counted: inout [Bool]) {
    let inner = steps[index]
    var isDirect = true
    for ancestor in tree.ancestors(of: index) {
      let outer = steps[ancestor]
      guard outer.kind.isModelCall else {
        if outer.kind != .other { isDirect = false }
        continue
      }
      let isSame: Bool
      if let outerID = outer.responseID, let innerID = inner.responseID {
        isSame = outerID == innerID
      } else {
        isSame = isDirect
      }
      guard isSame else { continue }
      if outer.usage != nil, inner.usage == nil {
        counted[index] = false
      } else {
        counted[ancestor] = false
      }
    }
  }
}
