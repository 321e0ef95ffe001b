import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TransparencyLog

/// The shared vectors, with how many cases of each file must have run.
@Suite("shared transparency-log vectors")
struct VectorTests {
  private func json(_ name: String) throws -> [String: Any]? {
    guard let path = SharedMaterial.path("transparency-log/vectors/" + name) else { return nil }
    return try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
  }

  private func hash(_ value: Any?) -> SHA256Digest? { (value as? String).flatMap { SHA256Digest(base64: $0) } }
  private func number(_ value: Any?) -> UInt64 { (value as? NSNumber)?.uint64Value ?? 0 }

  /// nil when one of them is not 32 bytes.
  private func hashes(_ value: Any?) -> [SHA256Digest]? {
    let texts = value as? [String] ?? []
    let hashes = texts.compactMap { SHA256Digest(base64: $0) }
    return hashes.count == texts.count ? hashes : nil
  }

  @Test("the reference tree's roots and proofs")
  func tree() throws {
    guard let file = try json("rfc6962-tree.json") else { return }
    let leaves = try #require(file["leaves_hex"] as? [String]).map { Hex.decode($0) ?? [] }
    #expect(leaves.map { LeafHash.of($0).hex } == file["leaf_hashes_hex"] as? [String])
    let tree = Reference.tree(leaves.map { LeafHash.of($0) })
    let roots = try #require(file["roots_hex"] as? [String: String])
    #expect(roots.count == 9)
    for (size, root) in roots { #expect(try tree.root(size: #require(UInt64(size))).hex == root) }
    let inclusion = try #require(file["inclusion"] as? [[String: Any]])
    #expect(inclusion.count == 36)
    for item in inclusion {
      #expect(
        try InclusionProof.make(index: number(item["index"]), size: number(item["size"]), from: tree).hashes
          == hashes(item["proof"]))
    }
    let consistency = try #require(file["consistency"] as? [[String: Any]])
    #expect(consistency.count == 36)
    for item in consistency {
      let proof = try ConsistencyProof.make(oldSize: number(item["size1"]), newSize: number(item["size2"]), from: tree)
      #expect(proof.hashes == hashes(item["proof"]))
    }
  }

  @Test("98 inclusion cases, good and bad")
  func inclusion() throws {
    guard let cases = try json("inclusion-cases.json")?["cases"] as? [[String: Any]] else { return }
    var accepted = 0
    for item in cases {
      var verifies = false
      // Hashes of another length are refused when they are read.
      if let root = hash(item["root"]), let leafHash = hash(item["leafHash"]), let hashes = hashes(item["proof"]) {
        verifies = InclusionProof(index: number(item["leafIdx"]), size: number(item["treeSize"]), hashes: hashes)
          .verify(leafHash: leafHash, root: root)
      }
      #expect(verifies == !(try #require(item["wantErr"] as? Bool)), "\(item["name"] ?? "")")
      accepted += verifies ? 1 : 0
    }
    #expect(cases.count == 98 && accepted == 6)
    print("inclusion: \(cases.count) cases, \(accepted) of them good")
  }

  @Test("98 consistency cases, good and bad, one of them not representable")
  func consistency() throws {
    guard let cases = try json("consistency-cases.json")?["cases"] as? [[String: Any]] else { return }
    var accepted = 0
    var skipped = 0
    for item in cases {
      // Roots of 12 bytes, which cannot be read into a digest.
      if item["name"] as? String == "consistency/additional/sizes-are-equal-one-and-proof-is-empty" {
        skipped += 1
        continue
      }
      var verifies = false
      if let oldRoot = hash(item["root1"]), let newRoot = hash(item["root2"]), let hashes = hashes(item["proof"]) {
        verifies = ConsistencyProof(oldSize: number(item["size1"]), newSize: number(item["size2"]), hashes: hashes)
          .verify(oldRoot: oldRoot, newRoot: newRoot)
      }
      #expect(verifies == !(try #require(item["wantErr"] as? Bool)), "\(item["name"] ?? "")")
      accepted += verifies ? 1 : 0
    }
    #expect(cases.count == 98 && skipped == 1 && accepted == 5)
    print("consistency: \(cases.count - skipped) cases, \(accepted) of them good, \(skipped) skipped")
  }

