import Testing

@testable import Telemetry

@Suite struct StepClaimTests {
  private let prices = PriceBook([
    Price(provider: nil, model: "gpt", validFromMilliseconds: 0, terms: .rates(TokenRates(input: 1_000, output: 2_000)))
  ])

  private func chat(_ id: UInt64, _ parent: UInt64, input: Int64, _ more: [(String, AttributeValue)] = []) throws -> Span {
    try Fixtures.span(
      id, parent: parent, start: id * 10, end: id * 10 + 5,
      [
        ("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "gpt"), ("gen_ai.usage.input_tokens", .integer(input)),
        ("gen_ai.usage.output_tokens", 1),
      ] + more)
  }

  private func guarded(_ id: UInt64, _ parent: UInt64, decision: String) throws -> Span {
    try Fixtures.span(id, parent: parent, start: id * 10, end: id * 10 + 9, [("countersign.decision_id", .string(decision))])
  }

  @Test("a claim gathers what lies below the span that names the decision, down to the next decision")
  func gathered() throws {
    let tool = try Fixtures.span(
      5, parent: 4, [("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "t"), ("countersign.decision_id", "d-3")])
    let steps = try Fixtures.steps([
      try Fixtures.span(1, name: "triage", [("countersign.run", "r-1"), ("countersign.workflow", "refund")]),
      try guarded(2, 1, decision: "d-1"), try chat(3, 2, input: 100), try chat(6, 2, input: 7), try guarded(4, 1, decision: "d-2"),
      tool,
    ])
    let claims = StepClaim.claims(of: steps, prices: prices)
    #expect(Set(claims.map(\.decisionID)) == ["d-1", "d-2", "d-3"])
    let first = try #require(claims.first { $0.decisionID == "d-1" })
    #expect(first.run == "r-1")
    #expect(first.workflow == "refund")
    #expect(first.attempt == 1)
    #expect(first.usage == Usage(inputUncached: 107, output: 2))
    #expect(first.costNanoUSD == 111)
    #expect(first.toolCalls == 0)
    #expect(first.key.spanID.value == 2)
    #expect(claims.first { $0.decisionID == "d-3" }?.toolCalls == 1)
    #expect(claims.first { $0.decisionID == "d-2" }?.usage == .zero)
  }

  @Test("steps that repeat the name of their claim are counted once")
  func repeated() throws {
    let own: [(String, AttributeValue)] = [("countersign.decision_id", "d-1")]
    let steps = try Fixtures.steps([try chat(1, 0, input: 10, own), try chat(2, 1, input: 10, own)])
    let claims = StepClaim.claims(of: steps, prices: prices)
    #expect(claims.count == 1)
    #expect(claims.first?.usage == Usage(inputUncached: 10, output: 1))
  }

  @Test("without a decision id the run, the step and the attempt name the claim")
  func named() throws {
    func step(_ id: UInt64, attempt: Int64?) throws -> Span {
      var attributes: [(String, AttributeValue)] = [("countersign.step", "draft"), ("countersign.run", "r-1")]
      if let attempt { attributes.append(("countersign.attempt", .integer(attempt))) }
      return try chat(id, 0, input: 10, attributes)
    }
    let steps = try Fixtures.steps([try step(1, attempt: nil), try step(2, attempt: 1), try step(3, attempt: 2)])
    let claims = StepClaim.claims(of: steps, prices: PriceBook())
    #expect(claims.map(\.attempt) == [1, 2])
    #expect(claims.map(\.usage.input) == [20, 10])
    #expect(claims.map(\.unpricedCalls) == [2, 1])
    #expect(claims.map(\.step) == ["draft", "draft"])
  }

  @Test("only claims with a step of the batch are told again")
  func touched() throws {
    let steps = try Fixtures.steps([
      try guarded(1, 0, decision: "d-1"), try chat(2, 1, input: 5), try guarded(3, 0, decision: "d-2"),
    ])
    #expect(StepClaim.claims(of: steps, touched: [steps[1].key], prices: prices).map(\.decisionID) == ["d-1"])
    #expect(StepClaim.claims(of: steps, touched: [], prices: prices) == [])
    #expect(StepClaim.claims(of: try Fixtures.steps([try chat(1, 0, input: 5)]), prices: prices) == [])
  }

  @Test("of two copies of a step the later one is kept, in the place of the first")
  func merged() throws {
    let steps = try Fixtures.steps([try chat(1, 0, input: 5), try chat(2, 1, input: 6)])
    var later = steps[0]
    later.endNanoseconds += 1
    #expect(StepClaim.merge(steps, [later, steps[1]]) == [later, steps[1]])
    #expect(StepClaim.merge([later], [steps[0]]) == [later])
  }
}
