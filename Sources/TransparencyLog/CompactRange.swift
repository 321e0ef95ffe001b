package import Cryptography

/// The right edge of a growing tree: the hashes of its perfect subtrees, largest first. All that a writer must keep.
///
/// Appending costs one node hash on average; the root costs at most 62.
package struct CompactRange: Sendable, Equatable {
  /// How many leaves the tree has.
  package private(set) var size: UInt64
  /// The roots of the perfect subtrees from left to right: one for each bit set in `size`.
  package private(set) var hashes: [SHA256Digest]

  /// The tree without leaves.
  package init() {
    size = 0
    hashes = []
    hashes.reserveCapacity(TreeLimits.inclusionHashesMax)
  }

  /// The tree with these perfect subtrees; nil unless there is one hash for each bit set in `size`.
  package init?(size: UInt64, hashes: [SHA256Digest]) {
    guard size <= TreeLimits.sizeMax, hashes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.hashes = hashes
  }

  /// Adds the next leaf.
  package mutating func append(_ leafHash: SHA256Digest) {
    precondition(size < TreeLimits.sizeMax, "a log ends long before 2^63 leaves")
    var hash = leafHash
    var rest = size
    while rest & 1 == 1 {
      hash = NodeHash.of(hashes.removeLast(), hash)
      rest >>= 1
    }
    hashes.append(hash)
    size += 1
  }

  /// The root of the tree (RFC 6962 `MTH`).
  package var root: SHA256Digest {
    guard var hash = hashes.last else { return NodeHash.emptyRoot }
    for left in hashes.dropLast().reversed() { hash = NodeHash.of(left, hash) }
    return hash
  }
}

extension CompactRange {
  /// The size as eight bytes, big-endian, then the hashes.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + hashes.count * SHA256Digest.byteCount)
    withUnsafeBytes(of: size.bigEndian) { bytes.append(contentsOf: $0) }
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Reads what `encoded` wrote; nil for anything else.
  package init?(encoded bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    let size = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard bytes.count == 8 + size.nonzeroBitCount * SHA256Digest.byteCount else { return nil }
    let hashes = stride(from: 8, to: bytes.count, by: SHA256Digest.byteCount).compactMap {
      SHA256Digest(bytes: Array(bytes[$0..<$0 + SHA256Digest.byteCount]))
    }
    self.init(size: size, hashes: hashes)
  }
}
