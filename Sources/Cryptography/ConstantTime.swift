import COpenSSL

/// Whether both hold the same bytes, in a time that depends on the length alone; different lengths are unequal at once.
package func constantTimeEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
  return CRYPTO_memcmp(leftStart, rightStart, left.count) == 0
}

/// Whether both hold the same bytes, in a time that depends on the length alone; different lengths are unequal at once.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.withUnsafeBytes { leftBytes in right.withUnsafeBytes { constantTimeEqual(leftBytes, $0) } }
}

/// Whether both digests are equal, in constant time.
package func constantTimeEqual(_ left: SHA256Digest, _ right: SHA256Digest) -> Bool {
  left.withUnsafeBytes { leftBytes in right.withUnsafeBytes { constantTimeEqual(leftBytes, $0) } }
}
