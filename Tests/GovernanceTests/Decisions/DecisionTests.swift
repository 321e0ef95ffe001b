import Budgets
import Cryptography
import JSON
import Testing

@testable import Governance

@Suite("decisions")
struct DecisionTests {
  @Test("what is not registered is denied by name")
  func inventory() throws {
    var desk = try Desk()
    let table: [(DecisionRequest, String)] = [
      (try desk.request(with: ["workflow": "other"]), "inventory.workflow_unregistered"),
      (try desk.request(with: ["version": "2"]), "inventory.version_unregistered"),
      (try desk.request(agent: "stranger"), "inventory.agent_unregistered"),
      (try desk.request("nothing"), "inventory.step_unregistered"),
      (try desk.request(tool: "rm"), "inventory.tool_unregistered"),
      (try desk.request("draft", tool: "orders.get"), "inventory.tool_unregistered"),
      (try desk.request("draft", tool: "gpt", type: "model"), "inventory.model_unregistered"),
      (try desk.request("load", tool: "mid", type: "model"), "inventory.tool_unregistered"),
      (try desk.request("draft", tool: "x", type: "system"), "inventory.model_unregistered"),
    ]
    for (request, code) in table {
      let answer = try desk.decide(request)
      #expect(answer.outcome == .deny && answer.codes == [code])
    }
  }

  @Test("envelope faults name their field")
  func envelope() throws {
    let desk = try Desk()
    let table: [(JSONObject, String)] = [
      (["run": .null], "context.run"), (["run": "with blank"], "context.run"), (["step": .null], "context.step"),
      (["workflow": 5], "context.workflow"), (["attempt": 0], "context.attempt"), (["attempt": "1"], "context.attempt"),
      (["point": "later"], "context.point"), (["estimate": 5], "context.estimate"),
      (["estimate": ["tokens_in": -1]], "context.estimate.tokens_in"), (["estimate": ["euro": 1]], "context.estimate.euro"),
      (["estimate": ["steps": .integer(.max)]], "context.estimate.steps"),
      (["supported_obligations": "x"], "context.supported_obligations"),
      (["auto_start": 1], "context.auto_start"), (["request_id": ""], "context.request_id"),
      (["time": "yesterday"], "context.time"), (["time": "2001-01-01T00:00:00Z"], "context.time"),
      (["time": .integer(.min)], "context.time"), (["run": .string(String(repeating: "x", count: 129))], "context.run"),
    ]
    for (members, field) in table {
      #expect(throws: RequestFault.self, "\(field)") { try desk.request(with: members) }
      do { _ = try desk.request(with: members) } catch let fault as RequestFault { #expect(fault.field == field) }
    }
    #expect((try desk.request(with: ["run": .string(String(repeating: "x", count: 128))])).step?.run.count == 128)
  }

  @Test("D2: without a permit everything is denied, and a forbid wins over every permit")
  func defaultDeny() throws {
    var empty = try Desk(policies: "")
    #expect(try empty.decide(empty.request()).codes == ["policy.not_permitted"])
    var desk = try Desk()
    #expect(try desk.decide(desk.request()).outcome == .permit)
    #expect(
      try desk.decide(desk.request("pay", tool: "payments.refund", with: ["arguments": ["cents": 100_001]])).codes == [
        "policy.forbidden"
      ])
  }

  @Test("a forbid that errs counts as a forbid, a permit that errs does not count")
  func errors() throws {
    var desk = try Desk(
      policies:
        "@id(\"ok\") permit (principal, action, resource);\n@id(\"bad\") forbid (principal, action, resource) when { context.nothing };"
    )
    #expect(try desk.decide(desk.request()).codes == ["policy.error"])
    var other = try Desk(
      policies:
        "@id(\"ok\") permit (principal, action, resource);\n@id(\"bad\") permit (principal, action, resource) when { context.nothing };"
    )
    #expect(try other.decide(other.request()).outcome == .permit)
  }

  @Test("D1: the same request and snapshot give the same proposal")
  func pure() throws {
    let desk = try Desk()
    let request = try desk.request("draft", tool: "mid", type: "model", with: ["estimate": ["tokens_out": 50]])
    let first = desk.propose(request)
    let second = desk.propose(request)
    #expect(first.reasons == second.reasons && first.obligations == second.obligations && first.outcome == second.outcome)
    #expect(first.reservation?.amounts == second.reservation?.amounts && first.policies == second.policies)
  }

  @Test("a model step is priced, bounded by an obligation, and needs a caller that supports it")
  func modelStep() throws {
    var desk = try Desk()
    let answer = try desk.decide(
      desk.request("draft", tool: "mini", type: "model", with: ["estimate": ["tokens_in": 2000, "tokens_out": 500]]))
    let context = try JSONReader.parse(answer.decision.answer)["context"]
    #expect(context?["obligations"]?.arrayValue?.first?["properties"]?["value"] == 500)
    #expect(context?["holds"]?.arrayValue?.first?["amounts"]?["cost_nanousd"] == 600_000)
    let refused = try desk.decide(desk.request("draft", tool: "mid", type: "model", with: ["supported_obligations": ["redact"]]))
    #expect(refused.codes == ["request.obligation_unsupported"])
  }

