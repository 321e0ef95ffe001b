/// What an export is to hold.
package struct ExportScope: Sendable, Equatable {
  /// UTC milliseconds, inclusive; nil: from the first entry.
  package var fromMilliseconds: Int64?
  /// UTC milliseconds, exclusive; nil: to the newest entry.
  package var toMilliseconds: Int64?
  /// Restricts the derived records to one workflow; the leaves stay complete for the range.
  package var workflow: String?
  package var receiver: String
  package var purpose: String

  package init(fromMilliseconds: Int64?, toMilliseconds: Int64?, workflow: String?, receiver: String, purpose: String) {
    self.fromMilliseconds = fromMilliseconds
    self.toMilliseconds = toMilliseconds
    self.workflow = workflow
    self.receiver = receiver
    self.purpose = purpose
  }
}

/// A finished bundle in a temporary file.
package struct ExportedBundle: Sendable {
  package var path: String
  package var fileName: String
  package var entry: ExportEntry

  package init(path: String, fileName: String, entry: ExportEntry) {
    self.path = path
    self.fileName = fileName
    self.entry = entry
  }
}

/// Makes evidence bundles; Compliance behind a port, because edges do not meet.
package protocol EvidenceExporter: Sendable {
  /// Writes the bundle to a file that the caller removes.
  ///
  /// - Throws: an error whose description says what to do.
  func export(_ scope: ExportScope) throws -> ExportedBundle
}
