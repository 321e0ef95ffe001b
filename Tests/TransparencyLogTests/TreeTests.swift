import Cryptography
import TestSupport
import Testing

@testable import TransparencyLog

@Suite("trees and proofs")
struct TreeTests {
  @Test("the reference leaves give the published leaf hashes and roots")
  func published() {
    var range = CompactRange()
    var tree = MerkleTree()
    #expect(range.root.hex == Published.roots[0])
    for (index, leaf) in Published.leaves.enumerated() {
      let hash = LeafHash.of(leaf)
      #expect(hash.hex == Published.leafHashes[index])
      range.append(hash)
      tree.append(hash)
      #expect(range.root.hex == Published.roots[index + 1])
      #expect(tree.root.hex == Published.roots[index + 1])
    }
  }

  @Test("the worked proofs of the reference tree come out")
  func workedProofs() throws {
    let tree = Reference.tree(Published.leaves.map { LeafHash.of($0) })
    func starts(_ hashes: [SHA256Digest]) -> [String] { hashes.map { String($0.hex.prefix(8)) } }
    #expect(starts(try InclusionProof.make(index: 5, size: 8, from: tree).hashes) == ["bc1a0643", "ca854ea1", "d37ee418"])
    #expect(starts(try InclusionProof.make(index: 2, size: 5, from: tree).hashes) == ["07506a85", "fac54203", "bc1a0643"])
    #expect(try InclusionProof.make(index: 4, size: 5, from: tree).hashes.count == 1)
    #expect(
      starts(try ConsistencyProof.make(oldSize: 3, newSize: 7, from: tree).hashes) == [
        "0298d122", "07506a85", "fac54203", "837dbb15",
      ])
    #expect(starts(try ConsistencyProof.make(oldSize: 6, newSize: 8, from: tree).hashes) == ["0ebc5d34", "ca854ea1", "d37ee418"])
    #expect(starts(try ConsistencyProof.make(oldSize: 4, newSize: 7, from: tree).hashes) == ["837dbb15"])
  }

  @Test("every tree of up to 64 leaves has the root and the proofs of the recursive definition")
  func exhaustive() throws {
    let leaves = Reference.leaves(64)
    let tree = Reference.tree(leaves)
    var range = CompactRange()
    var checked = 0
    for size in 0...64 {
      let root = Reference.root(leaves[..<size])
      #expect(range.root == root && range.size == UInt64(size))
      #expect(try tree.root(size: UInt64(size)) == root)
      #expect(Reference.tree(leaves[..<size]).root == root)
      #expect(CompactRange(encoded: range.encoded()) == range)
      for index in 0..<size {
        let proof = try InclusionProof.make(index: UInt64(index), size: UInt64(size), from: tree)
        #expect(proof.hashes == Reference.path(index, leaves[..<size]))
        #expect(proof.hashes.count == InclusionProof.hashCount(index: UInt64(index), size: UInt64(size)))
        #expect(proof.verify(leafHash: leaves[index], root: root))
        checked += 1
      }
      for old in stride(from: 1, through: size, by: 1) {
        let proof = try ConsistencyProof.make(oldSize: UInt64(old), newSize: UInt64(size), from: tree)
        #expect(proof.hashes == Reference.subproof(old, leaves[..<size], true))
        #expect(proof.verify(oldRoot: Reference.root(leaves[..<old]), newRoot: root))
        checked += 1
      }
      if size < 64 { range.append(leaves[size]) }
    }
    #expect(checked == 2 * 64 * 65 / 2)
  }

  @Test("every mutated inclusion proof is refused")
  func mutatedInclusion() throws {
    let leaves = Reference.leaves(20)
    let tree = Reference.tree(leaves)
    var refused = 0
    for size in 1...20 {
      let root = try tree.root(size: UInt64(size))
      for index in 0..<size {
        let good = try InclusionProof.make(index: UInt64(index), size: UInt64(size), from: tree)
        for hashes in mutations(of: good.hashes, extra: root) {
          let proof = InclusionProof(index: good.index, size: good.size, hashes: hashes)
          #expect(!proof.verify(leafHash: leaves[index], root: root))
          refused += 1
        }
        for other in [0..<index, index + 1..<40].joined() {
          let proof = InclusionProof(index: UInt64(other), size: good.size, hashes: good.hashes)
          #expect(!proof.verify(leafHash: leaves[index], root: root), "index \(other) for \(index) of \(size)")
          refused += 1
        }
        for other in 0...20 where other != size {
          let proof = InclusionProof(index: good.index, size: UInt64(other), hashes: good.hashes)
          #expect(try !proof.verify(leafHash: leaves[index], root: tree.root(size: UInt64(other))))
        }
        #expect(!good.verify(leafHash: root == leaves[index] ? leaves[19] : root, root: root))
        #expect(!good.verify(leafHash: leaves[index], root: NodeHash.emptyRoot))
      }
    }
    #expect(refused > 10_000)
  }

  @Test("every mutated consistency proof is refused")
  func mutatedConsistency() throws {
    let tree = Reference.tree(Reference.leaves(20))
    var refused = 0
    for new in 1...20 {
      let newRoot = try tree.root(size: UInt64(new))
      for old in 1...new {
        let oldRoot = try tree.root(size: UInt64(old))
        let good = try ConsistencyProof.make(oldSize: UInt64(old), newSize: UInt64(new), from: tree)
        for hashes in mutations(of: good.hashes, extra: newRoot) {
          let proof = ConsistencyProof(oldSize: good.oldSize, newSize: good.newSize, hashes: hashes)
          #expect(!proof.verify(oldRoot: oldRoot, newRoot: newRoot), "\(old) to \(new)")
          refused += 1
        }
        for other in 0...20 where other != old {
          #expect(try !good.verify(oldRoot: tree.root(size: UInt64(other)), newRoot: newRoot))
          let proof = ConsistencyProof(oldSize: UInt64(other), newSize: good.newSize, hashes: good.hashes)
          #expect(try !proof.verify(oldRoot: tree.root(size: UInt64(other)), newRoot: newRoot))
        }
        for other in 0...20 where other != new {
          #expect(try !good.verify(oldRoot: oldRoot, newRoot: tree.root(size: UInt64(other))))
        }
      }
    }
    #expect(refused == 4694)
  }

  /// Drops, duplicates, swaps, extends and flips bits.
  private func mutations(of hashes: [SHA256Digest], extra: SHA256Digest) -> [[SHA256Digest]] {
    var all = [hashes + [extra], [extra] + hashes]
    for index in hashes.indices {
      var dropped = hashes
      dropped.remove(at: index)
      var doubled = hashes
      doubled.insert(hashes[index], at: index)
      all += [dropped, doubled]
      if index > 0, hashes[index - 1] != hashes[index] {
        var swapped = hashes
        swapped.swapAt(index - 1, index)
        all.append(swapped)
      }
      for bit in [0, 100, 255] {
        var bytes = hashes[index].bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        var flipped = hashes
        if let hash = SHA256Digest(bytes: bytes) { flipped[index] = hash }
        all.append(flipped)
      }
    }
    return all
  }

  @Test("proofs that cannot exist are not made")
  func impossible() throws {
    let tree = Reference.tree(Reference.leaves(7))
    #expect(throws: ProofError.outsideTree) { try InclusionProof.make(index: 7, size: 7, from: tree) }
    #expect(throws: ProofError.outsideTree) { try InclusionProof.make(index: 0, size: 0, from: tree) }
    #expect(throws: ProofError.outsideTree) { try InclusionProof.make(index: 0, size: 8, from: tree) }
    #expect(throws: ProofError.outsideTree) { try InclusionProof.make(index: 0, size: .max, from: tree) }
    #expect(throws: ProofError.sizesOutOfOrder) { try ConsistencyProof.make(oldSize: 0, newSize: 7, from: tree) }
    #expect(throws: ProofError.sizesOutOfOrder) { try ConsistencyProof.make(oldSize: 7, newSize: 6, from: tree) }
    #expect(throws: ProofError.outsideTree) { try ConsistencyProof.make(oldSize: 7, newSize: 9, from: tree) }
  }

  @Test("the largest sizes overflow nothing")
  func largest() {
    let hash = NodeHash.emptyRoot
    for size in [TreeLimits.sizeMax - 1, TreeLimits.sizeMax, TreeLimits.sizeMax + 1, UInt64.max] {
      for index in [0, size / 2, size - 1, size] {
        for count in [0, 1, 62, 63, 64, 65, 200] {
          let hashes = [SHA256Digest](repeating: hash, count: count)
          #expect(!InclusionProof(index: index, size: size, hashes: hashes).verify(leafHash: hash, root: hash))
          #expect(
            !ConsistencyProof(oldSize: index, newSize: size, hashes: hashes).verify(oldRoot: hash, newRoot: hash)
              || (index == size && count == 0))
        }
      }
    }
  }

  @Test("a compact range reads back only what it wrote")
  func compactRange() {
    var range = CompactRange()
    for leaf in Reference.leaves(1000) { range.append(leaf) }
    let bytes = range.encoded()
    #expect(bytes.count == 8 + 6 * 32)
    #expect(CompactRange(encoded: bytes) == range)
    #expect(CompactRange(encoded: []) == nil)
    #expect(CompactRange(encoded: Array(bytes.dropLast())) == nil)
    #expect(CompactRange(encoded: bytes + [0]) == nil)
    #expect(CompactRange(encoded: [UInt8](repeating: 0xFF, count: 8 + 64 * 32)) == nil)
    #expect(CompactRange(size: 3, hashes: [NodeHash.emptyRoot]) == nil)
    var one = range
    var other = CompactRange(encoded: bytes) ?? CompactRange()
    one.append(NodeHash.emptyRoot)
    other.append(NodeHash.emptyRoot)
    #expect(one == other)
  }
}
