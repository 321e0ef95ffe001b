import COpenSSL

/// Owner of one key of the library.
///
/// `@unchecked Sendable`: the key is never changed after creation; the library guards its own caches and reference counts.
private final class KeyHandle: @unchecked Sendable {
  let key: OpaquePointer
  init(_ key: OpaquePointer) { self.key = key }
  deinit { EVP_PKEY_free(key) }
}

/// The lengths of Ed25519 (RFC 8032) in bytes.
package enum Ed25519 {
  /// The private seed.
  package static let seedBytes = 32
  /// The public key.
  package static let publicKeyBytes = 32
  /// A signature.
  package static let signatureBytes = 64
}

/// A private Ed25519 key (RFC 8032): signs.
package struct Ed25519SigningKey: Sendable {
  private let handle: KeyHandle

  /// The key of a 32-byte seed; nil for any other length.
  package init?(seed: [UInt8]) {
    guard seed.count == Ed25519.seedBytes else { return nil }
    guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { return nil }
    handle = KeyHandle(key)
  }

  private init(_ handle: KeyHandle) { self.handle = handle }

  /// A new key from the library's random generator.
  package static func generate() -> Ed25519SigningKey {
    guard let key = Ed25519SigningKey(seed: RandomBytes.make(Ed25519.seedBytes)) else {
      preconditionFailure("libcrypto refused a seed of \(Ed25519.seedBytes) bytes")
    }
    return key
  }

  /// The 32-byte seed: the whole secret. Store it, never log it.
  package var seed: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Ed25519.seedBytes) { buffer, initialized in
      var length = Ed25519.seedBytes
      let result = EVP_PKEY_get_raw_private_key(handle.key, buffer.baseAddress, &length)
      precondition(result == 1 && length == Ed25519.seedBytes, "libcrypto gave no seed")
      initialized = length
    }
  }

  /// The key that verifies what this key signs.
  package var publicKey: Ed25519PublicKey {
    let bytes = [UInt8](unsafeUninitializedCapacity: Ed25519.publicKeyBytes) { buffer, initialized in
      var length = Ed25519.publicKeyBytes
      let result = EVP_PKEY_get_raw_public_key(handle.key, buffer.baseAddress, &length)
      precondition(result == 1 && length == Ed25519.publicKeyBytes, "libcrypto gave no public key")
      initialized = length
    }
    guard let key = Ed25519PublicKey(bytes: bytes) else { preconditionFailure("libcrypto refused its own public key") }
    return key
  }

  /// The 64-byte signature of `message`; deterministic (RFC 8032).
  package func sign(_ message: [UInt8]) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto gave no signing context") }
    defer { EVP_MD_CTX_free(context) }
    precondition(EVP_DigestSignInit(context, nil, nil, nil, handle.key) == 1, "libcrypto started no signature")
    return [UInt8](unsafeUninitializedCapacity: Ed25519.signatureBytes) { buffer, initialized in
      var length = Ed25519.signatureBytes
      let result = EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count)
      precondition(result == 1 && length == Ed25519.signatureBytes, "libcrypto made no signature")
      initialized = length
    }
  }
}

/// A public Ed25519 key (RFC 8032): verifies.
package struct Ed25519PublicKey: Sendable, Equatable {
  private let handle: KeyHandle

  /// The 32 bytes of the key.
  package let bytes: [UInt8]

  /// The key of these 32 bytes; nil for any other length.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Ed25519.publicKeyBytes else { return nil }
    guard let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else { return nil }
    handle = KeyHandle(key)
    self.bytes = bytes
  }

  /// Whether `signature` is this key's signature of `message`. A signature of another length, or with S not below the group
  /// order, is refused.
  package func verify(signature: [UInt8], message: [UInt8]) -> Bool {
    guard signature.count == Ed25519.signatureBytes, let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, nil, nil, handle.key) == 1 else { return false }
    let isValid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    // A refused signature leaves a line in the thread's error queue, which nobody reads.
    if !isValid { ERR_clear_error() }
    return isValid
  }

  /// Whether both are the same 32 bytes.
  package static func == (left: Ed25519PublicKey, right: Ed25519PublicKey) -> Bool { left.bytes == right.bytes }
}
