import Cryptography

/// Why a note, a key or what they carry is refused.
package enum NoteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Longer than `NoteLimits.noteBytesMax`, or with more than `NoteLimits.signaturesMax` signatures.
  case tooLarge
  /// Not UTF-8, or with a control character other than line feed.
  case invalidText
  /// No blank line before the signatures, no last line feed, or no signature line.
  case noSignatureBlock
  /// The signature line with this number (from 1) is not `— name base64`.
  case malformedSignature(line: Int)
  /// No signature is of a known key.
  case noKnownKey
  /// The signature of a known key does not verify.
  case invalidSignature(name: String)
  /// The name is empty or holds a space, a control character or a `+`.
  case invalidName
  /// A verifier key is not `name+hash+base64`, or its hash is not that of its name and key.
  case malformedKey
  /// The key's algorithm is none that this module verifies.
  case unsupportedAlgorithm(UInt8)

  /// What is wrong, in words.
  package var description: String {
    switch self {
    case .tooLarge: "the note is too large"
    case .invalidText: "the note is not UTF-8 text without control characters"
    case .noSignatureBlock: "the note has no signatures"
    case .malformedSignature(let line): "signature line \(line) is not `— name base64`"
    case .noKnownKey: "no known key has signed"
    case .invalidSignature(let name): "the signature of `\(name)` does not verify"
    case .invalidName: "a key name is not empty and holds no space, control character or `+`"
    case .malformedKey: "the verifier key is not `name+hash+base64` of a key with that hash"
    case .unsupportedAlgorithm(let byte): "the key algorithm \(byte) is not supported"
    }
  }
}

/// The limits of notes from outside.
package enum NoteLimits {
  /// The longest note in bytes: a checkpoint with a hundred post-quantum cosignatures is a third of it.
  package static let noteBytesMax = 1 << 20
  /// The most signature lines: the specification asks for at least 16.
  package static let signaturesMax = 100
  /// The longest verifier key in bytes.
  package static let keyBytesMax = 4096
}

/// What a key signs and how: the byte in front of the key in a verifier key (C2SP signed-note).
package enum NoteAlgorithm: UInt8, Sendable {
  /// Ed25519 over the note's text.
  case ed25519 = 0x01
  /// Ed25519 over a time and a checkpoint (C2SP tlog-cosignature v1): a witness.
  case ed25519Cosignature = 0x04
}

/// The identity of a key within notes: a name, and four bytes that tell its keys apart.
struct NoteKeyIdentity {
  /// Whether `name` can stand in a signature line.
  static func isValidName(_ name: String) -> Bool {
    !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
  }

  /// The first four bytes of SHA-256(name LF algorithm key).
  static func keyID(name: String, algorithm: NoteAlgorithm, key: [UInt8]) -> UInt32 {
    let hash = SHA256.hash(Array(name.utf8) + [0x0A, algorithm.rawValue] + key)
    return hash.withUnsafeBytes { bytes in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) } }
  }

  /// Four bytes as eight lower-case hexadecimal digits.
  static func hex(_ keyID: UInt32) -> String { withUnsafeBytes(of: keyID.bigEndian) { Hex.encode($0) } }
}
