package import Cedar

extension PolicyProblem {
  /// Every mistake of a Cedar text.
  package static func problems(_ failure: ParseFailure) -> [PolicyProblem] {
    failure.diagnostics.map { diagnostic in
      let expected = diagnostic.expected.isEmpty ? "" : "; expected " + diagnostic.expected.joined(separator: ", ")
      return PolicyProblem(
        file: diagnostic.file, line: diagnostic.line, column: diagnostic.column, message: diagnostic.message + expected,
        hint: diagnostic.hint)
    }
  }

  /// A mistake of data in JSON, at the value that it names.
  package static func problem(_ file: PolicyFile, _ failure: DataFailure, hint: String? = nil) -> PolicyProblem {
    let place = TextPlace(of: failure.path, in: file.bytes)
    return PolicyProblem(file: file.path, line: place.line, column: place.column, message: failure.description, hint: hint)
  }

  /// What the validator has against a policy.
  package init(_ finding: Finding) {
    let message = finding.message + (finding.environment.map { ", when \($0)" } ?? "")
    self.init(
      file: finding.file, line: finding.line, column: finding.column, message: message, hint: finding.hint,
      severity: finding.severity == .error ? .error : .warning)
  }
}
