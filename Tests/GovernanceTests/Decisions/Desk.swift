import Budgets
import Cedar
import JSON
import Journal
import Telemetry
import Testing

@testable import Governance

/// A machine with a small policy folder, driven without a journal: what it emits is kept, so that it can be folded again.
struct Desk {
  static let origin = "test.example/audit"

  var machine = GovernanceMachine(tenant: "test", origin: origin)
  var snapshot: PolicySnapshot
  var leaves: [[UInt8]] = []
  var payloads: [[UInt8]] = []
  var now: Int64 = 1_800_000_000_000

  init(policies: String = Desk.policies, runLimit: Limit = Limit(steps: 5, toolCalls: 3), approvalFrom: RiskTier = .t3) throws {
    let set = try PolicySet.parse([(name: "a.cedar", text: policies)], naming: .byAnnotation).get()
    let steps = [
      Step(id: "load", kind: .tool, tool: "orders.get", riskTier: .t1),
      Step(id: "draft", kind: .model, model: "mid", riskTier: .t1, estimate: Amounts(tokensIn: 1000, tokensOut: 100)),
      Step(id: "pay", kind: .tool, tool: "payments.refund"),
    ]
    let workflow = Workflow(
      id: "refund", version: "1", purpose: "", ownerPerson: "dana", team: "care", riskTier: .t3, lifecycle: .pilot,
      dataClasses: ["order"], agents: ["bot"], steps: steps,
      budgets: [BudgetRule(window: .calendar(.day), limit: Limit(tokensIn: 10_000))], runLimit: runLimit, file: "w.yaml")
    let price = Price(
      provider: "openai", model: "mini", validFromMilliseconds: 0,
      terms: .rates(TokenRates(input: 150_000, output: 600_000)))
    snapshot = PolicySnapshot(
      revision: PolicyRevision(version: 1, digest: PolicyDigest.of([PolicyFile]())),
      settings: Settings(organisation: "acme", approvalFrom: approvalFrom), workflows: ["refund": workflow],
      models: ["mid": Model(id: "mid", provider: "openai", name: "mini", modelClass: "mid")], prices: PriceBook([price]),
      organisationBudgets: [], teamBudgets: [:], policies: set,
      policyFacts: set.policies.map { PolicyFacts(id: $0.id, effect: $0.effect, escalate: $0.annotations["escalate"]) },
      entities: .empty, files: [])
    _ = send(.activate(Activation(digest: snapshot.revision.digest, files: [], author: "", note: "", actor: .system)))
  }

  static let policies = """
    @id("agents") permit (principal is Agent, action, resource);
    @id("above-limit") @escalate("finance") permit (principal is Agent, action, resource)
      when { context has arguments && context.arguments has cents && context.arguments.cents > 5000 };
    @id("too-much") forbid (principal, action, resource)
      when { context has arguments && context.arguments has cents && context.arguments.cents > 100000 };
    """

  mutating func send(_ command: Governance.Command) -> Governance.Answer {
    var batch = EntryBatch(origin: Self.origin, firstIndex: UInt64(leaves.count))
    let answer = machine.execute(command, at: now, output: &batch)
    keep(batch)
    return answer
  }

  mutating func expire() {
    var batch = EntryBatch(origin: Self.origin, firstIndex: UInt64(leaves.count))
    machine.expire(at: now, output: &batch)
    keep(batch)
  }

  private mutating func keep(_ batch: EntryBatch) {
    for position in 0..<batch.count {
      leaves.append(batch.record(position).leaf)
      payloads.append(batch.record(position).payload)
    }
  }

  func request(
    _ step: String = "load", tool: String = "orders.get", type: String = "tool", agent: String = "bot", run: String = "r1",
    by key: String = "pep", header: String? = nil, with context: JSONObject = [:]
  ) throws -> DecisionRequest {
    var members: JSONObject = ["workflow": "refund", "run": .string(run), "step": .string(step)]
    for member in context.members { members[member.key] = member.value }
    let body = JSONWriter.encode(["context": .object(members), "step": .string(step)])
    return try DecisionRequest(
      subject: RequestEntity(type: "agent", id: agent), action: "call", actionProperties: [:],
      resource: RequestEntity(type: type, id: tool), context: members, bytes: body, enforcementPoint: key, header: header, now: now)
  }

  func propose(_ request: DecisionRequest) -> Proposal {
    Evaluator(tenant: "test").evaluate(request, snapshot: snapshot, now: now, salt: "00")
  }

  /// Evaluates and commits; the decision with its codes.
  mutating func decide(_ request: DecisionRequest) throws -> (outcome: Outcome, codes: [String], decision: Governance.Decision) {
    guard case .decided(let decision) = send(.decide(propose(request))) else {
      Issue.record("not decided")
      throw EntryFault(index: 0, message: "not decided")
    }
    let answer = try JSONReader.parse(decision.answer)
    let codes = (answer["context"]?["reasons"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue }
    return (decision.outcome, codes, decision)
  }

  /// The machine that folding the leaves gives.
  func refolded() throws -> GovernanceMachine {
    var machine = GovernanceMachine(tenant: "test", origin: Self.origin)
    for (index, leaf) in leaves.enumerated() { try machine.replay(leaf: leaf, at: UInt64(index)) }
    return machine
  }
}
