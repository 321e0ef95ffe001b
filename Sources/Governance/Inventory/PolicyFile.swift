/// One file of a policy folder, as its bytes were.
package struct PolicyFile: Sendable, Equatable {
  /// Relative to the folder, with `/` between the parts.
  package let path: String
  /// The content, unchanged: the digest is over it.
  package let bytes: [UInt8]

  /// A file.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// One mistake in a policy folder, with its place.
package struct PolicyProblem: Sendable, Equatable {
  /// Whether the folder can be put in force in spite of it.
  package enum Severity: String, Sendable {
    /// Nothing is activated.
    case error
    /// Probably not what was meant.
    case warning
  }

  /// The path of the file; empty when the folder as a whole is meant.
  package let file: String
  /// From 1.
  package let line: Int
  /// In Unicode scalars, from 1.
  package let column: Int
  /// What is wrong, in lower case, the author's text in backticks.
  package let message: String
  /// How to mend it, where that is known.
  package let hint: String?
  /// Whether it stands in the way of activation.
  package let severity: Severity

  /// A mistake at a place.
  package init(file: String, line: Int, column: Int, message: String, hint: String? = nil, severity: Severity = .error) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
    self.severity = severity
  }
}

extension PolicyProblem: CustomStringConvertible {
  /// `file:line:column: severity: message (hint)`.
  package var description: String {
    "\(file):\(line):\(column): \(severity.rawValue): \(message)" + (hint.map { " (\($0))" } ?? "")
  }
}
