package import Budgets
package import Cryptography

/// Who caused an entry: an API key, or the control plane itself (expiry, opening the log).
package struct Actor: Sendable, Equatable {
  /// What the id names.
  package enum Kind: String, Sendable {
    case key, system
  }

  package var id: String
  package var kind: Kind

  package static let system = Actor(id: "countersign", kind: .system)

  package static func key(_ id: String) -> Actor { Actor(id: id, kind: .key) }
}

/// What one leaf of the journal says. State is a fold of these and of nothing else.
package struct Entry: Sendable, Equatable {
  package var actor: Actor
  package var body: Body

  /// One case for each type of leaf.
  package enum Body: Sendable, Equatable {
    case open
    case activation(ActivationEntry)
    case decision(DecisionEntry)
    case verdict(VerdictEntry)
    case settlement(SettlementEntry)
    case start(reservation: UInt64)
    case release(reservation: UInt64)
    case expiry(reservation: UInt64)
    case halt(HaltEntry)
    case keyCreated(KeyEntry)
    case keyRevoked(id: String)
    case export(ExportEntry)
  }
}

/// `policy.activate`: the folder that is in force from here on. Its files are the payload.
package struct ActivationEntry: Sendable, Equatable {
  package var version: UInt64
  package var digest: SHA256Digest
  package var files: Int
}

/// `decision`: ids, digests, categories and numbers of one answer; what was asked and said in words is the payload.
package struct DecisionEntry: Sendable, Equatable {
  package var outcome: Outcome
  package var reasons: [String]
  package var policies: [String]
  package var policyVersion: UInt64
  package var policyDigest: SHA256Digest
  package var step: StepEntry?
  package var subjectType: String
  package var resourceType: String
  package var approval: ApprovalEntry?
  package var reservation: ReservationEntry?
  package var idempotency: IdempotencyKey?
}

/// The governed step of a decision.
package struct StepEntry: Sendable, Equatable {
  package var workflow: String
  package var version: String
  package var run: String
  package var step: String
  package var attempt: Int64
  package var point: InterventionPoint
  package var tier: RiskTier
}

/// What a decision did to an approval: asked for a new one (`id` is the decision's own index), met one that waits, was refused by
/// one, or consumed it.
package struct ApprovalEntry: Sendable, Equatable {
  /// What became of the approval.
  package enum Effect: String, Sendable {
    case requested, pending, rejected, consumed
  }

  package var id: UInt64
  package var effect: Effect
  package var digest: SHA256Digest
  /// Who may decide, from the policy that escalated; nil: any approver.
  package var group: String?
  /// When a pending approval ends, UTC milliseconds. The other effects repeat the approval's own.
  package var expires: Int64
}

/// The hold that a permit took; its id is the decision's index.
package struct ReservationEntry: Sendable, Equatable {
  package var accounts: [AccountKey]
  package var amounts: Amounts
  package var expires: Int64
  /// Whether the permit itself starts the step; else it must be started, and expiry frees what was held.
  package var started: Bool
}

/// `approval.approve`, `approval.reject` or `approval.expire`.
package struct VerdictEntry: Sendable, Equatable {
  /// What was decided; `expire` is time's verdict.
  package enum Verdict: String, Sendable {
    case approve, reject, expire
  }

  package var approval: UInt64
  package var verdict: Verdict
  /// Until when an approval may be used, UTC milliseconds; 0 unless approved.
  package var validUntil: Int64
}

/// `reservation.settle`: what a step really used.
package struct SettlementEntry: Sendable, Equatable {
  package var reservation: UInt64
  package var actual: Amounts
  package var overrun: Amounts
  package var source: SettlementSource
}

/// `halt.set` and `halt.clear`.
package struct HaltEntry: Sendable, Equatable {
  /// What is halted.
  package enum Target: Sendable, Equatable {
    case organisation
    case workflow(String)
  }

  package var target: Target
  package var set: Bool

  /// A halt that begins (`set`) or ends.
  package init(target: Target, set: Bool) {
    self.target = target
    self.set = set
  }
}

/// `key.create`: the digest of an API key, never the key.
package struct KeyEntry: Sendable, Equatable {
  package var id: String
  package var hash: SHA256Digest
  package var role: Role

  /// An entry for a key whose text has the digest `hash`.
  package init(id: String, hash: SHA256Digest, role: Role) {
    self.id = id
    self.hash = hash
    self.role = role
  }
}

/// `export.create`: a bundle that left the house.
package struct ExportEntry: Sendable, Equatable {
  package var bundle: String
  package var manifest: SHA256Digest
  package var size: UInt64

  /// An entry for a bundle whose manifest has the digest `manifest` and whose log has `size` entries.
  package init(bundle: String, manifest: SHA256Digest, size: UInt64) {
    self.bundle = bundle
    self.manifest = manifest
    self.size = size
  }
}
