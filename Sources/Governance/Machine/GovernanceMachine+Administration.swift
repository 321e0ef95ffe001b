import Budgets
import Cryptography
import Journal
import JSON

extension GovernanceMachine {
  /// Longest reason, label, author or note in a payload, bytes.
  static let textBytesMax = 4_096

  /// Settles a reservation. The ledger's own call says what it did, so it is made here and the entry is written without folding it
  /// again; replaying the entry makes the same call.
  mutating func settle(
    _ reservation: UInt64, actual: Amounts, source: SettlementSource, by actor: Actor, at now: Int64,
    _ output: inout EntryBatch
  ) -> Answer {
    let outcome = state.ledger.settle(reservation, actual: actual, source: source)
    let effect: SettlementEffect
    switch outcome.effect {
    case .unknown:
      return refuse(.unknown, "reservation.unknown", "there is no reservation `d-\(reservation)`, or it ended too long ago")
    case .invalid:
      return refuse(.invalid, "budget.amount_invalid", "amounts must be integers from 0 to \(Amounts.maximum)")
    case .settled: effect = .settled
    case .confirmed: effect = .confirmed
    case .corrected: effect = .corrected
    }
    if outcome.changedState {
      let entry = SettlementEntry(reservation: reservation, actual: actual, overrun: outcome.overrun, source: source)
      write(Entry(actor: actor, body: .settlement(entry)), at: now, &output)
    }
    return .settled(reservation: reservation, effect: effect, overrun: outcome.overrun)
  }

  /// Marks a hold that was taken with `auto_start: false` as started.
  mutating func start(_ reservation: UInt64, by actor: Actor, at now: Int64, _ output: inout EntryBatch) -> Answer {
    switch state.ledger.state(of: reservation) {
    case .held?: .done(index: emit(Entry(actor: actor, body: .start(reservation: reservation)), at: now, &output), version: 0)
    case .started?: .unchanged
    case nil: refuse(.unknown, "reservation.unknown", "there is no reservation `d-\(reservation)`, or it ended too long ago")
    case .settled?, .released?, .expired?, .unconfirmed?:
      refuse(.invalidState, "reservation.ended", "reservation `d-\(reservation)` has ended")
    }
  }

  /// Gives back a hold whose step has not started.
  mutating func release(_ reservation: UInt64, by actor: Actor, at now: Int64, _ output: inout EntryBatch) -> Answer {
    switch state.ledger.state(of: reservation) {
    case .held?: .done(index: emit(Entry(actor: actor, body: .release(reservation: reservation)), at: now, &output), version: 0)
    case .released?: .unchanged
    case nil: refuse(.unknown, "reservation.unknown", "there is no reservation `d-\(reservation)`, or it ended too long ago")
    case .started?:
      refuse(
        .invalidState, "reservation.started",
        "the step of reservation `d-\(reservation)` has started: settle what it used, zero if nothing")
    case .settled?, .expired?, .unconfirmed?:
      refuse(.invalidState, "reservation.ended", "reservation `d-\(reservation)` has ended")
    }
  }

  mutating func decideApproval(
    _ id: UInt64, _ verdict: VerdictEntry.Verdict, reason: String, validUntil: Int64, by actor: Actor, at now: Int64,
    _ output: inout EntryBatch
  ) -> Answer {
    guard let approval = state.approvals.byID[id] else {
      return refuse(.unknown, "approval.unknown", "there is no approval `a-\(id)`")
    }
    guard approval.status == .pending else {
      return refuse(.invalidState, "approval.decided", "approval `a-\(id)` is \(approval.status.rawValue) already")
    }
    guard approval.expires > now else {
      return refuse(.invalidState, "approval.expired", "approval `a-\(id)` has expired: the step must be asked for again")
    }
    guard actor.id != approval.requester else {
      return refuse(.forbidden, "approval.self", "whoever asked for a step cannot approve or reject it: use another key")
    }
    let entry = VerdictEntry(approval: id, verdict: verdict, validUntil: validUntil)
    let payload = Self.payload { $0.text("reason", reason) }
    return .done(index: emit(Entry(actor: actor, body: .verdict(entry)), payload: payload, at: now, &output), version: 0)
  }

