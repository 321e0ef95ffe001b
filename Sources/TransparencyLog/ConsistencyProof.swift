package import Cryptography

/// Shows that the tree of `newSize` leaves begins with the tree of `oldSize` leaves (RFC 9162 section 2.1.4).
///
/// A proof from the empty tree proves nothing and is refused: the caller treats size 0 as its own case.
package struct ConsistencyProof: Sendable, Equatable {
  /// The number of leaves of the earlier tree, at least 1.
  package let oldSize: UInt64
  /// The number of leaves of the later tree, not below `oldSize`.
  package let newSize: UInt64
  /// The hashes in the order of RFC 6962 section 2.1.2.
  package let hashes: [SHA256Digest]

  /// A proof as received; nothing is checked before `verify`.
  package init(oldSize: UInt64, newSize: UInt64, hashes: [SHA256Digest]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.hashes = hashes
  }

  /// The proof between two sizes of the source's tree.
  ///
  /// - Throws: `ProofError.sizesOutOfOrder`, or what the source throws.
  package static func make(oldSize: UInt64, newSize: UInt64, from source: some SubtreeHashSource) throws -> ConsistencyProof {
    guard oldSize > 0, oldSize <= newSize, newSize <= TreeLimits.sizeMax else { throw ProofError.sizesOutOfOrder }
    var hashes: [SHA256Digest] = []
    var start: UInt64 = 0
    var count = newSize
    // As long as the old tree's end lies inside [start, start + count), walk towards it and note what lies on the other side.
    while oldSize - start < count {
      let left = splitPoint(count)
      if oldSize - start <= left {
        hashes.append(try source.root(from: start + left, count: count - left))
        count = left
      } else {
        hashes.append(try source.root(from: start, count: left))
        start += left
        count -= left
      }
    }
    // The subtree that ends where the old tree ends is the old root itself when it starts at 0: the verifier has it.
    if start > 0 { hashes.append(try source.root(from: start, count: count)) }
    return ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes.reversed())
  }

  /// Whether the tree under `newRoot` begins with the tree under `oldRoot`.
  package func verify(oldRoot: SHA256Digest, newRoot: SHA256Digest) -> Bool {
    guard oldSize > 0, oldSize <= newSize, newSize <= TreeLimits.sizeMax, hashes.count <= TreeLimits.consistencyHashesMax else {
      return false
    }
    if oldSize == newSize { return hashes.isEmpty && oldRoot == newRoot }
    guard let first = hashes.first else { return false }
    var node = oldSize - 1
    var last = newSize - 1
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    // An old tree of a power of two is itself the first hash, which the proof leaves out.
    let isPerfect = oldSize.nonzeroBitCount == 1
    var oldHash = isPerfect ? oldRoot : first
    var newHash = oldHash
    for sibling in isPerfect ? hashes[...] : hashes.dropFirst() {
      if last == 0 { return false }
      if node & 1 == 1 || node == last {
        oldHash = NodeHash.of(sibling, oldHash)
        newHash = NodeHash.of(sibling, newHash)
        while node & 1 == 0 && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        newHash = NodeHash.of(newHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && newHash == newRoot
  }
}
