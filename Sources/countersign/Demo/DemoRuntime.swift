import Cryptography
import JSON
import Platform

/// A small runtime as a customer would write it: asks before each step over HTTP, reports afterwards with OpenTelemetry spans.
final class DemoRuntime {
  /// One step of a manifest.
  struct Step {
    var id: String
    var kind: String
    var resource: (type: String, id: String)

    /// The action that the shipped policies know for this kind of step.
    var action: String {
      switch kind {
      case "model": "model.call"
      case "data": "data.read"
      case "script": "script.run"
      case "handoff": "handoff"
      default: "tool.call"
      }
    }
  }

  /// A span whose times count from the start of its run, milliseconds.
  private struct PendingSpan {
    var name: String
    var from: Int64
    var to: Int64
    var attributes: JSONObject
    var failed: Bool
  }

  let workflow: String
  let agent: String
  let steps: [Step]
  private(set) var run = ""
  private(set) var trace = ""
  private let admin: Connection
  private let runtime: Connection
  private let telemetry: Connection
  private let approver: Connection
  private var made: [String] = []
  private var spans: [PendingSpan] = []
  /// Milliseconds that the recorded steps of this run took, one after the other.
  private var elapsed: Int64 = 0
  private let rootSpan = Hex.encode(RandomBytes.make(8))

  /// Reads the manifest of `workflow` and makes the keys that a runtime, an exporter and a reviewer would have.
  init(workflow: String, arguments: Arguments) throws {
    let admin = try Connection(arguments)
    self.admin = admin
    let manifest = try admin.call("GET", "/v1/workflows/" + workflow)
    var made: [String] = []
    func key(_ role: String) throws -> Connection {
      let answer = try admin.call("POST", "/v1/keys", ["role": .string(role), "label": .string("demo \(workflow)")])
      made.append(answer.cell("id"))
      return try Connection(url: admin.url, key: answer.cell("key"))
    }
    self.workflow = workflow
    runtime = try key("runtime")
    telemetry = try key("telemetry")
    approver = try key("approver")
    self.made = made
    agent = manifest["agents"]?.arrayValue?.first?.stringValue ?? ""
    steps = (manifest["steps"]?.arrayValue ?? []).map { step in
      let tool = step["tool"]?.stringValue
      let model = step["model"]?.stringValue
      return Step(
        id: step.cell("id"), kind: step.cell("kind"),
        resource: tool.map { ("tool", $0) } ?? model.map { ("model", $0) } ?? ("system", step.cell("id")))
    }
  }

  /// Revokes the keys that `init` made, as far as the server can be reached: nobody keeps their text.
  func end() {
    for id in made { _ = try? admin.call("DELETE", "/v1/keys/" + segment(id)) }
    made = []
  }

  /// Starts a run under a fresh id.
  func begin(_ title: String) {
    elapsed = 0
    run = workflow + "-" + Hex.encode(RandomBytes.make(4))
    trace = Hex.encode(RandomBytes.make(16))
    spans = []
    Output.line("\n\(title)\n  run \(run)")
  }

  /// Asks whether `step` may run, and says what the answer was.
  ///
  /// - Parameter note: what sets this request apart from others for the step, for the reader.
  func ask(
    _ step: Step, attempt: Int64 = 1, arguments: JSONValue = [:], estimate: JSONValue? = nil, note: String = "", quiet: Bool = false
  ) throws -> JSONValue {
    var context: JSONObject = [
      "workflow": .string(workflow), "run": .string(run), "step": .string(step.id), "attempt": .integer(attempt),
      "point": .string(step.kind == "model" ? "before_model" : "before_tool"), "arguments": arguments,
      "supported_obligations": ["limit.max_tokens"],
    ]
    if let estimate { context["estimate"] = estimate }
    let answer = try runtime.call(
      "POST", "/access/v1/evaluation",
      [
        "subject": ["type": "agent", "id": .string(agent)],
        "action": ["name": .string(step.action)],
        "resource": ["type": .string(step.resource.type), "id": .string(step.resource.id)], "context": .object(context),
      ])
    if !quiet { say(step, note, answer) }
    return answer
  }

  /// Prints one line for an answer: the decision, the step, the outcome, and why not.
  func say(_ step: Step, _ note: String, _ answer: JSONValue) {
    let reason = answer["context"]?["reasons"]?.arrayValue?.last
    let outcome = answer["context"]?.cell("outcome") ?? "-"
    let why = outcome == "permit" ? "" : ": " + (reason?.cell("text_user") ?? "")
    let asked = note.isEmpty ? step.id : "\(step.id) (\(note))"
    Output.line("  \((answer["context"]?.cell("id") ?? "-").padded(to: 6)) \(asked.padded(to: 30)) \(outcome)\(why)")
  }

