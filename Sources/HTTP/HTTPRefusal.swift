/// Why the server refused something by itself; the names stand in the statistics.
package enum HTTPRefusalReason: String, Sendable, CaseIterable {
  /// The bytes are no HTTP/1.x request, or an ambiguous one.
  case malformed
  /// The head has too many bytes or fields.
  case headTooLarge = "head_too_large"
  /// The request target is too long.
  case targetTooLong = "target_too_long"
  /// The body is larger than this request may send.
  case bodyTooLarge = "body_too_large"
  /// A method, transfer coding or expectation that this server does not implement.
  case unsupported
  /// Another version than HTTP/1.0 and HTTP/1.1.
  case version
  /// The request did not arrive in time.
  case timeout
  /// Too many connections are open.
  case connections
  /// The handler did not admit the request.
  case admission
  /// The handler gave no answer, or one that cannot be written: 500.
  case answer
}

/// A request that cannot be served: what to answer and what was wrong.
struct HTTPRefusal: Error, Equatable {
  let status: Int
  let reason: HTTPRefusalReason
  let detail: String

  static func malformed(_ detail: String) -> HTTPRefusal { HTTPRefusal(status: 400, reason: .malformed, detail: detail) }

  /// The answer as a short JSON problem; `detail` is always a text of this module, without anything to escape.
  var response: HTTPResponse {
    let text = "{\"status\":\(status),\"title\":\"\(HTTPResponse.reason(status))\",\"detail\":\"\(detail)\"}"
    return HTTPResponse(status: status, contentType: "application/problem+json", body: .bytes(Array(text.utf8)))
  }
}
