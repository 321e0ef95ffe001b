import COpenSSL

/// The only source of key material: the library's generator, seeded by the kernel.
package enum RandomBytes {
  /// `count` unpredictable bytes. A process whose generator fails stops: a guessable key is worse than none.
  package static func make(_ count: Int) -> [UInt8] {
    precondition(count >= 0 && count <= Int(Int32.max), "the caller asks for 0 to 2^31-1 random bytes")
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let result = count == 0 ? 1 : RAND_bytes(buffer.baseAddress, Int32(count))
      precondition(result == 1, "libcrypto's random generator failed")
      initialized = count
    }
  }
}
