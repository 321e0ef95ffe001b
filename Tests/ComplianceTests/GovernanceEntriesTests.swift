import Budgets
import Cryptography
import JSON
import Journal
import TestSupport
import Testing
import TransparencyLog

@testable import Compliance
@testable import Governance

/// The part of a journal's store that exports read; `read` gives small batches.
private struct RecordStore: JournalStore {
  var records: [JournalRecord]
  var checkpoint: StoredCheckpoint?

  func size() -> UInt64 { UInt64(records.count) }
  func append(_ batch: borrowing EntryBatch, checkpoint: StoredCheckpoint?) {}
  func read(from: UInt64, entriesMax: Int, bytesMax: Int) -> [JournalRecord] {
    Array(records.dropFirst(Int(from)).prefix(min(3, entriesMax)))
  }
  func payload(at index: UInt64) -> JournalRecord? { index < size() ? records[Int(index)] : nil }
  func latestCheckpoint() -> StoredCheckpoint? { checkpoint }
  func checkpoint(atLeast size: UInt64) -> StoredCheckpoint? { checkpoint }
  func saveSnapshot(_ bytes: [UInt8], size: UInt64) {}
  func latestSnapshot() -> (size: UInt64, bytes: [UInt8])? { nil }
}

@Suite("bundles of the governance journal")
struct GovernanceEntriesTests {
  private let digest = SHA256.hash("digest")

  private var decision: DecisionEntry {
    DecisionEntry(
      outcome: .escalate, reasons: ["tier.approval_required"], policies: ["access/refund.cedar#0"], policyVersion: 1,
      policyDigest: digest,
      step: StepEntry(
        workflow: "refund", version: "1", run: "r-1", step: "pay", attempt: 1, point: .beforeAction, tier: .t3),
      subjectType: "agent",
      resourceType: "tool", approval: ApprovalEntry(id: 2, effect: .requested, digest: digest, group: "finance", expires: 7),
      reservation: nil,
      idempotency: nil)
  }

  /// One of each, with every optional member there or not.
  private var bodies: [Entry.Body] {
    var permit = decision
    permit.outcome = .permit
    permit.approval?.effect = .consumed
    permit.approval?.group = nil
    permit.reservation = ReservationEntry(
      accounts: [AccountKey(text: "organisation:acme@month/0")].compactMap { $0 }, amounts: .zero, expires: 9, started: true)
    permit.idempotency = IdempotencyKey(key: digest, body: digest)
    var plain = decision
    plain.step = nil
    plain.approval = nil
    return [
      .open, .decision(decision), .decision(permit), .decision(plain),
      .verdict(VerdictEntry(approval: 2, verdict: .approve, validUntil: 5)),
      .verdict(VerdictEntry(approval: 2, verdict: .reject, validUntil: 0)),
      .verdict(VerdictEntry(approval: 2, verdict: .expire, validUntil: 0)),
      .settlement(SettlementEntry(reservation: 3, actual: .zero, overrun: .zero, source: .api)), .start(reservation: 3),
      .release(reservation: 3),
      .expiry(reservation: 3), .halt(HaltEntry(target: .organisation, set: true)),
      .halt(HaltEntry(target: .workflow("refund"), set: false)),
      .keyCreated(KeyEntry(id: "k2", hash: digest, role: .admin)), .keyRevoked(id: "k2"),
      .export(ExportEntry(bundle: "b-1", manifest: digest, size: 3)),
      .activation(ActivationEntry(version: 1, digest: digest, files: 2)),
    ]
  }

  @Test("every entry that the machine writes is canonical and names its place")
  func leaves() throws {
    let reader = LeafReader(origin: "log.example/acme", tenant: "acme")
    for (index, body) in bodies.enumerated() {
      for payload in [nil, digest] {
        var json = JSONWriter()
        let header = LeafHeader(log: "log.example/acme", index: UInt64(index), time: 5, tenant: "acme", payload: payload)
        Entry(actor: .key("k1"), body: body).encode(header, into: &json)
        #expect(CanonicalJSON.isCanonical(json.bytes), "\(String(decoding: json.bytes, as: UTF8.self))")
        try json.bytes.withUnsafeBytes { bytes in
          let leaf = try reader.read(bytes, at: UInt64(index))
          #expect((leaf.activation != nil) == (body == bodies.last))
        }
      }
    }
  }

  @Test("a bundle of a journal that the machine filled verifies and has its policies")
  func bundle() throws {
    let origin = "log.example/acme"
    var machine = GovernanceMachine(tenant: "acme", origin: origin)
    var batch = EntryBatch(origin: origin, firstIndex: 0)
    let files = [
      PolicyFile(path: "access/a.cedar", bytes: Array("permit(principal, action, resource);".utf8)),
      PolicyFile(path: "countersign.yaml", bytes: Array("organisation: acme\n".utf8)),
    ]
    let commands: [Command] = [
      .open, .createKey(KeyEntry(id: "k1", hash: digest, role: .admin), label: "first", by: .system),
      .activate(Activation(digest: PolicyDigest.of(files), files: files, author: "dana", note: "begin", actor: .key("k1"))),
      .halt(HaltEntry(target: .workflow("refund"), set: true), reason: "test", by: .key("k1")),
      .halt(HaltEntry(target: .workflow("refund"), set: false), reason: "over", by: .key("k1")),
      .recordExport(ExportEntry(bundle: "b-1", manifest: digest, size: 3), scope: "all", by: .key("k1")),
    ]
    for (number, command) in commands.enumerated() {
      _ = machine.execute(command, at: FixtureLog.start + Int64(number) * 1000, output: &batch)
    }
    let records = (0..<batch.count).map { batch.record($0) }
    #expect(records.count == commands.count)
    let log = try FixtureLog()
    var range = CompactRange()
    for record in records { range.append(LeafHash.of(record.leaf)) }
    let signer = try FixtureLog.signer(origin, 1)
    let note = try Checkpoint(origin: origin, size: range.size, root: range.root).signed(by: [signer]).encoded
    let store = RecordStore(records: records, checkpoint: StoredCheckpoint(size: range.size, note: note, milliseconds: 0))
    let evidence = JournalEvidence(store: store) { ["workflows": []] }
    for scope in [BundleScope(tenant: "acme"), BundleScope(fromMilliseconds: FixtureLog.start + 3000, tenant: "acme")] {
      var bytes: [UInt8] = []
      let summary = try BundleWriter(source: evidence, log: signer.verifier, exportKey: log.exportSigner)
        .write(scope, labels: FixtureLog.labels) { bytes.append(contentsOf: $0) }
      let verdict = BundleVerifier(trusted: [signer.verifier]).verify(bytes: bytes)
      #expect(verdict.passed && summary.treeSize == 6, "\(verdict.lines.joined(separator: "\n"))")
      #expect(try Members(bytes).text("policies/1/access/a.cedar") == "permit(principal, action, resource);")
    }
    let cut = JournalEvidence(store: RecordStore(records: Array(records.dropLast()), checkpoint: store.checkpoint)) { [:] }
    #expect(throws: ExportError.self) {
      try BundleWriter(source: cut, log: signer.verifier, exportKey: log.exportSigner)
        .write(BundleScope(tenant: "acme"), labels: FixtureLog.labels) { _ in }
    }
  }
}
