/// Writes the head of an answer into a buffer that is used again and again.
enum ResponseWriter {
  /// What the connection adds to an answer.
  struct Framing {
    let keepsAlive: Bool
    let isHTTP11: Bool
    /// Bytes of content; what HEAD would have got.
    let length: Int
  }

  /// Whether an answer of this status has content at all: RFC 9110 section 6.4.1.
  static func hasContent(_ status: Int) -> Bool { status != 204 && status != 304 }

  /// Appends status line and fields with the empty line. The fields have been checked (`fieldsAreValid`).
  static func write(_ response: HTTPResponse, _ framing: Framing, date: [UInt8], into buffer: inout [UInt8]) {
    if response.status == 200 {
      buffer.append("HTTP/1.1 200 OK\r\nDate: ")
    } else {
      buffer.append("HTTP/1.1 ")
      buffer.append(decimal: response.status)
      buffer.append(0x20)
      buffer.append(HTTPResponse.reason(response.status))
      buffer.append("\r\nDate: ")
    }
    buffer.append(contentsOf: date)
    if let contentType = response.contentType {
      buffer.append("\r\nContent-Type: ")
      buffer.append(text: contentType)
    }
    if hasContent(response.status) {
      buffer.append("\r\nContent-Length: ")
      buffer.append(decimal: framing.length)
    }
    if !framing.keepsAlive {
      buffer.append("\r\nConnection: close")
    } else if !framing.isHTTP11 {
      buffer.append("\r\nConnection: keep-alive")
    }
    for (name, value) in response.headers {
      buffer.append("\r\n")
      buffer.append(text: name)
      buffer.append(": ")
      buffer.append(text: value)
    }
    buffer.append("\r\n\r\n")
  }
}

extension [UInt8] {
  /// Appends the bytes of a literal.
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends the UTF-8 of a text.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends a number that is not negative.
  mutating func append(decimal number: Int) {
    guard number >= 10 else { return append(UInt8(0x30 + number)) }
    append(decimal: number / 10)
    append(UInt8(0x30 + number % 10))
  }
}
