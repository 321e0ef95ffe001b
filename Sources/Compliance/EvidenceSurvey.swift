import Cryptography
import JSON
import TransparencyLog

/// What one pass over the whole log tells before anything is written: where the period lies, how large the members will be, and that
/// the entries really are those of the checkpoint.
struct EvidenceSurvey {
  let head: Checkpoint
  let note: [UInt8]
  /// Every subtree's hash, 64 bytes an entry; of the whole log only its right edge when no proofs are needed.
  private(set) var tree: MerkleTree?
  /// The entries of the period.
  private(set) var indexes: Range<UInt64>
  /// The tables, counted only.
  private(set) var records: DerivedRecords
  /// The activation in force when the period begins, and those within it.
  private(set) var activations: [PolicyActivation] = []
  /// Bytes of the lines of `lines`.
  private(set) var lineBytes: UInt64 = 0

  /// Whether the scope is the whole log.
  var isFull: Bool { indexes == 0..<head.size }

  /// The entries whose leaves the bundle has: the period's, and its neighbours, which show where it begins and ends.
  var lines: Range<UInt64> { EvidenceSurvey.lines(indexes, size: head.size) }

  static func lines(_ indexes: Range<UInt64>, size: UInt64) -> Range<UInt64> {
    (indexes.lowerBound > 0 ? indexes.lowerBound - 1 : 0)..<min(size, indexes.upperBound + 1)
  }

  /// Reads every leaf that the checkpoint covers.
  init(_ source: any EvidenceSource, log: NoteVerifier, scope: BundleScope) throws {
    guard let note = try source.checkpoint() else { throw ExportError.noCheckpoint }
    do {
      head = try VerifiedCheckpoint(note: note, log: log).checkpoint
    } catch {
      throw ExportError.checkpoint(error)
    }
    self.note = note
    let from = scope.fromMilliseconds ?? .min
    let to = scope.toMilliseconds ?? .max
    guard from < to else { throw ExportError.emptyPeriod }
    let needsProofs = scope.fromMilliseconds != nil || scope.toMilliseconds != nil
    var pass = Pass(records: try DerivedRecords(workflow: scope.workflow), needsProofs: needsProofs)
    let reader = LeafReader(origin: log.name, tenant: scope.tenant)
    var next: UInt64 = 0
    try source.forEachLeaf(in: 0..<head.size) { index, bytes in
      guard index == next else { throw ExportError.missingEntry(index: next) }
      next += 1
      try pass.add(try EvidenceSurvey.read(reader, bytes, at: index), bytes: bytes, from: from, to: to)
    }
    guard next == head.size else { throw ExportError.missingEntry(index: next) }
    guard pass.root == head.root else { throw ExportError.rootMismatch(size: head.size) }
    let end = pass.end ?? head.size
    indexes = min(pass.begin ?? end, end)..<end
    records = pass.records
    activations = (pass.before.map { [$0] } ?? []) + pass.within
    tree = pass.tree
    let extra = (indexes.lowerBound > 0 ? pass.bytesBefore : 0) + (end < head.size ? pass.bytesBehind : 0)
    lineBytes = pass.bytesWithin + extra
  }

  static func read(_ reader: LeafReader, _ bytes: UnsafeRawBufferPointer, at index: UInt64) throws(ExportError) -> Leaf {
    do {
      return try reader.read(bytes, at: index)
    } catch {
      throw .entry(index: index, message: error.message)
    }
  }
}

/// The state of the pass.
private struct Pass {
  var records: DerivedRecords
  var tree: MerkleTree?
  var edge = CompactRange()
  /// The first entry at or after the begin, and at or after the end.
  var begin: UInt64?
  var end: UInt64?
  var before: PolicyActivation?
  var within: [PolicyActivation] = []
  /// Line lengths: of the last entry before the period, of the period, of the first one behind it.
  var bytesBefore: UInt64 = 0
  var bytesWithin: UInt64 = 0
  var bytesBehind: UInt64 = 0

  init(records: DerivedRecords, needsProofs: Bool) {
    self.records = records
    tree = needsProofs ? MerkleTree() : nil
  }

  var root: SHA256Digest { tree?.root ?? edge.root }

  mutating func add(_ leaf: Leaf, bytes: UnsafeRawBufferPointer, from: Int64, to: Int64) throws {
    let hash = LeafHash.of(bytes)
    if tree == nil { edge.append(hash) } else { tree?.append(hash) }
    let lineBytes = UInt64(bytes.count) + 1
    if leaf.time >= to {
      if end == nil {
        end = leaf.index
        bytesBehind = lineBytes
      }
      return
    }
    if leaf.time < from {
      bytesBefore = lineBytes
      before = leaf.activation ?? before
      return
    }
    if begin == nil { begin = leaf.index }
    bytesWithin += lineBytes
    if let activation = leaf.activation { within.append(activation) }
    try records.add(leaf, hash: hash)
  }
}
