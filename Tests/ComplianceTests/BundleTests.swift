import Compression
import Cryptography
import Foundation
import JSON
import TestSupport
import Testing
import TransparencyLog

@testable import Compliance

/// The scopes of the usual log that other tests go through: name, scope, entries.
let scopes: [(name: String, scope: BundleScope, entries: Range<UInt64>)] = [
  ("everything", FixtureLog.scope(), 0..<14), ("from the middle", FixtureLog.scope(5), 5..<14),
  ("up to the middle", FixtureLog.scope(nil, 9), 0..<9),
  ("a part", FixtureLog.scope(4, 11), 4..<11), ("one entry", FixtureLog.scope(10, 11), 10..<11),
  ("a period without entries", FixtureLog.scope(20, 30), 14..<14),
  ("a period before the log", FixtureLog.scope(-9, -3), 0..<0), ("a workflow", FixtureLog.scope(workflow: "refund"), 0..<14),
  ("a part of a workflow", FixtureLog.scope(5, 12, workflow: "refund"), 5..<12),
  ("a period around the log", FixtureLog.scope(-1, 100), 0..<14),
]

@Suite("bundles")
struct BundleTests {
  @Test("a bundle of every scope verifies, rests on the given keys, and has the scope's entries", arguments: scopes)
  func scopesVerify(item: (name: String, scope: BundleScope, entries: Range<UInt64>)) throws {
    let log = try FixtureLog.usual()
    let (bytes, summary) = try log.bundle(item.scope)
    let verdict = log.verifier.verify(bytes: bytes)
    #expect(verdict.passed, "\(verdict.lines.joined(separator: "\n"))")
    #expect(verdict.checkpointTrust == .given && verdict.manifestTrust == .given)
    #expect(summary.indexFrom..<summary.indexTo == item.entries && verdict.indexes == item.entries)
    #expect(summary.treeSize == 14 && verdict.treeSize == 14 && summary.bytes == UInt64(bytes.count))
    #expect(verdict.bundleID == summary.bundleID && verdict.origin == FixtureLog.origin)
    let members = try Members(bytes)
    #expect(SHA256.hash(members["MANIFEST.json"]).hex == summary.manifestSHA256)
    #expect(members.paths.contains("log/leaves.jsonl") == (item.entries == 0..<14))
    #expect(try log.bundle(item.scope).bytes == bytes)
  }

