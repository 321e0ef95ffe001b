import Cryptography
import Governance
import JSON
package import TransparencyLog

/// Makes evidence bundles: one zip file with the entries of a period, the signed checkpoint, the proofs, what is derived from the entries,
/// and the means to check all of it without this program.
///
/// The same evidence, scope and labels give the same bytes. Leaves are streamed; a bundle of a part of the log holds 64 bytes for each
/// entry of the log in memory for its proofs.
package struct BundleWriter {
  private let source: any EvidenceSource
  private let log: NoteVerifier
  private let exportKey: NoteSigner

  /// A writer of bundles.
  ///
  /// - Parameters:
  ///   - log: the key that signs the log's checkpoints; its name is the log's origin.
  ///   - exportKey: signs manifests; its name is the origin followed by `/export`.
  /// - Throws: `ExportError.exportKeyName`.
  package init(source: any EvidenceSource, log: NoteVerifier, exportKey: NoteSigner) throws(ExportError) {
    guard exportKey.name.utf8.elementsEqual(BundleLayout.exportKeyName(origin: log.name).utf8) else {
      throw .exportKeyName(exportKey.name)
    }
    self.source = source
    self.log = log
    self.exportKey = exportKey
  }

  /// Writes a bundle front to back.
  ///
  /// - Parameter sink: takes the bytes of the zip file in order; valid during the call.
  /// - Throws: `ExportError`, or what the source or the sink throws. What the sink has got is then no bundle.
  package func write(
    _ scope: BundleScope, labels: BundleLabels, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws -> BundleSummary {
    let survey = try EvidenceSurvey(source, log: log, scope: scope)
    var members = BundleMembers(sink: sink)
    try members.add(BundleLayout.inventory, try inventory())
    try members.add(BundleLayout.exportKey, Array((exportKey.verifier.vkey + "\n").utf8))
    try members.add(BundleLayout.logKey, Array((log.vkey + "\n").utf8))
    try members.add(BundleLayout.checkpoint, survey.note)
    try addLeaves(survey, scope: scope, to: &members)
    let policies = try addPolicies(survey.activations, to: &members)
    try members.add(BundleLayout.policyIndex, try PolicyIndex.encode(policies))
    try members.add(BundleLayout.populations, try Populations.encode(survey.records, scope: scope))
    try addRecords(survey, scope: scope, to: &members)
    let erased = policies.filter { $0.files == nil }.count
    try members.add(
      BundleLayout.redactions, try Populations.redactions(payloads: survey.records.payloads, policiesErased: erased))
    try members.add(BundleLayout.script, Array(VerifyScript.text.utf8))
    try members.add(BundleLayout.instructions, Array(VerifyInstructions.text.utf8))
    let manifest = Manifest(
      scope: scope, labels: labels, origin: log.name, size: survey.head.size, root: survey.head.root,
      indexFrom: survey.indexes.lowerBound, indexTo: survey.indexes.upperBound, files: members.sortedFiles)
    return try seal(manifest, &members)
  }

  /// Adds the manifest and its signature, and ends the file.
  private func seal(_ manifest: Manifest, _ members: inout BundleMembers) throws -> BundleSummary {
    let bytes = try manifest.encoded()
    let bundleID = try manifest.bundleID()
    try members.add(BundleLayout.manifest, bytes)
    let note = try SignedNote(text: Manifest.noteText(bundleID: bundleID, manifest: bytes), signers: [exportKey])
    try members.add(BundleLayout.manifestNote, note.encoded)
    return BundleSummary(
      bundleID: bundleID, manifestSHA256: SHA256.hash(bytes).hex, fileName: BundleWriter.fileName(manifest, bundleID: bundleID),
      treeSize: manifest.size, indexFrom: manifest.indexFrom, indexTo: manifest.indexTo, bytes: try members.finish())
  }

  private func inventory() throws -> [UInt8] {
    let value = try source.inventory()
    do {
      return try CanonicalJSON.encode(value)
    } catch {
      throw ExportError.inventory(error.description)
    }
  }

  /// The entries as they were hashed, one a line, and what proves them when they are not all.
  private func addLeaves(_ survey: EvidenceSurvey, scope: BundleScope, to members: inout BundleMembers) throws {
    let lines = survey.isFull ? survey.indexes : survey.lines
    let name = survey.isFull ? BundleLayout.leaves : BundleLayout.subset
    try members.add(name, size: survey.lineBytes, rows: lines.upperBound - lines.lowerBound) { pieces in
      try source.forEachLeaf(in: lines) { _, bytes in try pieces.add(line: bytes) }
    }
    guard !survey.isFull, let tree = survey.tree else { return }
    let size = lines.reduce(UInt64(0)) { $0 + ProofLine.length(index: $1, size: survey.head.size) }
    try members.add(BundleLayout.proofs, size: size, rows: lines.upperBound - lines.lowerBound) { pieces in
      for index in lines {
        let proof = try InclusionProof.make(index: index, size: survey.head.size, from: tree)
        try ProofLine.encode(proof).withUnsafeBytes { try pieces.add(line: $0) }
      }
    }
  }

  /// The texts of the policies in force, as their activations recorded them.
  private func addPolicies(_ activations: [PolicyActivation], to members: inout BundleMembers) throws -> [PolicyEvidence] {
    var policies: [PolicyEvidence] = []
    for activation in activations {
      var policy = PolicyEvidence(index: activation.index, version: activation.version, digest: activation.digest, files: nil)
      if let files = try policyFiles(activation) {
        let names = PolicyIndex.members(version: activation.version, paths: files.map(\.path))
        policy.files = []
        for (file, name) in zip(files, names) {
          try members.add(name, file.bytes)
          let digest = SHA256.hash(file.bytes)
          policy.files?.append(PolicyEvidence.File(path: file.path, member: name, sha256: digest, size: UInt64(file.bytes.count)))
        }
      }
      policies.append(policy)
    }
    return policies
  }

  /// The files of an activation in the order of their paths, checked against its entry; nil when they have been erased.
  private func policyFiles(_ activation: PolicyActivation) throws -> [PolicyFile]? {
    guard let payload = try source.payload(at: activation.index) else { return nil }
    guard SHA256.hash(payload) == activation.payload else {
      throw ExportError.policies(index: activation.index, message: "the payload is not the one that the entry has the digest of")
    }
    guard let files = PolicyIndex.files(payload: payload), PolicyDigest.of(files) == activation.digest else {
      throw ExportError.policies(index: activation.index, message: "the texts do not give the digest of the entry")
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The tables, each in a pass of its own over the entries of the period.
  private func addRecords(_ survey: EvidenceSurvey, scope: BundleScope, to members: inout BundleMembers) throws {
    let tables: [(String, CSVTable, WritableKeyPath<DerivedRecords.Sinks, CSVTable.Sink?>)] = [
      (BundleLayout.approvals, survey.records.approvals, \.approvals), (BundleLayout.changes, survey.records.changes, \.changes),
      (BundleLayout.decisions, survey.records.decisions, \.decisions),
    ]
    for (name, counted, keyPath) in tables {
      try members.add(name, size: counted.bytes, rows: counted.rows) { pieces in
        var sinks = DerivedRecords.Sinks()
        sinks[keyPath: keyPath] = { try pieces.add($0) }
        var records = try DerivedRecords(workflow: scope.workflow, sinks: sinks)
        let reader = LeafReader(origin: log.name, tenant: scope.tenant)
        try source.forEachLeaf(in: survey.indexes) { index, bytes in
          try records.add(try EvidenceSurvey.read(reader, bytes, at: index), hash: LeafHash.of(bytes))
        }
      }
    }
  }

  /// `<origin-slug>_<from>_<to>_<id8>.zip`.
  private static func fileName(_ manifest: Manifest, bundleID: String) -> String {
    let slug = String(
      decoding: manifest.origin.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 0x20
        default: UInt8(ascii: "-")
        }
      }, as: UTF8.self)
    let from = manifest.scope.fromMilliseconds.map { UTCText.date(milliseconds: $0) } ?? "begin"
    let to = manifest.scope.toMilliseconds.map { UTCText.date(milliseconds: $0) } ?? "end"
    return "\(slug)_\(from)_\(to)_\(bundleID.dropFirst(2).prefix(8)).zip"
  }
}
