import Cryptography
import TestSupport
import Testing

@testable import TransparencyLog

private let root = SHA256.hash("root")

private func signer(_ name: String, _ seed: UInt8 = 1) throws -> NoteSigner {
  try NoteSigner(name: name, key: #require(Ed25519SigningKey(seed: [UInt8](repeating: seed, count: 32))))
}

@Suite("checkpoints and receipts")
struct CheckpointTests {
  @Test("a checkpoint is three lines, and reads back")
  func text() throws {
    let checkpoint = Checkpoint(origin: "log.example/governance", size: 11, root: root)
    #expect(String(decoding: checkpoint.text, as: UTF8.self) == "log.example/governance\n11\n\(root.base64)\n")
    #expect(try Checkpoint.parse(text: checkpoint.text) == checkpoint)
    #expect(try Checkpoint.parse(text: checkpoint.text + Array("extension\nanother\n".utf8)) == checkpoint)
    let empty = Checkpoint(origin: "a", size: 0, root: NodeHash.emptyRoot)
    #expect(try Checkpoint.parse(text: empty.text) == empty)
    let largest = Checkpoint(origin: "a", size: TreeLimits.sizeMax, root: root)
    #expect(try Checkpoint.parse(text: largest.text) == largest)
  }

  @Test(
    "sizes are plain decimal numbers",
    arguments: [
      "", "-1", "+5", "007", "00", "0x1", "1 ", " 1", "1e3", "1.0", "٣", "9223372036854775808", "18446744073709551616",
      "99999999999999999999",
    ])
  func sizes(size: String) {
    #expect(throws: size.isEmpty ? CheckpointError.malformed : .invalidSize) {
      try Checkpoint.parse(text: Array("a\n\(size)\n\(root.base64)\n".utf8))
    }
  }

  @Test(
    "what is not a checkpoint is refused by name",
    arguments: [
      ("", CheckpointError.malformed), ("a\n1\n", .malformed), ("\n1\nAAAA\n", .malformed), ("a\n1\n\(root.base64)", .malformed),
      ("a\n1\n\(root.base64)\n\n", .malformed), ("a\n1\n\(root.base64)\n\next\n", .malformed), ("a\n1\nAAAA\n", .invalidRoot),
      ("a\n1\n\(root.base64) \n", .invalidRoot), ("a\n1\n\(root.hex)\n", .invalidRoot), ("a\n0\n\(root.base64)\n", .invalidRoot),
    ])
  func refusals(text: String, error: CheckpointError) {
    #expect(throws: error) { try Checkpoint.parse(text: Array(text.utf8)) }
  }

  @Test("a head is verified only by the log's own key and name")
  func verified() throws {
    let log = try signer("log.example/a", 1)
    let other = try signer("log.example/b", 2)
    let checkpoint = Checkpoint(origin: "log.example/a", size: 3, root: root)
    let note = try checkpoint.signed(by: [log]).encoded
    #expect(try VerifiedCheckpoint(note: note, log: log.verifier).checkpoint == checkpoint)
    #expect(throws: CheckpointError.note(.noKnownKey)) { try VerifiedCheckpoint(note: note, log: other.verifier) }
    #expect(throws: CheckpointError.note(.noKnownKey)) {
      try VerifiedCheckpoint(note: checkpoint.signed(by: [other]).encoded, log: log.verifier, witnesses: [other.verifier])
    }
    let foreign = Checkpoint(origin: "log.example/b", size: 3, root: root)
    #expect(throws: CheckpointError.otherOrigin("log.example/b")) {
      try VerifiedCheckpoint(note: foreign.signed(by: [log]).encoded, log: log.verifier)
    }
    #expect(throws: CheckpointError.malformed) {
      try VerifiedCheckpoint(note: SignedNote(text: Array("text\n".utf8), signers: [log]).encoded, log: log.verifier)
    }
  }

  @Test("a witness's key cannot stand for the log's")
  func witnessIsNoLog() throws {
    let key = try #require(Ed25519SigningKey(seed: [UInt8](repeating: 1, count: 32)))
    let witness = try NoteVerifier(name: "log.example/a", key: key.publicKey, algorithm: .ed25519Cosignature)
    let text = Checkpoint(origin: "log.example/a", size: 3, root: root).text
    let time: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 9]
    let signature = key.sign(Array("cosignature/v1\ntime 9\n".utf8) + text)
    let line = Base64.encode(withUnsafeBytes(of: witness.keyID.bigEndian) { Array($0) } + time + signature)
    let note = text + Array("\n— log.example/a \(line)\n".utf8)
    let verified = try SignedNote.parse(note).verified(by: [witness])
    #expect(verified.authors.first?.cosignedSeconds == 9)
    #expect(throws: CheckpointError.note(.noKnownKey)) { try VerifiedCheckpoint(note: note, log: witness) }
  }

  @Test("a receipt shows its leaf and no other, under the signed head only")
  func receipt() throws {
    let log = try signer("log.example/a", 1)
    let leaves = Reference.leaves(11)
    let tree = Reference.tree(leaves)
    let note = try Checkpoint(origin: "log.example/a", size: 11, root: tree.root).signed(by: [log]).encoded
    for index in 0..<11 {
      let hashes = try InclusionProof.make(index: UInt64(index), size: 11, from: tree).hashes
      for extra: [UInt8]? in [nil, [], [1, 2, 3]] {
        let receipt = TlogProof(index: UInt64(index), hashes: hashes, checkpoint: note, extra: extra)
        #expect(try TlogProof.parse(receipt.encoded) == receipt)
        #expect(try receipt.verify(leafHash: leaves[index], log: log.verifier).checkpoint.size == 11)
        #expect(throws: TlogProofError.notIncluded) { try receipt.verify(leafHash: leaves[(index + 1) % 11], log: log.verifier) }
      }
    }
    let receipt = TlogProof(index: 10, hashes: [], checkpoint: note)
    #expect(throws: TlogProofError.notIncluded) { try receipt.verify(leafHash: leaves[10], log: log.verifier) }
    let otherLog = try signer("log.example/b", 2)
    #expect(throws: TlogProofError.checkpoint(.note(.noKnownKey))) {
      try receipt.verify(leafHash: leaves[10], log: otherLog.verifier)
    }
  }

  @Test(
    "what is not a receipt is refused",
    arguments: [
      "", "\n", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\n\n",
      "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
      "c2sp.org/tlog-proof@v1\nindex 00\n\nx", "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
      "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
      "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\nx", "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nx",
      "c2sp.org/tlog-proof@v1\nindex 0",
      "c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: root.base64 + "\n", count: 64) + "\nx",
    ])
  func receiptRefusals(text: String) {
    #expect(throws: TlogProofError.malformed) { try TlogProof.parse(Array(text.utf8)) }
  }

  @Test("tiles have the paths and widths of their specification")
  func tiles() {
    let paths: [(UInt64, String)] = [(0, "000"), (66, "066"), (1000, "x001/000"), (1_234_067, "x001/x234/067")]
    for (index, path) in paths { #expect(Tile.indexPath(index) == path) }
    #expect(Tile(level: 1, index: 5, width: 17).path == "tile/1/005.p/17")
    #expect(Tile(level: 0, index: 1000).entriesPath == "tile/entries/x001/000")
    #expect(Tile.counts(size: 0).isEmpty)
    #expect(Tile.counts(size: 70_000).map { [$0.full, UInt64($0.partialWidth)] } == [[273, 112], [1, 17], [0, 1]])
    let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 65_535)]
    #expect(EntryTile.decode(EntryTile.encode(entries) ?? [0]) == entries)
    #expect(EntryTile.encode([[UInt8](repeating: 0, count: 65_536)]) == nil)
    #expect(EntryTile.encode([[UInt8]](repeating: [], count: 257)) == nil)
    #expect(EntryTile.decode([0]) == nil && EntryTile.decode([0, 2, 1]) == nil)
    #expect(EntryTile.decode([UInt8](repeating: 0, count: 2 * 257)) == nil)
  }
}

