package import Cryptography

/// The hash of a leaf: `SHA-256(0x00 || entry)` (RFC 6962 section 2.1).
package enum LeafHash {
  /// The leaf hash of an entry's exact bytes.
  package static func of(_ entry: UnsafeRawBufferPointer) -> SHA256Digest { SHA256.hash(prefix: 0x00, entry) }

  /// The leaf hash of an entry's exact bytes.
  package static func of(_ entry: [UInt8]) -> SHA256Digest { entry.withUnsafeBytes { of($0) } }
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962 section 2.1).
package enum NodeHash {
  /// The hash of the node above two subtrees.
  package static func of(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest { SHA256.hash(prefix: 0x01, left, right) }

  /// The root of the tree without leaves: `SHA-256("")`.
  package static let emptyRoot = SHA256.hash([UInt8]())
}

/// The limits of a tree.
package enum TreeLimits {
  /// The largest number of leaves: sizes stay within a signed 64-bit number, as every other implementation reads them.
  package static let sizeMax = UInt64(Int64.max)
  /// The most hashes of an inclusion proof: one for each level of the largest tree.
  package static let inclusionHashesMax = 63
  /// The most hashes of a consistency proof: one more, for the old tree's own last subtree.
  package static let consistencyHashesMax = 64
}

/// The largest power of two below `size`: where RFC 6962 splits a tree of `size` leaves. `size` is at least 2.
func splitPoint(_ size: UInt64) -> UInt64 {
  precondition(size >= 2, "callers split trees of at least two leaves")
  return 1 << UInt64(63 - (size - 1).leadingZeroBitCount)
}
