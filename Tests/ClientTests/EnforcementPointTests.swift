import API
import JSON
import Platform
import Testing

@testable import Client

@Suite("guarded work")
struct EnforcementPointTests {
  struct Broken: Error, Equatable {}

  static func step(_ action: String = "tool.call", context: PropertyValue = [:]) -> StepRequest {
    StepRequest(
      workflow: "refund", run: "r-1", step: "issue", kind: .tool, agent: "refund-agent", action: action,
      resource: .init(type: "tool", id: "payments.refund"), arguments: ["amount_cents": 4200], estimate: Usage(toolCalls: 1),
      context: context)
  }

  static let obligation: PropertyValue = [["id": "o1", "type": "limit.max_tokens", "properties": ["value": 800]]]

  static func point(_ plane: FakeControlPlane, _ obligations: [EnforcementPoint.ObligationHandler] = [.maxTokens])
    -> EnforcementPoint
  {
    EnforcementPoint(client: plane.client(), obligations: obligations)
  }

  @Test("permitted work runs and its use is settled")
  func permitted() throws {
    let plane = FakeControlPlane()
    let outcome = Self.point(plane).run(Self.step(context: ["obligations": Self.obligation])) { permit, usage in
      usage.tokensOut = 7
      return permit.maxTokens
    }
    guard case .ran(let tokens, let decision, .settled(let settlement)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(tokens == 800)
    #expect(decision.reservation == "d-1")
    #expect(settlement == Settlement(SettlementAnswer(reservation: "d-1", effect: "settled")))
    #expect(plane.state.withLock { $0.reservations } == ["d-1": [AmountsMessage(tokensOut: 7)]])
  }

  @Test("the question names workflow, run, step, attempt, point, arguments, estimate and what can be carried out")
  func question() throws {
    let plane = FakeControlPlane()
    var step = Self.step(context: ["run": "another", "customer": "c-1"])
    step.version = "1"
    step.attempt = 2
    _ = Self.point(plane).run(step) { _, _ in }
    let body = try #require(plane.state.withLock { $0.requests.first?.body })
    let expected: JSONValue = [
      "subject": ["type": "agent", "id": "refund-agent"], "action": ["name": "tool.call"],
      "resource": ["type": "tool", "id": "payments.refund"],
      "context": [
        "workflow": "refund", "version": "1", "run": "r-1", "step": "issue", "attempt": 2, "point": "before_tool",
        "arguments": ["amount_cents": 4200], "estimate": ["tool_calls": 1], "supported_obligations": ["limit.max_tokens"],
        "customer": "c-1",
      ],
    ]
    #expect(try JSONReader.parse(body) == expected)
  }

  static let closed: [(String, String)] = [
    (#"{"decision":false,"context":{"outcome":"deny"}}"#, "denied"), (#"{"decision":false}"#, "denied"),
    (#"{"decision":true,"context":{"outcome":"shadow"}}"#, "denied"),
    (#"{"decision":false,"context":{"outcome":"escalate","access_request":{"id":"a-1"}}}"#, "waiting"),
    ("{}", "undecided"), ("", "undecided"), (#"{"decision":"yes"}"#, "undecided"),
    (#"{"decision":true,"context":{"obligations":[{"id":"o1","type":"data.mask","properties":{}}]}}"#, "refused"),
    (#"{"decision":true,"context":{"obligations":[{"id":"o1"}]}}"#, "refused"),
    (#"{"decision":true,"context":{"obligations":"x"}}"#, "refused"),
    (#"{"decision":true,"context":{"obligations":[7]}}"#, "refused"),
    (#"{"decision":true,"context":{"obligations":[{"id":"o1","type":"limit.max_tokens","properties":{}}]}}"#, "refused"),
    (
      #"{"decision":true,"context":{"obligations":[{"id":"o1","type":"limit.max_tokens","properties":{"value":1}},{"id":"o2","type":"x"}]}}"#,
      "refused"
    ),
  ]

  @Test("without a whole permit the work does not run", arguments: closed)
  func failsClosed(_ answer: String, _ expected: String) {
    let plane = FakeControlPlane()
    let outcome = Self.point(plane).run(Self.step(context: ["answer": .string(answer)])) { _, _ in
      Issue.record("the work ran")
    }
    let name =
      switch outcome {
      case .ran: "ran"
      case .denied: "denied"
      case .waiting: "waiting"
      case .refused: "refused"
      case .undecided: "undecided"
      }
    #expect(name == expected)
    #expect(outcome.output == nil)
  }

  @Test("a server that cannot be reached is a deny, after the retries")
  func unreachable() {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = Array(repeating: .lostRequest, count: 9) }
    let outcome = Self.point(plane).run(Self.step()) { _, _ in Issue.record("the work ran") }
    guard case .undecided(.unreachable("connection refused")) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(plane.state.withLock { $0.requests.count } == 3)
  }

  @Test("when one obligation cannot be met the others are still carried out, the work does not run, and nothing stays held")
  func obligations() {
    let plane = FakeControlPlane()
    let carried = Lock<[String]>([])
    let handlers = ["notification", "redact"].map { type in
      EnforcementPoint.ObligationHandler(type) { obligation in
        if type == "redact" { throw Broken() }
        carried.withLock { $0.append(obligation.id) }
      }
    }
    let obligations: PropertyValue = [
      ["id": "o1", "type": "redact", "properties": [:]], ["id": "o2", "type": "notification", "properties": [:]],
      ["id": "o3", "type": "unknown", "properties": [:]],
    ]
    let outcome = Self.point(plane, handlers).run(Self.step(context: ["obligations": obligations])) { _, _ in
      Issue.record("the work ran")
    }
    guard case .refused(_, .failed(let obligation, "Broken()")) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(obligation.id == "o1")
    #expect(carried.withLock { $0 } == ["o2"])
    #expect(
      plane.state.withLock { $0.reservations } == [
        "d-1": [AmountsMessage(tokensIn: 0, tokensOut: 0, costNanoUSD: 0, steps: 0, toolCalls: 0)]
      ])
  }

  @Test("work that throws is settled with what it had used, and its error comes out")
  func throwing() {
    let plane = FakeControlPlane()
    let failing: (Permit, inout Usage) throws(Broken) -> Int = { _, usage throws(Broken) in
      usage.tokensIn = 3
      throw Broken()
    }
    #expect(throws: Broken()) { try Self.point(plane).run(Self.step(), failing) }
    #expect(plane.state.withLock { $0.reservations } == ["d-1": [AmountsMessage(tokensIn: 3)]])
  }

  @Test("work that says nothing leaves its reservation held for its spans")
  func silent() {
    let plane = FakeControlPlane()
    let outcome = Self.point(plane).run(Self.step()) { _, _ in 1 }
    guard case .ran(1, _, .leftToTelemetry) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(plane.state.withLock { $0.reservations } == ["d-1": []])
  }

  @Test("a settlement that fails does not undo the work and is reported")
  func unsettled() {
    let plane = FakeControlPlane()
    let outcome = Self.point(plane).run(Self.step()) { _, usage in
      usage.steps = 1
      plane.state.withLock { $0.faults = Array(repeating: .lostRequest, count: 3) }
      return "done"
    }
    guard case .ran("done", _, .failed(.unreachable)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test("the reservation is settled once although the first answer was lost")
  func settledOnce() {
    let plane = FakeControlPlane()
    let outcome = Self.point(plane).run(Self.step()) { _, usage in
      usage.steps = 1
      plane.state.withLock { $0.faults = [.lostAnswer] }
    }
    guard case .ran(_, _, .settled(let settlement)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(settlement.effect == "confirmed")
  }
}

@Suite("values of the client")
struct PropertyValueTests {
  @Test("values travel to JSON and back")
  func roundTrip() throws {
    let text = #"{"a":[null,true,1,1.50,"x",{}],"b":-9223372036854775808}"#
    let value = PropertyValue(try JSONReader.parse(text: text))
    #expect(String(decoding: JSONWriter.encode(value.json), as: UTF8.self) == text)
    #expect(value == ["b": .integer(.min), "a": [nil, true, 1, .number("1.50"), "x", [:]]])
    #expect(value["a"]?.array?[1].bool == true)
    #expect(value["a"]?.array?[2].integer == 1)
    #expect(value["a"]?.array?[4].string == "x")
    #expect(value["c"] == nil)
    #expect(PropertyValue.string("a")["a"] == nil)
  }

  @Test("errors read as sentences")
  func errors() {
    #expect(
      "\(ControlPlaneError.refused(status: 403, code: "request.role_missing", detail: "no", field: nil))"
        == "the control plane refused (403, request.role_missing): no")
    #expect("\(ControlPlaneError.unreachable("x"))" == "the control plane cannot be reached: x")
    #expect("\(ControlPlaneError.invalidURL("x"))" == "the base URL cannot be used: x")
    #expect("\(ControlPlaneError.invalidAnswer("x"))" == "the control plane's answer cannot be read: x")
  }
}
