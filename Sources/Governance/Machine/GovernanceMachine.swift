import Budgets
import Cryptography
package import Journal
import JSON

/// The machine that the journal drives: commands in, entries out, state by folding them.
///
/// `execute` changes state only through `emit`, which folds the very entry that it writes; so the state after a restart is the
/// state before it.
package struct GovernanceMachine: JournalMachine {
  package typealias Command = Governance.Command
  package typealias Answer = Governance.Answer
  package typealias Decoded = DecodedEntry

  /// Most expiries written in one batch, so that a sweep never holds up decisions for more than a few milliseconds.
  static let expiriesPerSweepMax = 1_000

  package internal(set) var state: GovernanceState
  package let tenant: String
  /// The log whose entries are folded; an entry of another log is refused.
  package let origin: String
  /// Where entries are written before the batch copies them: memory that is used again, no part of the state.
  var leafWriter = JSONWriter(reserving: 1024)
  var payloadWriter = JSONWriter(reserving: 2048)

  /// The machine before its first entry.
  package init(tenant: String, origin: String) {
    self.tenant = tenant
    self.origin = origin
    state = GovernanceState()
  }

  package mutating func execute(_ command: Command, at now: Int64, output: inout EntryBatch) -> Answer {
    switch command {
    case .open: open(at: now, &output)
    case .decide(let proposal): decide(proposal, at: now, &output)
    case .settle(let reservation, let actual, let source, let actor):
      settle(reservation, actual: actual, source: source, by: actor, at: now, &output)
    case .start(let reservation, let actor): start(reservation, by: actor, at: now, &output)
    case .release(let reservation, let actor): release(reservation, by: actor, at: now, &output)
    case .approve(let id, let reason, let validity, let actor):
      decideApproval(id, .approve, reason: reason, validUntil: now + validity, by: actor, at: now, &output)
    case .reject(let id, let reason, let actor):
      decideApproval(id, .reject, reason: reason, validUntil: 0, by: actor, at: now, &output)
    case .halt(let halt, let reason, let actor): setHalt(halt, reason: reason, by: actor, at: now, &output)
    case .activate(let activation): activate(activation, at: now, &output)
    case .createKey(let key, let label, let actor): createKey(key, label: label, by: actor, at: now, &output)
    case .revokeKey(let id, let actor): revokeKey(id, by: actor, at: now, &output)
    case .recordExport(let export, let scope, let actor): recordExport(export, scope: scope, by: actor, at: now, &output)
    }
  }

  package static func decode(leaf: [UInt8], at index: UInt64) throws -> DecodedEntry { try DecodedEntry(leaf: leaf, at: index) }

  package mutating func replay(_ decoded: DecodedEntry, at index: UInt64) throws {
    guard decoded.log == origin else {
      throw EntryFault(index: index, message: "belongs to log `\(decoded.log)`, not to `\(origin)`")
    }
    guard decoded.tenant == tenant else {
      throw EntryFault(index: index, message: "belongs to tenant `\(decoded.tenant)`, not to `\(tenant)`")
    }
    try state.apply(decoded.entry, at: index, time: decoded.time)
  }

  package func latestTime() -> Int64 { state.latestTime }

  package func nextDeadline() -> Int64? {
    switch (state.ledger.nextExpiry, state.approvals.nextExpiry) {
    case (let hold?, let approval?): min(hold, approval)
    case (let hold, let approval): hold ?? approval
    }
  }

  package mutating func expire(at now: Int64, output: inout EntryBatch) {
    // The ledger's own call ends them, so the entries are written without folding them again.
    for expiry in state.ledger.expire(at: now, max: Self.expiriesPerSweepMax) {
      write(Entry(actor: .system, body: .expiry(reservation: expiry.id)), at: now, &output)
    }
    for approval in state.approvals.due(at: now, max: Self.expiriesPerSweepMax) {
      let verdict = VerdictEntry(approval: approval, verdict: .expire, validUntil: 0)
      emit(Entry(actor: .system, body: .verdict(verdict)), at: now, &output)
    }
  }

  /// Writes `entry` and folds it.
  ///
  /// - Parameter payload: what is known beside the leaf, as JSON; empty for none.
  @discardableResult
  mutating func emit(_ entry: Entry, payload: [UInt8] = [], at now: Int64, _ output: inout EntryBatch) -> UInt64 {
    let index = write(entry, payload: payload, at: now, &output)
    do {
      try state.apply(entry, at: index, time: now)
    } catch {
      preconditionFailure("an entry that was checked cannot be folded: \(error)")
    }
    return index
  }

  /// Writes `entry` for a change that the state has made already.
  @discardableResult
  mutating func write(_ entry: Entry, payload: [UInt8] = [], at now: Int64, _ output: inout EntryBatch) -> UInt64 {
    let index = output.nextIndex
    let header = LeafHeader(
      log: origin, index: index, time: now, tenant: tenant, payload: payload.isEmpty ? nil : SHA256.hash(payload))
    leafWriter.reset()
    entry.encode(header, into: &leafWriter)
    output.append(leaf: leafWriter.bytes, payload: payload)
    return index
  }

  private mutating func open(at now: Int64, _ output: inout EntryBatch) -> Answer {
    guard !state.opened else { return .unchanged }
    return .done(index: emit(Entry(actor: .system, body: .open), at: now, &output), version: 0)
  }
}
