import Cryptography
import Foundation
import JSON
import TestSupport
import Testing
import TransparencyLog

@testable import Compliance

/// What somebody who holds the export key, but not the log's, could try: each change is signed anew. With the check that finds it.
private let forgeries: [(name: String, check: BundleCheck, forge: @Sendable (inout Members) throws -> Void)] = [
  (
    "another outcome", .inclusion,
    { try rewrite(&$0) { $0.replacingOccurrences(of: #""outcome":"escalate""#, with: #""outcome":"permit""#) } }
  ),
  ("an entry left out", .entries, { try lines(&$0) { $0.remove(at: 6) } }),
  ("two entries swapped", .entries, { try lines(&$0) { $0.swapAt(6, 7) } }),
  ("an entry doubled", .entries, { try lines(&$0) { $0.insert($0[6], at: 6) } }),
  ("the last entry left out", .entries, { try lines(&$0) { $0.removeLast() } }),
  (
    "an entry that is not canonical", .entries,
    { try rewrite(&$0) { $0.replacingOccurrences(of: #""seq":7,"#, with: #""seq": 7,"#) } }
  ),
  (
    "an entry of another log", .entries,
    { try rewrite(&$0) { $0.replacingOccurrences(of: FixtureLog.origin, with: "log.example/other") } }
  ),
  ("a line without its end", .entries, { $0[leaves($0)].removeLast() }),
  ("an empty line", .entries, { $0[leaves($0)].append(0x0A) }),
  (
    "a decision left out of the records", .records,
    {
      $0["records/decisions.csv"] =
        Array($0.text("records/decisions.csv").components(separatedBy: "\r\n").dropLast(2).joined(separator: "\r\n").utf8) + [
          13, 10,
        ]
    }
  ),
  (
    "a changed cell", .records,
    {
      $0["records/changes.csv"] = Array($0.text("records/changes.csv").replacingOccurrences(of: "halt.set", with: "halt.sex").utf8)
    }
  ),
  (
    "another population", .records,
    { $0["populations.json"] = Array($0.text("populations.json").replacingOccurrences(of: "\"count\":", with: "\"count\":1").utf8) }
  ),
  (
    "another count of redactions", .records,
    { $0["redactions.json"] = Array($0.text("redactions.json").replacingOccurrences(of: "\"count\":", with: "\"count\":1").utf8) }
  ),
  ("another policy text", .policies, { $0["policies/2/access/refund.cedar"] += [10] }),
  (
    "another policy text with its digest", .policies,
    { members in
      let old = SHA256.hash(members["policies/2/access/refund.cedar"]).hex
      members["policies/2/access/refund.cedar"][0] ^= 1
      let new = SHA256.hash(members["policies/2/access/refund.cedar"]).hex
      members["policies/index.json"] = Array(members.text("policies/index.json").replacingOccurrences(of: old, with: new).utf8)
    }
  ),
  ("another log key", .checkpoint, { $0["keys/log.vkey"] = Array((try FixtureLog(seed: 7).logSigner.verifier.vkey + "\n").utf8) }),
  (
    "a checkpoint of another log key", .checkpoint,
    { members in
      let head = try Checkpoint.parse(text: try SignedNote.parse(members["log/checkpoint"]).text)
      members["log/checkpoint"] = try head.signed(by: [try FixtureLog(seed: 7).logSigner]).encoded
    }
  ),
]

private func leaves(_ members: Members) -> String {
  members.paths.contains("log/leaves.jsonl") ? "log/leaves.jsonl" : "log/subset.jsonl"
}

private func rewrite(_ members: inout Members, _ change: (String) -> String) throws {
  let path = leaves(members)
  members[path] = Array(change(members.text(path)).utf8)
}

private func lines(_ members: inout Members, _ change: (inout [String]) -> Void) throws {
  var lines = members.text(leaves(members)).split(separator: "\n").map(String.init)
  change(&lines)
  members[leaves(members)] = Array((lines.joined(separator: "\n") + "\n").utf8)
}

@Suite("changed bundles")
struct TamperTests {
  @Test(
    "a flipped bit in any byte of the structure and in every seventeenth of the content refuses a bundle",
    arguments: [FixtureLog.scope(), FixtureLog.scope(4, 11)])
  func everyByte(scope: BundleScope) throws {
    let log = try FixtureLog.usual()
    let bytes = try log.bundle(scope).bytes
    let verifier = BundleVerifier()
    let structure = structure(bytes)
    var flipped = 0
    for position in bytes.indices where structure.contains(position) || position % 17 == 0 {
      var changed = bytes
      changed[position] ^= 1 << UInt8(position / 17 % 8)
      #expect(!verifier.verify(bytes: changed).passed, "byte \(position) of \(bytes.count)")
      flipped += 1
    }
    #expect(flipped > 2400 && structure.count > 2000)
    for length in stride(from: 0, to: bytes.count, by: 97) { #expect(!verifier.verify(bytes: Array(bytes[..<length])).passed) }
    for extra in [bytes + [0], [0] + bytes] { #expect(!verifier.verify(bytes: extra).passed) }
  }

  /// The bytes of local headers and descriptors, and of everything from the directory on.
  private func structure(_ bytes: [UInt8]) -> IndexSet {
    var set = IndexSet()
    for position in 0..<bytes.count - 4 where bytes[position] == 0x50 && bytes[position + 1] == 0x4B {
      switch (bytes[position + 2], bytes[position + 3]) {
      case (3, 4): set.insert(integersIn: position..<position + 30 + Int(bytes[position + 26]))
      case (7, 8): set.insert(integersIn: position..<position + 16)
      case (1, 2):
        set.insert(integersIn: position..<bytes.count)
        return set
      default: break
      }
    }
    return set
  }

  @Test("a flipped bit in any member, packed again, is found by its digest or its signature")
  func everyMember() throws {
    let log = try FixtureLog.usual()
    let members = try Members(log.bundle(FixtureLog.scope(4, 11)).bytes)
    var generator = SeededGenerator(seed: 7)
    for path in members.paths {
      for _ in 0..<10 {
        var changed = members
        let position = Int.random(in: 0..<members[path].count, using: &generator)
        changed[path][position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        let verdict = BundleVerifier().verify(bytes: try changed.zipped())
        let expected: BundleCheck = path == "MANIFEST.note" ? .signature : path == "MANIFEST.json" ? .manifest : .members
        #expect(!verdict.passed, "\(path) byte \(position), seed 7")
        // A changed manifest may still be one, of other files or with another signature.
        if path != "MANIFEST.json" { #expect(verdict.failures.first?.check == expected) }
      }
    }
  }

  @Test("what the holder of the export key could forge is found", arguments: forgeries.indices)
  func forged(index: Int) throws {
    let forgery = forgeries[index]
    let log = try FixtureLog.usual()
    for scope in [FixtureLog.scope(), FixtureLog.scope(1, 13)] {
      var members = try Members(log.bundle(scope).bytes)
      let before = members.members.map(\.bytes)
      try forgery.forge(&members)
      #expect(members.members.map(\.bytes) != before, "\(forgery.name) changes nothing")
      try members.reseal(log.exportSigner)
      let verdict = BundleVerifier().verify(bytes: try members.zipped())
      #expect(verdict.failures.first?.check == forgery.check, "\(forgery.name): \(verdict.lines.joined(separator: "\n"))")
    }
  }

  @Test("the line of a table that differs is named")
  func differingLine() throws {
    let log = try FixtureLog.usual()
    var members = try Members(log.bundle().bytes)
    let text = members.text("records/decisions.csv").replacingOccurrences(of: ",d-5,escalate", with: ",d-5,permit")
    members["records/decisions.csv"] = Array(text.utf8)
    try members.reseal(log.exportSigner)
    let failure = try #require(BundleVerifier().verify(bytes: try members.zipped()).failures.first?.failure)
    #expect(failure.member == "records/decisions.csv" && failure.line == 4, "\(failure)")
  }

  @Test("a forged scope is found: another range, another period, another root, another tenant")
  func forgedScopes() throws {
    let log = try FixtureLog.usual()
    let bytes = try log.bundle(FixtureLog.scope(4, 11)).bytes
    let changes: [(BundleCheck, (inout Manifest) -> Void)] = [
      (.entries, { $0.indexFrom += 1 }), (.entries, { $0.indexTo -= 1 }), (.checkpoint, { $0.size += 1 }),
      (.checkpoint, { $0.root = SHA256.hash("other") }), (.entries, { $0.scope.tenant = "other" }),
      (.period, { $0.scope.fromMilliseconds = FixtureLog.start + 3 * FixtureLog.step }),
      (.period, { $0.scope.fromMilliseconds = FixtureLog.start + 4 * FixtureLog.step + 1 }),
      (.period, { $0.scope.toMilliseconds = FixtureLog.start + 11 * FixtureLog.step + 1 }),
      (.period, { $0.scope.toMilliseconds = FixtureLog.start + 10 * FixtureLog.step }),
      (.period, { $0.scope.fromMilliseconds = nil }),
      (.period, { $0.scope.toMilliseconds = nil }), (.records, { $0.scope.workflow = "refund" }),
      (.members, { $0.files.removeLast() }), (.members, { $0.files.swapAt(0, 1) }), (.members, { $0.files[0].size += 1 }),
      (.members, { $0.files[0].mediaType = "text/html" }), (.members, { $0.files[0].rows = 1 }),
      (
        .entries,
        { manifest in
          for index in manifest.files.indices where manifest.files[index].path == "log/subset.jsonl" {
            manifest.files[index].rows = 3
          }
        }
      ),
      (.signature, { $0.origin = "log.example/other" }),
    ]
    for (number, (check, change)) in changes.enumerated() {
      var members = try Members(bytes)
      try members.reseal(log.exportSigner, change)
      let verdict = BundleVerifier().verify(bytes: try members.zipped())
      #expect(verdict.failures.first?.check == check, "change \(number): \(verdict.lines.joined(separator: "\n"))")
    }
  }

  @Test("members too many, too few, renamed or moved are found")
  func members() throws {
    let log = try FixtureLog.usual()
    let bundle = try Members(log.bundle().bytes)
    let changes: [(inout Members) -> Void] = [
      { $0.members.removeFirst() }, { $0.members.swapAt(0, 1) }, { $0.members.append(("extra.txt", [1])) },
      { $0.members.insert(("policies/9/x.cedar", [1]), at: 8) }, { $0.members[0].path = "inventory/other.json" },
      { $0.members.insert(("log/subset.jsonl", [1]), at: 5) },
    ]
    for (number, change) in changes.enumerated() {
      var members = bundle
      change(&members)
      let plain = BundleVerifier().verify(bytes: try members.zipped())
      #expect(plain.failures.map(\.check).contains(.members), "change \(number)")
      try members.reseal(log.exportSigner)
      #expect(!BundleVerifier().verify(bytes: try members.zipped()).passed, "change \(number), signed")
    }
  }

  @Test("a whole bundle by other keys is consistent, but not with the keys that were given")
  func impostor() throws {
    let log = try FixtureLog.usual()
    var impostor = try FixtureLog(seed: 42)
    impostor.leaves = log.leaves
    impostor.payloads = log.payloads
    try impostor.sign()
    let bytes = try impostor.bundle().bytes
    #expect(BundleVerifier().verify(bytes: bytes).passed)
    #expect(log.verifier.verify(bytes: bytes).failures.map(\.check) == [.trust])
  }

  @Test("a manifest that is not canonical or has another member is refused")
  func manifests() throws {
    let log = try FixtureLog.usual()
    let text = try Members(log.bundle().bytes).text("MANIFEST.json")
    let changed = [
      text + "\n", " " + text, text.replacingOccurrences(of: "govbundle/1", with: "govbundle/2"),
      text.replacingOccurrences(of: "\"time_zone\"", with: "\"time_yone\""),
      text.replacingOccurrences(of: "{\"bundle_id\"", with: "{\"a\":1,\"bundle_id\""),
      text.replacingOccurrences(of: "\"proved\"", with: "\"asserted\""), "", "{}", "[]",
    ]
    #expect(Manifest(Array(text.utf8)) != nil)
    for text in changed { #expect(Manifest(Array(text.utf8)) == nil) }
  }
}
