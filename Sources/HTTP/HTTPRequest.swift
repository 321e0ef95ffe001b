/// The head of a request that keeps every rule of `RequestParser`.
package struct HTTPRequestHead: Sendable {
  /// As it was sent: `GET`, `POST`, …; a token.
  package let method: String
  /// The path of the target, percent-decoded once, without query; begins with a slash (or is `*` for OPTIONS). UTF-8 without control bytes.
  package let path: String
  /// What Content-Length says; nil for a chunked body (see `isChunked`) and when there is none.
  package let bodyLength: Int?
  /// Whether the body comes in chunks, so that its length is not known yet.
  package let isChunked: Bool
  /// HTTP/1.1, else 1.0.
  package let isHTTP11: Bool
  private let bytes: [UInt8]
  private let queryRange: Range<Int>
  private let fieldsStart: Int

  /// Copies the head out of `source`, which the parser has read as complete.
  init(_ parser: RequestParser, _ source: Span<UInt8>) throws(HTTPRefusal) {
    let whole = source.extracting(0..<parser.headLength)
    bytes = whole.withUnsafeBufferPointer { Array($0) }
    method = whole.text(parser.method)
    path = try Self.decode(whole, parser.path)
    queryRange = parser.query
    fieldsStart = parser.fieldsStart
    bodyLength = parser.contentLength
    isChunked = parser.isChunked
    isHTTP11 = parser.isHTTP11
  }

  /// A head for tests of handlers.
  package init(method: String, path: String, query: String = "", headers: [(String, String)] = [], bodyLength: Int? = nil) {
    self.method = method
    self.path = path
    self.bodyLength = bodyLength
    isChunked = false
    isHTTP11 = true
    let text = query + "\r\n"
    queryRange = 0..<query.utf8.count
    fieldsStart = text.utf8.count
    bytes = Array((text + headers.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n").utf8)
  }

  /// What stands behind the question mark, as it was sent (still percent-encoded); empty when there is none.
  package var query: String { bytes.span.text(queryRange) }

  /// The value of the first field with this name, without white space around it; nil when there is none.
  ///
  /// - Parameter lowercased: the name in lower case; fields are found whatever case they were sent in.
  /// - Complexity: O(bytes of the head).
  package func header(_ lowercased: String) -> String? {
    var name = lowercased
    return name.withUTF8 { name in
      let span = bytes.span
      var at = fieldsStart
      while at < span.count, span[at] != .carriageReturn {
        var colon = at
        while span[colon] != .colon { colon += 1 }
        var end = colon + 1
        while span[end] != .carriageReturn { end += 1 }
        if colon - at == name.count, (0..<name.count).allSatisfy({ ByteClass.lowercased(span[at + $0]) == name[$0] }) {
          return span.text(span.trimmed(colon + 1..<end))
        }
        at = end + 2
      }
      return nil
    }
  }

  /// Decodes percent escapes; refuses broken ones, control bytes and what is not UTF-8.
  private static func decode(_ source: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal) -> String {
    if range.isEmpty { return "/" }
    var hasEscape = false
    for index in range where source[index] == 0x25 { hasEscape = true }
    guard hasEscape else { return source.text(range) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(range.count)
    var at = range.lowerBound
    while at < range.upperBound {
      var byte = source[at]
      if byte == 0x25 {
        guard at + 2 < range.upperBound, let high = ByteClass.hexadecimal(source[at + 1]),
          let low = ByteClass.hexadecimal(source[at + 2])
        else { throw .malformed("the path holds a percent sign without two hexadecimal digits") }
        byte = high << 4 | low
        guard byte >= 0x20, byte != 0x7F else { throw .malformed("the path holds an escaped control byte") }
        at += 2
      }
      decoded.append(byte)
      at += 1
    }
    guard let text = String(validating: decoded, as: UTF8.self) else { throw .malformed("the path is not UTF-8") }
    return text
  }
}

/// A request with its whole body.
package struct HTTPRequest: Sendable {
  /// Request line and fields.
  package let head: HTTPRequestHead
  /// The content, at most what `admit` allowed; decoded if it came in chunks.
  package let body: [UInt8]

  /// A request for tests of handlers.
  package init(head: HTTPRequestHead, body: [UInt8]) {
    self.head = head
    self.body = body
  }
}
