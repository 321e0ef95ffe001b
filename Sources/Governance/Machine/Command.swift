package import Budgets
package import Cryptography

/// What the journal is asked to do; each becomes entries or is refused.
package enum Command: Sendable {
  case open
  case decide(Proposal)
  case settle(reservation: UInt64, actual: Amounts, source: SettlementSource, by: Actor)
  case start(reservation: UInt64, by: Actor)
  case release(reservation: UInt64, by: Actor)
  /// - validity: how long the approval may be used once given, milliseconds.
  case approve(approval: UInt64, reason: String, validity: Int64, by: Actor)
  case reject(approval: UInt64, reason: String, by: Actor)
  case halt(HaltEntry, reason: String, by: Actor)
  case activate(Activation)
  case createKey(KeyEntry, label: String, by: Actor)
  case revokeKey(id: String, by: Actor)
  case recordExport(ExportEntry, scope: String, by: Actor)
}

/// A policy folder to put in force.
package struct Activation: Sendable {
  package var digest: SHA256Digest
  package var files: [PolicyFile]
  package var author: String
  package var note: String
  package var actor: Actor

  package init(digest: SHA256Digest, files: [PolicyFile], author: String, note: String, actor: Actor) {
    self.digest = digest
    self.files = files
    self.author = author
    self.note = note
    self.actor = actor
  }
}

/// What became of a command.
package enum Answer: Sendable {
  case decided(Decision)
  /// The same request was answered before; its answer stands in the payload of entry `index`.
  case repeated(index: UInt64)
  /// The policies changed between evaluation and commit: evaluate again.
  case stale
  /// The same idempotency key came with another body.
  case conflict(index: UInt64)
  case settled(reservation: UInt64, effect: SettlementEffect, overrun: Amounts)
  /// Done by entry `index`; `version` is the policy version for an activation.
  case done(index: UInt64, version: UInt64)
  /// Nothing to do: the state was already so.
  case unchanged
  case refused(Refusal)
}

/// How a settlement took effect.
package enum SettlementEffect: String, Sendable {
  /// The first settlement: holds freed, use charged.
  case settled
  /// The same numbers as before: nothing changed.
  case confirmed
  /// Other numbers than before: the difference was booked.
  case corrected
}

/// An expected refusal of an administrative command.
package struct Refusal: Error, Sendable, Equatable {
  /// What kind of refusal it is; edges map it to the wire.
  package enum Kind: Sendable {
    case unknown, forbidden, invalidState, invalid
  }

  package var kind: Kind
  package var code: String
  package var message: String
}

/// A committed decision: what the caller is told, durable with its entry.
package struct Decision: Sendable {
  package var index: UInt64
  package var outcome: Outcome
  /// The whole AuthZEN answer: `{"decision":…,"context":{…}}`.
  package var answer: [UInt8]
  /// The code of the first reason, for metrics.
  package var code: String
}
