import Budgets
import Cedar
import Governance
import Telemetry
import Testing

@Suite("the shipped policy folder")
struct InventoryShippedTests {
  let files: [PolicyFile]
  let result: PolicyFolderResult

  init() throws {
    files = try InventoryFixtures.shipped()
    result = PolicyFolder.read(files: files)
  }

  @Test("loads without a single problem, warnings included")
  func loads() throws {
    #expect(files.count >= 14)
    #expect(result.problems == [])
    let snapshot = try #require(result.snapshot)
    #expect(
      snapshot.workflows.keys.sorted() == [
        "client-health", "contract-review", "invoice-matching", "refund", "support-triage", "usage-digest",
      ])
    #expect(snapshot.models.count == 6)
    #expect(snapshot.policyFacts.count == 11)
    #expect(Set(snapshot.workflows.values.map(\.riskTier)).count == 4)
  }

  @Test("the client health run costs about eight cents, from its manifest and the price book")
  func clientHealthCost() throws {
    let snapshot = try #require(result.snapshot)
    let workflow = try #require(snapshot.workflows["client-health"])
    let score = try #require(workflow.step("score"))
    let model = try #require(score.model.flatMap { snapshot.models[$0] })
    let usage = Usage(inputUncached: score.estimate.tokensIn, output: score.estimate.tokensOut)
    let cost = snapshot.prices.cost(usage, provider: model.provider, responseModel: model.name, at: 1_795_000_000_000)
    #expect(cost.nanoUSD == 79_500_000)
    let sources = workflow.steps.filter { $0.id.hasPrefix("source-") }
    #expect(sources.count == 5)
    #expect(sources.allSatisfy { $0.estimate.tokensIn == 0 && $0.estimate.tokensOut == 0 && $0.model == nil })
  }

  /// One question put to the shipped policies, and what must determine its answer.
  struct Question: Sendable, CustomTestStringConvertible {
    let name: String
    let agent: String
    let action: String
    let resource: (type: String, id: String)
    let workflow: String
    var context: [(key: String, value: Value)] = []
    let decision: Cedar.Decision
    let policies: [String]

    var testDescription: String { name }
  }

  static let questions: [Question] = {
    func arguments(_ members: (String, Value)...) -> [(key: String, value: Value)] {
      [("arguments", .record(Record(members.map { (key: $0.0, value: $0.1) })))]
    }
    func refund(_ cents: Int64, _ decision: Cedar.Decision, _ policies: String...) -> Question {
      Question(
        name: "a refund of \(cents) cents", agent: "refund-agent", action: "tool.call", resource: ("Tool", "payments.refund"),
        workflow: "refund", context: arguments(("amount_cents", .long(cents))), decision: decision, policies: policies)
    }
    func publish(_ audience: String, _ decision: Cedar.Decision, _ policies: String...) -> Question {
      Question(
        name: "publishing to \(audience)", agent: "client-health-agent", action: "handoff", resource: ("Tool", "reports.publish"),
        workflow: "client-health", context: arguments(("audience", .string(audience))), decision: decision, policies: policies)
    }
    func score(_ sources: [String], _ decision: Cedar.Decision, _ policies: String...) -> Question {
      Question(
        name: "scoring with \(sources.count) sources", agent: "client-health-agent", action: "model.call",
        resource: ("Model", "claude-sonnet-4-5"), workflow: "client-health",
        context: arguments(("sources", .set(ValueSet(sources.map { .string($0) })))) + [("point", .string("before_model"))],
        decision: decision, policies: policies)
    }
    func tool(
      _ name: String, _ agent: String, _ tool: String, _ workflow: String, _ decision: Cedar.Decision, _ policies: [String],
      _ context: [(key: String, value: Value)] = []
    ) -> Question {
      Question(
        name: name, agent: agent, action: "tool.call", resource: ("Tool", tool), workflow: workflow, context: context,
        decision: decision, policies: policies)
    }
    let sources = ["crm", "usage", "support", "billing", "survey"]
    return [
      refund(0, .deny), refund(1, .allow, "refund-within-limit"), refund(5_000, .allow, "refund-within-limit"),
      refund(5_001, .allow, "refund-above-limit"), refund(100_000, .allow, "refund-above-limit"),
      refund(100_001, .deny, "refund-hard-limit"), refund(-1, .deny),
      publish("account-team", .allow, "client-health-publish-to-account-team"), publish("everybody", .deny),
      score(sources, .allow, "own-models"), score(Array(sources.dropLast()), .deny, "client-health-no-partial-score"),
      score([], .deny, "client-health-no-partial-score"),
      tool("loading an order", "refund-agent", "orders.get", "refund", .allow, ["own-tools"]),
      tool("a refund without an amount", "refund-agent", "payments.refund", "refund", .deny, []),
      tool("another workflow's tool", "refund-agent", "tickets.assign", "refund", .deny, []),
      tool("another workflow's agent", "refund-agent", "crm.account.read", "client-health", .deny, []),
      tool(
        "a source with tokens", "client-health-agent", "crm.account.read", "client-health", .deny,
        ["client-health-sources-without-tokens"], [("estimate", .record(Record([("tokens_in", .long(1))])))]),
      tool(
        "a source without tokens", "client-health-agent", "crm.account.read", "client-health", .allow, ["own-tools"],
        [("estimate", .record(Record([("tokens_in", .long(0)), ("tool_calls", .long(1))])))]),
    ]
  }()

  @Test("the shipped policies say what their comments say", arguments: questions)
  func access(_ question: Question) throws {
    let snapshot = try #require(result.snapshot)
    let workflow = try #require(snapshot.workflows[question.workflow])
    let classes = ValueSet(workflow.dataClasses.map { .string($0) })
    let facts: [(key: String, value: Value)] = [
      ("workflow", .entity(EntityUID(type: "Workflow", id: question.workflow))), ("data_classes", .set(classes)),
    ]
    let response = Authorizer.authorize(
      Cedar.Request(
        principal: EntityUID(type: "Agent", id: question.agent), action: EntityUID(type: "Action", id: question.action),
        resource: EntityUID(type: question.resource.type, id: question.resource.id),
        context: Record(facts + question.context)), policies: snapshot.policies, entities: snapshot.entities)
    #expect(response.decision == question.decision)
    #expect(response.reasons.map { snapshot.policyFacts[$0].id } == question.policies)
    #expect(response.errors.isEmpty)
  }

  @Test("personal data goes to no provider without an agreement")
  func providers() throws {
    let text = String(decoding: try #require(files.first { $0.path == "models.yaml" }).bytes, as: UTF8.self)
    let other = PolicyFile(
      path: "models.yaml",
      bytes: Array(
        text.replacingFirst("provider: anthropic, name: claude-sonnet", with: "provider: other, name: claude-sonnet").utf8))
    let snapshot = try #require(PolicyFolder.read(files: files.filter { $0.path != "models.yaml" } + [other]).snapshot)
    let context = Record([
      ("workflow", .entity(EntityUID(type: "Workflow", id: "refund"))), ("data_classes", .set(ValueSet([.string("personal")]))),
    ])
    let response = Authorizer.authorize(
      Cedar.Request(
        principal: EntityUID(type: "Agent", id: "refund-agent"), action: EntityUID(type: "Action", id: "model.call"),
        resource: EntityUID(type: "Model", id: "mid"), context: context), policies: snapshot.policies, entities: snapshot.entities)
    #expect(response.reasons.map { snapshot.policyFacts[$0].id } == ["personal-data-stays-with-approved-providers"])
  }
}