  @Test("a tier from T3 on escalates; the approval is bound to the step and used once (D9)")
  func approval() throws {
    var desk = try Desk()
    let request = try desk.request("pay", tool: "payments.refund", with: ["arguments": ["cents": 900]])
    let asked = try desk.decide(request)
    #expect(asked.outcome == .escalate && asked.codes.contains("tier.approval_required"))
    let id = asked.decision.index
    #expect(try desk.decide(request).decision.index != id)
    #expect(desk.machine.state.approvalList.count == 1, "asking twice makes one approval")
    guard case .refused(let own) = desk.send(.approve(approval: id, reason: "", validity: 1000, by: .key("pep"))) else {
      Issue.record("the requester approved its own step")
      return
    }
    #expect(own.code == "approval.self")
    _ = desk.send(.approve(approval: id, reason: "", validity: 1000, by: .key("reviewer")))
    let changed = try desk.request("pay", tool: "payments.refund", with: ["arguments": ["cents": 901]])
    #expect(try desk.decide(changed).outcome == .escalate)
    let permitted = try desk.decide(request)
    #expect(permitted.outcome == .permit && permitted.codes.contains("approval.consumed"))
    #expect(try desk.decide(request).outcome == .escalate)
  }

  @Test("D4: a step that its budget refuses leaves the approval unconsumed")
  func refusalKeepsApproval() throws {
    var desk = try Desk(runLimit: Limit(toolCalls: 1))
    let request = try desk.request("pay", tool: "payments.refund", with: [:])
    let id = try desk.decide(request).decision.index
    _ = desk.send(.approve(approval: id, reason: "", validity: 1_000_000, by: .key("reviewer")))
    #expect(try desk.decide(desk.request()).outcome == .permit)
    let before = desk.machine.state.ledger.openCount
    #expect(try desk.decide(request).codes.last == "budget.exhausted")
    #expect(desk.machine.state.approval(id)?.status == .approved)
    #expect(desk.machine.state.ledger.openCount == before)
  }

  @Test("an approval that nobody gives expires, denies, and can be asked for with a higher attempt")
  func expiry() throws {
    var desk = try Desk()
    let id = try desk.decide(desk.request("pay", tool: "payments.refund")).decision.index
    desk.now += desk.snapshot.settings.approvalWaitMilliseconds
    desk.expire()
    #expect(desk.machine.state.approval(id)?.status == .expired)
    #expect(try desk.decide(desk.request("pay", tool: "payments.refund")).codes.last == "approval.expired")
    #expect(try desk.decide(desk.request("pay", tool: "payments.refund", with: ["attempt": 2])).outcome == .escalate)
    guard case .refused = desk.send(.approve(approval: id, reason: "", validity: 1, by: .key("reviewer"))) else {
      Issue.record("an expired approval was approved")
      return
    }
  }

  @Test("B5: same key and body give the stored answer and one hold; another body conflicts; an escalation is asked again")
  func idempotency() throws {
    var desk = try Desk()
    let request = try desk.request(with: ["request_id": "q1"])
    let first = try desk.decide(request)
    guard case .repeated(let index) = desk.send(.decide(desk.propose(request))) else {
      Issue.record("not repeated")
      return
    }
    #expect(index == first.decision.index && desk.machine.state.ledger.openCount == 1)
    guard case .conflict = desk.send(.decide(desk.propose(try desk.request(with: ["request_id": "q1", "point": "before_tool"]))))
    else {
      Issue.record("no conflict")
      return
    }
    var again = try desk.refolded()
    #expect(again.state.recent[try #require(request.idempotency).key]?.index == first.decision.index)
    again.state.finishedRuns.insert("x")
    #expect(
      try desk.decide(desk.request(by: "other", with: ["request_id": "q1"])).outcome == .permit, "another caller's id is another id"
    )
    let escalated = try desk.request("pay", tool: "payments.refund", with: ["request_id": "q2"])
    #expect(try desk.decide(escalated).outcome == .escalate)
    #expect(try desk.decide(escalated).outcome == .escalate)
    #expect(try desk.decide(desk.request(header: "same")).outcome == .permit)
    guard case .repeated = desk.send(.decide(desk.propose(try desk.request(header: "same")))) else {
      Issue.record("a repeated header with the same body is a repetition")
      return
    }
  }

  @Test("halts stop a workflow or everything, in front of all other reasons, until they end")
  func halts() throws {
    var desk = try Desk()
    let halt = HaltEntry(target: .workflow("refund"), set: true)
    _ = desk.send(.halt(halt, reason: "incident", by: .key("admin")))
    #expect(try desk.decide(desk.request()).codes == ["halt.workflow"])
    #expect(try desk.decide(desk.request(agent: "stranger")).codes == ["halt.workflow", "inventory.agent_unregistered"])
    guard case .unchanged = desk.send(.halt(halt, reason: "", by: .key("admin"))) else {
      Issue.record("a second halt is no entry")
      return
    }
    _ = desk.send(.halt(HaltEntry(target: .workflow("refund"), set: false), reason: "", by: .key("admin")))
    #expect(try desk.decide(desk.request()).outcome == .permit)
  }

  @Test("a proposal made under older policies is stale")
  func stale() throws {
    var desk = try Desk()
    let proposal = desk.propose(try desk.request())
    _ = desk.send(.activate(Activation(digest: SHA256.hash([1]), files: [], author: "", note: "", actor: .system)))
    guard case .stale = desk.send(.decide(proposal)) else {
      Issue.record("decided under policies that are no longer in force")
      return
    }
  }

  @Test("the last admin key cannot be revoked")
  func lastAdmin() throws {
    var desk = try Desk()
    _ = desk.send(.createKey(KeyEntry(id: "a", hash: SHA256.hash([1]), role: .admin), label: "", by: .system))
    guard case .refused = desk.send(.revokeKey(id: "a", by: .key("a"))) else {
      Issue.record("revoked")
      return
    }
    _ = desk.send(.createKey(KeyEntry(id: "b", hash: SHA256.hash([2]), role: .admin), label: "", by: .system))
    guard case .done = desk.send(.revokeKey(id: "a", by: .key("b"))) else {
      Issue.record("not revoked")
      return
    }
  }
}
