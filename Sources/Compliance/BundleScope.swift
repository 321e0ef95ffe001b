/// What an export is about: a period of one tenant's log, and whether the derived records are of one workflow only.
package struct BundleScope: Sendable, Equatable {
  /// The first instant, UTC milliseconds, inclusive; nil: from the first entry.
  package var fromMilliseconds: Int64?
  /// The end, UTC milliseconds, exclusive; nil: to the newest entry that the checkpoint covers.
  package var toMilliseconds: Int64?
  /// Restricts the files below `records/`; the leaves stay complete, or completeness could not be proved.
  package var workflow: String?
  /// Whose log it is: the member `tenant` of every leaf.
  package var tenant: String

  /// A scope.
  package init(fromMilliseconds: Int64? = nil, toMilliseconds: Int64? = nil, workflow: String? = nil, tenant: String) {
    self.fromMilliseconds = fromMilliseconds
    self.toMilliseconds = toMilliseconds
    self.workflow = workflow
    self.tenant = tenant
  }
}

/// What a bundle says of itself beside the evidence.
package struct BundleLabels: Sendable, Equatable {
  /// Who gets it; free text.
  package var receiver: String
  /// What for; free text.
  package var purpose: String
  /// When it was made, UTC milliseconds. The same evidence and labels give the same bytes.
  package var createdMilliseconds: Int64
  /// The version of the program that makes it.
  package var generatorVersion: String

  /// Labels.
  package init(receiver: String, purpose: String, createdMilliseconds: Int64, generatorVersion: String) {
    self.receiver = receiver
    self.purpose = purpose
    self.createdMilliseconds = createdMilliseconds
    self.generatorVersion = generatorVersion
  }
}

/// What became of an export.
package struct BundleSummary: Sendable, Equatable {
  /// Derived from the content: `b-` and 32 hexadecimal digits.
  package var bundleID: String
  /// SHA-256 of `MANIFEST.json`, in hexadecimal: what the log entry about the export states.
  package var manifestSHA256: String
  /// A name for the file: log, period and the first digits of the id.
  package var fileName: String
  /// How many entries the checkpoint covers.
  package var treeSize: UInt64
  /// The entries of the period: `indexFrom ..< indexTo`.
  package var indexFrom: UInt64
  /// See `indexFrom`.
  package var indexTo: UInt64
  /// The length of the zip file in bytes.
  package var bytes: UInt64
}
