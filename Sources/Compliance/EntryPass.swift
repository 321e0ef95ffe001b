import Cryptography
import JSON
import TransparencyLog

/// One pass over the entries of a bundle: each is checked by itself, and what follows from all of them is gathered.
struct EntryPass {
  private let manifest: Manifest
  private let member: String
  /// The entries whose lines the bundle has; the scope's and its neighbours.
  private let lines: Range<UInt64>
  private var hashes: [SHA256Digest] = []
  private var edge = CompactRange()
  private var records: DerivedRecords
  private let hashers = (approvals: SHA256Hasher(), changes: SHA256Hasher(), decisions: SHA256Hasher())
  private var activations: [PolicyActivation] = []
  /// Version and digest of the policies that decisions name.
  private var named: Set<NamedPolicies> = []
  /// The times of the first and the last entry of the scope, and of its neighbours.
  private var times: (before: Int64?, first: Int64?, last: Int64?, behind: Int64?) = (nil, nil, nil, nil)

  private struct NamedPolicies: Hashable {
    var version: Int64
    var digest: String
  }

  /// Reads every line.
  init(_ bundle: OpenBundle, _ manifest: Manifest) throws {
    self.manifest = manifest
    member = manifest.isFull ? BundleLayout.leaves : BundleLayout.subset
    let scope = manifest.indexFrom..<manifest.indexTo
    lines = manifest.isFull ? scope : EvidenceSurvey.lines(scope, size: manifest.size)
    let sinks = DerivedRecords.Sinks(
      decisions: { [hashers] in hashers.decisions.update($0) }, approvals: { [hashers] in hashers.approvals.update($0) },
      changes: { [hashers] in hashers.changes.update($0) })
    records = try DerivedRecords(workflow: manifest.scope.workflow, sinks: sinks)
    let reader = LeafReader(origin: manifest.origin, tenant: manifest.scope.tenant)
    var index = lines.lowerBound
    try bundle.forEachLine(member, lineBytesMax: BundleLimits.leafBytesMax) { bytes, line in
      guard index < lines.upperBound else {
        throw BundleVerdict.Failure("there are more entries than the manifest says", line: line)
      }
      do {
        try add(try reader.read(bytes, at: index), bytes: bytes)
      } catch let fault as LeafFault {
        throw BundleVerdict.Failure(fault.message, line: line)
      }
      index += 1
    }
    let count = lines.upperBound - lines.lowerBound
    guard index == lines.upperBound, rows(member) == count else {
      throw BundleVerdict.Failure("there are fewer entries than the manifest says", member: member)
    }
  }

  private mutating func add(_ leaf: Leaf, bytes: UnsafeRawBufferPointer) throws {
    let hash = LeafHash.of(bytes)
    if manifest.isFull { edge.append(hash) } else { hashes.append(hash) }
    if leaf.index < manifest.indexFrom {
      times.before = leaf.time
    } else if leaf.index >= manifest.indexTo {
      times.behind = leaf.time
    } else {
      times.first = times.first ?? leaf.time
      times.last = leaf.time
      if let activation = leaf.activation { activations.append(activation) }
      if leaf.hasType("decision"), let version = leaf.member("policy_version")?.integerValue, version > 0 {
        named.insert(NamedPolicies(version: version, digest: leaf.member("policy_digest")?.stringValue ?? ""))
      }
      try records.add(leaf, hash: hash)
    }
  }

  private func file(_ path: String) -> Manifest.File? { manifest.files.first { $0.path == path } }
  private func rows(_ path: String) -> UInt64? { file(path)?.rows }

  /// The whole log hashes to the root, or every entry has a proof.
  func checkInclusion(_ bundle: OpenBundle) throws {
    if manifest.isFull {
      guard edge.root == manifest.root else {
        throw BundleVerdict.Failure("the entries do not hash to the checkpoint's root", member: member)
      }
      return
    }
    var position = 0
    try bundle.forEachLine(BundleLayout.proofs, lineBytesMax: BundleLimits.proofLineBytesMax) { bytes, line in
      guard position < hashes.count else { throw BundleVerdict.Failure("there are more proofs than entries", line: line) }
      let index = lines.lowerBound + UInt64(position)
      guard let proof = ProofLine.decode(bytes, index: index, size: manifest.size) else {
        throw BundleVerdict.Failure("it is no proof of entry \(index)", line: line)
      }
      guard proof.verify(leafHash: hashes[position], root: manifest.root) else {
        throw BundleVerdict.Failure("entry \(index) is not in the checkpoint's tree", line: line)
      }
      position += 1
    }
    guard position == hashes.count, rows(BundleLayout.proofs) == UInt64(position) else {
      throw BundleVerdict.Failure("there are fewer proofs than entries", member: BundleLayout.proofs)
    }
  }

  /// The scope's entries lie within the period and its neighbours outside, so nothing of the period is left out. Times of entries never go
  /// back, which the pass has checked.
  func checkPeriod() throws {
    let from = manifest.scope.fromMilliseconds
    let to = manifest.scope.toMilliseconds
    guard from != nil || manifest.indexFrom == 0, to != nil || manifest.indexTo == manifest.size else {
      throw BundleVerdict.Failure("without a period the scope is the whole log", member: BundleLayout.manifest)
    }
    if let from, (times.first ?? from) < from || (times.before ?? .min) >= from {
      throw BundleVerdict.Failure("the entries begin elsewhere than the period", member: member)
    }
    if let to, (times.last ?? .min) >= to || (times.behind ?? to) < to {
      throw BundleVerdict.Failure("the entries end elsewhere than the period", member: member)
    }
  }

