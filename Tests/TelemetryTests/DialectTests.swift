import Testing

@testable import Telemetry

/// Our own vectors for every dialect of the genai-semconv dossier.
@Suite struct DialectTests {
  @Test(
    "the kind of a step comes from the first rule that knows it",
    arguments: [
      ([("openinference.span.kind", "LLM")], .inference), ([("openinference.span.kind", "RERANKER")], .retrieval),
      ([("openinference.span.kind", "AGENT"), ("gen_ai.operation.name", "chat")], .orchestration),
      ([("openinference.span.kind", "GUARDRAIL")], .guardrail), ([("openinference.span.kind", "EVALUATOR")], .evaluation),
      ([("langfuse.observation.type", "generation")], .inference), ([("langfuse.observation.type", "event")], .other),
      ([("gen_ai.operation.name", "text_completion")], .inference), ([("gen_ai.operation.name", "embeddings")], .embedding),
      ([("gen_ai.operation.name", "execute_tool")], .tool), ([("gen_ai.operation.name", "search_memory")], .retrieval),
      ([("gen_ai.operation.name", "create_memory")], .tool), ([("gen_ai.operation.name", "plan")], .orchestration),
      ([("gen_ai.operation.name", "chain"), ("langsmith.span.kind", "chain")], .orchestration),
      ([("gen_ai.operation.name", "model_request"), ("gen_ai.request.model", "m")], .inference),
      ([("traceloop.span.kind", "tool")], .tool), ([("langsmith.span.kind", "parser")], .orchestration),
      ([("ai.operationId", "ai.streamText.doStream")], .inference), ([("ai.operationId", "ai.streamText")], .orchestration),
      ([("ai.operationId", "ai.embed.doEmbed")], .embedding), ([("ai.operationId", "ai.toolCall")], .tool),
      ([("llm.request.type", "completion")], .inference), ([("mcp.method.name", "tools/call")], .tool),
      ([("mcp.method.name", "resources/read")], .retrieval), ([("mcp.method.name", "elicitation/create")], .human),
      ([("db.system", "qdrant"), ("db.vector.query.top_k", 3)], .retrieval), ([("gen_ai.usage.input_tokens", 3)], .inference),
      ([("http.request.method", "GET")], .other), ([], .other), ([("openinference.span.kind", "")], .other),
      ([("countersign.step_kind", "human"), ("gen_ai.operation.name", "execute_tool")], .human),
    ] as [([(String, AttributeValue)], StepKind)])
  func kinds(_ attributes: [(String, AttributeValue)], _ kind: StepKind) throws {
    #expect(try Fixtures.step(attributes).kind == kind)
  }

