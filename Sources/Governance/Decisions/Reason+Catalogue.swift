import Budgets

/// The reasons that code can give, each written once. Codes are in the published registry; a test holds the list.
extension Reason {
  // Check 2: halts.
  static let organisationHalted = Reason(
    "halt.organisation", .halt, .deny, user: "all workflows are halted", remedy: "wait until an administrator resumes them")

  static func halted(_ workflow: String) -> Reason {
    Reason(
      "halt.workflow", .halt, .deny, user: "workflow `\(workflow)` is halted",
      remedy: "ask its owner; `countersign resume \(workflow)` ends the halt")
  }

  // Check 3: inventory.
  static func inventory(_ code: String, _ user: String, remedy: String) -> Reason {
    Reason("inventory." + code, .inventory, .deny, user: user, remedy: remedy)
  }

  static func finished(_ run: String) -> Reason {
    Reason("run.finished", .inventory, .deny, user: "run `\(run)` is finished", remedy: "start a new run with a new run id")
  }

  // Check 8: policies.
  static func permitted(_ policy: String) -> Reason {
    Reason("policy.permitted", .policy, .permit, policy: policy, user: "a policy permits this")
  }

  static func forbidden(_ policy: String, _ text: String?) -> Reason {
    Reason(
      "policy.forbidden", .policy, .deny, policy: policy, user: text ?? "a policy forbids this",
      admin: "forbid policy `\(policy)` applies", remedy: "ask the workflow's owner")
  }

  static let notPermitted = Reason(
    "policy.not_permitted", .policy, .deny, user: "no policy permits this", admin: "no permit policy applies: default deny",
    remedy: "ask the workflow's owner for access")

  static func policyError(_ policy: String, _ message: String) -> Reason {
    Reason(
      "policy.error", .policy, .deny, policy: policy, user: "a policy could not be evaluated",
      admin: "forbid policy `\(policy)` failed and therefore counts as a forbid: \(message)",
      remedy: "correct the policy or the request's facts")
  }

  // Checks 10 and 13: escalation.
  static func tier(_ tier: RiskTier) -> Reason {
    Reason(
      "tier.approval_required", .tier, .escalate, user: "steps of risk tier \(tier.text) need a human's approval",
      remedy: "wait for the approval, then send the same request again")
  }

  static func stepApproval(_ step: String) -> Reason {
    Reason(
      "tier.approval_required", .tier, .escalate, user: "step `\(step)` needs a human's approval",
      remedy: "wait for the approval, then send the same request again")
  }

  static func escalation(_ policy: String, _ group: String, _ text: String?) -> Reason {
    Reason(
      "escalate.policy", .escalation, .escalate, policy: policy, user: text ?? "this needs the approval of \(group)",
      admin: "permit policy `\(policy)` escalates to `\(group)`", remedy: "wait for the approval, then send the same request again")
  }

  static func approvalPending(_ id: UInt64) -> Reason {
    Reason(
      "approval.pending", .escalation, .escalate, user: "approval `a-\(id)` is waiting for a decision",
      remedy: "wait for the approval, then send the same request again")
  }

  static func approved(_ id: UInt64) -> Reason {
    Reason("approval.consumed", .escalation, .permit, user: "approval `a-\(id)` was used for this step")
  }

  static func approvalRejected(_ id: UInt64) -> Reason {
    Reason(
      "approval.rejected", .escalation, .deny, user: "approval `a-\(id)` was rejected",
      remedy: "change the step, or send it with a higher `context.attempt` to ask again")
  }

  static func approvalExpired(_ id: UInt64) -> Reason {
    Reason(
      "approval.expired", .escalation, .deny, user: "approval `a-\(id)` has expired",
      remedy: "send the step with a higher `context.attempt` to ask again")
  }

  static func undigestible(_ message: String) -> Reason {
    Reason(
      "request.invalid", .envelope, .deny, user: "this step needs an approval, and its facts have no exact digest: \(message)",
      remedy: "send integers within ±(2^53 − 1)")
  }

  // Check 14: budgets.
  static func exhausted(_ refusal: BudgetRefusal) -> Reason {
    guard refusal.cause == .exhausted else {
      return Reason(
        "budget.amount_invalid", .budget, .deny, user: "an amount of this step is out of range", admin: refusal.description,
        remedy: "estimate amounts from 0 to \(Amounts.maximum)")
    }
    let detail = BudgetDetail(
      account: refusal.account.text, currency: refusal.currency.name, limit: refusal.limit ?? 0, available: refusal.available,
      settled: refusal.settled, held: refusal.held, needed: refusal.needed, freesAtMilliseconds: refusal.freesAt)
    return Reason(
      "budget.exhausted", .budget, .deny, user: "the budget of `\(refusal.account.node)` does not cover this step",
      admin: refusal.description,
      remedy: refusal.held > 0
        ? "wait until held amounts are settled or expire, or raise the limit" : "raise the limit or wait for the next window",
      budget: detail)
  }

  static func unpriced(_ model: String) -> Reason {
    Reason(
      "budget.price_unknown", .budget, .deny, user: "model `\(model)` has no price, and this risk tier needs one",
      remedy: "add the model to the price book")
  }

  static func unsupportedObligation(_ type: String) -> Reason {
    Reason(
      "request.obligation_unsupported", .envelope, .deny,
      user: "this step needs the obligation `\(type)`, which the caller does not support",
      remedy: "support the obligation and list it in `context.supported_obligations`")
  }
}
