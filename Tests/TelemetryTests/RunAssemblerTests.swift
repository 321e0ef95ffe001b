import TestSupport
import Testing

@testable import Telemetry

@Suite struct RunAssemblerTests {
  /// A workflow of an agent, two model calls and a tool with an MCP span below it, all under one root.
  private func workflow(run: String? = nil) throws -> [CanonicalStep] {
    var root: [(String, AttributeValue)] = [("gen_ai.operation.name", "invoke_workflow")]
    if let run { root.append(("countersign.run", .string(run))) }
    func call(_ input: Int64, _ output: Int64) -> [(String, AttributeValue)] {
      [
        ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt"),
        ("gen_ai.usage.input_tokens", .integer(input)), ("gen_ai.usage.output_tokens", .integer(output)),
      ]
    }
    return try Fixtures.steps(
      [
        try Fixtures.span(3, parent: 2, name: "chat", start: 20, end: 30, call(100, 10)),
        try Fixtures.span(
          5, parent: 4, name: "tools/call lookup", start: 32, end: 35,
          [("mcp.method.name", "tools/call"), ("gen_ai.tool.name", "lookup")]),
        try Fixtures.span(
          4, parent: 2, name: "execute_tool lookup", start: 31, end: 36,
          [("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "lookup")]),
        try Fixtures.span(6, parent: 2, name: "chat", start: 40, end: 50, call(200, 20)),
        try Fixtures.span(
          2, parent: 1, name: "invoke_agent helper", start: 15, end: 55,
          [
            ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "helper"), ("gen_ai.usage.input_tokens", 300),
            ("gen_ai.usage.output_tokens", 30),
          ]),
        try Fixtures.span(1, name: "invoke_workflow triage", start: 10, end: 60, root),
      ], resource: [("service.name", "svc")])
  }

  private let prices = PriceBook([
    Price(
      provider: "openai", model: "gpt", validFromMilliseconds: 0, terms: .rates(TokenRates(input: 150_000, output: 600_000)))
  ])

  @Test("a run is its calls counted once, its tools, its time and its cost")
  func whole() throws {
    let steps = try workflow()
    let summary = Fixtures.summary(steps, prices: prices)
    #expect(summary.run == steps[0].traceID.hex)
    #expect(summary.workflow == "triage")
    #expect(summary.agent == "helper")
    #expect(summary.state == .success)
    #expect(summary.startNanoseconds == 10)
    #expect(summary.durationNanoseconds == 50)
    #expect(summary.usage == Usage(inputUncached: 300, output: 30))
    #expect(summary.modelCalls == 2)
    #expect(summary.toolCalls == 1)
    #expect(summary.costNanoUSD == 300 * 150 + 30 * 600)
    #expect(summary.unpricedCalls == 0)
    #expect(
      summary.models == [
        ModelUse(
          provider: "openai", model: "gpt", calls: 2, usage: summary.usage, costNanoUSD: summary.costNanoUSD, unpricedCalls: 0)
      ])
    let accounts = StepAccount.accounts(of: steps, prices: prices)
    #expect(accounts.map(\.agent) == ["helper", "helper", "helper", "helper", "helper", nil])
    #expect(accounts.map(\.isCounted) == [true, false, false, true, false, false])
  }

  @Test("any order and any split of the steps gives the same run", arguments: [1, 2, 3] as [UInt64])
  func order(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let steps = try workflow(run: "r-1")
    let expected = Fixtures.summary(steps, prices: prices)
    #expect(expected.run == "r-1")
    for _ in 0..<50 {
      #expect(Fixtures.summary(steps.shuffled(using: &generator), prices: prices) == expected, "seed \(seed)")
    }
  }

  @Test("a run is open until the root of every trace has arrived, then ends as the last root did")
  func states() throws {
    var steps = try workflow(run: "r-1")
    #expect(Fixtures.summary(Array(steps.dropLast())).state == .open)
    #expect(Fixtures.summary(Array(steps.dropLast())).workflow == "svc")
    steps[5].failed = true
    #expect(Fixtures.summary(steps).state == .error)
    let second = try Fixtures.steps([try Fixtures.span(9, trace: 2, start: 70, end: 80, [("countersign.run", "r-1")])])
    #expect(RunAssembler.summary(run: "r-1", steps: steps + second, prices: PriceBook()).state == .success)
    var child = second
    child[0].parentSpanID = SpanID(77)
    #expect(RunAssembler.summary(run: "r-1", steps: steps + child, prices: PriceBook()).state == .open)
    child[0].parentIsRemote = true
    #expect(RunAssembler.summary(run: "r-1", steps: steps + child, prices: PriceBook()).state == .success)
  }

  @Test("errors are counted where they arose")
  func errors() throws {
    var steps = try workflow()
    for index in [1, 2, 4, 5] { steps[index].failed = true }
    #expect(Fixtures.summary(steps).errors == 1)
    steps[0].failed = true
    #expect(Fixtures.summary(steps).errors == 2)
  }

  private func call(_ id: UInt64, _ parent: UInt64, input: Int64?, response: String? = nil) throws -> Span {
    var attributes: [(String, AttributeValue)] = [("gen_ai.operation.name", "chat")]
    if let input { attributes.append(("gen_ai.usage.input_tokens", .integer(input))) }
    if let response { attributes.append(("gen_ai.response.id", .string(response))) }
    return try Fixtures.span(id, parent: parent, attributes)
  }

  @Test("nested spans of one call count once, the deepest; calls within calls count each")
  func nested() throws {
    func counted(_ spans: [Span]) throws -> [Int64] {
      let summary = Fixtures.summary(try Fixtures.steps(spans))
      return [summary.modelCalls, summary.usage.input]
    }
    #expect(try counted([call(1, 0, input: 10, response: "a"), call(2, 1, input: 12, response: "a")]) == [1, 12])
    #expect(try counted([call(1, 0, input: 10), call(2, 1, input: 12)]) == [1, 12])
    #expect(try counted([call(1, 0, input: 10), call(2, 1, input: nil)]) == [1, 10])
    #expect(try counted([call(1, 0, input: 10, response: "a"), call(2, 1, input: 12, response: "b")]) == [2, 22])
    let http = try Fixtures.span(2, parent: 1, [("http.request.method", "POST")])
    #expect(try counted([call(1, 0, input: 10), http, call(3, 2, input: 12)]) == [1, 12])
    let tool = try Fixtures.span(2, parent: 1, [("gen_ai.operation.name", "execute_tool")])
    #expect(try counted([call(1, 0, input: 10), tool, call(3, 2, input: 12)]) == [2, 22])
    #expect(try counted([call(1, 0, input: 10, response: "a"), tool, call(3, 2, input: 12, response: "a")]) == [1, 12])
  }

  @Test("usage of an orchestration counts only where no model call is below it")
  func orchestration() throws {
    func agent(_ id: UInt64, _ parent: UInt64, input: Int64) throws -> Span {
      try Fixtures.span(
        id, parent: parent, [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.usage.input_tokens", .integer(input))])
    }
    #expect(Fixtures.summary(try Fixtures.steps([try agent(1, 0, input: 50)])).usage.input == 50)
    #expect(Fixtures.summary(try Fixtures.steps([try agent(1, 0, input: 50), try agent(2, 1, input: 40)])).usage.input == 40)
    let failed = try call(3, 2, input: nil)
    #expect(
      Fixtures.summary(try Fixtures.steps([try agent(1, 0, input: 50), try agent(2, 1, input: 40), failed])).usage.input == 0)
  }

  @Test("a call without a price is counted and never free")
  func unpriced() throws {
    let summary = Fixtures.summary(try workflow(), prices: PriceBook())
    #expect(summary.unpricedCalls == 2)
    #expect(summary.costNanoUSD == 0)
    #expect(summary.models.first?.unpricedCalls == 2)
  }

  @Test("the steps of a trace go to the run that it names, or to the nearest of several")
  func assignment() throws {
    let plain = try workflow()
    #expect(RunAssembler.assign(plain) == Array(repeating: plain[0].traceID.hex, count: 6))
    #expect(RunAssembler.assign(try workflow(run: "r-1")) == Array(repeating: "r-1", count: 6))
    var several = plain
    several[4].run = "agent-run"
    several[5].run = "batch"
    #expect(RunAssembler.assign(several) == ["agent-run", "agent-run", "agent-run", "agent-run", "agent-run", "batch"])
    #expect(RunAssembler.assign([]) == [])
  }

  @Test("what the root says wins over what its children say, and children fill what it leaves out")
  func traceValues() throws {
    var steps = try workflow()
    steps[0].user = "child"
    steps[0].workflow = "child-workflow"
    #expect(Fixtures.summary(steps).user == "child")
    #expect(Fixtures.summary(steps).workflow == "child-workflow")
    steps[5].user = "root"
    steps[5].workflow = "root-workflow"
    #expect(Fixtures.summary(steps).user == "root")
    #expect(Fixtures.summary(steps).workflow == "root-workflow")
  }

  @Test("circles of parents and very deep chains end", arguments: [0, 1] as [UInt64])
  func hostileTrees(_ circle: UInt64) throws {
    let count: UInt64 = 20_000
    let spans = try (1...count).map { id in
      try Fixtures.span(
        id, parent: id == 1 ? circle * count : id - 1, [("gen_ai.operation.name", "chat"), ("gen_ai.usage.input_tokens", 1)])
    }
    let summary = Fixtures.summary(try Fixtures.steps(spans))
    #expect(summary.steps == Int64(count))
    #expect(summary.usage.input == 1)
    #expect(summary.state == (circle == 1 ? .open : .success))
    let own = try Fixtures.steps([try Fixtures.span(7, parent: 7)])
    #expect(Fixtures.summary(own).state == .open)
  }

  @Test("a later copy of a step replaces it, a repetition does not")
  func copies() throws {
    let step = try workflow()[0]
    var later = step
    later.endNanoseconds += 1
    #expect(later.supersedes(step))
    #expect(!step.supersedes(later))
    #expect(!step.supersedes(step))
  }

  @Test("quantiles are exact, and say when there are too few values")
  func quantiles() {
    let hundred = Quantiles((1...100).shuffled().map(Int64.init))
    #expect([hundred.value(.p50), hundred.value(.p90), hundred.value(.p99)] == [50, 90, 99])
    #expect(hundred.isEnough(.p90))
    #expect(!hundred.isEnough(.p99))
    #expect(Quantiles([]).value(.p50) == nil)
    #expect(Quantiles([7]).value(.p99) == 7)
    #expect(Quantiles([1, 2]).value(.p50) == 1)
    for (rank, count) in [(Quantiles.Rank.p50, 6), (.p90, 36), (.p99, 368)] {
      #expect(Quantiles(Array(repeating: 1, count: count)).isEnough(rank))
      #expect(!Quantiles(Array(repeating: 1, count: count - 1)).isEnough(rank))
    }
  }
}
