import COpenSSL

/// HMAC with SHA-256 (RFC 2104): 32 bytes that only the holder of the key can make.
package enum HMACSHA256 {
  /// The code of `message` under `key`; the key may have any length (RFC 2104 advises at least 32 bytes).
  package static func code(of message: UnsafeRawBufferPointer, key: [UInt8]) -> SHA256Digest {
    SHA256Digest { target in
      // A nil key pointer would mean "reuse the former key", so an empty key is given as a pointer to one unused byte.
      let stored: [UInt8] = key.isEmpty ? [0] : key
      let result = HMAC(
        DigestAlgorithm.sha256.method, stored, Int32(key.count), message.baseAddress?.assumingMemoryBound(to: UInt8.self),
        message.count, target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
      precondition(result != nil, "libcrypto computed no HMAC-SHA-256")
    }
  }

  /// The code of `message` under `key`.
  package static func code(of message: [UInt8], key: [UInt8]) -> SHA256Digest {
    message.withUnsafeBytes { code(of: $0, key: key) }
  }

  /// Whether `code` is the code of `message` under `key`, compared in constant time.
  package static func isValid(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
    constantTimeEqual(code, self.code(of: message, key: key).bytes)
  }
}
