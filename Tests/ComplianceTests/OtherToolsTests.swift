import Cryptography
import Foundation
import JSON
import TestSupport
import Testing
import TransparencyLog

@testable import Compliance

/// Runs a program; its exit status and what it printed, both streams together.
private func run(_ program: String, _ arguments: [String], in folder: String? = nil) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// Whether all programs are there; says so when not.
private func has(_ programs: String...) -> Bool {
  let missing = programs.filter { (try? run("which", [$0]).status) != 0 }
  if !missing.isEmpty { print("absent: \(missing.joined(separator: ", ")); 0 of its checks ran") }
  return missing.isEmpty
}

@Suite("bundles checked by other programs")
struct OtherToolsTests {
  /// The script of the bundle itself, run on the bundle.
  private func verify(_ bundle: [UInt8], _ folder: TemporaryFolder, keys: [NoteVerifier] = []) throws -> (
    status: Int32, output: String
  ) {
    let path = folder.file("bundle.zip")
    let script = folder.file("verify.py")
    try Data(bundle).write(to: URL(fileURLWithPath: path))
    try Data(VerifyScript.text.utf8).write(to: URL(fileURLWithPath: script))
    return try run("python3", [script, path] + keys.flatMap { ["--key", $0.vkey] })
  }

  @Test("verify.py accepts a bundle of every scope", arguments: scopes)
  func accepted(item: (name: String, scope: BundleScope, entries: Range<UInt64>)) throws {
    guard has("python3") else { return }
    let log = try FixtureLog.usual()
    let bytes = try log.bundle(item.scope).bytes
    let folder = TemporaryFolder()
    let alone = try verify(bytes, folder)
    #expect(alone.status == 0 && alone.output.contains("INSIDE THE BUNDLE ONLY"), "\(item.name): \(alone.output)")
    let trusting = try verify(bytes, folder, keys: [log.logSigner.verifier, log.exportSigner.verifier])
    #expect(trusting.status == 0 && !trusting.output.contains("INSIDE"), "\(item.name): \(trusting.output)")
    #expect(trusting.output.contains(": \(item.entries.count) entries"))
    let foreign = try verify(bytes, folder, keys: [FixtureLog(seed: 9).logSigner.verifier])
    #expect(foreign.status == 1, "\(foreign.output)")
  }

  @Test("verify.py refuses a changed byte in any member", arguments: [FixtureLog.scope(), FixtureLog.scope(4, 11)])
  func refused(scope: BundleScope) throws {
    guard has("python3") else { return }
    let bundle = try Members(FixtureLog.usual().bundle(scope).bytes)
    let folder = TemporaryFolder()
    for path in bundle.paths {
      var members = bundle
      members[path][members[path].count / 2] ^= 1
      let result = try verify(members.zipped(), folder)
      #expect(result.status == 1 && result.output.contains("NOT GOOD"), "\(path): \(result.output)")
    }
  }

  @Test("verify.py refuses entries that were changed and signed anew with the export key")
  func forged() throws {
    guard has("python3") else { return }
    let log = try FixtureLog.usual()
    let folder = TemporaryFolder()
    let changes: [(path: String, old: String, new: String)] = [
      ("log/subset.jsonl", #""outcome":"permit""#, #""outcome":"permis""#), ("log/subset.jsonl", #""seq":7,"#, #""seq":6,"#),
      ("log/subset.proofs.jsonl", "\"index\":5", "\"index\":6"), ("records/decisions.csv", ",d-5,escalate", ",d-5,permit"),
      ("records/decisions.csv", "\r\n4,", "\r\n3,"),
    ]
    for change in changes {
      var members = try Members(log.bundle(FixtureLog.scope(4, 11)).bytes)
      let text = members.text(change.path).replacingOccurrences(of: change.old, with: change.new)
      #expect(text != members.text(change.path), "\(change.old) does not occur")
      members[change.path] = Array(text.utf8)
      try members.reseal(log.exportSigner)
      let result = try verify(members.zipped(), folder)
      #expect(result.status == 1 && result.output.contains("NOT GOOD: Bad"), "\(change): \(result.output)")
    }
    var members = try Members(log.bundle(FixtureLog.scope(4, 11)).bytes)
    try members.reseal(log.exportSigner) { $0.scope.fromMilliseconds = FixtureLog.start }
    #expect(try verify(members.zipped(), folder).output.contains("the period begins or ends elsewhere"))
  }

  @Test("the commands of VERIFY.txt do what it says")
  func instructions() throws {
    guard has("sh", "unzip", "sha256sum", "openssl", "base64", "sed") else { return }
    let log = try FixtureLog.usual()
    let folder = TemporaryFolder()
    let members = try Members(log.bundle().bytes)
    try Data(log.bundle().bytes).write(to: URL(fileURLWithPath: folder.file("BUNDLE.zip")))
    let text = members.text("verify/VERIFY.txt")
    /// The indented block that follows the paragraph with this beginning.
    func commands(_ beginning: String) throws -> String {
      let rest = try #require(text.range(of: beginning)).upperBound
      let lines = text[rest...].split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      let block = lines.drop { !$0.isEmpty }.dropFirst().prefix { !$0.isEmpty }
      return block.joined(separator: "\n")
    }
    #expect(try run("sh", ["-c", commands("2. With sha256sum")], in: folder.path).status == 0)
    let digests = try run("sh", ["-c", commands("a. Every file")], in: folder.path)
    #expect(
      digests.status == 0 && digests.output.components(separatedBy: ": OK\n").count - 1 == members.paths.count - 2,
      "\(digests.output)")
    let manifest = try run("sh", ["-c", commands("b. The manifest")], in: folder.path).output.split { " \n:".contains($0) }
    #expect(manifest.count == 4 && manifest[1] == manifest[2] && manifest[0] == "sha256")
    for (note, key) in [("MANIFEST.note", "keys/export.vkey"), ("log/checkpoint", "keys/log.vkey")] {
      let script = try commands("c. A signature").replacingOccurrences(of: "NOTE", with: note).replacingOccurrences(
        of: "KEY", with: key)
      let good = try run("sh", ["-c", script], in: folder.path)
      #expect(good.status == 0 && good.output.contains("Signature Verified Successfully"), "\(good.output)")
    }
    let bad = try commands("c. A signature").replacingOccurrences(of: "NOTE", with: "log/checkpoint").replacingOccurrences(
      of: "KEY", with: "keys/export.vkey")
    #expect(try run("sh", ["-c", bad], in: folder.path).status != 0)
    let leaf = try run("sh", ["-c", commands("d. The hash")], in: folder.path).output
    #expect(leaf.hasPrefix(LeafHash.of(log.leaves[0]).hex))
  }
}
