package import Cryptography

/// A self-contained receipt for one leaf (C2SP `tlog-proof@v1`): its place, its proof and the signed head.
package struct TlogProof: Sendable, Equatable {
  /// Bytes that the holder attached; nothing authenticates them.
  package let extra: [UInt8]?
  /// The leaf's index.
  package let index: UInt64
  /// The sibling hashes, leaf side first.
  package let hashes: [SHA256Digest]
  /// The signed head with all its signature lines, byte for byte.
  package let checkpoint: [UInt8]

  private static let header = "c2sp.org/tlog-proof@v1"

  /// A receipt of these parts.
  package init(index: UInt64, hashes: [SHA256Digest], checkpoint: [UInt8], extra: [UInt8]? = nil) {
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// The receipt's text.
  package var encoded: [UInt8] {
    var text = TlogProof.header + "\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in hashes { text += hash.base64 + "\n" }
    return Array((text + "\n").utf8) + checkpoint
  }

  /// Reads a receipt; only what `encoded` writes is accepted.
  package static func parse(_ bytes: [UInt8]) throws(TlogProofError) -> TlogProof {
    guard bytes.count <= 2 * NoteLimits.noteBytesMax else { throw .malformed }
    // The head's note holds a blank line itself, so the first one ends the proof.
    var lines: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A), end > start, lines.count <= TreeLimits.inclusionHashesMax + 3 {
      lines.append(bytes[start..<end])
      start = end + 1
    }
    guard start < bytes.count, bytes[start] == 0x0A, lines.first?.elementsEqual(header.utf8) == true else { throw .malformed }
    lines.removeFirst()
    var extra: [UInt8]?
    if let line = lines.first, line.starts(with: "extra ".utf8) {
      guard let decoded = Base64.decode(line.dropFirst(6)) else { throw .malformed }
      extra = decoded
      lines.removeFirst()
    }
    guard let line = lines.first, line.starts(with: "index ".utf8), let index = DecimalText.size(line.dropFirst(6)) else {
      throw .malformed
    }
    var hashes: [SHA256Digest] = []
    for line in lines.dropFirst() {
      guard let bytes = Base64.decode(line), let hash = SHA256Digest(bytes: bytes) else { throw .malformed }
      hashes.append(hash)
    }
    guard hashes.count <= TreeLimits.inclusionHashesMax else { throw .malformed }
    return TlogProof(index: index, hashes: hashes, checkpoint: Array(bytes[(start + 1)...]), extra: extra)
  }

  /// Checks the head's signature and that the leaf stands in its tree.
  package func verify(
    leafHash: SHA256Digest, log: NoteVerifier, witnesses: [NoteVerifier] = []
  ) throws(TlogProofError) -> VerifiedCheckpoint {
    let head: VerifiedCheckpoint
    do {
      head = try VerifiedCheckpoint(note: checkpoint, log: log, witnesses: witnesses)
    } catch {
      throw .checkpoint(error)
    }
    let proof = InclusionProof(index: index, size: head.checkpoint.size, hashes: hashes)
    guard proof.verify(leafHash: leafHash, root: head.checkpoint.root) else { throw .notIncluded }
    return head
  }
}

/// Why a receipt is refused.
package enum TlogProofError: Error, Equatable, Sendable {
  /// Not the text of a `tlog-proof@v1`.
  case malformed
  /// Its head does not verify.
  case checkpoint(CheckpointError)
  /// The leaf does not stand at that index of the head's tree.
  case notIncluded
}