  @Test("OpenTelemetry GenAI: a model call with every field, and ours")
  func genAI() throws {
    let spans = [
      try Fixtures.span(
        2, parent: 1, name: "chat gpt-4o-mini",
        [
          ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt-4o-mini"),
          ("gen_ai.response.model", "gpt-4o-mini-2024-07-18"), ("gen_ai.response.id", "chatcmpl-1"),
          ("gen_ai.agent.name", "refund-agent"),
          ("gen_ai.conversation.id", "c-1"), ("user.id", 42), ("countersign.decision_id", "d-17"), ("countersign.run", "r-1"),
          ("countersign.step", "draft"), ("countersign.attempt", 2), ("countersign.workflow", "refund"),
          ("gen_ai.input.messages", "[{\"role\":\"user\"}]"),
        ])
    ]
    let step = try #require(
      try Fixtures.steps(spans, resource: [("service.name", "svc"), ("deployment.environment", "test"), ("host.name", "h")]).first)
    #expect(step.provider == "openai")
    #expect(step.requestModel == "gpt-4o-mini")
    #expect(step.model == "gpt-4o-mini-2024-07-18")
    #expect(step.responseID == "chatcmpl-1")
    #expect(step.agent == "refund-agent")
    #expect(step.session == "c-1")
    #expect(step.user == "42")
    #expect(step.decisionID == "d-17")
    #expect(step.run == "r-1")
    #expect(step.step == "draft")
    #expect(step.attempt == 2)
    #expect(step.workflow == "refund")
    #expect(step.service == "svc")
    #expect(step.environment == "test")
    #expect(!step.failed)
  }

  @Test("OpenInference: a tool span carries its name; an agent span is its own agent")
  func openInference() throws {
    let tool = try Fixtures.step([("openinference.span.kind", "TOOL"), ("tool.name", "lookup")], name: "run lookup")
    #expect(tool.tool == "lookup")
    #expect(tool.name == "lookup")
    #expect(tool.spanName == "run lookup")
    let agent = try Fixtures.step([("openinference.span.kind", "AGENT")], name: "triage")
    #expect(agent.agent == "triage")
    let call = try Fixtures.step([
      ("openinference.span.kind", "LLM"), ("llm.model_name", "gpt-x"), ("llm.provider", "azure"), ("llm.system", "openai"),
      ("llm.token_count.prompt", 5), ("llm.token_count.completion", 2), ("llm.token_count.completion_details.reasoning", 1),
      ("llm.invocation_parameters", #"{"model":"asked"}"#), ("llm.cost.total", 0.5), ("session.id", "s"),
    ])
    #expect(call.model == "gpt-x")
    #expect(call.provider == "azure")
    #expect(call.usage == Usage(inputUncached: 5, output: 2, reasoning: 1))
    #expect(call.reportedCostNanoUSD == 500_000_000)
    let unnamed = try Fixtures.step([("openinference.span.kind", "LLM"), ("llm.invocation_parameters", #"{"model":"asked"}"#)])
    #expect(unnamed.model == "asked")
  }

  @Test("OpenLLMetry: workflow on every span, entity names, old token names, provider in capitals")
  func openLLMetry() throws {
    let call = try Fixtures.step([
      ("gen_ai.system", "OpenAI"), ("llm.request.type", "chat"), ("traceloop.workflow.name", "triage"),
      ("gen_ai.usage.prompt_tokens", 7), ("gen_ai.usage.completion_tokens", 3), ("llm.usage.reasoning_tokens", 1),
      ("traceloop.association.properties.session_id", "s"), ("traceloop.association.properties.user_id", "u"),
    ])
    #expect(call.workflow == "triage")
    #expect(call.provider == "openai")
    #expect(call.usage == Usage(inputUncached: 7, output: 3, reasoning: 1))
    #expect([call.session, call.user] == ["s", "u"])
    let agent = try Fixtures.step([("traceloop.span.kind", "agent"), ("traceloop.entity.name", "helper")], name: "helper.agent")
    #expect(agent.agent == "helper")
    #expect(agent.name == "helper")
    let tool = try Fixtures.step([("traceloop.span.kind", "tool"), ("traceloop.entity.name", "lookup")], name: "lookup.tool")
    #expect(tool.tool == "lookup")
    #expect(tool.agent == nil)
  }

  @Test("Langfuse: level ERROR fails a step; model, cost and trace name are read")
  func langfuse() throws {
    let call = try Fixtures.step([
      ("langfuse.observation.type", "generation"), ("langfuse.observation.model.name", "claude"), ("langfuse.trace.name", "triage"),
      ("langfuse.observation.level", "ERROR"), ("langfuse.environment", "prod"), ("langfuse.session.id", "s"),
      ("langfuse.observation.cost_details", #"{"total":0.001}"#),
    ])
    #expect(call.model == "claude")
    #expect(call.workflow == "triage")
    #expect(call.failed)
    #expect(call.environment == "prod")
    #expect(call.session == "s")
    #expect(call.reportedCostNanoUSD == 1_000_000)
  }

  @Test("Vercel AI SDK: the inner span counts, the outer repeats it")
  func vercel() throws {
    let spans = [
      try Fixtures.span(
        1, name: "ai.generateText",
        [
          ("ai.operationId", "ai.generateText"), ("ai.model.id", "gpt-4o"), ("ai.model.provider", "openai.chat"),
          ("ai.usage.promptTokens", 10), ("ai.usage.completionTokens", 4), ("ai.telemetry.functionId", "summarise"),
        ]),
      try Fixtures.span(
        2, parent: 1, name: "ai.generateText.doGenerate",
        [
          ("ai.operationId", "ai.generateText.doGenerate"), ("gen_ai.system", "openai.chat"), ("gen_ai.request.model", "gpt-4o"),
          ("ai.response.model", "gpt-4o-2024-08-06"), ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.output_tokens", 4),
          ("ai.usage.cachedInputTokens", 6),
        ]),
      try Fixtures.span(
        3, parent: 1, name: "ai.toolCall", [("ai.operationId", "ai.toolCall"), ("ai.toolCall.name", "weather")]),
    ]
    let steps = try Fixtures.steps(spans)
    let summary = Fixtures.summary(steps)
    #expect(summary.usage == Usage(inputUncached: 4, cacheRead: 6, output: 4))
    #expect(summary.workflow == "summarise")
    #expect(summary.modelCalls == 1)
    #expect(summary.toolCalls == 1)
    #expect(steps[1].provider == "openai")
    #expect(steps[1].model == "gpt-4o-2024-08-06")
    #expect(steps[2].tool == "weather")
  }

  @Test("LangSmith: the framework is no provider; ids come from the metadata")
  func langSmith() throws {
    let call = try Fixtures.step([
      ("langsmith.span.kind", "llm"), ("gen_ai.system", "langchain"), ("langsmith.metadata.ls_provider", "anthropic"),
      ("langsmith.metadata.ls_model_name", "claude-3"), ("langsmith.metadata.thread_id", "t"), ("langsmith.metadata.user_id", "u"),
      ("langsmith.metadata.langgraph_node", "draft"), ("gen_ai.usage.input_tokens", 4),
    ])
    #expect(call.provider == "anthropic")
    #expect(call.requestModel == "claude-3")
    #expect(call.session == "t")
    #expect(call.user == "u")
    #expect(call.name == "draft")
  }

  @Test(
    "old spellings of providers are read as the current ones",
    arguments: [
      ("az.ai.openai", "azure.ai.openai"), ("gemini", "gcp.gemini"), ("xai", "x_ai"), ("Anthropic", "anthropic"), ("own", "own"),
    ])
  func providers(_ system: String, _ provider: String) throws {
    #expect(try Fixtures.step([("gen_ai.operation.name", "chat"), ("gen_ai.system", .string(system))]).provider == provider)
  }

  @Test("a step fails by status, error type or exception, and keeps the most telling of them")
  func errors() throws {
    var span = try Fixtures.span(1, [("error.type", "timeout")])
    #expect(try Fixtures.steps([span])[0].errorType == "timeout")
    #expect(try Fixtures.steps([span])[0].failed)
    span = try Fixtures.span(1)
    span.status = SpanStatus(.error, message: "it broke")
    #expect(try Fixtures.steps([span])[0].errorType == "it broke")
    span.events = [SpanEvent("exception", at: 1, attributes: [Attribute("exception.type", "ValueError")])]
    #expect(try Fixtures.steps([span])[0].errorType == "ValueError")
    span.status = SpanStatus()
    #expect(try Fixtures.steps([span])[0].failed)
    span.events = [SpanEvent("note", at: 1, attributes: [Attribute("exception.type", "ValueError")])]
    #expect(try !Fixtures.steps([span])[0].failed)
  }

  @Test("text is trimmed, empty text is absent, long text is cut between characters")
  func text() throws {
    #expect(try Fixtures.step([("gen_ai.agent.name", "  \n a b\t ")]).agent == "a b")
    #expect(try Fixtures.step([("gen_ai.agent.name", "   "), ("agent.name", "next")]).agent == "next")
    #expect(try Fixtures.step([("gen_ai.agent.name", true), ("agent_name", "last")]).agent == "last")
    let long = try #require(try Fixtures.step([("gen_ai.agent.name", .string(String(repeating: "é", count: 200) + "x"))]).agent)
    #expect(long == String(repeating: "é", count: 128))
    let odd = try #require(try Fixtures.step([("gen_ai.agent.name", .string("a" + String(repeating: "é", count: 200)))]).agent)
    #expect(odd.utf8.count == 255)
    #expect(!odd.unicodeScalars.contains("\u{FFFD}"))
  }

  @Test("attempts below one are absent", arguments: [(1, 1), (0, nil), (-4, nil), (4_294_967_296, nil)] as [(Int64, Int32?)])
  func attempts(_ value: Int64, _ attempt: Int32?) throws {
    #expect(try Fixtures.step([("countersign.attempt", .integer(value))]).attempt == attempt)
  }

  @Test("times beyond the range of the store are held at its end, and the end never precedes the start")
  func times() throws {
    let steps = try Fixtures.steps([try Fixtures.span(1, start: .max, end: 5), try Fixtures.span(2, start: 9, end: 3)])
    #expect(steps[0].startNanoseconds == .max)
    #expect(steps[0].durationNanoseconds == 0)
    #expect(steps[1].durationNanoseconds == 0)
    #expect(steps[1].repairs == .endBeforeStart)
  }

  @Test("a name that is not UTF-8 is repaired and marked in the step too")
  func invalidName() throws {
    let bytes = OTLPDecoderTests.message(span: OTLPDecoderTests.ids + [0x2A, 0x02, 0xC3, 0x28])
    let step = try #require(try StepDecoder().decode(bytes, encoding: .protobuf).steps.first)
    #expect(step.repairs == .invalidText)
    #expect(step.spanName == "\u{FFFD}(")
  }

  @Test("JSON and protobuf of the same spans give the same steps")
  func encodings() throws {
    let json = #"""
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"spans":[
      {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1020304050607001","name":"chat","startTimeUnixNano":"1","endTimeUnixNano":"3",
      "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"11"}}]},
      {"traceId":"","spanId":"1020304050607001"}]}]}]}
      """#
    let decoder = StepDecoder()
    let fromJSON = try decoder.decode(Array(json.utf8), encoding: .json)
    #expect(fromJSON.counts.accepted == 1)
    #expect(fromJSON.counts.rejectedForTraceID == 1)
    let values = try OTLPJSONTraceDecoder.decode(Array(json.utf8)).resourceSpans
    #expect(try decoder.decode(OTLPTraceEncoder.encode(values), encoding: .protobuf).steps == fromJSON.steps)
    #expect(fromJSON.steps.first?.usage == Usage(inputUncached: 11))
    #expect(fromJSON.steps.first?.service == "s")
  }
}
