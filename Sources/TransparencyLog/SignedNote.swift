import Cryptography

/// One signature line of a note, as claimed.
package struct NoteSignature: Sendable, Equatable {
  /// The name of the key that is said to have signed.
  package let name: String
  /// Which of the keys of that name.
  package let keyID: UInt32
  /// The signature in the form of the key's algorithm.
  package let signature: [UInt8]

  /// A signature line's content.
  package init(name: String, keyID: UInt32, signature: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.signature = signature
  }
}

/// A text with the signature lines below it (C2SP signed-note v1.0.0). Parsed is not verified: see `verified(by:)`.
package struct SignedNote: Sendable, Equatable {
  /// What is signed: ends in a line feed, may hold blank lines.
  package let text: [UInt8]
  /// The signature lines in their order, known or not.
  package let signatures: [NoteSignature]

  /// A dash (U+2014) and a space begin each signature line.
  private static let linePrefix: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

  /// Signs `text` with every signer.
  ///
  /// - Throws: `NoteError.invalidText` unless the text is UTF-8 without control characters that ends in a line feed.
  package init(text: [UInt8], signers: [NoteSigner]) throws(NoteError) {
    guard SignedNote.isText(text), text.last == 0x0A else { throw .invalidText }
    guard !signers.isEmpty else { throw .noSignatureBlock }
    self.text = text
    signatures = signers.map { $0.sign(text: text) }
  }

  private init(text: [UInt8], signatures: [NoteSignature]) {
    self.text = text
    self.signatures = signatures
  }

  /// The note's bytes: text, blank line, signature lines.
  package var encoded: [UInt8] {
    var bytes = text
    bytes.append(0x0A)
    for signature in signatures {
      bytes += SignedNote.linePrefix + Array(signature.name.utf8) + [0x20]
      let blob = withUnsafeBytes(of: signature.keyID.bigEndian) { Array($0) } + signature.signature
      bytes += Array(Base64.encode(blob).utf8) + [0x0A]
    }
    return bytes
  }

  /// Reads a note; only what `encoded` writes is accepted, byte for byte.
  package static func parse(_ bytes: [UInt8]) throws(NoteError) -> SignedNote {
    guard bytes.count <= NoteLimits.noteBytesMax else { throw .tooLarge }
    guard isText(bytes) else { throw .invalidText }
    guard let blankLine = lastBlankLine(bytes), bytes.last == 0x0A, blankLine + 1 < bytes.count else { throw .noSignatureBlock }
    let block = bytes[(blankLine + 1)..<(bytes.count - 1)]
    let lines = block.split(separator: 0x0A, maxSplits: NoteLimits.signaturesMax, omittingEmptySubsequences: false)
    guard lines.count <= NoteLimits.signaturesMax else { throw .tooLarge }
    var signatures: [NoteSignature] = []
    for (index, line) in lines.enumerated() {
      guard let signature = signature(line: line) else { throw .malformedSignature(line: index + 1) }
      signatures.append(signature)
    }
    return SignedNote(text: Array(bytes[..<blankLine]), signatures: signatures)
  }

  /// The note as text that known keys have signed.
  ///
  /// Signatures of unknown keys are skipped. A signature that claims to be of a known key and does not verify refuses the whole note.
  package func verified(by verifiers: [NoteVerifier]) throws(NoteError) -> VerifiedNote {
    var authors: [VerifiedNote.Author] = []
    for signature in signatures {
      for verifier in verifiers where verifier.isAuthor(of: signature) {
        guard let seconds = verifier.verifiedSeconds(signature.signature, text: text) else {
          throw .invalidSignature(name: signature.name)
        }
        let author = VerifiedNote.Author(
          verifier: verifier, cosignedSeconds: verifier.algorithm == .ed25519Cosignature ? seconds : nil)
        if !authors.contains(where: { $0.verifier == verifier }) { authors.append(author) }
      }
    }
    guard !authors.isEmpty else { throw .noKnownKey }
    return VerifiedNote(text: text, authors: authors)
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0A } && String(validating: bytes, as: UTF8.self) != nil
  }

  /// The offset of the second line feed of the last pair of them.
  private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
    var index = bytes.count - 1
    while index > 0 {
      if bytes[index] == 0x0A && bytes[index - 1] == 0x0A { return index }
      index -= 1
    }
    return nil
  }

  private static func signature(line: ArraySlice<UInt8>) -> NoteSignature? {
    guard line.starts(with: linePrefix) else { return nil }
    let parts = line.dropFirst(linePrefix.count).split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self), NoteKeyIdentity.isValidName(name),
      let blob = Base64.decode(parts[1]), blob.count > 4
    else { return nil }
    let keyID = blob[0..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return NoteSignature(name: name, keyID: keyID, signature: Array(blob[4...]))
  }
}

/// A note's text with the known keys that signed it; only `SignedNote.verified(by:)` makes one.
package struct VerifiedNote: Sendable {
  /// A known key whose signature verified.
  package struct Author: Sendable {
    /// The key.
    package let verifier: NoteVerifier
    /// For a witness: when it saw the checkpoint, in seconds since 1970, UTC.
    package let cosignedSeconds: UInt64?
  }

  /// The signed text.
  package let text: [UInt8]
  /// The known keys that signed it, at least one.
  package let authors: [Author]

  fileprivate init(text: [UInt8], authors: [Author]) {
    self.text = text
    self.authors = authors
  }
}
