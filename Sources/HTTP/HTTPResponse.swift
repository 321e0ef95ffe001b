/// An answer. `Content-Length`, `Date` and `Connection` are the server's to write.
package struct HTTPResponse: Sendable {
  /// Where the bytes of the answer are.
  package enum Body: Sendable {
    /// In memory.
    case bytes([UInt8])
    /// In a file that is sent piece by piece; `removeWhenSent` unlinks it as soon as the answer is given up or begun, whatever the client does.
    case file(path: String, removeWhenSent: Bool)
  }

  /// The status code, 200…599.
  package var status: Int
  /// The media type; nil for an answer without content.
  package var contentType: String?
  /// Further fields in order. A name that is no token or a value with a control byte turns the whole answer into a 500.
  package var headers: [(String, String)] = []
  /// The content.
  package var body: Body

  /// An answer without further fields.
  package init(status: Int, contentType: String?, body: Body) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// An answer without content.
  package init(status: Int) { self.init(status: status, contentType: nil, body: .bytes([])) }

  /// The reason phrase of a status code; `Status` for one without a name here.
  static func reason(_ status: Int) -> StaticString {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }

  /// Whether every field can be written without changing the shape of the message.
  var fieldsAreValid: Bool {
    (200...599).contains(status) && contentType.map(Self.isValue) != false
      && headers.allSatisfy { !$0.0.isEmpty && $0.0.utf8.allSatisfy(ByteClass.isToken) && Self.isValue($0.1) }
  }

  private static func isValue(_ text: String) -> Bool { text.utf8.allSatisfy(ByteClass.isFieldValue) }
}
