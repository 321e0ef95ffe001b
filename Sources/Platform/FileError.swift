/// A file operation that failed: what was tried, on which path, and what the system said.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A word for what was tried: `read`, `write`, `list`, `create folder`, `lock`, …
  package let operation: String
  /// The path as it was given.
  package let path: String
  /// The system's error number (errno), or 0 when the refusal is our own.
  package let code: Int32
  /// The reason in words.
  package let message: String

  /// An error of our own or of the system (then `code` is its errno).
  package init(operation: String, path: String, code: Int32, message: String) {
    self.operation = operation
    self.path = path
    self.code = code
    self.message = message
  }

  init(_ operation: String, _ path: String, errno code: Int32) {
    self.init(operation: operation, path: path, code: code, message: errorText(code))
  }

  /// `cannot read `/path`: No such file or directory`
  package var description: String { "cannot \(operation) `\(path)`: \(message)" }
}