  mutating func setHalt(_ halt: HaltEntry, reason: String, by actor: Actor, at now: Int64, _ output: inout EntryBatch) -> Answer {
    let held =
      switch halt.target {
      case .organisation: state.organisationHalted
      case .workflow(let id): state.haltedWorkflows.contains(id)
      }
    guard held != halt.set else { return .unchanged }
    let payload = Self.payload { $0.text("reason", reason) }
    return .done(index: emit(Entry(actor: actor, body: .halt(halt)), payload: payload, at: now, &output), version: 0)
  }

  mutating func activate(_ activation: Activation, at now: Int64, _ output: inout EntryBatch) -> Answer {
    guard state.policyVersion == 0 || activation.digest != state.policyDigest else { return .unchanged }
    let version = state.policyVersion + 1
    let entry = ActivationEntry(version: version, digest: activation.digest, files: activation.files.count)
    let payload = Self.payload { json in
      json.text("author", activation.author)
      json.key("files")
      json.beginArray()
      for file in activation.files {
        json.beginObject()
        json.key("path")
        json.string(file.path)
        json.key("sha256")
        json.string(SHA256.hash(file.bytes).hex)
        json.key("text")
        json.string(String(decoding: file.bytes, as: UTF8.self))
        json.endObject()
      }
      json.endArray()
      json.text("note", activation.note)
    }
    let index = emit(Entry(actor: activation.actor, body: .activation(entry)), payload: payload, at: now, &output)
    return .done(index: index, version: version)
  }

  mutating func createKey(_ key: KeyEntry, label: String, by actor: Actor, at now: Int64, _ output: inout EntryBatch) -> Answer {
    guard state.keys[key.id] == nil else {
      return refuse(.invalidState, "key.exists", "there is a key `\(key.id)` already")
    }
    let payload = Self.payload { $0.text("label", label) }
    return .done(index: emit(Entry(actor: actor, body: .keyCreated(key)), payload: payload, at: now, &output), version: 0)
  }

  mutating func revokeKey(_ id: String, by actor: Actor, at now: Int64, _ output: inout EntryBatch) -> Answer {
    guard let key = state.keys[id] else { return refuse(.unknown, "key.unknown", "there is no key `\(id)`") }
    guard !key.revoked else { return .unchanged }
    let admins = state.keys.values.filter { $0.role == .admin && !$0.revoked }
    guard key.role != .admin || admins.count > 1 else {
      return refuse(.invalidState, "key.last_admin", "`\(id)` is the last admin key: create another before revoking it")
    }
    return .done(index: emit(Entry(actor: actor, body: .keyRevoked(id: id)), at: now, &output), version: 0)
  }

  mutating func recordExport(
    _ export: ExportEntry, scope: String, by actor: Actor, at now: Int64, _ output: inout EntryBatch
  ) -> Answer {
    let payload = Self.payload { $0.text("scope", scope) }
    return .done(index: emit(Entry(actor: actor, body: .export(export)), payload: payload, at: now, &output), version: 0)
  }

  private func refuse(_ kind: Refusal.Kind, _ code: String, _ message: String) -> Answer {
    .refused(Refusal(kind: kind, code: code, message: message))
  }

  /// A payload object; 16 random bytes keep its digest from being guessed.
  private static func payload(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter(reserving: 256)
    json.beginObject()
    members(&json)
    json.text("salt", Hex.encode(RandomBytes.make(16)))
    json.endObject()
    return json.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func text(_ name: StaticString, _ text: String) {
    key(name)
    string(text.utf8.count <= GovernanceMachine.textBytesMax ? text : String(text.prefix(GovernanceMachine.textBytesMax / 4)))
  }
}
