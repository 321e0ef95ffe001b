/// Reads the head of one request, RFC 9112 sections 2 to 5, refusing whatever two readers could understand differently.
///
/// It keeps offsets into the bytes from the head's first one, never bytes, and can be fed a growing prefix: each call goes on at the first
/// line that was not complete. Rules: method and field names are tokens followed at once by a space or colon (so no folding and no space
/// before the colon); values hold no control byte but the tab; lines end in CRLF alone; one Host; one Content-Length of 1…15 digits; one
/// Transfer-Encoding, exactly `chunked`, never in HTTP/1.0 and never beside Content-Length.
struct RequestParser {
  private enum Stage { case start, fields, complete }

  private var stage = Stage.start
  /// Where the first line begins that has not been read.
  private var position = 0
  private var fields = 0
  private var hosts = 0
  private var saysClose = false
  private var saysKeepAlive = false
  private var hasContentType = false
  private var hasAuthorization = false

  private(set) var method = 0..<0
  private(set) var path = 0..<0
  private(set) var query = 0..<0
  private(set) var fieldsStart = 0
  private(set) var headLength = 0
  private(set) var isHTTP11 = false
  private(set) var contentLength: Int?
  private(set) var isChunked = false
  private(set) var expectsContinue = false

  /// Whether the client wants another request on this connection.
  var keepsAlive: Bool { isHTTP11 ? !saysClose : saysKeepAlive && !saysClose }

  /// Reads on. `bytes` begins with the head's first byte and holds all bytes that have arrived.
  ///
  /// - Returns: whether the head is complete; then `headLength` says where the body begins.
  mutating func advance(_ bytes: Span<UInt8>, limits: HTTPLimits) throws(HTTPRefusal) -> Bool {
    if stage == .start {
      // One empty line before a request is what some clients send after a body: RFC 9112 section 2.2.
      if position == 0, bytes.count > 0, bytes[0] == .carriageReturn {
        guard bytes.count > 1 else { return false }
        if bytes[1] == .lineFeed { position = 2 }
      }
      guard let next = try startLine(bytes, limits) else { return try incomplete(bytes, limits) }
      position = next
      fieldsStart = next
      stage = .fields
    }
    while stage == .fields {
      guard position < bytes.count else { return try incomplete(bytes, limits) }
      if bytes[position] == .carriageReturn {
        guard position + 1 < bytes.count else { return try incomplete(bytes, limits) }
        guard bytes[position + 1] == .lineFeed else { throw .malformed("a carriage return stands without a line feed") }
        headLength = position + 2
        stage = .complete
        break
      }
      guard let next = try fieldLine(bytes) else { return try incomplete(bytes, limits) }
      fields += 1
      guard fields <= limits.headFieldsMax else {
        throw HTTPRefusal(status: 431, reason: .headTooLarge, detail: "the head has more than \(limits.headFieldsMax) fields")
      }
      position = next
    }
    guard headLength <= limits.headBytesMax else { throw Self.tooLarge(limits) }
    try checkWhole()
    return true
  }

  private func incomplete(_ bytes: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPRefusal) -> Bool {
    guard bytes.count < limits.headBytesMax else { throw Self.tooLarge(limits) }
    return false
  }

  private static func tooLarge(_ limits: HTTPLimits) -> HTTPRefusal {
    HTTPRefusal(status: 431, reason: .headTooLarge, detail: "the head has more than \(limits.headBytesMax) bytes")
  }

  private func checkWhole() throws(HTTPRefusal) {
    guard hosts == 1 || !isHTTP11 else { throw .malformed("the field Host is missing") }
    if isChunked {
      guard isHTTP11 else { throw .malformed("Transfer-Encoding in an HTTP/1.0 request") }
      guard contentLength == nil else { throw .malformed("Content-Length and Transfer-Encoding in one request") }
    }
  }

  // MARK: Request line

  /// - Returns: where the next line begins, or nil when this one is not complete.
  private mutating func startLine(_ bytes: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPRefusal) -> Int? {
    var at = position
    while at < bytes.count, ByteClass.isToken(bytes[at]) { at += 1 }
    guard at < bytes.count else { return nil }
    guard bytes[at] == .space, at > position else {
      throw .malformed("the request line does not begin with a method and one space")
    }
    method = position..<at
    let target = at + 1
    at = target
    while at < bytes.count, ByteClass.isTarget(bytes[at]) { at += 1 }
    guard at - target <= limits.targetBytesMax else {
      throw HTTPRefusal(
        status: 414, reason: .targetTooLong, detail: "the request target has more than \(limits.targetBytesMax) bytes")
    }
    guard at < bytes.count else { return nil }
    guard bytes[at] == .space else { throw .malformed("the request target is not followed by one space and a version") }
    guard let next = try version(bytes, at + 1) else { return nil }
    try split(bytes, target..<at)
    return next
  }

