/// What attributes mean, as data: every list is in order of priority, the first present key wins.
///
/// OpenTelemetry GenAI conventions as of July 2026 with the names they had before, OpenInference, OpenLLMetry, Langfuse, Vercel AI
/// SDK, LangSmith and others. Source: genai-semconv dossier, sections 1 to 3. Keys `countersign.*` are ours and come first.
enum GenAIConventions {
  /// A key whose value names the kind of a step; unknown values fall through to the next rule.
  struct KindRule {
    let key: String
    let kinds: [String: StepKind]
  }

  /// A key whose presence alone says the kind.
  struct PresenceRule {
    let keys: [String]
    let kind: StepKind
  }

  static let kindRules: [KindRule] = [
    KindRule(key: "countersign.step_kind", kinds: Dictionary(uniqueKeysWithValues: StepKind.allCases.map { ($0.rawValue, $0) })),
    KindRule(
      key: "openinference.span.kind",
      kinds: [
        "LLM": .inference, "EMBEDDING": .embedding, "TOOL": .tool, "RETRIEVER": .retrieval, "RERANKER": .retrieval,
        "CHAIN": .orchestration, "AGENT": .orchestration, "PROMPT": .orchestration, "GUARDRAIL": .guardrail,
        "EVALUATOR": .evaluation,
      ]),
    KindRule(
      key: "langfuse.observation.type",
      kinds: [
        "generation": .inference, "embedding": .embedding, "tool": .tool, "retriever": .retrieval, "agent": .orchestration,
        "chain": .orchestration, "span": .orchestration, "evaluator": .evaluation, "guardrail": .guardrail, "event": .other,
      ]),
    KindRule(
      key: "gen_ai.operation.name",
      kinds: [
        "chat": .inference, "text_completion": .inference, "generate_content": .inference, "embeddings": .embedding,
        "retrieval": .retrieval, "execute_tool": .tool, "create_agent": .orchestration, "invoke_agent": .orchestration,
        "invoke_workflow": .orchestration, "plan": .orchestration, "execute_task": .orchestration, "search_memory": .retrieval,
        "create_memory": .tool, "update_memory": .tool, "upsert_memory": .tool, "delete_memory": .tool,
        "create_memory_store": .tool,
        "delete_memory_store": .tool,
      ]),
    KindRule(
      key: "traceloop.span.kind",
      kinds: ["workflow": .orchestration, "task": .orchestration, "agent": .orchestration, "tool": .tool]),
    KindRule(
      key: "langsmith.span.kind",
      kinds: [
        "llm": .inference, "chain": .orchestration, "prompt": .orchestration, "parser": .orchestration, "tool": .tool,
        "retriever": .retrieval, "embedding": .embedding,
      ]),
    KindRule(
      key: "ai.operationId",
      kinds: [
        "ai.generateText.doGenerate": .inference, "ai.streamText.doStream": .inference, "ai.generateObject.doGenerate": .inference,
        "ai.streamObject.doStream": .inference, "ai.embed.doEmbed": .embedding, "ai.embedMany.doEmbed": .embedding,
        "ai.toolCall": .tool,
        "ai.generateText": .orchestration, "ai.streamText": .orchestration, "ai.generateObject": .orchestration,
        "ai.streamObject": .orchestration, "ai.embed": .orchestration, "ai.embedMany": .orchestration,
      ]),
    KindRule(
      key: "llm.request.type",
      kinds: ["chat": .inference, "completion": .inference, "embedding": .embedding, "rerank": .retrieval]),
    KindRule(
      key: "mcp.method.name",
      kinds: ["tools/call": .tool, "resources/read": .retrieval, "elicitation/create": .human]),
  ]

  static let presenceRules: [PresenceRule] = [
    PresenceRule(keys: ["db.vector.query.top_k"], kind: .retrieval),
    PresenceRule(
      keys: [
        "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.prompt_tokens",
        "gen_ai.usage.completion_tokens", "gen_ai.usage.total_tokens",
      ],
      kind: .inference),
  ]

