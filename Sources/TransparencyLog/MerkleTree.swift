package import Cryptography

/// Where proofs get their hashes from: a tree in memory, or stored tiles.
package protocol SubtreeHashSource {
  /// The root of the perfect subtree over the leaves `index << level ..< (index + 1) << level`, all of which the tree has.
  func subtreeHash(level: Int, index: UInt64) throws -> SHA256Digest
}

extension SubtreeHashSource {
  /// The root of the leaves `start ..< start + count` as RFC 6962 hashes them; `start` is a multiple of the power of two that is not
  /// below `count`, as it is for every subtree of a tree.
  func root(from start: UInt64, count: UInt64) throws -> SHA256Digest {
    var result: SHA256Digest?
    var end = start + count
    // Perfect subtrees from right to left: the smallest first.
    while end > start {
      let level = (end - start).trailingZeroBitCount
      let width: UInt64 = 1 << UInt64(level)
      let hash = try subtreeHash(level: level, index: (end - width) >> UInt64(level))
      result = result.map { NodeHash.of(hash, $0) } ?? hash
      end -= width
    }
    return result ?? NodeHash.emptyRoot
  }

  /// The root of the tree's first `size` leaves.
  package func root(size: UInt64) throws -> SHA256Digest { try root(from: 0, count: size) }
}

/// A whole tree in memory: every perfect subtree's hash, 64 bytes a leaf. For exports and checks, not for the writer.
package struct MerkleTree: Sendable, SubtreeHashSource {
  // levels[l][i] is the root of the perfect subtree of 2^l leaves that starts at leaf i << l.
  private var levels: [[SHA256Digest]] = [[]]

  /// The tree without leaves.
  package init() {}

  /// Adds the next leaf.
  package mutating func append(_ leafHash: SHA256Digest) {
    levels[0].append(leafHash)
    var level = 0
    while levels[level].count.isMultiple(of: 2) {
      let count = levels[level].count
      let parent = NodeHash.of(levels[level][count - 2], levels[level][count - 1])
      level += 1
      if level == levels.count { levels.append([]) }
      levels[level].append(parent)
    }
  }

  /// The root over all leaves.
  package var root: SHA256Digest {
    // A level with an odd count ends in a subtree without a sibling; all of them together are the right edge, smallest first.
    var result: SHA256Digest?
    for level in levels where !level.count.isMultiple(of: 2) {
      guard let last = level.last else { continue }
      result = result.map { NodeHash.of(last, $0) } ?? last
    }
    return result ?? NodeHash.emptyRoot
  }

  /// A subtree's hash; `ProofError.outsideTree` for one that the tree does not have whole.
  package func subtreeHash(level: Int, index: UInt64) throws -> SHA256Digest {
    guard level < levels.count, index < UInt64(levels[level].count) else { throw ProofError.outsideTree }
    return levels[level][Int(index)]
  }
}

/// Why a proof cannot be made.
package enum ProofError: Error, Equatable, Sendable {
  /// The tree has no such leaf, or not that many.
  case outsideTree
  /// The old tree is empty or larger than the new one: such a pair has no consistency proof.
  case sizesOutOfOrder
}