  /// The tables, the populations and the redactions, built again, are the bundle's byte for byte.
  func checkRecords(_ bundle: OpenBundle) throws {
    let tables = [
      (BundleLayout.approvals, records.approvals, hashers.approvals, \DerivedRecords.Sinks.approvals),
      (BundleLayout.changes, records.changes, hashers.changes, \.changes),
      (BundleLayout.decisions, records.decisions, hashers.decisions, \.decisions),
    ]
    for (path, table, hasher, keyPath) in tables {
      let file = file(path)
      guard table.rows == file?.rows else {
        throw BundleVerdict.Failure("the entries give \(table.rows) rows, the manifest says \(file?.rows ?? 0)", member: path)
      }
      guard hasher.finish() == file?.sha256 else {
        throw BundleVerdict.Failure(
          "it differs from what the entries give", member: path, line: try firstDifference(bundle, path, keyPath))
      }
    }
    guard try bundle.document(BundleLayout.populations) == Populations.encode(records, scope: manifest.scope) else {
      throw BundleVerdict.Failure("it differs from what the entries give", member: BundleLayout.populations)
    }
    let policies = PolicyIndex.decode(try bundle.document(BundleLayout.policyIndex)) ?? []
    let redactions = try Populations.redactions(
      payloads: records.payloads, policiesErased: policies.filter { $0.files == nil }.count)
    guard try bundle.document(BundleLayout.redactions) == redactions else {
      throw BundleVerdict.Failure("it differs from what the entries give", member: BundleLayout.redactions)
    }
  }

  /// The first line of a table that differs from what the entries give, in one more pass over them.
  private func firstDifference(
    _ bundle: OpenBundle, _ path: String, _ keyPath: WritableKeyPath<DerivedRecords.Sinks, CSVTable.Sink?>
  ) throws -> UInt64? {
    var expected: [SHA256Digest] = []
    var splitter = LineSplitter(lineBytesMax: .max)
    var sinks = DerivedRecords.Sinks()
    sinks[keyPath: keyPath] = { bytes in try splitter.add(bytes) { line, _ in expected.append(SHA256.hash(line)) } }
    var records = try DerivedRecords(workflow: manifest.scope.workflow, sinks: sinks)
    let reader = LeafReader(origin: manifest.origin, tenant: manifest.scope.tenant)
    var index = lines.lowerBound
    try bundle.forEachLine(member, lineBytesMax: BundleLimits.leafBytesMax) { bytes, _ in
      let leaf = try reader.read(bytes, at: index)
      if index >= manifest.indexFrom, index < manifest.indexTo { try records.add(leaf, hash: LeafHash.of(bytes)) }
      index += 1
    }
    var difference: UInt64?
    try bundle.forEachLine(path, lineBytesMax: .max) { bytes, line in
      let isEqual = line <= UInt64(expected.count) && SHA256.hash(bytes) == expected[Int(line) - 1]
      if !isEqual { difference = difference ?? line }
    }
    return difference
  }

  /// Every activation of the scope has its text, every decision's policies are there, and every text has the digest that entries name.
  func checkPolicies(_ bundle: OpenBundle) throws {
    let path = BundleLayout.policyIndex
    guard let policies = PolicyIndex.decode(try bundle.document(path)) else {
      throw BundleVerdict.Failure("it is no canonical index of policies", member: path)
    }
    guard policies.flatMap({ $0.files ?? [] }).map(\.member) == bundle.policyMembers else {
      throw BundleVerdict.Failure("it lists other members than there are", member: path)
    }
    for (left, right) in zip(policies, policies.dropFirst()) where left.index >= right.index || left.version >= right.version {
      throw BundleVerdict.Failure("version \(right.version) does not follow version \(left.version)", member: path)
    }
    for policy in policies {
      for entry in policy.files ?? [] {
        guard let file = file(entry.member), file.sha256 == entry.sha256, file.size == entry.size else {
          throw BundleVerdict.Failure("it has not the digest that the index states", member: entry.member)
        }
      }
      guard policy.recomputedDigest() ?? policy.digest == policy.digest else {
        throw BundleVerdict.Failure("the files of version \(policy.version) do not give its digest", member: path)
      }
    }
    let within = policies.filter { $0.index >= manifest.indexFrom }
    guard within.map(\.index) == activations.map(\.index), within.map(\.version) == activations.map(\.version),
      within.map(\.digest) == activations.map(\.digest), policies.count - within.count <= 1
    else { throw BundleVerdict.Failure("it differs from the activations among the entries", member: path) }
    let known = Set(policies.map { NamedPolicies(version: Int64(clamping: $0.version), digest: $0.digest.hex) })
    if let missing = named.subtracting(known).min(by: { $0.version < $1.version }) {
      throw BundleVerdict.Failure("decisions name version \(missing.version) with a digest that is not listed", member: path)
    }
  }
}
