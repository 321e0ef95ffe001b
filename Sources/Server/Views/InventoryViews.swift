import API
import Budgets
import Cryptography
import Governance
import JSON
import Journal
import Platform

/// The inventory as lists and pages show it.
struct WorkflowViews {
  let services: Services

  func list() throws -> JSONValue {
    let halted = try halted()
    return [
      "items": .array(
        services.policies.current.workflows.values.sorted { $0.id < $1.id }.map { .object(Self.json($0, halted: halted($0.id))) })
    ]
  }

  func one(_ id: String) throws -> JSONValue {
    guard let workflow = services.policies.current.workflows[id] else {
      throw ProblemMapping.notFound("there is no workflow `\(id)` in the active policies")
    }
    let isHalted = try halted()(id)
    var item = Self.json(workflow, halted: isHalted)
    item["steps"] = .array(workflow.steps.map { Self.json($0, of: workflow) })
    item["budgets"] = .array(
      workflow.budgets.map { ["window": .string($0.window.name), "limit": .object(BudgetViews.json($0.limit))] })
    if let limit = workflow.runLimit { item["run_budget"] = .object(BudgetViews.json(limit)) }
    return .object(item)
  }

  private func halted() throws -> (String) -> Bool {
    let (all, some) = try services.follower.withState(atLeast: services.journal.durableSize) {
      ($0.state.organisationHalted, $0.state.haltedWorkflows)
    }
    return { all || some.contains($0) }
  }

  static func json(_ workflow: Workflow, halted: Bool) -> JSONObject {
    var item = workflow.json
    item["steps_count"] = .integer(Int64(workflow.steps.count))
    item["halted"] = .bool(halted)
    return item
  }

  private static func json(_ step: Step, of workflow: Workflow) -> JSONValue {
    var item = workflow.json(of: step)
    item["requires_approval"] = .bool(step.requiresApproval)
    var estimate: JSONObject = [:]
    step.estimate.forEach { currency, amount in if amount != 0 { estimate[currency.name] = .integer(amount) } }
    item["estimate"] = .object(estimate)
    return .object(item)
  }
}

/// Accounts as lists show them: a row for each currency that is limited or was used.
struct BudgetViews {
  let services: Services

  /// Most rows of a list: a run has an account of its own, so there may be very many.
  static let rowsMax = 2_000

  func list(_ query: Query) throws -> JSONValue {
    let snapshot = services.policies.current
    let wanted = query["node"]
    var rows: [JSONValue] = []
    var left = 0
    try services.follower.withState(atLeast: services.journal.durableSize) { machine in
      machine.state.ledger.forEachAccount { key, balance in
        if let wanted, key.node != wanted { return }
        if rows.count >= Self.rowsMax {
          left += 1
        } else {
          rows += Self.rows(key, balance, snapshot.limit(of: key) ?? .none)
        }
      }
    }
    var answer: JSONObject = ["items": .array(rows)]
    if left > 0 { answer["left_out"] = .integer(Int64(left)) }
    return .object(answer)
  }

  static func rows(_ key: AccountKey, _ balance: Balance, _ limit: Limit) -> [JSONValue] {
    Currency.allCases.compactMap { currency in
      guard limit[currency] != nil || balance.settled[currency] != 0 || balance.held[currency] != 0 else { return nil }
      var row: JSONObject = [
        "account": .string(key.text), "node": .string(key.node), "currency": .string(currency.name),
        "settled": .integer(balance.settled[currency]), "held": .integer(balance.held[currency]),
        "overrun": .integer(balance.overrun[currency]),
      ]
      if let limit = limit[currency] { row["limit"] = .integer(limit) }
      if let available = balance.available(currency, under: limit) { row["available"] = .integer(available) }
      return .object(row)
    }
  }

  static func json(_ limit: Limit) -> JSONObject {
    var members: JSONObject = [:]
    for currency in Currency.allCases {
      if let amount = limit[currency] { members[currency.name] = .integer(amount) }
    }
    return members
  }
}

/// Approvals as a reviewer sees them: with exactly the facts that the digest binds.
struct ApprovalViews {
  let services: Services

  /// Most approvals of a list.
  static let rowsMax = 500

  func list() throws -> JSONValue {
    let approvals = try services.follower.withState(atLeast: services.journal.durableSize) { $0.state.approvalList }
    return ["items": .array(approvals.prefix(Self.rowsMax).map { .object(Self.json($0)) })]
  }

  func one(_ id: String) throws -> JSONValue {
    guard let index = Identifiers.index(id, prefix: "a-"),
      let approval = try services.follower.withState(atLeast: services.journal.durableSize, { $0.state.approval(index) })
    else { throw ProblemMapping.notFound("there is no approval `\(id)`") }
    var item = Self.json(approval)
    if let record = try services.store.payload(at: index), let payload = try? JSONReader.parse(record.payload) {
      item["request"] = payload["request"] ?? .null
      item["reasons"] = payload["answer"]?["context"]?["reasons"] ?? .null
    }
    return .object(item)
  }

  static func json(_ approval: ApprovalState) -> JSONObject {
    var item: JSONObject = [
      "id": .string("a-\(approval.id)"), "status": .string(approval.status.rawValue), "workflow": .string(approval.workflow),
      "run": .string(approval.run), "step": .string(approval.step), "attempt": .integer(approval.attempt),
      "tier": .string(approval.tier.text), "digest": .string(approval.digest.hex), "requested_by": .string(approval.requester),
      "requested_at": .string(UTCTime.format(milliseconds: approval.requested)),
      "expires_at": .string(UTCTime.format(milliseconds: approval.expires)),
    ]
    if let group = approval.group { item["group"] = .string(group) }
    if let by = approval.decidedBy { item["decided_by"] = .string(by) }
    if let decided = approval.decided { item["decided_at"] = .string(UTCTime.format(milliseconds: decided)) }
    return item
  }
}
