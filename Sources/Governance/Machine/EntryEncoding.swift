import Budgets
import Cryptography
import JSON

/// Everything of a leaf that is not the entry itself.
struct LeafHeader {
  var log: String
  var index: UInt64
  var time: Int64
  var tenant: String
  /// Digest of the payload beside the leaf; nil when there is none.
  var payload: SHA256Digest?
}

extension Entry {
  /// The leaf: one line of canonical JSON, its members written in canonical order.
  func encode(_ header: LeafHeader, into json: inout JSONWriter) {
    json.beginObject()
    json.key("actor")
    json.beginObject()
    json.key("id")
    json.string(actor.id)
    json.key("kind")
    json.string(actor.kind.rawValue)
    json.endObject()
    switch body {
    case .open:
      json.tail(header, type: "log.open")
    case .activation(let entry):
      json.key("digest")
      json.string(entry.digest.hex)
      json.key("files")
      json.integer(Int64(entry.files))
      json.tail(header, type: "policy.activate") { $0.member("version", entry.version) }
    case .decision(let entry):
      entry.encode(header, into: &json)
    case .verdict(let entry):
      json.member("approval", entry.approval)
      json.tail(header, type: "approval." + entry.verdict.rawValue) {
        if entry.verdict == .approve { $0.member("valid_until", UInt64(clamping: entry.validUntil)) }
      }
    case .settlement(let entry):
      json.key("actual")
      json.amounts(entry.actual)
      json.key("log")
      json.string(header.log)
      if !entry.overrun.isZero {
        json.key("overrun")
        json.amounts(entry.overrun)
      }
      json.payload(header)
      json.member("reservation", entry.reservation)
      json.member("seq", header.index)
      json.key("source")
      json.string(entry.source.name)
      json.end(header, type: "reservation.settle")
    case .start(let reservation):
      json.reservation(reservation, header, type: "reservation.start")
    case .release(let reservation):
      json.reservation(reservation, header, type: "reservation.release")
    case .expiry(let reservation):
      json.reservation(reservation, header, type: "reservation.expire")
    case .halt(let entry):
      json.tail(header, type: entry.set ? "halt.set" : "halt.clear") {
        if case .workflow(let id) = entry.target {
          $0.key("workflow")
          $0.string(id)
        }
      }
    case .keyCreated(let entry):
      json.key("hash")
      json.string(entry.hash.hex)
      json.key("key")
      json.string(entry.id)
      json.key("log")
      json.string(header.log)
      json.payload(header)
      json.key("role")
      json.string(entry.role.rawValue)
      json.member("seq", header.index)
      json.end(header, type: "key.create")
    case .keyRevoked(let id):
      json.key("key")
      json.string(id)
      json.tail(header, type: "key.revoke")
    case .export(let entry):
      json.key("bundle")
      json.string(entry.bundle)
      json.key("log")
      json.string(header.log)
      json.key("manifest_sha256")
      json.string(entry.manifest.hex)
      json.payload(header)
      json.member("seq", header.index)
      json.member("size", entry.size)
      json.end(header, type: "export.create")
    }
    json.endObject()
  }
}

extension DecisionEntry {
  fileprivate func encode(_ header: LeafHeader, into json: inout JSONWriter) {
    if let approval { json.approval(approval) }
    if let step { json.member("attempt", UInt64(clamping: step.attempt)) }
    if let idempotency {
      json.key("idempotency")
      json.beginObject()
      json.key("body")
      json.string(idempotency.body.hex)
      json.key("key")
      json.string(idempotency.key.hex)
      json.endObject()
    }
    json.key("log")
    json.string(header.log)
    json.key("outcome")
    json.string(outcome.rawValue)
    json.payload(header)
    if let step {
      json.key("point")
      json.string(step.point.rawValue)
    }
    json.key("policies")
    json.strings(policies)
    json.key("policy_digest")
    json.string(policyDigest.hex)
    json.member("policy_version", policyVersion)
    json.key("reasons")
    json.strings(reasons)
    if let reservation { json.hold(reservation) }
    json.key("resource_type")
    json.string(resourceType)
    if let step {
      json.key("run")
      json.string(step.run)
    }
    json.member("seq", header.index)
    if let step {
      json.key("step")
      json.string(step.step)
    }
    json.key("subject_type")
    json.string(subjectType)
    json.key("tenant")
    json.string(header.tenant)
    if let step { json.member("tier", UInt64(step.tier.rawValue)) }
    json.member("time", UInt64(clamping: header.time))
    json.key("type")
    json.string("decision")
    json.member("v", 1)
    if let step {
      json.key("workflow")
      json.string(step.workflow)
      json.key("workflow_version")
      json.string(step.version)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: StaticString, _ value: UInt64) {
    key(name)
    integer(Int64(clamping: value))
  }

  fileprivate mutating func strings(_ items: [String]) {
    beginArray()
    for item in items { string(item) }
    endArray()
  }

  /// Non-zero amounts by currency, in canonical order.
  fileprivate mutating func amounts(_ amounts: Amounts) {
    beginObject()
    for currency in canonicalCurrencies where amounts[currency] != 0 {
      key(currency.name)
      integer(amounts[currency])
    }
    endObject()
  }

  fileprivate mutating func approval(_ entry: ApprovalEntry) {
    key("approval")
    beginObject()
    key("digest")
    string(entry.digest.hex)
    key("effect")
    string(entry.effect.rawValue)
    member("expires", UInt64(clamping: entry.expires))
    if let group = entry.group {
      key("group")
      string(group)
    }
    member("id", entry.id)
    endObject()
  }

  fileprivate mutating func hold(_ entry: ReservationEntry) {
    key("reservation")
    beginObject()
    key("accounts")
    beginArray()
    for account in entry.accounts { string(account.text) }
    endArray()
    key("amounts")
    amounts(entry.amounts)
    member("expires", UInt64(clamping: entry.expires))
    key("started")
    bool(entry.started)
    endObject()
  }

  fileprivate mutating func payload(_ header: LeafHeader) {
    guard let payload = header.payload else { return }
    key("payload_sha256")
    string(payload.hex)
  }

  fileprivate mutating func reservation(_ id: UInt64, _ header: LeafHeader, type: String) {
    key("log")
    string(header.log)
    payload(header)
    member("reservation", id)
    member("seq", header.index)
    end(header, type: type)
  }

  /// `log`, `payload_sha256`, `seq`, then `tenant` and what sorts after it.
  fileprivate mutating func tail(_ header: LeafHeader, type: String, last: (inout JSONWriter) -> Void = { _ in }) {
    key("log")
    string(header.log)
    payload(header)
    member("seq", header.index)
    end(header, type: type, last: last)
  }

  /// `tenant`, `time`, `type`, `v` and members that sort between or after: `valid_until`, `version`, `workflow`.
  fileprivate mutating func end(_ header: LeafHeader, type: String, last: (inout JSONWriter) -> Void = { _ in }) {
    key("tenant")
    string(header.tenant)
    member("time", UInt64(clamping: header.time))
    key("type")
    string(type)
    member("v", 1)
    last(&self)
  }
}

/// Currencies by name, as canonical JSON orders members.
private let canonicalCurrencies: [Currency] = [.costNanoUSD, .steps, .tokensIn, .tokensOut, .toolCalls]
