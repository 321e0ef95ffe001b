import Budgets
import Cedar
import Governance
import Telemetry
import Testing

@Suite("what a policy folder becomes")
struct InventorySnapshotTests {
  private func read(_ changes: [String: String] = [:]) throws -> PolicySnapshot {
    let texts = InventoryFixtures.small.merging(changes) { _, new in new }
    let result = PolicyFolder.read(files: InventoryFixtures.files(texts))
    #expect(result.problems == [])
    return try #require(result.snapshot)
  }

  @Test("settings that are not given have their defaults")
  func defaults() throws {
    let settings = try read(["countersign.yaml": "organisation: acme\n"]).settings
    #expect(settings == Settings(organisation: "acme"))
    #expect(settings.plainRequests == .deny)
    #expect(settings.approvalFrom == .t3)
    #expect(
      (settings.approvalWaitMilliseconds, settings.approvalValidityMilliseconds, settings.reservationMilliseconds)
        == (14_400_000, 3_600_000, 600_000))
  }

  @Test("settings are read in full")
  func settings() throws {
    let text = """
      organisation: acme
      plain_requests: allow
      tier_profile: {approval_from: T2}
      approvals: {expires_after: 30m, valid_for: 5m}
      reservation_ttl: 90s
      """
    let expected = Settings(
      organisation: "acme", plainRequests: .allow, approvalFrom: .t2, approvalWaitMilliseconds: 1_800_000,
      approvalValidityMilliseconds: 300_000, reservationMilliseconds: 90_000)
    #expect(try read(["countersign.yaml": text]).settings == expected)
  }

  @Test("a manifest is read in full")
  func workflow() throws {
    let text = """
      id: refund
      version: "2"
      purpose: Refund customers
      owner: {person: dana.reyes@acme.example, team: care}
      risk_tier: T3
      lifecycle: scale
      data_classes: [order, personal]
      agents: [refund-agent, other/agent]
      budgets:
        - {window: month, limit: {cost_usd: 200.00, tokens_in: 5000000}}
        - {window: hour, limit: {tool_calls: 100}}
      run_budget: {steps: 20, cost_nanousd: 70000000}
      steps:
        - {id: draft, kind: model, model: mid, risk_tier: T1, estimate: {tokens_in: 10, tokens_out: 20, cost_usd: 0.01}}
        - {id: pay, kind: tool, tool: "payments.refund", requires_approval: true}
      """
    let snapshot = try read(["workflows/refund.yaml": text])
    let expected = Workflow(
      id: "refund", version: "2", purpose: "Refund customers", ownerPerson: "dana.reyes@acme.example", team: "care",
      riskTier: .t3, lifecycle: .scale, dataClasses: ["order", "personal"], agents: ["refund-agent", "other/agent"],
      steps: [
        Step(
          id: "draft", kind: .model, model: "mid", riskTier: .t1,
          estimate: Amounts(tokensIn: 10, tokensOut: 20, costNanoUSD: 10_000_000)),
        Step(id: "pay", kind: .tool, tool: "payments.refund", requiresApproval: true),
      ],
      budgets: [
        BudgetRule(window: .calendar(.month), limit: Limit(tokensIn: 5_000_000, costNanoUSD: 200_000_000_000)),
        BudgetRule(window: .calendar(.hour), limit: Limit(toolCalls: 100)),
      ], runLimit: Limit(costNanoUSD: 70_000_000, steps: 20), file: "workflows/refund.yaml")
    let workflow = try #require(snapshot.workflows["refund"])
    #expect(workflow == expected)
    #expect(workflow.step("pay").map(workflow.tier) == .t3)
    #expect(workflow.step("draft").map(workflow.tier) == .t1)
    #expect(workflow.step("none") == nil)
  }

  @Test("the accounts of a step are those of organisation, team, workflow and run, in this order")
  func legs() throws {
    let snapshot = try read([
      "budgets.yaml": "organisation: [{window: month, limit: {cost_usd: 1}}, {window: day, limit: {steps: 9}}]\nteams: {care: []}\n"
    ])
    let workflow = try #require(snapshot.workflows["refund"])
    let legs = snapshot.legs(for: workflow, run: "r-1")
    #expect(
      legs == [
        PlannedLeg(node: "organisation:acme", window: .calendar(.month), limit: Limit(costNanoUSD: 1_000_000_000)),
        PlannedLeg(node: "organisation:acme", window: .calendar(.day), limit: Limit(steps: 9)),
        PlannedLeg(node: "team:care", window: .lifetime, limit: .none),
        PlannedLeg(node: "workflow:refund", window: .lifetime, limit: .none),
        PlannedLeg(node: "run:refund/r-1", window: .run, limit: .none),
      ])
  }

  @Test("prices hold from their date, exactly")
  func prices() throws {
    let text = """
      models:
        - {id: mid, provider: openai, name: gpt-4o, aliases: [gpt-4o-2024-11-20], class: mid}
        - {id: own, provider: self, name: llama, class: light}
      prices:
        - {provider: openai, model: gpt-4o, from: 2024-05-13, input: 5.00, output: 15}
        - {provider: openai, model: gpt-4o, from: 2024-10-02, input: 2.50, cached_input: 1.25, cache_write: 3, reasoning: 11, output: 10}
        - {provider: self, model: llama, from: 2024-01-01, free: true}
      """
    let snapshot = try read(["models.yaml": text])
    let change: Int64 = 1_727_827_200_000  // 2024-10-02T00:00:00Z
    func terms(_ model: String, _ provider: String, _ at: Int64) -> Price.Terms? {
      try? snapshot.prices.price(provider: provider, responseModel: model, at: at).get().terms
    }
    #expect(terms("gpt-4o", "openai", change - 1) == .rates(TokenRates(input: 5_000_000, output: 15_000_000)))
    #expect(
      terms("gpt-4o", "openai", change)
        == .rates(
          TokenRates(input: 2_500_000, output: 10_000_000, cacheRead: 1_250_000, cacheWrite: 3_000_000, reasoning: 11_000_000)))
    #expect(terms("llama", "self", change) == .free)
    let model = try #require(snapshot.models["mid"])
    #expect(["mid", "gpt-4o", "gpt-4o-2024-11-20", "gpt-4", ""].map(model.isNamed) == [true, true, true, false, false])
  }

  @Test("the facts of each policy stand at its place in the set")
  func facts() throws {
    let text = """
      @id("a") permit (principal, action, resource);
      @id("b") @escalate("managers") @reason("ask first")
      permit (principal, action, resource);
      @id("c") @reason("never") forbid (principal, action, resource) when { false };
      """
    let snapshot = try read(["access/a.cedar": text])
    #expect(
      snapshot.policyFacts == [
        PolicyFacts(id: "a", effect: .permit, file: "access/a.cedar", line: 1),
        PolicyFacts(id: "b", effect: .permit, escalate: "managers", reason: "ask first", file: "access/a.cedar", line: 2),
        PolicyFacts(id: "c", effect: .forbid, reason: "never", file: "access/a.cedar", line: 4),
      ])
    #expect(snapshot.policyFacts.map(\.id) == snapshot.policies.policies.map(\.id))
  }

  @Test("the inventory becomes entities: agent in workflow in team in organisation")
  func entities() throws {
    let entities = try read().entities
    func uid(_ type: String, _ id: String) -> EntityUID { EntityUID(type: type, id: id) }
    let agent = uid("Agent", "refund-agent")
    for (type, id) in [("Workflow", "refund"), ("Team", "care"), ("Organisation", "acme")] {
      #expect(entities.isMember(agent, of: uid(type, id)))
    }
    #expect(!entities.isMember(agent, of: uid("Workflow", "other")))
    let workflow = entities.entity(uid("Workflow", "refund"))
    #expect(workflow?.attributes["tier"] == .long(2))
    #expect(workflow?.attributes["lifecycle"] == .string("pilot"))
    #expect(workflow?.attributes["owner"] == .entity(uid("User", "dana.reyes")))
    #expect(workflow?.attributes["data_classes"] == .set(ValueSet([])))
    let tool = entities.entity(uid("Tool", "payments.refund"))
    #expect(tool?.attributes["workflows"] == .set(ValueSet([.entity(uid("Workflow", "refund"))])))
    for name in ["mid", "gpt-4o"] {
      let model = entities.entity(uid("Model", name))
      #expect(model?.attributes["provider"] == .string("openai"))
      #expect(model?.attributes["class"] == .string("mid"))
    }
  }

  @Test("entities.json adds to the inventory and never changes it")
  func merging() throws {
    let text = """
      [{"uid": {"type": "Tool", "id": "payments.refund"}, "attrs": {"guarded": true, "tier": 2}, "parents": [{"type": "Group", "id": "money"}]},
       {"uid": {"type": "Agent", "id": "refund-agent"}, "attrs": {}, "parents": [{"type": "Group", "id": "bots"}], "tags": {"a": 1}},
       {"uid": {"type": "User", "id": "x"}, "attrs": {"level": 3}, "parents": []}]
      """
    let entities = try read(["entities.json": text]).entities
    let tool = EntityUID(type: "Tool", id: "payments.refund")
    #expect(entities.entity(tool)?.attributes["guarded"] == .bool(true))
    #expect(entities.entity(tool)?.attributes["tier"] == .long(2))
    #expect(entities.isMember(tool, of: EntityUID(type: "Group", id: "money")))
    let agent = EntityUID(type: "Agent", id: "refund-agent")
    #expect(entities.isMember(agent, of: EntityUID(type: "Group", id: "bots")))
    #expect(entities.isMember(agent, of: EntityUID(type: "Organisation", id: "acme")))
    #expect(entities.entity(agent)?.tags["a"] == .long(1))
    #expect(entities.entity(EntityUID(type: "User", id: "x"))?.attributes["level"] == .long(3))
  }
}
