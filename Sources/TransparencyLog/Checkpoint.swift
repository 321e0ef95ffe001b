package import Cryptography

/// The head of a log (C2SP tlog-checkpoint v1.0.0): whose tree, how many leaves, which root. Holds no time and no proof of its author.
package struct Checkpoint: Sendable, Equatable {
  /// The identity of the log.
  package let origin: String
  /// The number of leaves.
  package let size: UInt64
  /// The root over them.
  package let root: SHA256Digest

  /// A head as stated.
  package init(origin: String, size: UInt64, root: SHA256Digest) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The text to sign: three lines.
  package var text: [UInt8] { Array("\(origin)\n\(size)\n\(root.base64)\n".utf8) }

  /// Reads a note's text. Extension lines below the third are not empty and are ignored.
  package static func parse(text: [UInt8]) throws(CheckpointError) -> Checkpoint {
    guard text.last == 0x0A else { throw .malformed }
    let lines = text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }), let origin = String(validating: lines[0], as: UTF8.self) else {
      throw .malformed
    }
    guard let size = DecimalText.size(lines[1]) else { throw .invalidSize }
    guard let bytes = Base64.decode(lines[2]), let root = SHA256Digest(bytes: bytes) else { throw .invalidRoot }
    guard size > 0 || root == NodeHash.emptyRoot else { throw .invalidRoot }
    return Checkpoint(origin: origin, size: size, root: root)
  }

  /// Signs the head as a note.
  package func signed(by signers: [NoteSigner]) throws(NoteError) -> SignedNote {
    try SignedNote(text: text, signers: signers)
  }

  /// Whether all three lines are the same bytes.
  package static func == (left: Checkpoint, right: Checkpoint) -> Bool {
    left.size == right.size && left.root == right.root && left.origin.utf8.elementsEqual(right.origin.utf8)
  }
}

/// Why a checkpoint is refused.
package enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not three or more non-empty lines.
  case malformed
  /// The size is not a decimal number without sign or leading zero, or too large.
  case invalidSize
  /// The root is not the base64 of 32 bytes, or not the empty tree's for size 0.
  case invalidRoot
  /// The head of another log than the key's.
  case otherOrigin(String)
  /// The note does not verify.
  case note(NoteError)

  /// What is wrong, in words.
  package var description: String {
    switch self {
    case .malformed: "the checkpoint is not origin, size and root on a line each"
    case .invalidSize: "the checkpoint's size is not a plain decimal number"
    case .invalidRoot: "the checkpoint's root is not that of any tree of its size"
    case .otherOrigin(let origin): "the checkpoint is of `\(origin)`, another log than its key's"
    case .note(let error): error.description
    }
  }
}

/// A head whose signature by the log's own key was checked; there is no other way to make one.
package struct VerifiedCheckpoint: Sendable {
  /// A witness that saw this head.
  package struct Cosignature: Sendable, Equatable {
    /// The witness's name.
    package let name: String
    /// When it saw the head, in seconds since 1970, UTC, by its own clock.
    package let seconds: UInt64
  }

  /// The head.
  package let checkpoint: Checkpoint
  /// The known witnesses that have seen it.
  package let cosignatures: [Cosignature]

  /// Checks a note: signed by `log`, of the log with that name, and no signature of a known witness wrong.
  package init(note: [UInt8], log: NoteVerifier, witnesses: [NoteVerifier] = []) throws(CheckpointError) {
    let verified: VerifiedNote
    do {
      verified = try SignedNote.parse(note).verified(by: [log] + witnesses)
    } catch {
      throw .note(error)
    }
    guard log.algorithm == .ed25519, verified.authors.contains(where: { $0.verifier == log }) else { throw .note(.noKnownKey) }
    let checkpoint = try Checkpoint.parse(text: verified.text)
    guard checkpoint.origin.utf8.elementsEqual(log.name.utf8) else { throw .otherOrigin(checkpoint.origin) }
    self.checkpoint = checkpoint
    cosignatures = verified.authors.compactMap { author in
      author.cosignedSeconds.map { Cosignature(name: author.verifier.name, seconds: $0) }
    }
  }
}

/// Numbers in text forms: digits only, no sign, no leading zero.
enum DecimalText {
  /// A tree size or index, at most `TreeLimits.sizeMax`.
  static func size(_ text: some Collection<UInt8>) -> UInt64? {
    guard let first = text.first, text.count <= 19, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
    var value: UInt64 = 0
    for character in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
      // At most 19 digits: below 2^64.
      value = value * 10 + UInt64(character - UInt8(ascii: "0"))
    }
    return value <= TreeLimits.sizeMax ? value : nil
  }
}