  // Trace-level values.
  static let workflow = ["countersign.workflow", "gen_ai.workflow.name", "traceloop.workflow.name", "langfuse.trace.name"]
  static let workflowOfRoot = ["ai.telemetry.functionId"]
  static let agent = ["gen_ai.agent.name", "agent.name", "agent_name"]
  static let agentOfGraph = ["graph.node.name"]
  static let user = [
    "user.id", "langfuse.user.id", "enduser.id", "gen_ai.user", "gen_ai.request.user", "llm.user",
    "traceloop.association.properties.user_id", "langsmith.metadata.user_id", "ai.telemetry.metadata.userId",
  ]
  static let session = [
    "gen_ai.conversation.id", "session.id", "langfuse.session.id", "traceloop.association.properties.session_id",
    "traceloop.association.properties.chat_id", "traceloop.association.properties.thread_id", "langsmith.metadata.session_id",
    "langsmith.metadata.conversation_id", "langsmith.metadata.thread_id", "ai.telemetry.metadata.sessionId",
  ]
  static let environment = ["deployment.environment.name", "deployment.environment", "langfuse.environment"]
  static let service = ["service.name"]

  // The step.
  static let toolName = ["gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name"]
  static let stepName = ["traceloop.entity.name", "graph.node.name", "langsmith.metadata.langgraph_node", "ai.toolCall.name"]
  static let entityName = ["traceloop.entity.name"]
  static let provider = [
    "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider", "langsmith.metadata.ls_provider",
  ]
  static let requestModel = ["gen_ai.request.model", "llm.request.model_name", "ai.model.id", "langsmith.metadata.ls_model_name"]
  /// A JSON object whose member `model` is the request model.
  static let requestModelJSON = ["llm.invocation_parameters"]
  static let responseModel = [
    "gen_ai.response.model", "llm.response.model_name", "llm.model_name", "embedding.model_name", "ai.response.model",
    "langfuse.observation.model.name",
  ]
  static let responseID = ["gen_ai.response.id", "ai.response.id"]
  static let errorType = ["error.type"]
  static let exceptionType = ["exception.type"]
  static let level = ["langfuse.observation.level"]

  // Tokens.
  static let inputTokens = [
    "gen_ai.usage.input_tokens", "llm.token_count.prompt", "gen_ai.usage.prompt_tokens", "ai.usage.inputTokens",
    "ai.usage.promptTokens", "ai.usage.tokens",
  ]
  static let outputTokens = [
    "gen_ai.usage.output_tokens", "llm.token_count.completion", "gen_ai.usage.completion_tokens", "ai.usage.outputTokens",
    "ai.usage.completionTokens",
  ]
  static let cacheReadTokens = [
    "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.input_tokens.cached",
    "llm.token_count.prompt_details.cache_read", "gen_ai.usage.details.cache_read_tokens", "ai.usage.cachedInputTokens",
  ]
  static let cacheWriteTokens = [
    "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
  ]
  static let reasoningTokens = [
    "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.output_tokens.reasoning",
    "gen_ai.usage.details.reasoning_tokens", "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens",
    "llm.usage.reasoning_tokens",
  ]
  static let totalTokens = [
    "gen_ai.usage.total_tokens", "llm.token_count.total", "llm.usage.total_tokens", "gen_ai.client.token.usage",
  ]
  /// JSON objects with usage, read for the classes that no attribute gives.
  static let usageJSON = [
    "langfuse.observation.usage_details", "langsmith.metadata.usage_metadata", "gen_ai.usage.input_token_details",
  ]

  // Reported cost, USD.
  static let reportedCost = ["llm.cost.total", "operation.cost", "gen_ai.usage.cost"]
  /// A JSON object whose member `total` is the reported cost.
  static let reportedCostJSON = ["langfuse.observation.cost_details"]

  // Ours.
  static let decisionID = ["countersign.decision_id"]
  static let run = ["countersign.run"]
  static let step = ["countersign.step"]
  static let attempt = ["countersign.attempt"]

  /// Frameworks that some dialects write where the provider belongs.
  static let frameworks: Set<String> = [
    "langchain", "langgraph", "crewai", "haystack", "llamaindex", "llama_index", "autogen", "dspy",
  ]
  /// Old spellings of providers.
  static let providerSpellings = [
    "az.ai.inference": "azure.ai.inference", "az.ai.openai": "azure.ai.openai", "gemini": "gcp.gemini",
    "vertex_ai": "gcp.vertex_ai",
    "xai": "x_ai",
  ]
}
