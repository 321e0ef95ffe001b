package import Budgets
package import Cryptography

/// An API key as the journal knows it.
package struct KeyState: Sendable, Equatable {
  package var id: String
  package var hash: SHA256Digest
  package var role: Role
  /// Index of the entry that created it; its label is in the payload.
  package var index: UInt64
  package var created: Int64
  package var revoked: Bool

  /// A key.
  package init(id: String, hash: SHA256Digest, role: Role, index: UInt64, created: Int64, revoked: Bool) {
    self.id = id
    self.hash = hash
    self.role = role
    self.index = index
    self.created = created
    self.revoked = revoked
  }
}

/// Everything that decisions depend on and that changes: the fold of the journal's leaves, and of nothing else.
package struct GovernanceState: Sendable {
  package internal(set) var opened = false
  /// Version and digest of the policy folder in force; version 0 before the first activation.
  package internal(set) var policyVersion: UInt64 = 0
  package internal(set) var policyDigest = SHA256.hash([])
  /// Index of the activation entry, whose payload holds the folder's files.
  package internal(set) var policyIndex: UInt64 = 0
  package internal(set) var organisationHalted = false
  package internal(set) var haltedWorkflows: Set<String> = []
  package internal(set) var keys: [String: KeyState] = [:]
  package internal(set) var ledger = Ledger()
  /// Decisions by outcome since the log was opened: permit, escalate, deny.
  package internal(set) var decisions: [Outcome: UInt64] = [:]
  /// Time of the latest entry, UTC milliseconds.
  package internal(set) var latestTime: Int64 = 0
  var approvals = Approvals()
  var recent = RecentKeys()
  var finishedRuns = FinishedRuns()

  package init() {}

  /// All approvals that are open or remembered, latest first.
  package var approvalList: [ApprovalState] { approvals.byID.values.sorted { $0.id > $1.id } }

  package func approval(_ id: UInt64) -> ApprovalState? { approvals.byID[id] }

  /// Folds one entry, whatever the present rules would say to it.
  ///
  /// - Throws: when the entry contradicts those before it, which no entry of ours does.
  mutating func apply(_ entry: Entry, at index: UInt64, time: Int64) throws(EntryFault) {
    latestTime = max(latestTime, time)
    switch entry.body {
    case .open: opened = true
    case .activation(let activation):
      policyVersion = activation.version
      policyDigest = activation.digest
      policyIndex = index
    case .decision(let decision): try apply(decision, by: entry.actor, at: index, time: time)
    case .verdict(let verdict): apply(verdict, by: entry.actor, time: time)
    case .settlement(let settlement):
      _ = ledger.settle(settlement.reservation, actual: settlement.actual, source: settlement.source)
    case .start(let reservation): ledger.start(reservation)
    case .release(let reservation): _ = ledger.release(reservation)
    case .expiry(let reservation): ledger.expire(reservation)
    case .halt(let halt): apply(halt)
    case .keyCreated(let key):
      keys[key.id] = KeyState(id: key.id, hash: key.hash, role: key.role, index: index, created: time, revoked: false)
    case .keyRevoked(let id): keys[id]?.revoked = true
    case .export: break
    }
  }

  private mutating func apply(_ decision: DecisionEntry, by actor: Actor, at index: UInt64, time: Int64) throws(EntryFault) {
    decisions[decision.outcome, default: 0] += 1
    if let hold = decision.reservation {
      do {
        try ledger.reserve(id: index, keys: hold.accounts, amounts: hold.amounts, expiresAt: hold.expires, started: hold.started)
      } catch {
        throw EntryFault(index: index, message: "its reservation cannot be made: \(error)")
      }
    }
    if let approval = decision.approval, let step = decision.step {
      switch approval.effect {
      case .requested:
        approvals.request(
          ApprovalState(
            id: index, status: .pending, digest: approval.digest, workflow: step.workflow, run: step.run, step: step.step,
            attempt: step.attempt, tier: step.tier, requester: actor.id, group: approval.group, requested: time,
            expires: approval.expires))
      case .consumed: approvals.update(approval.id) { $0.status = .consumed }
      case .pending, .rejected: break
      }
    }
    if let key = decision.idempotency {
      recent.remember(key.key, RecentKeys.Known(body: key.body, index: index, outcome: decision.outcome))
    }
    if let step = decision.step, step.point == .finish, decision.outcome == .permit {
      finishedRuns.insert(step.workflow + "/" + step.run)
    }
  }

  private mutating func apply(_ verdict: VerdictEntry, by actor: Actor, time: Int64) {
    approvals.update(verdict.approval) { approval in
      switch verdict.verdict {
      case .approve:
        approval.status = .approved
        approval.expires = verdict.validUntil
      case .reject: approval.status = .rejected
      case .expire: approval.status = .expired
      }
      if actor.kind == .key { approval.decidedBy = actor.id }
      approval.decided = time
    }
  }

  private mutating func apply(_ halt: HaltEntry) {
    switch halt.target {
    case .organisation: organisationHalted = halt.set
    case .workflow(let id):
      if halt.set { haltedWorkflows.insert(id) } else { haltedWorkflows.remove(id) }
    }
  }
}
