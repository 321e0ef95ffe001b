import Compression
import Cryptography
import Governance
import JSON
import Testing
import TransparencyLog

@testable import Compliance

/// A log made up for these tests: fourteen entries of every kind that the records know, two policy versions.
struct FixtureLog: EvidenceSource {
  static let origin = "log.example/acme"
  static let tenant = "acme"
  /// Entry `i` is stamped `start + i * step`.
  static let start: Int64 = 1_795_000_000_000
  static let step: Int64 = 60_000

  var leaves: [[UInt8]] = []
  var payloads: [UInt64: [UInt8]] = [:]
  var note: [UInt8]?
  var inventoryValue: JSONValue = ["workflows": [["id": "refund", "version": "1"]]]

  let logSigner: NoteSigner
  let exportSigner: NoteSigner

  init(seed: UInt8 = 1) throws {
    logSigner = try FixtureLog.signer(FixtureLog.origin, seed)
    exportSigner = try FixtureLog.signer(FixtureLog.origin + "/export", seed + 100)
  }

  static func signer(_ name: String, _ seed: UInt8) throws -> NoteSigner {
    try NoteSigner(name: name, key: #require(Ed25519SigningKey(seed: [UInt8](repeating: seed, count: 32))))
  }

  /// The usual log with its checkpoint signed.
  static func usual() throws -> FixtureLog {
    var log = try FixtureLog()
    try log.append(type: "log.open")
    try log.activate(
      version: 1,
      files: [("access/refund.cedar", "permit(principal, action, resource);\n"), ("countersign.yaml", "organisation: acme\n")])
    try log.append(
      type: "key.create", ["key": "k1", "hash": .string(SHA256.hash("k1").hex), "role": "runtime"], payload: ["label": "ci"])
    try log.decide(workflow: "refund", step: "load-order")
    try log.decide(
      workflow: "refund", step: "=1+1",
      approval: ["id": 4, "effect": "requested", "digest": .string(SHA256.hash("a").hex), "expires": 9])
    try log.decide(
      workflow: "other", step: "draft",
      approval: ["id": 5, "effect": "requested", "digest": .string(SHA256.hash("b").hex), "expires": 9])
    try log.append(type: "approval.approve", ["approval": 4, "valid_until": 99], payload: ["reason": "fine"])
    try log.append(type: "approval.reject", ["approval": 5])
    try log.activate(version: 2, files: [("access/refund.cedar", "forbid(principal, action, resource);\n")])
    try log.append(type: "halt.set", ["workflow": "refund"])
    try log.decide(
      workflow: "refund", step: "issue, \"now\"",
      approval: ["id": 4, "effect": "consumed", "digest": .string(SHA256.hash("a").hex), "expires": 9])
    try log.append(type: "halt.clear", ["workflow": "refund"])
    try log.decide(workflow: nil, step: nil)
    try log.append(type: "export.create", ["bundle": "b-1", "manifest_sha256": .string(SHA256.hash("m").hex), "size": 12])
    try log.sign()
    return log
  }

  private var policy: (version: Int64, digest: SHA256Digest) = (0, SHA256.hash(""))

  mutating func append(type: String, _ members: JSONObject = [:], payload: JSONObject? = nil) throws {
    let index = UInt64(leaves.count)
    var object = members
    object["v"] = 1
    object["type"] = .string(type)
    object["log"] = .string(FixtureLog.origin)
    object["tenant"] = .string(FixtureLog.tenant)
    object["seq"] = .integer(Int64(index))
    object["time"] = .integer(FixtureLog.start + Int64(index) * FixtureLog.step)
    object["actor"] = ["id": "k1", "kind": "key"]
    if let payload {
      let bytes = JSONWriter.encode(.object(payload))
      payloads[index] = bytes
      object["payload_sha256"] = .string(SHA256.hash(bytes).hex)
    }
    leaves.append(try CanonicalJSON.encode(.object(object)))
  }

  mutating func activate(version: Int64, files: [(path: String, text: String)]) throws {
    let digest = PolicyDigest.of(files.map { PolicyFile(path: $0.path, bytes: Array($0.text.utf8)) })
    policy = (version, digest)
    let list = files.map { file -> JSONValue in
      ["path": .string(file.path), "sha256": .string(SHA256.hash(file.text).hex), "text": .string(file.text)]
    }
    try append(
      type: "policy.activate",
      ["version": .integer(version), "digest": .string(digest.hex), "files": .integer(Int64(files.count))],
      payload: ["author": "dana", "files": .array(list), "note": ""])
  }

  mutating func decide(workflow: String?, step: String?, approval: JSONValue? = nil) throws {
    var object: JSONObject = [
      "outcome": .string(approval == nil ? "permit" : "escalate"), "reasons": ["cedar.permit"],
      "policies": ["access/refund.cedar#0"],
      "policy_version": .integer(policy.version), "policy_digest": .string(policy.digest.hex), "subject_type": "agent",
      "resource_type": "tool",
    ]
    if let workflow, let step {
      object["workflow"] = .string(workflow)
      object["workflow_version"] = "1"
      object["run"] = "r-1"
      object["step"] = .string(step)
      object["attempt"] = 1
      object["point"] = "before_action"
      object["tier"] = 3
      object["reservation"] = [
        "accounts": ["organisation:acme@month/1"], "amounts": ["steps": 1, "tokens_in": 4000], "expires": 12, "started": true,
      ]
    }
    object["approval"] = approval
    try append(type: "decision", object, payload: ["request": ["prompt": "secret words"]])
  }

  mutating func sign() throws {
    var range = CompactRange()
    for leaf in leaves { range.append(LeafHash.of(leaf)) }
    note = try Checkpoint(origin: FixtureLog.origin, size: range.size, root: range.root).signed(by: [logSigner]).encoded
  }

  // EvidenceSource

  func checkpoint() -> [UInt8]? { note }

  func forEachLeaf(in indexes: Range<UInt64>, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    for index in indexes { try leaves[Int(index)].withUnsafeBytes { try body(index, $0) } }
  }

  func payload(at index: UInt64) -> [UInt8]? { payloads[index] }

  func inventory() -> JSONValue { inventoryValue }
}

extension FixtureLog {
  static let labels = BundleLabels(
    receiver: "auditor", purpose: "yearly audit", createdMilliseconds: 1_795_111_111_111, generatorVersion: "0.1")