  @Test("the members are those of the format, in its order, and the records say what happened")
  func content() throws {
    let members = try Members(FixtureLog.usual().bundle().bytes)
    #expect(
      members.paths == [
        "inventory/workflows.json", "keys/export.vkey", "keys/log.vkey", "log/checkpoint", "log/leaves.jsonl",
        "policies/1/access/refund.cedar", "policies/1/countersign.yaml", "policies/2/access/refund.cedar", "policies/index.json",
        "populations.json", "records/approvals.csv", "records/changes.csv", "records/decisions.csv", "redactions.json",
        "verify/verify.py",
        "verify/VERIFY.txt", "MANIFEST.json", "MANIFEST.note",
      ])
    let decisions = members.text("records/decisions.csv").components(separatedBy: "\r\n")
    #expect(decisions.count == 1 + 5 + 1 && decisions.last == "")
    #expect(
      decisions[1].hasPrefix(
        "3,2026-11-18T11:09:40.000Z,1795000180000,d-3,permit,\"[\"\"cedar.permit\"\"]\",refund,1,r-1,load-order,1,before_action,3,agent,tool,"
      ))
    #expect(decisions[2].contains(",'=1+1,"))
    #expect(decisions[4].contains(",\"issue, \"\"now\"\"\","))
    let approvals = members.text("records/approvals.csv").components(separatedBy: "\r\n").dropFirst()
    #expect(
      approvals.map { $0.split(separator: ",").dropFirst(3).prefix(3).joined(separator: " ") } == [
        "a-4 requested refund", "a-5 requested other", "a-4 approval.approve refund", "a-5 approval.reject other",
        "a-4 consumed refund", "",
      ])
    let changes = members.text("records/changes.csv").components(separatedBy: "\r\n").dropFirst()
    #expect(
      changes.map { $0.split(separator: ",").dropFirst(3).first ?? "" } == [
        "log.open", "policy.activate", "key.create", "policy.activate", "halt.set", "halt.clear", "export.create", "",
      ])
    let populations = try JSONReader.parse(members["populations.json"])["populations"]?.arrayValue ?? []
    #expect(populations.map { $0["count"]?.integerValue } == [5, 7, 5])
    #expect(
      populations.last?["touched_columns"] == ["step"] && populations.last?["first_seq"] == 3 && populations.last?["last_seq"] == 12
    )
    #expect(!members.members.contains { String(decoding: $0.bytes, as: UTF8.self).contains("secret words") })
  }

  @Test("a workflow's records leave out what is known to be another workflow's, and keep what may be its own")
  func workflow() throws {
    let log = try FixtureLog.usual()
    let whole = try Members(log.bundle(FixtureLog.scope(workflow: "refund")).bytes)
    #expect(!whole.text("records/decisions.csv").contains("other"))
    #expect(!whole.text("records/approvals.csv").contains("a-5"))
    // The request of a-5 lies before this period, so nobody can tell whose it is.
    let part = try Members(log.bundle(FixtureLog.scope(6, 10, workflow: "refund")).bytes)
    #expect(part.text("records/approvals.csv").contains("a-5"))
  }

  @Test("erased policies are said to be erased, and their digest still stands")
  func erased() throws {
    var log = try FixtureLog.usual()
    log.payloads[1] = nil
    let bytes = try log.bundle().bytes
    #expect(log.verifier.verify(bytes: bytes).passed)
    let members = try Members(bytes)
    #expect(!members.paths.contains { $0.hasPrefix("policies/1/") } && members.paths.contains("policies/2/access/refund.cedar"))
    #expect(members.text("redactions.json").contains(#""basis":"erasure","count":1"#))
  }

  @Test("policy paths that no zip holds get numbers")
  func paths() throws {
    #expect(PolicyIndex.members(version: 3, paths: ["a/b.cedar", "c"]) == ["policies/3/a/b.cedar", "policies/3/c"])
    for paths in [
      ["A", "b"], ["a", "a"], ["a", "a/b"], ["a-b", "a/b", "a"], ["..", "b"], ["a b", "b"], ["é", "b"], ["a//b", "b"],
    ] {
      #expect(PolicyIndex.members(version: 3, paths: paths) == paths.indices.map { "policies/3/file-\($0)" })
    }
    var log = try FixtureLog()
    try log.activate(version: 1, files: [("Ä b.cedar", "x"), ("../etc", "y")])
    try log.sign()
    #expect(log.verifier.verify(bytes: try log.bundle().bytes).passed)
  }

  @Test("an empty log has a bundle, too")
  func empty() throws {
    var log = try FixtureLog()
    try log.sign()
    for scope in [FixtureLog.scope(), FixtureLog.scope(0, 5)] {
      #expect(log.verifier.verify(bytes: try log.bundle(scope).bytes).passed)
    }
  }

  @Test("without keys from elsewhere the verdict says so, and a key that signed nothing fails")
  func trust() throws {
    let log = try FixtureLog.usual()
    let bytes = try log.bundle().bytes
    let alone = BundleVerifier().verify(bytes: bytes)
    #expect(alone.passed && alone.checkpointTrust == .bundle && alone.manifestTrust == .bundle)
    #expect(alone.lines.contains { $0.contains("the key inside the bundle only") })
    let half = BundleVerifier(trusted: [log.logSigner.verifier]).verify(bytes: bytes)
    #expect(half.passed && half.checkpointTrust == .given && half.manifestTrust == .bundle)
    let foreign = try FixtureLog(seed: 9).logSigner.verifier
    let wrong = BundleVerifier(trusted: [foreign]).verify(bytes: bytes)
    #expect(wrong.failures.map(\.check) == [.trust] && !wrong.passed)
    #expect(wrong.json["good"] == false && wrong.json["checks"]?.arrayValue?.count == BundleCheck.allCases.count)
  }

  @Test("a file on disk is read in pieces; what cannot be read is refused in words")
  func files() throws {
    let folder = TemporaryFolder()
    let log = try FixtureLog.usual()
    let path = folder.file("bundle.zip")
    try Data(log.bundle().bytes).write(to: URL(fileURLWithPath: path))
    #expect(log.verifier.verify(path: path).passed)
    let keys = [log.logSigner, log.exportSigner].map { $0.verifier.vkey }.joined(separator: "\n")
    #expect(BundleVerifier.verify(path: path, trustedKey: keys).manifestTrust == .given)
    #expect(BundleVerifier.verify(path: path, trustedKey: nil).passed && BundleVerifier.verify(path: path, trustedKey: "").passed)
    let malformed = BundleVerifier.verify(path: path, trustedKey: keys + " no+key")
    #expect(malformed.failures.map(\.check) == [.trust] && malformed.checks.count == BundleCheck.allCases.count)
    #expect(malformed.checks.first?.outcome == .notRun && malformed.lines.last == "verdict: NOT good")
    #expect(log.verifier.verify(path: folder.file("absent.zip")).failures.map(\.check) == [.zip])
    #expect(log.verifier.verify(path: folder.path).failures.map(\.check) == [.zip])
    #expect(log.verifier.verify(bytes: []).failures.map(\.check) == [.zip])
  }

  @Test("evidence that is not in order is not exported")
  func refusals() throws {
    let good = try FixtureLog.usual()
    var log = good
    log.note = nil
    #expect(throws: ExportError.self) { try log.bundle() }
    log = good
    log.leaves[5] = log.leaves[6]
    #expect(throws: ExportError.self) { try log.bundle() }
    log = good
    log.payloads[1] = Array("{}".utf8)
    #expect(throws: ExportError.self) { try log.bundle() }
    log = good
    log.leaves[3] = Array(String(decoding: log.leaves[3], as: UTF8.self).replacingOccurrences(of: "permit", with: "denied").utf8)
    #expect(throws: ExportError.self) { try log.bundle() }
    #expect(throws: ExportError.self) { try good.bundle(FixtureLog.scope(5, 5)) }
    #expect(throws: ExportError.self) { try good.bundle(BundleScope(tenant: "other")) }
    log = good
    log.inventoryValue = ["ratio": .number("1.5")]
    #expect(throws: ExportError.self) { try log.bundle() }
    let stranger = try FixtureLog.signer("elsewhere/export", 3)
    #expect(throws: ExportError.self) { try BundleWriter(source: good, log: good.logSigner.verifier, exportKey: stranger) }
  }
}
