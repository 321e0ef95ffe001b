package import Cryptography

/// Signs notes under a name.
package struct NoteSigner: Sendable {
  /// The key's name, for a log its origin.
  package let name: String
  /// What verifies the signatures; its `vkey` is the text to publish.
  package let verifier: NoteVerifier
  private let key: Ed25519SigningKey

  /// A signer of notes.
  ///
  /// - Throws: `NoteError.invalidName`.
  package init(name: String, key: Ed25519SigningKey) throws(NoteError) {
    verifier = try NoteVerifier(name: name, key: key.publicKey)
    self.name = name
    self.key = key
  }

  /// The signature line's content for a text that ends in a line feed.
  package func sign(text: [UInt8]) -> NoteSignature {
    NoteSignature(name: name, keyID: verifier.keyID, signature: key.sign(text))
  }
}

/// Verifies the signatures of one key in notes; made from the text that its owner publishes (the "vkey").
package struct NoteVerifier: Sendable, Equatable {
  /// The key's name.
  package let name: String
  /// Tells the keys of one name apart.
  package let keyID: UInt32
  /// What is signed and how.
  package let algorithm: NoteAlgorithm
  /// The public key.
  package let key: Ed25519PublicKey

  /// The verifier of a known key.
  ///
  /// - Throws: `NoteError.invalidName`.
  package init(name: String, key: Ed25519PublicKey, algorithm: NoteAlgorithm = .ed25519) throws(NoteError) {
    guard NoteKeyIdentity.isValidName(name) else { throw .invalidName }
    self.name = name
    self.key = key
    self.algorithm = algorithm
    keyID = NoteKeyIdentity.keyID(name: name, algorithm: algorithm, key: key.bytes)
  }

  /// Reads `name+hash+base64(algorithm || key)`. The base64 may itself hold a `+`.
  ///
  /// - Throws: `NoteError.malformedKey`, `.invalidName` or `.unsupportedAlgorithm`.
  package init(vkey: String) throws(NoteError) {
    let parts = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard vkey.utf8.count <= NoteLimits.keyBytesMax, parts.count == 3, let hash = Hex.decode(parts[1]), hash.count == 4,
      let bytes = Base64.decode(parts[2]), let first = bytes.first
    else { throw .malformedKey }
    guard let algorithm = NoteAlgorithm(rawValue: first) else { throw .unsupportedAlgorithm(first) }
    guard let key = Ed25519PublicKey(bytes: Array(bytes.dropFirst())) else { throw .malformedKey }
    try self.init(name: String(decoding: parts[0], as: UTF8.self), key: key, algorithm: algorithm)
    guard NoteKeyIdentity.hex(keyID).utf8.elementsEqual(parts[1]) else { throw .malformedKey }
  }

  /// The text to publish: `name+hash+base64(algorithm || key)`.
  package var vkey: String {
    "\(name)+\(NoteKeyIdentity.hex(keyID))+\(Base64.encode([algorithm.rawValue] + key.bytes))"
  }

  /// Whether the signature claims to be of this key. Names are compared as bytes.
  package func isAuthor(of signature: NoteSignature) -> Bool {
    keyID == signature.keyID && name.utf8.elementsEqual(signature.name.utf8)
  }

  /// Verifies a signature of this key over `text`.
  ///
  /// - Returns: nil when it does not verify; otherwise the seconds since 1970 that a cosignature states, or 0.
  func verifiedSeconds(_ signature: [UInt8], text: [UInt8]) -> UInt64? {
    switch algorithm {
    case .ed25519:
      return key.verify(signature: signature, message: text) ? 0 : nil
    case .ed25519Cosignature:
      // u64be time || signature of "cosignature/v1\ntime <seconds>\n" + text.
      guard signature.count == 8 + Ed25519.signatureBytes else { return nil }
      let seconds = signature[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let message = Array("cosignature/v1\ntime \(seconds)\n".utf8) + text
      return key.verify(signature: Array(signature[8...]), message: message) ? seconds : nil
    }
  }

  /// Whether name, algorithm and key are the same.
  package static func == (left: NoteVerifier, right: NoteVerifier) -> Bool {
    left.keyID == right.keyID && left.algorithm == right.algorithm && left.key == right.key
      && left.name.utf8.elementsEqual(right.name.utf8)
  }
}
