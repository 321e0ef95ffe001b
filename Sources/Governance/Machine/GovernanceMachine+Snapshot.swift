import Budgets
import Cryptography

/// A snapshot that this version cannot read; the journal replays from its first entry instead.
struct SnapshotFault: Error, CustomStringConvertible {
  var description: String
}

/// Snapshots: a version byte, then the state field by field. Derived data: nothing but speed depends on them.
extension GovernanceMachine {
  /// Rises with every change of the layout below.
  private static let snapshotVersion: UInt8 = 1

  package func snapshot() -> [UInt8] {
    var writer = SnapshotWriter()
    writer.byte(Self.snapshotVersion)
    writer.text(tenant)
    writer.text(origin)
    writer.bool(state.opened)
    writer.count(UInt64(bitPattern: state.latestTime))
    writer.count(state.policyVersion)
    writer.digest(state.policyDigest)
    writer.count(state.policyIndex)
    writer.bool(state.organisationHalted)
    writer.list(state.haltedWorkflows.sorted()) { $0.text($1) }
    writer.list(state.keys.values.sorted { $0.id < $1.id }) { $0.key($1) }
    writer.list(Outcome.allCases) { $0.count(state.decisions[$1] ?? 0) }
    writer.list(state.approvals.byID.values.sorted { $0.id < $1.id }) { $0.approval($1) }
    writer.list(state.approvals.closed) { $0.count($1) }
    writer.list(state.recent.entries) { writer, entry in
      writer.digest(entry.key)
      writer.digest(entry.known.body)
      writer.count(entry.known.index)
      writer.text(entry.known.outcome.rawValue)
    }
    writer.list(state.finishedRuns.inOrder) { $0.text($1) }
    state.ledger.encode(into: &writer.bytes)
    return writer.bytes
  }

  package init(snapshot: [UInt8]) throws {
    var reader = SnapshotReader(bytes: snapshot)
    guard try reader.byte() == Self.snapshotVersion else { throw SnapshotFault(description: "a snapshot of another version") }
    self.init(tenant: try reader.text(), origin: try reader.text())
    state.opened = try reader.bool()
    state.latestTime = try reader.signed()
    state.policyVersion = try reader.count()
    state.policyDigest = try reader.digest()
    state.policyIndex = try reader.count()
    state.organisationHalted = try reader.bool()
    state.haltedWorkflows = Set(try reader.list { try $0.text() })
    for key in try reader.list({ try $0.key() }) { state.keys[key.id] = key }
    for (outcome, count) in zip(Outcome.allCases, try reader.list { try $0.count() }) { state.decisions[outcome] = count }
    let approvals = try reader.list { try $0.approval() }
    let closed = try reader.list { try $0.count() }
    state.approvals = Approvals(approvals, closed: closed)
    let recent = try reader.list { reader in
      let key = try reader.digest()
      let body = try reader.digest()
      let index = try reader.count()
      return (key, RecentKeys.Known(body: body, index: index, outcome: try reader.outcome()))
    }
    for (key, known) in recent { state.recent.remember(key, known) }
    for run in try reader.list({ try $0.text() }) { state.finishedRuns.insert(run) }
    state.ledger = try Ledger(decoding: reader.rest)
  }
}

/// Appends fields: counts as 8 little-endian bytes, texts and lists with their length first.
private struct SnapshotWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func count(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

  mutating func text(_ text: String) {
    count(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func digest(_ digest: SHA256Digest) { bytes.append(contentsOf: digest.bytes) }

  mutating func list<Item>(_ items: [Item], _ write: (inout SnapshotWriter, Item) -> Void) {
    count(UInt64(items.count))
    for item in items { write(&self, item) }
  }

  mutating func optional(_ text: String?) {
    bool(text != nil)
    if let text { self.text(text) }
  }

  mutating func key(_ key: KeyState) {
    text(key.id)
    digest(key.hash)
    text(key.role.rawValue)
    count(key.index)
    count(UInt64(bitPattern: key.created))
    bool(key.revoked)
  }

  mutating func approval(_ approval: ApprovalState) {
    count(approval.id)
    text(approval.status.rawValue)
    digest(approval.digest)
    for field in [approval.workflow, approval.run, approval.step, approval.requester] { text(field) }
    for value in [approval.attempt, approval.requested, approval.expires, approval.decided ?? -1] {
      count(UInt64(bitPattern: value))
    }
    byte(approval.tier.rawValue)
    optional(approval.group)
    optional(approval.decidedBy)
  }
}

/// Reads what `SnapshotWriter` wrote; every length is checked against what is left.
private struct SnapshotReader {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var rest: ArraySlice<UInt8> { bytes[offset...] }

  mutating func take(_ length: Int) throws(SnapshotFault) -> ArraySlice<UInt8> {
    guard length >= 0, length <= bytes.count - offset else { throw SnapshotFault(description: "a snapshot that is cut short") }
    defer { offset += length }
    return bytes[offset..<offset + length]
  }

  mutating func byte() throws(SnapshotFault) -> UInt8 { try take(1).first ?? 0 }

  mutating func bool() throws(SnapshotFault) -> Bool { try byte() != 0 }

  mutating func count() throws(SnapshotFault) -> UInt64 {
    var value: UInt64 = 0
    for (shift, byte) in try take(8).enumerated() { value |= UInt64(byte) << UInt64(8 * shift) }
    return value
  }

  mutating func signed() throws(SnapshotFault) -> Int64 { Int64(bitPattern: try count()) }

  mutating func length() throws(SnapshotFault) -> Int {
    guard let length = Int(exactly: try count()), length <= bytes.count - offset else {
      throw SnapshotFault(description: "a snapshot that is cut short")
    }
    return length
  }

  mutating func text() throws(SnapshotFault) -> String { String(decoding: try take(try length()), as: UTF8.self) }

  mutating func optional() throws(SnapshotFault) -> String? { try bool() ? try text() : nil }

  mutating func digest() throws(SnapshotFault) -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: Array(try take(32))) else { throw SnapshotFault(description: "a malformed digest") }
    return digest
  }

  mutating func list<Item>(_ read: (inout SnapshotReader) throws -> Item) throws -> [Item] {
    let count = try length()
    var items: [Item] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try read(&self)) }
    return items
  }

  mutating func outcome() throws(SnapshotFault) -> Outcome {
    guard let outcome = Outcome(rawValue: try text()) else { throw SnapshotFault(description: "an unknown outcome") }
    return outcome
  }

  mutating func key() throws(SnapshotFault) -> KeyState {
    let id = try text()
    let hash = try digest()
    guard let role = Role(rawValue: try text()) else { throw SnapshotFault(description: "an unknown role") }
    return KeyState(id: id, hash: hash, role: role, index: try count(), created: try signed(), revoked: try bool())
  }

  mutating func approval() throws(SnapshotFault) -> ApprovalState {
    let id = try count()
    guard let status = ApprovalState.Status(rawValue: try text()) else { throw SnapshotFault(description: "an unknown status") }
    let digest = try digest()
    let (workflow, run, step, requester) = (try text(), try text(), try text(), try text())
    let (attempt, requested, expires, decided) = (try signed(), try signed(), try signed(), try signed())
    guard let tier = RiskTier(rawValue: try byte()) else { throw SnapshotFault(description: "an unknown tier") }
    return ApprovalState(
      id: id, status: status, digest: digest, workflow: workflow, run: run, step: step, attempt: attempt, tier: tier,
      requester: requester, group: try optional(), requested: requested, expires: expires, decidedBy: try optional(),
      decided: decided < 0 ? nil : decided)
  }
}
