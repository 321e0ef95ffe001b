/// `GenAIConventions` with every key resolved to a slot: what the hot path looks at.
struct DialectKeys: Sendable {
  private(set) var table = KeyTable(capacity: 200)
  private(set) var kindRules: [(slot: Int, kinds: [String: StepKind])] = []
  private(set) var presenceRules: [(slots: [Int], kind: StepKind)] = []
  let workflow, workflowOfRoot, agent, agentOfGraph, user, session, environment, service: [Int]
  let toolName, stepName, entityName, provider, requestModel, requestModelJSON, responseModel, responseID: [Int]
  let errorType, exceptionType, level: [Int]
  let inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, totalTokens, usageJSON: [Int]
  let reportedCost, reportedCostJSON: [Int]
  let decisionID, run, step, attempt: [Int]
  let openInferenceKind, langfuseType, traceloopKind, vercelOperation: Int

  /// The conventions, resolved once.
  static let standard = DialectKeys()

  private init() {
    var table = KeyTable(capacity: 200)
    func slots(_ keys: [String]) -> [Int] { keys.map { table.add($0) } }
    workflow = slots(GenAIConventions.workflow)
    workflowOfRoot = slots(GenAIConventions.workflowOfRoot)
    agent = slots(GenAIConventions.agent)
    agentOfGraph = slots(GenAIConventions.agentOfGraph)
    user = slots(GenAIConventions.user)
    session = slots(GenAIConventions.session)
    environment = slots(GenAIConventions.environment)
    service = slots(GenAIConventions.service)
    toolName = slots(GenAIConventions.toolName)
    stepName = slots(GenAIConventions.stepName)
    entityName = slots(GenAIConventions.entityName)
    provider = slots(GenAIConventions.provider)
    requestModel = slots(GenAIConventions.requestModel)
    requestModelJSON = slots(GenAIConventions.requestModelJSON)
    responseModel = slots(GenAIConventions.responseModel)
    responseID = slots(GenAIConventions.responseID)
    errorType = slots(GenAIConventions.errorType)
    exceptionType = slots(GenAIConventions.exceptionType)
    level = slots(GenAIConventions.level)
    inputTokens = slots(GenAIConventions.inputTokens)
    outputTokens = slots(GenAIConventions.outputTokens)
    cacheReadTokens = slots(GenAIConventions.cacheReadTokens)
    cacheWriteTokens = slots(GenAIConventions.cacheWriteTokens)
    reasoningTokens = slots(GenAIConventions.reasoningTokens)
    totalTokens = slots(GenAIConventions.totalTokens)
    usageJSON = slots(GenAIConventions.usageJSON)
    reportedCost = slots(GenAIConventions.reportedCost)
    reportedCostJSON = slots(GenAIConventions.reportedCostJSON)
    decisionID = slots(GenAIConventions.decisionID)
    run = slots(GenAIConventions.run)
    step = slots(GenAIConventions.step)
    attempt = slots(GenAIConventions.attempt)
    openInferenceKind = table.add("openinference.span.kind")
    langfuseType = table.add("langfuse.observation.type")
    traceloopKind = table.add("traceloop.span.kind")
    vercelOperation = table.add("ai.operationId")
    kindRules = GenAIConventions.kindRules.map { (table.add($0.key), $0.kinds) }
    presenceRules = GenAIConventions.presenceRules.map { (slots($0.keys), $0.kind) }
    self.table = table
  }
}