  @Test("verifier keys and notes to accept or refuse")
  func notes() throws {
    guard let file = try json("signed-note.json") else { return }
    let keys = try #require(file["vkeys"] as? [[String: Any]])
    for item in keys {
      let vkey = try #require(item["vkey"] as? String)
      let verifier = try? NoteVerifier(vkey: vkey)
      #expect((verifier != nil) == (item["valid"] as? Bool), "\(vkey)")
      if let verifier { #expect(verifier.vkey == vkey) }
    }
    let cases = try #require(file["cases"] as? [[String: Any]])
    for item in cases {
      let verifiers = try #require(item["vkeys"] as? [String]).map { try NoteVerifier(vkey: $0) }
      let note = Array(try #require(item["note"] as? String).utf8)
      let verified = try? SignedNote.parse(note).verified(by: verifiers)
      #expect((verified != nil) == (item["accept"] as? Bool), "\(item["name"] ?? "")")
    }
    #expect(keys.count == 8 && cases.count == 15)
    print("signed notes: \(keys.count) keys, \(cases.count) notes")
  }

  @Test("tile paths and widths")
  func tiles() throws {
    guard let file = try json("tiles.json") else { return }
    let paths = try #require(file["paths"] as? [[String: Any]])
    for item in paths { #expect(Tile.indexPath(number(item["n"])) == item["path"] as? String) }
    let trees = try #require(file["trees"] as? [[String: Any]])
    for item in trees {
      let expected = try #require(item["tiles"] as? [[String: Any]]).map {
        [number($0["level"]), number($0["full"]), number($0["partial_width"])]
      }
      #expect(Tile.counts(size: number(item["size"])).map { [UInt64($0.level), $0.full, UInt64($0.partialWidth)] } == expected)
    }
    #expect(paths.count == 8 && trees.count == 7)
  }

  @Test("the keys have the published names, ids and texts")
  func keys() throws {
    guard let keys = try json("keys.json")?["keys"] as? [[String: Any]] else { return }
    for item in keys {
      let seed = try #require((item["seed_hex"] as? String).flatMap { Hex.decode($0) })
      let key = try #require(Ed25519SigningKey(seed: seed))
      #expect(Hex.encode(key.publicKey.bytes) == item["public_hex"] as? String)
      let algorithm = try #require(NoteAlgorithm(rawValue: UInt8(number(item["type"]))))
      let verifier = try NoteVerifier(name: #require(item["name"] as? String), key: key.publicKey, algorithm: algorithm)
      #expect(verifier.vkey == item["vkey"] as? String)
    }
    #expect(keys.count == 3)
  }

  @Test("a whole bundle: leaves, heads, cosignatures, consistency, subset, receipt and tiles")
  func bundle() throws {
    guard let folder = SharedMaterial.path("transparency-log/vectors/bundle-11") else { return }
    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))) }
    func lines(_ name: String) throws -> [[UInt8]] { try bytes(name).split(separator: 0x0A).map { Array($0) } }
    func verifiers(_ name: String) throws -> [NoteVerifier] {
      try lines(name).map { try NoteVerifier(vkey: String(decoding: $0, as: UTF8.self)) }
    }
    let log = try #require(try verifiers("log.vkey").first)
    let witnesses = try verifiers("witness.vkeys")
    let leaves = try lines("leaves.jsonl")
    let tree = Reference.tree(leaves.map { LeafHash.of($0) })
    let head = try VerifiedCheckpoint(note: bytes("checkpoint"), log: log, witnesses: witnesses)
    #expect(head.checkpoint.size == 11 && head.checkpoint.root == tree.root)
    #expect(head.cosignatures.map(\.name) == witnesses.map(\.name))
    #expect(head.cosignatures.allSatisfy { $0.seconds > 1_700_000_000 })
    let old = try VerifiedCheckpoint(note: bytes("checkpoint.old"), log: log)
    let consistency = ConsistencyProof(
      oldSize: old.checkpoint.size, newSize: 11,
      hashes: try lines("consistency").compactMap { SHA256Digest(base64: String(decoding: $0, as: UTF8.self)) })
    #expect(consistency.verify(oldRoot: old.checkpoint.root, newRoot: head.checkpoint.root))
    #expect(try ConsistencyProof.make(oldSize: 7, newSize: 11, from: tree) == consistency)
    let subset = try lines("subset.jsonl")
    let proofs = try lines("subset.proofs.jsonl")
    #expect(subset.count == proofs.count && subset.count > 2)
    for (leaf, line) in zip(subset, proofs) {
      let item = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      let proof = InclusionProof(index: number(item["index"]), size: 11, hashes: try #require(hashes(item["proof"])))
      #expect(proof.verify(leafHash: LeafHash.of(leaf), root: head.checkpoint.root))
    }
    let receipt = try TlogProof.parse(bytes("one.tlog-proof"))
    #expect(try receipt.encoded == bytes("one.tlog-proof"))
    #expect(try receipt.verify(leafHash: LeafHash.of(bytes("one.leaf")), log: log, witnesses: witnesses).cosignatures.count == 2)
    #expect(try EntryTile.decode(bytes(Tile(level: 0, index: 0, width: 11).entriesPath)) == leaves)
    #expect(try bytes(Tile(level: 0, index: 0, width: 11).path) == leaves.flatMap { LeafHash.of($0).bytes })
  }
}
