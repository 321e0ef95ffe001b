package import Cryptography

/// Shows that a leaf stands at `index` of the tree with `size` leaves and a given root (RFC 9162 section 2.1.3).
package struct InclusionProof: Sendable, Equatable {
  /// The leaf's index.
  package let index: UInt64
  /// The tree's number of leaves.
  package let size: UInt64
  /// The sibling hashes, leaf side first.
  package let hashes: [SHA256Digest]

  /// A proof as received; nothing is checked before `verify`.
  package init(index: UInt64, size: UInt64, hashes: [SHA256Digest]) {
    self.index = index
    self.size = size
    self.hashes = hashes
  }

  /// The proof for the leaf at `index` in the tree of the source's first `size` leaves.
  ///
  /// - Throws: `ProofError.outsideTree`, or what the source throws.
  package static func make(index: UInt64, size: UInt64, from source: some SubtreeHashSource) throws -> InclusionProof {
    guard index < size, size <= TreeLimits.sizeMax else { throw ProofError.outsideTree }
    var hashes: [SHA256Digest] = []
    var start: UInt64 = 0
    var count = size
    while count > 1 {
      let left = splitPoint(count)
      if index - start < left {
        hashes.append(try source.root(from: start + left, count: count - left))
        count = left
      } else {
        hashes.append(try source.root(from: start, count: left))
        start += left
        count -= left
      }
    }
    return InclusionProof(index: index, size: size, hashes: hashes.reversed())
  }

  /// How many hashes the proof for `index` in a tree of `size` leaves has; `index` is below `size`.
  package static func hashCount(index: UInt64, size: UInt64) -> Int {
    precondition(index < size, "callers ask for leaves of the tree")
    // Up to the level where the paths of the leaf and of the last leaf meet every level has a sibling; above it only those to the left.
    let inner = 64 - (index ^ (size - 1)).leadingZeroBitCount
    return inner + (index >> UInt64(inner)).nonzeroBitCount
  }

  /// The root that the proof leads to from `leafHash`; nil when the number of hashes does not fit index and size.
  package func root(leafHash: SHA256Digest) -> SHA256Digest? {
    guard index < size, size <= TreeLimits.sizeMax, hashes.count <= TreeLimits.inclusionHashesMax else { return nil }
    var node = index
    var last = size - 1
    var hash = leafHash
    for sibling in hashes {
      if last == 0 { return nil }
      if node & 1 == 1 || node == last {
        hash = NodeHash.of(sibling, hash)
        while node & 1 == 0 && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = NodeHash.of(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 ? hash : nil
  }

  /// Whether the leaf with this hash stands at `index` under `root`.
  ///
  /// The proof alone does not bind `size`: take size and root from one `VerifiedCheckpoint`.
  package func verify(leafHash: SHA256Digest, root: SHA256Digest) -> Bool { self.root(leafHash: leafHash) == root }
}
