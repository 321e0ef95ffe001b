import Budgets
package import Cryptography
import Platform
import JSON

/// A leaf that is not an entry this version can fold.
package struct EntryFault: Error, Sendable, CustomStringConvertible {
  package var index: UInt64
  package var message: String

  package var description: String { "entry \(index): \(message)" }
}

/// A leaf as it was read back: header and entry.
package struct DecodedEntry: Sendable {
  package var index: UInt64
  package var time: Int64
  package var log: String
  package var tenant: String
  package var payload: SHA256Digest?
  package var entry: Entry

  /// Reads a leaf.
  ///
  /// - Parameter index: where the leaf stands; a leaf that names another place is refused.
  package init(leaf: [UInt8], at index: UInt64) throws(EntryFault) {
    self = try Self.tapes.withItem { tape throws(EntryFault) in
      try leaf.span.withUnsafeBytes { bytes throws(EntryFault) -> DecodedEntry in
        let cursor: JSONCursor
        do {
          cursor = try tape.parse(bytes)
        } catch {
          throw EntryFault(index: index, message: "not JSON: \(error)")
        }
        guard cursor.kind == .object else { throw EntryFault(index: index, message: "not an object") }
        return try DecodedEntry(Fields(cursor: cursor, index: index))
      }
    }
  }

  private static let tapes = Pool { JSONTape() }

  private init(_ fields: Fields) throws(EntryFault) {
    guard try fields.integer("v") == 1 else { throw EntryFault(index: fields.index, message: "written by a newer version") }
    guard try fields.count("seq") == fields.index else {
      throw EntryFault(index: fields.index, message: "`seq` names another place")
    }
    index = fields.index
    time = try fields.integer("time")
    log = try fields.string("log")
    tenant = try fields.string("tenant")
    payload = try fields.optionalDigest("payload_sha256")
    entry = Entry(actor: try fields.actor(), body: try Self.body(fields, type: try fields.string("type")))
  }

  private static func body(_ fields: Fields, type: String) throws(EntryFault) -> Entry.Body {
    switch type {
    case "log.open": return .open
    case "policy.activate":
      return .activation(
        ActivationEntry(
          version: try fields.count("version"), digest: try fields.digest("digest"), files: Int(try fields.integer("files"))))
    case "decision": return .decision(try fields.decision())
    case "approval.approve", "approval.reject", "approval.expire":
      guard let verdict = VerdictEntry.Verdict(rawValue: String(type.dropFirst("approval.".count))) else { break }
      let until = verdict == .approve ? try fields.integer("valid_until") : 0
      return .verdict(VerdictEntry(approval: try fields.count("approval"), verdict: verdict, validUntil: until))
    case "reservation.settle":
      guard let source = SettlementSource(name: try fields.string("source")) else { break }
      return .settlement(
        SettlementEntry(
          reservation: try fields.count("reservation"), actual: try fields.amounts("actual"),
          overrun: !fields.has("overrun") ? .zero : try fields.amounts("overrun"), source: source))
    case "reservation.start": return .start(reservation: try fields.count("reservation"))
    case "reservation.release": return .release(reservation: try fields.count("reservation"))
    case "reservation.expire": return .expiry(reservation: try fields.count("reservation"))
    case "halt.set", "halt.clear":
      let workflow = fields.optionalString("workflow")
      return .halt(HaltEntry(target: workflow.map { .workflow($0) } ?? .organisation, set: type == "halt.set"))
    case "key.create":
      guard let role = Role(rawValue: try fields.string("role")) else { break }
      return .keyCreated(KeyEntry(id: try fields.string("key"), hash: try fields.digest("hash"), role: role))
    case "key.revoke": return .keyRevoked(id: try fields.string("key"))
    case "export.create":
      return .export(
        ExportEntry(
          bundle: try fields.string("bundle"), manifest: try fields.digest("manifest_sha256"), size: try fields.count("size")))
    default: break
    }
    throw EntryFault(index: fields.index, message: "unknown type `\(type)`")
  }
}

/// Typed access to a leaf's members; every fault names the member.
private struct Fields {
  var cursor: JSONCursor
  var index: UInt64

  func fault(_ name: StaticString) -> EntryFault { EntryFault(index: index, message: "`\(name)` is missing or malformed") }

  func has(_ name: StaticString) -> Bool { cursor.member(name) != nil }

  func optionalString(_ name: StaticString) -> String? { cursor.member(name)?.stringValue }

  func string(_ name: StaticString) throws(EntryFault) -> String {
    guard let text = cursor.member(name)?.stringValue else { throw fault(name) }
    return text
  }