@Suite("parsers of outside bytes stand any input")
struct FuzzSmoke {
  @Test("whatever a parser accepts prints as the same bytes", arguments: [UInt64(1), 2, 3])
  func smoke(seed: UInt64) throws {
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let log = try signer("log.example/a", 1)
    let tree = Reference.tree(Reference.leaves(11))
    let checkpoint = Checkpoint(origin: "log.example/a", size: 11, root: tree.root)
    let note = try checkpoint.signed(by: [log, signer("log.example/b", 2)]).encoded
    let receipt = try TlogProof(
      index: 4, hashes: InclusionProof.make(index: 4, size: 11, from: tree).hashes, checkpoint: note, extra: [1]
    ).encoded
    var accepted = 0
    for _ in 0..<4000 {
      let noteBytes = mutate(note, &generator)
      if let parsed = try? SignedNote.parse(noteBytes) {
        accepted += 1
        #expect(parsed.encoded == noteBytes)
        #expect((try? VerifiedCheckpoint(note: noteBytes, log: log.verifier).checkpoint) ?? checkpoint == checkpoint)
      }
      let text = mutate(checkpoint.text, &generator)
      if let parsed = try? Checkpoint.parse(text: text) { #expect(text.starts(with: parsed.text)) }
      let receiptBytes = mutate(receipt, &generator)
      if let parsed = try? TlogProof.parse(receiptBytes) {
        accepted += 1
        #expect(parsed.encoded == receiptBytes)
      }
      _ = EntryTile.decode(mutate(noteBytes, &generator))
      _ = CompactRange(encoded: mutate([0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 32), &generator))
    }
    #expect(accepted > 500)
  }

  private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let position = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes.remove(at: position)
      case 2: bytes.insert([0x0A, 0x20, 0x2B, 0x30, 0x3D, 0xE2].randomElement(using: &generator) ?? 0, at: position)
      case 3: bytes.removeSubrange(position..<min(bytes.count, position + 40))
      default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 40)], at: position)
      }
    }
    return bytes
  }
}
