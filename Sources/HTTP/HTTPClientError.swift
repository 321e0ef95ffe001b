/// A request that got no usable answer.
package struct HTTPClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, for programs.
  package enum Kind: Sendable {
    /// The base URL, method, path or a field cannot be sent.
    case invalidRequest
    /// The scheme is not `http`.
    case unsupportedScheme
    /// No connection to the server.
    case unreachable
    /// The server did not answer in time.
    case timeout
    /// The server closed the connection before its answer was complete.
    case closed
    /// The answer is not HTTP/1.1.
    case malformedAnswer
    /// The answer is larger than this client reads.
    case answerTooLarge
  }

  /// What went wrong, for programs.
  package let kind: Kind
  /// What went wrong, for people.
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