  private mutating func version(_ bytes: Span<UInt8>, _ start: Int) throws(HTTPRefusal) -> Int? {
    let prefix: StaticString = "HTTP/"
    var at = start
    for index in 0..<8 {
      guard at < bytes.count else { return nil }
      let byte = bytes[at]
      let fits =
        switch index {
        case 0..<5: byte == prefix.utf8Start[index]
        case 6: byte == 0x2E
        default: byte >= 0x30 && byte <= 0x39
        }
      guard fits else { throw .malformed("the request target is not followed by one space and a version") }
      at += 1
    }
    guard at + 1 < bytes.count else { return nil }
    guard bytes[at] == .carriageReturn, bytes[at + 1] == .lineFeed else {
      throw .malformed("the request line does not end in CRLF")
    }
    guard bytes[start + 5] == 0x31, bytes[start + 7] <= 0x31 else {
      throw HTTPRefusal(status: 505, reason: .version, detail: "this server speaks HTTP/1.1 and HTTP/1.0")
    }
    isHTTP11 = bytes[start + 7] == 0x31
    return at + 2
  }

  /// Finds path and query in a target of origin, absolute or asterisk form.
  private mutating func split(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(HTTPRefusal) {
    if bytes.equals(method, "CONNECT") {
      throw HTTPRefusal(status: 501, reason: .unsupported, detail: "the method CONNECT is for proxies")
    }
    var start = target.lowerBound
    guard !target.isEmpty else { throw .malformed("the request target is empty") }
    if bytes[start] != .slash {
      if target.count == 1, bytes[start] == 0x2A, bytes.equals(method, "OPTIONS") {
        path = target
        query = target.upperBound..<target.upperBound
        return
      }
      let scheme: StaticString = bytes.hasPrefix(target, "http://") ? "http://" : "https://"
      guard bytes.hasPrefix(target, scheme) else { throw .malformed("the request target does not begin with a slash") }
      start += scheme.utf8CodeUnitCount
      let authority = start
      while start < target.upperBound, bytes[start] != .slash, bytes[start] != .question {
        guard ByteClass.isHost(bytes[start]) else {
          throw .malformed("the authority of the request target holds a byte that is no part of a host")
        }
        start += 1
      }
      guard start > authority else { throw .malformed("the request target names no host") }
    }
    var end = start
    while end < target.upperBound, bytes[end] != .question { end += 1 }
    path = start..<end
    query = min(end + 1, target.upperBound)..<target.upperBound
  }

  // MARK: Fields

  /// - Returns: where the next line begins, or nil when this one is not complete.
  private mutating func fieldLine(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Int? {
    guard let line = try FieldLine.read(bytes, from: position) else { return nil }
    try note(bytes, line.name, line.value)
    return line.next
  }

  /// Remembers what the fields say that decide about the message itself.
  private mutating func note(_ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>) throws(HTTPRefusal) {
    switch name.count {
    case 4 where bytes.equals(name, "host"):
      hosts += 1
      guard hosts == 1 else { throw .malformed("the field Host stands twice") }
      for index in value where !ByteClass.isHost(bytes[index]) {
        throw .malformed("the field Host holds a byte that is no part of a host")
      }
    case 6 where bytes.equals(name, "expect"):
      guard bytes.equals(value, "100-continue") else {
        throw HTTPRefusal(status: 417, reason: .unsupported, detail: "the only expectation that is met is 100-continue")
      }
      expectsContinue = true
    case 10 where bytes.equals(name, "connection"): noteConnection(bytes, value)
    case 12 where bytes.equals(name, "content-type"):
      guard !hasContentType else { throw .malformed("the field Content-Type stands twice") }
      hasContentType = true
    case 13 where bytes.equals(name, "authorization"):
      guard !hasAuthorization else { throw .malformed("the field Authorization stands twice") }
      hasAuthorization = true
    case 14 where bytes.equals(name, "content-length"):
      guard contentLength == nil else { throw .malformed("the field Content-Length stands twice") }
      contentLength = try Self.length(bytes, value)
    case 17 where bytes.equals(name, "transfer-encoding"):
      guard !isChunked else { throw .malformed("the field Transfer-Encoding stands twice") }
      guard bytes.equals(value, "chunked") else {
        throw HTTPRefusal(status: 501, reason: .unsupported, detail: "the only transfer coding that is read is chunked")
      }
      isChunked = true
    default: break
    }
  }

  private static func length(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(HTTPRefusal) -> Int {
    guard !value.isEmpty, value.count <= 15 else { throw .malformed("the field Content-Length is not 1 to 15 digits") }
    var length = 0
    for index in value {
      guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { throw .malformed("the field Content-Length is not 1 to 15 digits") }
      length = length * 10 + Int(bytes[index] - 0x30)
    }
    return length
  }

  private mutating func noteConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    var start = value.lowerBound
    while start < value.upperBound {
      var end = start
      while end < value.upperBound, bytes[end] != 0x2C { end += 1 }
      let option = bytes.trimmed(start..<end)
      if bytes.equals(option, "close") { saysClose = true }
      if bytes.equals(option, "keep-alive") { saysKeepAlive = true }
      start = end + 1
    }
  }
}