  /// The period of the entries `from ..< to`, or the whole log.
  static func scope(_ from: Int64? = nil, _ to: Int64? = nil, workflow: String? = nil) -> BundleScope {
    BundleScope(
      fromMilliseconds: from.map { start + $0 * step }, toMilliseconds: to.map { start + $0 * step }, workflow: workflow,
      tenant: tenant)
  }

  func bundle(_ scope: BundleScope = FixtureLog.scope()) throws -> (bytes: [UInt8], summary: BundleSummary) {
    var bytes: [UInt8] = []
    let summary = try BundleWriter(source: self, log: logSigner.verifier, exportKey: exportSigner)
      .write(scope, labels: FixtureLog.labels) { bytes.append(contentsOf: $0) }
    return (bytes, summary)
  }

  /// A verifier that was given both keys.
  var verifier: BundleVerifier { BundleVerifier(trusted: [logSigner.verifier, exportSigner.verifier]) }
}

/// A bundle taken apart, to be changed and put together again as somebody with the export key could.
struct Members {
  var members: [(path: String, bytes: [UInt8])]

  init(_ bundle: [UInt8]) throws {
    let zip = try ZipReader(bytes: bundle)
    members = try zip.members.map { ($0.path, try zip.bytes(of: $0, bytesMax: 1 << 24)) }
  }

  var paths: [String] { members.map(\.path) }

  subscript(path: String) -> [UInt8] {
    get { members.first { $0.path == path }?.bytes ?? [] }
    set { if let index = members.firstIndex(where: { $0.path == path }) { members[index].bytes = newValue } }
  }

  func text(_ path: String) -> String { String(decoding: self[path], as: UTF8.self) }

  func zipped() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var zip = ZipWriter { bytes.append(contentsOf: $0) }
    for member in members { try zip.add(path: member.path, bytes: member.bytes) }
    try zip.finish()
    return bytes
  }

  /// Writes the manifest anew over the present members and signs it.
  mutating func reseal(_ signer: NoteSigner, _ change: (inout Manifest) -> Void = { _ in }) throws {
    var manifest = try #require(Manifest(self["MANIFEST.json"]))
    let rows = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.path, $0.rows) })
    manifest.files = members.filter { !$0.path.hasPrefix("MANIFEST.") }.map { member in
      Manifest.File(
        path: member.path, mediaType: BundleLayout.mediaType(member.path), rows: rows[member.path] ?? nil,
        sha256: SHA256.hash(member.bytes), size: UInt64(member.bytes.count))
    }
    manifest.files.sort { $0.path < $1.path }
    change(&manifest)
    self["MANIFEST.json"] = try manifest.encoded()
    let text = Manifest.noteText(bundleID: try manifest.bundleID(), manifest: self["MANIFEST.json"])
    self["MANIFEST.note"] = try SignedNote(text: text, signers: [signer]).encoded
  }
}
