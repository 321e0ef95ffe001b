import Testing

@testable import Telemetry

@Suite struct UsageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let attributes: [(String, AttributeValue)]
    let expected: Usage?
  }

  private static let chat: (String, AttributeValue) = ("gen_ai.operation.name", "chat")

  static let cases: [Case] = [
    Case(testDescription: "nothing claimed", attributes: [chat], expected: nil),
    Case(
      testDescription: "input and output",
      attributes: [chat, ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.output_tokens", 4)],
      expected: Usage(inputUncached: 10, output: 4)),
    Case(
      testDescription: "input includes what was cached",
      attributes: [
        chat, ("gen_ai.usage.input_tokens", 412), ("gen_ai.usage.cache_read.input_tokens", 128),
        ("gen_ai.usage.cache_creation.input_tokens", 84), ("gen_ai.usage.output_tokens", 37),
      ], expected: Usage(inputUncached: 200, cacheRead: 128, cacheWrite: 84, output: 37)),
    Case(
      testDescription: "all input from the cache",
      attributes: [chat, ("gen_ai.usage.input_tokens", 5), ("gen_ai.usage.cache_read.input_tokens", 5)],
      expected: Usage(inputUncached: 0, cacheRead: 5)),
    Case(
      testDescription: "cached above input: input is without it, as Anthropic counts",
      attributes: [
        chat, ("gen_ai.usage.input_tokens", 12), ("gen_ai.usage.cache_read_input_tokens", 2_048),
        ("gen_ai.usage.cache_creation_input_tokens", 100), ("gen_ai.usage.output_tokens", 9),
      ], expected: Usage(inputUncached: 12, cacheRead: 2_048, cacheWrite: 100, output: 9)),
    Case(
      testDescription: "read and write together above input",
      attributes: [
        chat, ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.cache_read.input_tokens", 6),
        ("gen_ai.usage.cache_write.input_tokens", 5),
      ], expected: Usage(inputUncached: 10, cacheRead: 6, cacheWrite: 5)),
    Case(
      testDescription: "output includes reasoning",
      attributes: [chat, ("gen_ai.usage.output_tokens", 84), ("gen_ai.usage.reasoning_tokens", 32)],
      expected: Usage(output: 84, reasoning: 32)),
    Case(
      testDescription: "reasoning above output: it was left out",
      attributes: [chat, ("gen_ai.usage.output_tokens", 10), ("gen_ai.usage.reasoning.output_tokens", 32)],
      expected: Usage(output: 42, reasoning: 32)),
    Case(testDescription: "only a total", attributes: [chat, ("gen_ai.usage.total_tokens", 50)], expected: Usage(unsplit: 50)),
    Case(
      testDescription: "a total beside input is not added",
      attributes: [chat, ("gen_ai.usage.input_tokens", 3), ("llm.token_count.total", 50)],
      expected: Usage(inputUncached: 3)),
    Case(
      testDescription: "only a total of an embedding is input",
      attributes: [("gen_ai.operation.name", "embeddings"), ("llm.token_count.total", 50)], expected: Usage(inputUncached: 50)),
    Case(
      testDescription: "doubles and numeric text are numbers",
      attributes: [chat, ("gen_ai.usage.input_tokens", 10.0), ("gen_ai.usage.output_tokens", " 4 ")],
      expected: Usage(inputUncached: 10, output: 4)),
    Case(
      testDescription: "negative, boolean, NaN and unbelievable counts are absent",
      attributes: [
        chat, ("gen_ai.usage.input_tokens", -1), ("llm.token_count.prompt", true), ("gen_ai.usage.prompt_tokens", .double(.nan)),
        ("ai.usage.inputTokens", .integer(.max)), ("ai.usage.promptTokens", 7),
      ], expected: Usage(inputUncached: 7)),
    Case(
      testDescription: "the first key wins",
      attributes: [chat, ("gen_ai.usage.prompt_tokens", 9), ("gen_ai.usage.input_tokens", 8)],
      expected: Usage(inputUncached: 8)),
    Case(
      testDescription: "Langfuse details: `input` is without the cache",
      attributes: [
        ("langfuse.observation.type", "generation"),
        ("langfuse.observation.usage_details", #"{"input":100,"output":50,"cache_read_input_tokens":30,"total":180}"#),
      ], expected: Usage(inputUncached: 100, cacheRead: 30, output: 50)),
    Case(
      testDescription: "Langfuse details in the shape of OpenAI",
      attributes: [
        ("langfuse.observation.type", "generation"),
        (
          "langfuse.observation.usage_details",
          #"{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":30},"completion_tokens_details":{"reasoning_tokens":20}}"#
        ),
      ], expected: Usage(inputUncached: 70, cacheRead: 30, output: 50, reasoning: 20)),
    Case(
      testDescription: "LangSmith metadata",
      attributes: [
        ("langsmith.span.kind", "llm"), ("gen_ai.usage.input_tokens", 40),
        (
          "langsmith.metadata.usage_metadata",
          #"{"input_tokens":40,"output_tokens":9,"input_token_details":{"cache_read":8},"output_token_details":{"reasoning":3}}"#
        ),
      ], expected: Usage(inputUncached: 32, cacheRead: 8, output: 9, reasoning: 3)),
    Case(
      testDescription: "details that are no JSON are absent",
      attributes: [("langfuse.observation.type", "generation"), ("langfuse.observation.usage_details", "{broken")], expected: nil),
    Case(
      testDescription: "usage of a tool does not exist",
      attributes: [("gen_ai.operation.name", "execute_tool"), ("gen_ai.usage.input_tokens", 5)],
      expected: nil),
  ]

  @Test("claims become disjoint classes", arguments: cases)
  func arithmetic(_ row: Case) throws {
    let usage = try Fixtures.step(row.attributes).usage
    #expect(usage == row.expected)
    if let usage { #expect(usage.total == usage.inputUncached + usage.cacheRead + usage.cacheWrite + usage.output + usage.unsplit) }
  }

  @Test("sums are held at the largest number")
  func saturation() {
    let huge = Usage(inputUncached: .max, output: 1)
    #expect((huge + huge).inputUncached == .max)
    #expect((huge + huge).output == 2)
  }

  @Test(
    "reported cost is read in USD",
    arguments: [
      ([("llm.cost.total", 0.0123)], 12_300_000), ([("operation.cost", "0.00000001")], 10),
      ([("gen_ai.usage.cost", 2)], 2_000_000_000),
      ([("langfuse.observation.cost_details", #"{"input":0.1,"total":0.25}"#)], 250_000_000),
      ([("gen_ai.usage.cost", 0.0), ("gen_ai.usage.input_tokens", 5)], nil), ([("gen_ai.usage.cost", 0.0)], 0),
      ([("llm.cost.total", -1.0)], nil), ([("llm.cost.total", .double(.infinity))], nil),
    ] as [([(String, AttributeValue)], Int64?)])
  func reportedCost(_ attributes: [(String, AttributeValue)], _ nanoUSD: Int64?) throws {
    #expect(try Fixtures.step([Self.chat] + attributes).reportedCostNanoUSD == nanoUSD)
  }
}
