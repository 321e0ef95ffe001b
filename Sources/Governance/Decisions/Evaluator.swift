import Budgets
import Cedar
import Cryptography
import JSON
import Telemetry

/// Evaluates requests: pure, no clock, no I/O; the same request and snapshot give the same proposal on any machine (D1).
package struct Evaluator: Sendable {
  package let tenant: String

  package init(tenant: String) { self.tenant = tenant }

  /// Runs the checks that need no changing state, and says what has to be committed.
  ///
  /// - Parameters:
  ///   - now: UTC milliseconds; chooses prices and stands in Cedar's context.
  ///   - salt: 16 random bytes in hex for the payload.
  package func evaluate(_ request: DecisionRequest, snapshot: PolicySnapshot, now: Int64, salt: String) -> Proposal {
    var draft = ProposalDraft(request, snapshot.revision)
    if let facts = request.step {
      evaluate(&draft, facts, snapshot, now)
    } else {
      evaluatePlain(&draft, snapshot, now)
    }
    return Proposal(draft, salt: salt)
  }

  /// A step of a workflow: the inventory, Cedar, who must agree, and what to hold.
  private func evaluate(_ proposal: inout ProposalDraft, _ facts: StepFacts, _ snapshot: PolicySnapshot, _ now: Int64) {
    let request = proposal.request
    let placed: PlacedStep
    switch Inventory.place(facts, resource: request.resource, in: snapshot) {
    case .failure(let refusal):
      proposal.reasons = [refusal.reason]
      proposal.step = refusal.workflow.map { StepEntry(facts, of: $0, tier: $0.riskTier) }
      return
    case .success(let found): placed = found
    }
    proposal.step = StepEntry(facts, of: placed.workflow, tier: placed.tier)
    let permits = authorize(&proposal, CedarMapping.request(request, placed, snapshot: snapshot, now: now), snapshot)
    guard proposal.outcome == .permit else { return }
    guard facts.point.reserves, let step = placed.step else { return }
    escalate(&proposal, placed, step, permits, snapshot)
    if proposal.outcome != .deny { plan(&proposal, facts, placed, step, snapshot, now) }
  }

  /// A request that names no workflow: Cedar alone, where the folder says so.
  private func evaluatePlain(_ proposal: inout ProposalDraft, _ snapshot: PolicySnapshot, _ now: Int64) {
    guard snapshot.settings.plainRequests == .allow else {
      proposal.reasons = [
        .inventory(
          "workflow_unregistered", "the request names no workflow", remedy: "name the workflow, run and step in `context`")
      ]
      return
    }
    let permits = authorize(&proposal, CedarMapping.plain(proposal.request, snapshot: snapshot, now: now), snapshot)
    guard proposal.outcome == .permit, permits.contains(where: { snapshot.policyFacts[$0].escalate != nil }) else { return }
    proposal.outcome = .deny
    proposal.reasons = [.notPermitted]
  }

  /// Cedar: default deny, forbid wins, a forbid that errs counts as a forbid and a permit that errs does not count.
  ///
  /// - Returns: positions of the determining permits in `policyFacts`.
  private func authorize(_ proposal: inout ProposalDraft, _ mapped: CedarMapping.Mapped, _ snapshot: PolicySnapshot)
    -> PolicyPositions
  {
    let response = Authorizer.authorize(
      mapped.request, policies: snapshot.policies, entities: snapshot.entities, overlay: mapped.entities)
    let facts = snapshot.policyFacts
    let broken = response.errors.filter { facts[$0.policy].effect == .forbid }
    if response.decision == .allow && broken.isEmpty {
      proposal.outcome = .permit
      proposal.policies = response.reasons.map { facts[$0].id }
      proposal.reasons = proposal.policies.map { .permitted($0) }
      return response.reasons
    }
    let forbids = response.decision == .deny ? response.reasons : []
    proposal.outcome = .deny
    proposal.policies = forbids.map { facts[$0].id } + broken.map { facts[$0.policy].id }
    proposal.reasons =
      forbids.map { .forbidden(facts[$0].id, facts[$0].reason) }
      + broken.map { .policyError(facts[$0.policy].id, "\($0.error)") }
    if proposal.reasons.isEmpty { proposal.reasons = [.notPermitted] }
    return []
  }

  /// The tier profile, the step's own flag and `@escalate` permits: any of them asks for a human.
  private func escalate(
    _ proposal: inout ProposalDraft, _ placed: PlacedStep, _ step: Step, _ permits: PolicyPositions,
    _ snapshot: PolicySnapshot
  ) {
    var reasons: [Reason] = []
    var group: String?
    if placed.tier >= snapshot.settings.approvalFrom {
      reasons.append(.tier(placed.tier))
    } else if step.requiresApproval {
      reasons.append(.stepApproval(step.id))
    }
    for permit in permits {
      guard let target = snapshot.policyFacts[permit].escalate else { continue }
      reasons.append(.escalation(snapshot.policyFacts[permit].id, target, snapshot.policyFacts[permit].reason))
      group = group ?? target
    }
    guard !reasons.isEmpty else { return }
    do {
      proposal.approval = Proposal.ApprovalNeed(
        digest: try StepDigest.of(proposal.request, placed, tenant: tenant), group: group,
        wait: snapshot.settings.approvalWaitMilliseconds)
      proposal.outcome = .escalate
      proposal.reasons += reasons
    } catch {
      proposal.outcome = .deny
      proposal.reasons = [.undigestible("\(error)")]
    }
  }

  /// Amounts, accounts and the obligation that makes the estimate a true bound.
  private func plan(
    _ proposal: inout ProposalDraft, _ facts: StepFacts, _ placed: PlacedStep, _ step: Step, _ snapshot: PolicySnapshot,
    _ now: Int64
  ) {
    let amounts: Amounts
    switch Estimate.amounts(facts, placed, step, snapshot: snapshot, at: now) {
    case .failure(let refusal):
      proposal.outcome = .deny
      proposal.reasons = [refusal.reason]
      proposal.approval = nil
      return
    case .success(let estimated): amounts = estimated
    }
    if step.kind == .model, amounts[.tokensOut] > 0 {
      let obligation = Obligation.maxTokens(amounts[.tokensOut])
      if let supported = facts.supportedObligations, !supported.contains(obligation.type) {
        proposal.outcome = .deny
        proposal.reasons = [.unsupportedObligation(obligation.type)]
        proposal.approval = nil
        return
      }
      proposal.obligations = [obligation]
    }
    proposal.reservation = Proposal.ReservationPlan(
      legs: snapshot.legs(for: placed.workflow, run: facts.run), amounts: amounts,
      lifetime: snapshot.settings.reservationMilliseconds, started: facts.autoStart)
  }
}

/// A refusal of the pure checks.
struct EvaluationRefusal: Error {
  var reason: Reason
  /// The workflow that the request names, when it is registered.
  var workflow: Workflow?
}

extension StepEntry {
  fileprivate init(_ facts: StepFacts, of workflow: Workflow, tier: RiskTier) {
    self.init(
      workflow: workflow.id, version: workflow.version, run: facts.run, step: facts.step, attempt: facts.attempt,
      point: facts.point,
      tier: tier)
  }
}
