import Budgets
import Cryptography
import Journal
import JSON

extension GovernanceMachine {
  /// Most reasons, and most policies, that a leaf names: a leaf has at most 65 535 bytes. The payload has all of them.
  static let namedInLeafMax = 64

  /// Commits a proposal: the checks that need the truth, in the order of `decisions.md`, then one entry.
  ///
  /// A refusal changes nothing but the log: holds, approvals and counters stay as they were (D4).
  mutating func decide(_ proposal: Proposal, at now: Int64, _ output: inout EntryBatch) -> Answer {
    if let key = proposal.request.idempotency, let known = state.recent[key.key] {
      guard known.body == key.body else { return .conflict(index: known.index) }
      if known.outcome != .escalate { return .repeated(index: known.index) }
    }
    guard proposal.revision.version == state.policyVersion else { return .stale }
    var verdict = Verdict(proposal)
    refuseHalted(&verdict, at: now)
    refuseFinished(&verdict)
    resolveApproval(&verdict, at: now, index: output.nextIndex)
    reserve(&verdict, at: now)
    return commit(verdict, at: now, &output)
  }

  /// A proposal on its way through the commit checks.
  private struct Verdict {
    let proposal: Proposal
    var outcome: Outcome
    var reasons: [Reason]
    var approval: ApprovalEntry?
    var reservation: ReservationEntry?

    init(_ proposal: Proposal) {
      self.proposal = proposal
      outcome = proposal.outcome
      reasons = proposal.reasons
    }

    /// A final refusal; `first` puts its reason before those of later checks.
    mutating func deny(_ reason: Reason, first: Bool = false) {
      outcome = .deny
      reasons.removeAll { $0.effect == .permit }
      reasons.insert(reason, at: first ? 0 : reasons.count)
      reservation = nil
    }
  }

  private func refuseHalted(_ verdict: inout Verdict, at now: Int64) {
    guard let workflow = verdict.proposal.request.step?.workflow else {
      if state.organisationHalted { verdict.deny(.organisationHalted, first: true) }
      return
    }
    if state.haltedWorkflows.contains(workflow) { verdict.deny(.halted(workflow), first: true) }
    if state.organisationHalted { verdict.deny(.organisationHalted, first: true) }
  }

  private func refuseFinished(_ verdict: inout Verdict) {
    guard verdict.outcome != .deny, let step = verdict.proposal.step else { return }
    if state.finishedRuns.contains(step.workflow + "/" + step.run) { verdict.deny(.finished(step.run)) }
  }

  /// Turns an escalation into a permit when exactly this step was approved, and says what it met otherwise.
  private func resolveApproval(_ verdict: inout Verdict, at now: Int64, index: UInt64) {
    guard verdict.outcome == .escalate, let need = verdict.proposal.approval, let step = verdict.proposal.step else { return }
    func entry(_ id: UInt64, _ effect: ApprovalEntry.Effect, expires: Int64) -> ApprovalEntry {
      ApprovalEntry(id: id, effect: effect, digest: need.digest, group: need.group, expires: expires)
    }
    let asked = entry(index, .requested, expires: now + need.wait)
    guard let known = state.approvals.state(for: need.digest) else {
      verdict.approval = asked
      return
    }
    let over = known.expires <= now
    switch known.status {
    case .pending where !over:
      verdict.approval = entry(known.id, .pending, expires: known.expires)
      verdict.reasons.append(.approvalPending(known.id))
    case .approved where !over:
      verdict.approval = entry(known.id, .consumed, expires: known.expires)
      verdict.outcome = .permit
      verdict.reasons.removeAll { $0.effect == .escalate }
      verdict.reasons.append(.approved(known.id))
    case .consumed: verdict.approval = asked
    case .pending, .approved, .expired:
      if step.attempt > known.attempt { verdict.approval = asked } else { verdict.deny(.approvalExpired(known.id)) }
    case .rejected:
      if step.attempt > known.attempt {
        verdict.approval = asked
      } else {
        verdict.approval = entry(known.id, .rejected, expires: known.expires)
        verdict.deny(.approvalRejected(known.id))
      }
    }
  }

  /// Holds the amounts in every account of the path, or refuses and names the account that binds.
  private func reserve(_ verdict: inout Verdict, at now: Int64) {
    guard verdict.outcome != .deny, let plan = verdict.proposal.reservation else { return }
    let legs = plan.legs.map { $0.leg(at: now) }
    if let refusal = state.ledger.refusal(for: plan.amounts, legs: legs) {
      verdict.deny(.exhausted(refusal))
      // A refused step consumes no approval and asks nobody.
      verdict.approval = nil
      return
    }
    guard verdict.outcome == .permit else { return }
    verdict.reservation = ReservationEntry(
      accounts: legs.map(\.key), amounts: plan.amounts, expires: now + plan.lifetime, started: plan.started)
  }

  private mutating func commit(_ verdict: Verdict, at now: Int64, _ output: inout EntryBatch) -> Answer {
    let proposal = verdict.proposal
    let index = output.nextIndex
    let answer = AnswerRendering(
      index: index, origin: origin, outcome: verdict.outcome, reasons: verdict.reasons,
      obligations: verdict.outcome == .permit ? proposal.obligations : [], approval: verdict.approval,
      reservation: verdict.reservation, revision: proposal.revision, now: now
    ).bytes()
    payloadWriter.reset()
    payloadWriter.beginObject()
    payloadWriter.key("answer")
    payloadWriter.rawValue(answer)
    payloadWriter.key("request")
    payloadWriter.rawValue(proposal.request.bytes)
    payloadWriter.key("salt")
    payloadWriter.string(proposal.salt)
    payloadWriter.endObject()
    let entry = DecisionEntry(
      outcome: verdict.outcome, reasons: verdict.reasons.prefix(Self.namedInLeafMax).map(\.code),
      policies: Array(proposal.policies.prefix(Self.namedInLeafMax)),
      policyVersion: proposal.revision.version, policyDigest: proposal.revision.digest, step: proposal.step,
      subjectType: proposal.request.subject.type, resourceType: proposal.request.resource.type, approval: verdict.approval,
      reservation: verdict.reservation, idempotency: proposal.request.idempotency)
    emit(
      Entry(actor: .key(proposal.request.enforcementPoint), body: .decision(entry)), payload: payloadWriter.bytes, at: now, &output)
    return .decided(
      Decision(index: index, outcome: verdict.outcome, answer: answer, code: verdict.reasons.first?.code ?? "policy.permitted"))
  }
}
