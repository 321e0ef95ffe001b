/// Reads one answer from bytes that arrive in pieces: the client's half of RFC 9112.
struct AnswerReader {
  private enum Framing { case head, none, length(Int), chunked, untilClose }

  private let isHead: Bool
  private let bodyBytesMax: Int
  private var framing = Framing.head
  private var buffer: [UInt8] = []
  private var chunks = ChunkedDecoder()
  private var status = 0
  private var headers: [(name: String, value: String)] = []
  private var body: [UInt8] = []

  /// Whether the connection may carry another request after this answer.
  private(set) var keepsAlive = false
  private(set) var isComplete = false

  /// Bytes of an answer's head at most: what the server side accepts of a request, four times.
  static let headBytesMax = 64 << 10

  /// - Parameter isHead: the request was HEAD, so that no content follows whatever the fields say.
  init(isHead: Bool, bodyBytesMax: Int) {
    self.isHead = isHead
    self.bodyBytesMax = bodyBytesMax
  }

  /// Whether anything has arrived.
  var hasStarted: Bool { !buffer.isEmpty || status != 0 }

  var response: HTTPClientResponse { HTTPClientResponse(status: status, headers: headers, body: body) }

  /// Takes the next bytes.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) throws(HTTPClientError) {
    if case .head = framing {
      buffer.append(contentsOf: bytes)
      try readHeads()
    } else {
      try readBody(bytes.span)
    }
  }

  /// The server has closed the connection: for an answer without a length that is its end.
  mutating func finish() throws(HTTPClientError) {
    guard case .untilClose = framing else {
      throw HTTPClientError(.closed, "the server closed the connection before its answer was complete")
    }
    isComplete = true
  }

  private mutating func readHeads() throws(HTTPClientError) {
    while case .head = framing {
      let end: Int?
      let bytes = buffer
      do {
        end = try readHead(bytes.span)
      } catch {
        throw HTTPClientError(.malformedAnswer, "the answer is not HTTP/1.1: \(error.detail)")
      }
      guard let end else {
        guard buffer.count < Self.headBytesMax else {
          throw HTTPClientError(.answerTooLarge, "the head of the answer has more than \(Self.headBytesMax) bytes")
        }
        return
      }
      buffer = Array(bytes[end...])
    }
    let rest = buffer
    buffer = []
    try readBody(rest.span)
  }

  /// - Returns: where the head ends, or nil when it is not complete.
  private mutating func readHead(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Int? {
    guard let lineEnd = try readStatusLine(bytes) else { return nil }
    var at = lineEnd
    var fields: [(name: String, value: String)] = []
    var (length, chunked, closes) = (Int?.none, false, bytes[7] == 0x30)
    while true {
      guard at + 1 < bytes.count else { return nil }
      if bytes[at] == .carriageReturn, bytes[at + 1] == .lineFeed { break }
      guard let line = try FieldLine.read(bytes, from: at) else { return nil }
      fields.append((bytes.text(line.name).lowercased(), bytes.text(line.value)))
      if bytes.equals(line.name, "content-length") {
        guard length == nil, !line.value.isEmpty, line.value.count <= 15, let value = Int(bytes.text(line.value)), value >= 0,
          bytes[line.value.lowerBound] != 0x2B
        else { throw .malformed("the field Content-Length is not 1 to 15 digits, once") }
        length = value
      } else if bytes.equals(line.name, "transfer-encoding") {
        guard !chunked, bytes.equals(line.value, "chunked") else {
          throw .malformed("the only transfer coding that is read is chunked")
        }
        chunked = true
      } else if bytes.equals(line.name, "connection"), bytes.equals(line.value, "close") {
        closes = true
      }
      at = line.next
    }
    guard !chunked || length == nil else { throw .malformed("Content-Length and Transfer-Encoding in one answer") }
    if status >= 200 {
      headers = fields
      keepsAlive = !closes
      framing =
        isHead || status == 204 || status == 304 ? .none : chunked ? .chunked : length.map { .length($0) } ?? .untilClose
      if case .untilClose = framing { keepsAlive = false }
    }
    return at + 2
  }

  /// - Returns: where the next line begins, or nil when this one is not complete.
  private mutating func readStatusLine(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Int? {
    guard bytes.count >= 13 else { return nil }
    guard bytes.hasPrefix(0..<9, "HTTP/1.1 ") || bytes.hasPrefix(0..<9, "HTTP/1.0 ") else {
      throw .malformed("it does not begin with a version")
    }
    var number = 0
    for index in 9..<12 {
      guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { throw .malformed("the status is not three digits") }
      number = number * 10 + Int(bytes[index] - 0x30)
    }
    guard (100...599).contains(number), bytes[12] == .space || bytes[12] == .carriageReturn else {
      throw .malformed("the status is not three digits from 100 to 599")
    }
    var at = 12
    while at < bytes.count, ByteClass.isFieldValue(bytes[at]) { at += 1 }
    guard at + 1 < bytes.count else { return nil }
    guard bytes[at] == .carriageReturn, bytes[at + 1] == .lineFeed else { throw .malformed("the status line does not end in CRLF") }
    status = number
    return at + 2
  }

  private mutating func readBody(_ bytes: Span<UInt8>) throws(HTTPClientError) {
    var used = 0
    switch framing {
    case .head: return
    case .none: isComplete = true
    case .length(let length):
      guard length <= bodyBytesMax else { throw tooLarge() }
      used = min(length - body.count, bytes.count)
      bytes.extracting(0..<used).withUnsafeBufferPointer { body.append(contentsOf: $0) }
      isComplete = body.count == length
    case .chunked:
      do {
        used = try chunks.advance(bytes, from: 0, into: &body, bytesMax: bodyBytesMax, overheadMax: Self.headBytesMax)
      } catch {
        if error.reason == .bodyTooLarge { throw tooLarge() }
        throw HTTPClientError(.malformedAnswer, "the answer is not HTTP/1.1: \(error.detail)")
      }
      isComplete = chunks.isDone
    case .untilClose:
      guard bytes.count <= bodyBytesMax - body.count else { throw tooLarge() }
      used = bytes.count
      bytes.withUnsafeBufferPointer { body.append(contentsOf: $0) }
    }
    // Bytes behind the answer were not asked for: this connection is not trusted any further.
    if isComplete, used < bytes.count { keepsAlive = false }
  }

  private func tooLarge() -> HTTPClientError {
    HTTPClientError(.answerTooLarge, "the answer has more than \(bodyBytesMax) bytes")
  }
}

extension Span<UInt8> {
  /// The bytes of `range` as text; what is not UTF-8 becomes U+FFFD.
  func text(_ range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