  /// Approves or rejects as a second person would, with a key of its own.
  func approve(_ approval: String, reason: String) throws {
    _ = try approver.call("POST", "/v1/approvals/" + segment(approval) + "/approve", ["reason": .string(reason)])
    Output.line("  \(approval.padded(to: 6)) \("approval".padded(to: 30)) given by a second key: \(reason)")
  }

  /// Says that the run is over; no step of it runs afterwards.
  func finish() throws {
    _ = try runtime.call(
      "POST", "/access/v1/evaluation",
      [
        "subject": ["type": "agent", "id": .string(agent)], "action": ["name": "run.finish"],
        "resource": ["type": "workflow", "id": .string(workflow)],
        "context": ["workflow": .string(workflow), "run": .string(run), "point": "finish"],
      ])
  }

  /// Records the span of a step that ran, in the GenAI conventions, tied to its decision.
  func record(
    _ step: Step, _ decision: JSONValue, attempt: Int64 = 1, milliseconds: Int64, tokensIn: Int64 = 0, tokensOut: Int64 = 0,
    model: String? = nil, provider: String? = nil, error: String? = nil
  ) {
    var attributes: JSONObject = [
      "gen_ai.operation.name": .string(step.kind == "model" ? "chat" : "execute_tool"),
      "countersign.decision_id": .string(decision["context"]?.cell("id") ?? ""), "countersign.step": .string(step.id),
      "countersign.attempt": .integer(attempt),
    ]
    if step.kind == "model" {
      attributes["gen_ai.provider.name"] = .string(provider ?? "")
      attributes["gen_ai.request.model"] = .string(model ?? step.resource.id)
      attributes["gen_ai.usage.input_tokens"] = .integer(tokensIn)
      attributes["gen_ai.usage.output_tokens"] = .integer(tokensOut)
    } else {
      attributes["gen_ai.tool.name"] = .string(step.resource.id)
    }
    if let error { attributes["error.type"] = .string(error) }
    let name = step.kind == "model" ? "chat \(step.resource.id)" : "execute_tool \(step.resource.id)"
    spans.append(
      PendingSpan(name: name, from: elapsed, to: elapsed + milliseconds, attributes: attributes, failed: error != nil))
    elapsed += milliseconds
  }

  /// Sends the run's spans with its root, as an exporter does, and waits until the run is there with its settled cost.
  func export(error: Bool = false) throws -> JSONValue {
    // The steps are not really run: their spans lie one after the other and end now.
    let started = WallClock.system.milliseconds() - max(elapsed, 1)
    let steps = spans.map { pending in
      span(
        pending.name, kind: 3, parent: rootSpan, from: started + pending.from, to: started + pending.to, pending.attributes,
        error: pending.failed)
    }
    let root = span(
      "invoke_workflow " + workflow, kind: 1, parent: "", from: started, to: started + max(elapsed, 1),
      ["gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": .string(workflow)], error: error, id: rootSpan)
    let body: JSONValue = [
      "resourceSpans": [
        [
          "resource": ["attributes": [["key": "service.name", "value": ["stringValue": "countersign-demo"]]]],
          "scopeSpans": [["scope": ["name": "countersign.demo", "version": "1"], "spans": .array(steps + [root])]],
        ]
      ]
    ]
    _ = try telemetry.bytes("POST", "/v1/traces", JSONWriter.encode(body))
    let expected = spans.count + 1
    // The worker joins spans behind the answer; a second is far more than it takes.
    let deadline = WallClock.system.milliseconds() + 10_000
    while WallClock.system.milliseconds() < deadline {
      if let shown = try? admin.call("GET", "/v1/runs/" + segment(run)), (shown["steps"]?.arrayValue?.count ?? 0) >= expected {
        return shown
      }
      pause(milliseconds: 20)
    }
    throw CommandFailure(.fault, "run \(run) did not appear within 10 seconds of its spans")
  }

  private func span(
    _ name: String, kind: Int64, parent: String, from: Int64, to: Int64, _ attributes: JSONObject, error: Bool, id: String? = nil
  ) -> JSONValue {
    var attributes = attributes
    attributes["countersign.workflow"] = .string(workflow)
    attributes["countersign.run"] = .string(run)
    let list = attributes.members.map { member -> JSONValue in
      let value: JSONValue =
        if case .integer(let number) = member.value { ["intValue": .string(String(number))] } else { ["stringValue": member.value] }
      return ["key": .string(member.key), "value": value]
    }
    return [
      "traceId": .string(trace), "spanId": .string(id ?? Hex.encode(RandomBytes.make(8))), "parentSpanId": .string(parent),
      "name": .string(name), "kind": .integer(kind), "startTimeUnixNano": .string("\(from)000000"),
      "endTimeUnixNano": .string("\(to)000000"), "attributes": .array(list), "status": error ? ["code": 2] : [:],
    ]
  }
}