  func strings(_ name: StaticString) throws(EntryFault) -> [String] {
    guard let array = cursor.member(name), array.kind == .array else { throw fault(name) }
    return array.elements.compactMap(\.stringValue)
  }

  func integer(_ name: StaticString) throws(EntryFault) -> Int64 {
    guard let value = cursor.member(name)?.integerValue else { throw fault(name) }
    return value
  }

  func count(_ name: StaticString) throws(EntryFault) -> UInt64 {
    guard let value = UInt64(exactly: try integer(name)) else { throw fault(name) }
    return value
  }

  func digest(_ name: StaticString) throws(EntryFault) -> SHA256Digest {
    guard let bytes = cursor.member(name)?.stringBytes, let digest = SHA256Digest(hex: bytes) else { throw fault(name) }
    return digest
  }

  func optionalDigest(_ name: StaticString) throws(EntryFault) -> SHA256Digest? { has(name) ? try digest(name) : nil }

  func nested(_ name: StaticString) throws(EntryFault) -> Fields? {
    guard let value = cursor.member(name) else { return nil }
    guard value.kind == .object else { throw fault(name) }
    return Fields(cursor: value, index: index)
  }

  func amounts(_ name: StaticString) throws(EntryFault) -> Amounts {
    guard let nested = try nested(name) else { throw fault(name) }
    var amounts = Amounts.zero
    for (key, value) in nested.cursor.members {
      guard let currency = Currency.allCases.first(where: { key.equals($0.staticName) }), let amount = value.integerValue else {
        throw fault(name)
      }
      amounts[currency] = amount
    }
    return amounts
  }

  func actor() throws(EntryFault) -> Actor {
    guard let nested = try nested("actor"), let kind = Actor.Kind(rawValue: try nested.string("kind")) else { throw fault("actor") }
    return Actor(id: try nested.string("id"), kind: kind)
  }

  func decision() throws(EntryFault) -> DecisionEntry {
    guard let outcome = Outcome(rawValue: try string("outcome")) else { throw fault("outcome") }
    return DecisionEntry(
      outcome: outcome, reasons: try strings("reasons"), policies: try strings("policies"),
      policyVersion: try count("policy_version"), policyDigest: try digest("policy_digest"), step: try step(),
      subjectType: try string("subject_type"), resourceType: try string("resource_type"), approval: try approval(),
      reservation: try reservation(), idempotency: try idempotency())
  }

  private func step() throws(EntryFault) -> StepEntry? {
    guard has("workflow") else { return nil }
    guard let point = InterventionPoint(rawValue: try string("point")) else { throw fault("point") }
    guard let tier = UInt8(exactly: try integer("tier")).flatMap(RiskTier.init(rawValue:)) else { throw fault("tier") }
    return StepEntry(
      workflow: try string("workflow"), version: try string("workflow_version"), run: try string("run"), step: try string("step"),
      attempt: try integer("attempt"), point: point, tier: tier)
  }

  private func approval() throws(EntryFault) -> ApprovalEntry? {
    guard let nested = try nested("approval") else { return nil }
    guard let effect = ApprovalEntry.Effect(rawValue: try nested.string("effect")) else { throw fault("approval") }
    return ApprovalEntry(
      id: try nested.count("id"), effect: effect, digest: try nested.digest("digest"), group: nested.optionalString("group"),
      expires: try nested.integer("expires"))
  }

  private func reservation() throws(EntryFault) -> ReservationEntry? {
    guard let nested = try nested("reservation") else { return nil }
    guard let list = nested.cursor.member("accounts"), list.kind == .array else { throw fault("reservation") }
    var accounts: [AccountKey] = []
    for element in list.elements {
      guard let text = element.stringBytes, let account = AccountKey(utf8: text) else { throw fault("reservation") }
      accounts.append(account)
    }
    return ReservationEntry(
      accounts: accounts, amounts: try nested.amounts("amounts"), expires: try nested.integer("expires"),
      started: nested.cursor.member("started")?.boolValue ?? true)
  }

  private func idempotency() throws(EntryFault) -> IdempotencyKey? {
    guard let nested = try nested("idempotency") else { return nil }
    return IdempotencyKey(key: try nested.digest("key"), body: try nested.digest("body"))
  }
}

extension Currency {
  /// The name as it stands in leaves, for comparison without making a text.
  fileprivate var staticName: StaticString {
    switch self {
    case .tokensIn: "tokens_in"
    case .tokensOut: "tokens_out"
    case .costNanoUSD: "cost_nanousd"
    case .steps: "steps"
    case .toolCalls: "tool_calls"
    }
  }
}
