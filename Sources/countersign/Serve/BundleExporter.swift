import Compliance
import Cryptography
import Glibc
import Governance
import JSON
import Journal
import Platform
import Server
import TransparencyLog

/// Compliance behind the port that Server uses: edges do not meet but here.
struct BundleExporter: EvidenceExporter {
  let store: any JournalStore
  let journal: Journal<GovernanceMachine>
  let policies: Published<PolicySnapshot>
  let log: NoteVerifier
  let key: NoteSigner
  /// For the file while it is sent.
  let folder: String
  let tenant: String
  let clock: WallClock

  func export(_ scope: ExportScope) throws -> ExportedBundle {
    // The checkpoint comes first: the bundle holds what it covers.
    _ = try journal.checkpointNow()
    let evidence = JournalEvidence(store: store) { [policies] in InventoryDocument.json(policies.current) }
    let path = folder + "/export-" + Hex.encode(RandomBytes.make(8)) + ".zip"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw ExportFileError(path: path, code: errno) }
    defer { close(file) }
    do {
      let summary = try BundleWriter(source: evidence, log: log, exportKey: key).write(
        BundleScope(
          fromMilliseconds: scope.fromMilliseconds, toMilliseconds: scope.toMilliseconds, workflow: scope.workflow, tenant: tenant),
        labels: BundleLabels(
          receiver: scope.receiver, purpose: scope.purpose, createdMilliseconds: clock.milliseconds(),
          generatorVersion: Program.version)
      ) { try Self.write($0, to: file, path) }
      guard let manifest = SHA256Digest(hex: summary.manifestSHA256) else { throw ExportFileError(path: path, code: 0) }
      return ExportedBundle(
        path: path, fileName: summary.fileName,
        entry: ExportEntry(bundle: summary.bundleID, manifest: manifest, size: summary.treeSize))
    } catch {
      unlink(path)
      throw error
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ExportFileError(path: path, code: errno) }
      rest = rest.dropFirst(count)
    }
  }
}

/// The bundle's file could not be written.
struct ExportFileError: Error, CustomStringConvertible {
  let path: String
  let code: Int32

  var description: String { "cannot write the export to `\(path)`: \(String(cString: strerror(code)))" }
}
