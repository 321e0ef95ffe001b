import Foundation
import TestSupport
import Testing

@testable import HTTP

/// One raw request with the status that answers it.
struct RawRequest: CustomTestStringConvertible, Sendable {
  let name: String
  let status: Int
  let bytes: String

  init(_ name: String, _ status: Int, _ bytes: String) {
    self.name = name
    self.status = status
    self.bytes = bytes
  }

  var testDescription: String { name }
}

@Suite("requests that two readers could understand differently")
struct RefusedRequestTests {
  static let refused: [RawRequest] = [
    // The 24 of the conformance probe, and their neighbours.
    RawRequest(
      "Content-Length and Transfer-Encoding", 400,
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "Transfer-Encoding and Content-Length", 400,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "two different Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    RawRequest(
      "two equal Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    RawRequest("a list of Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello"),
    RawRequest("Content-Length with a plus sign", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello"),
    RawRequest("negative Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello"),
    RawRequest("Content-Length of letters", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\nhello"),
    RawRequest("hexadecimal Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello"),
    RawRequest("Content-Length with a space inside", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\nhello"),
    RawRequest("empty Content-Length", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello"),
    RawRequest("Content-Length of 16 digits", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000005\r\n\r\nhello"),
    RawRequest(
      "Content-Length that overflows", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\nhello"),
    RawRequest(
      "Transfer-Encoding: xchunked", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    ),
    RawRequest(
      "Transfer-Encoding: gzip, chunked", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "Transfer-Encoding: chunked, chunked", 501,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "Transfer-Encoding: identity", 501,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"),
    RawRequest(
      "Transfer-Encoding: chunked with a parameter", 501,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;x=1\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "Transfer-Encoding with a vertical tab", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n"
    ),
    RawRequest("empty Transfer-Encoding", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n"),
    RawRequest(
      "Transfer-Encoding twice", 400,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    RawRequest("HTTP/1.0 and chunked", 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    RawRequest("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
    RawRequest("two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    RawRequest("two equal Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    RawRequest("two Hosts in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    RawRequest("Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    RawRequest("Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    RawRequest("Host with a space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    RawRequest("space before the colon", 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    RawRequest("tab before the colon", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length\t: 5\r\n\r\nhello"),
    RawRequest("folded field", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: a\r\n b\r\n\r\n"),
    RawRequest("folded field with a tab", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: a\r\n\tb\r\n\r\n"),
    RawRequest("space before the first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    RawRequest("control byte in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-\u{1}: b\r\n\r\n"),
    RawRequest("NUL in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-\u{0}: b\r\n\r\n"),
    RawRequest("byte beyond ASCII in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-é: b\r\n\r\n"),
    RawRequest("separator in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n"),
    RawRequest("empty field name", 400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
    RawRequest("field without a colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"),
    RawRequest("NUL in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0}c\r\n\r\n"),
    RawRequest("DEL in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{7f}c\r\n\r\n"),
    RawRequest("bare CR in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\rTransfer-Encoding: chunked\r\n\r\n"),
    RawRequest("bare CR before the end", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n"),
    RawRequest("LF alone after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    RawRequest("LF alone after a field", 400, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
    RawRequest("LF alone at the end of the head", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    RawRequest("LF alone everywhere", 400, "GET / HTTP/1.1\nHost: a\n\n"),
    RawRequest("space in the target", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("tab in the target", 400, "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("fragment in the target", 400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("byte beyond ASCII in the target", 400, "GET /é HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("target without a slash", 400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("empty target", 400, "GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("asterisk for GET", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("absolute target without a host", 400, "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("absolute target with a user", 400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("absolute target of another scheme", 400, "GET file:///etc HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("broken percent escape", 400, "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("percent escape of letters", 400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("escaped NUL", 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("escaped line end", 400, "GET /%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("escaped bytes that are not UTF-8", 400, "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("two spaces before the target", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("two spaces before the version", 400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("space after the version", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    RawRequest("missing version", 400, "GET /\r\nHost: a\r\n\r\n"),
    RawRequest("lower-case version", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("version of two digits", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    RawRequest("HTTP/2.0", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    RawRequest("HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
    RawRequest("HTTP/0.9", 505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    RawRequest("preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    RawRequest("space before the method", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("separator in the method", 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("CONNECT", 501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("two empty lines before the request", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("TLS hello", 400, "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}"),
    RawRequest("unknown expectation", 417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 5\r\n\r\nhello"),
    RawRequest(
      "two Authorization fields", 400, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"),
    RawRequest("two Content-Type fields", 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n"),
  ]

  /// What stands behind a valid head with chunked coding.
  static let refusedChunks: [(String, String)] = [
    ("chunk size 0x5", "0x5\r\nhello\r\n0\r\n\r\n"), ("chunk lines with LF alone", "5\nhello\n0\n\n"),
    ("LF after the size", "5\nhello\r\n0\r\n\r\n"), ("LF after the data", "5\r\nhello\n0\r\n\r\n"),
    ("LF at the end", "5\r\nhello\r\n0\r\n\n"), ("no size", "\r\nhello\r\n0\r\n\r\n"),
    ("size of letters", "zz\r\nhello\r\n0\r\n\r\n"),
    ("negative size", "-5\r\nhello\r\n0\r\n\r\n"), ("size with a plus sign", "+5\r\nhello\r\n0\r\n\r\n"),
    ("space before the size", " 5\r\nhello\r\n0\r\n\r\n"),
    ("space after the size", "5 \r\nhello\r\n0\r\n\r\n"), ("size of 16 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("size that overflows", "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n"), ("data longer than the size", "4\r\nhello\r\n0\r\n\r\n"),
    ("data shorter than the size", "6\r\nhello\r\n0\r\n\r\n"), ("CR without LF after the size", "5\rhello\r\n0\r\n\r\n"),
    ("control byte in an extension", "5;a=\u{1}\r\nhello\r\n0\r\n\r\n"), ("LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
    ("CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"), ("NUL in the size line", "5\u{0}\r\nhello\r\n0\r\n\r\n"),
    ("trailer without a colon", "5\r\nhello\r\n0\r\nnonsense\r\n\r\n"),
    ("trailer with a space before the colon", "5\r\nhello\r\n0\r\nX : y\r\n\r\n"),
    ("folded trailer", "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n"), ("trailer with LF alone", "5\r\nhello\r\n0\r\nX: y\n\r\n"),
    ("trailer with a control byte", "5\r\nhello\r\n0\r\nX: \u{1}\r\n\r\n"),
    ("a request in place of a trailer", "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n"),
  ]

  static func chunked(_ body: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body }

  static func all() -> [RawRequest] { refused + refusedChunks.map { RawRequest($0.0, 400, chunked($0.1)) } }

  @Test("is refused with its status and a problem, no handler sees it, and the connection is closed")
  func refusedRequests() throws {
    let server = try TestServer()
    let rows = Self.all()
    for row in rows {
      let client = try server.connect()
      // What a smuggler hides behind the request must not be answered either.
      client.send(row.bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
      let (answer, isClosed) = client.readToEnd()
      #expect(isClosed, "\(row.name): the connection stays open")
      #expect(answer.hasPrefix("HTTP/1.1 \(row.status) "), "\(row.name): \(answer.prefix(60))")
      #expect(!answer.contains("HTTP/1.1 2"), "\(row.name)")
      #expect(answer.components(separatedBy: "\r\nDate: ").count == 2, "\(row.name): one answer")
      #expect(answer.contains("{\"status\":\(row.status),\"title\":\""), "\(row.name)")
      #expect(answer.contains("Content-Type: application/problem+json"), "\(row.name)")
    }
    #expect(rows.count >= 100)
    #expect(server.handler.seen.isEmpty)
    #expect(server.server.statistics.refused.values.reduce(0, +) == rows.count)
  }

  @Test("and the same when it comes one byte at a time")
  func refusedBytes() throws {
    let server = try TestServer()
    for row in Self.all() {
      let client = try server.connect()
      for byte in row.bytes.utf8 { guard client.send([byte]) else { break } }
      let (answer, isClosed) = client.readToEnd()
      #expect(isClosed, "\(row.name): the connection stays open")
      #expect(!answer.contains("HTTP/1.1 2"), "\(row.name)")
    }
    #expect(server.handler.seen.isEmpty)
  }

  static let accepted: [RawRequest] = [
    RawRequest("plain", 200, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("lower-case field names", 200, "GET / HTTP/1.1\r\nhost: a\r\n\r\n"),
    RawRequest("no space after the colon", 200, "GET / HTTP/1.1\r\nHost:a\r\n\r\n"),
    RawRequest("tabs and spaces around a value", 200, "GET / HTTP/1.1\r\nHost: \t a \t \r\n\r\n"),
    RawRequest("empty value", 200, "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n"),
    RawRequest("empty Host", 200, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    RawRequest("Host with a port", 200, "GET / HTTP/1.1\r\nHost: a:8470\r\n\r\n"),
    RawRequest("Host of IPv6", 200, "GET / HTTP/1.1\r\nHost: [::1]:8470\r\n\r\n"),
    RawRequest("one empty line before the request", 200, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("colons in a value", 200, "GET / HTTP/1.1\r\nHost: a\r\nX: a:b: c\r\n\r\n"),
    RawRequest("bytes beyond ASCII in a value", 200, "GET / HTTP/1.1\r\nHost: a\r\nX: é\r\n\r\n"),
    RawRequest("every mark that names may hold", 200, "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09AZaz: b\r\n\r\n"),
    RawRequest("unknown method", 200, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("absolute target", 200, "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("absolute target without a path", 200, "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("asterisk for OPTIONS", 200, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("percent escapes", 200, "GET /%41%c3%a9%2F HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("question marks in the query", 200, "GET /?a=b?c&d[]=%zz|e HTTP/1.1\r\nHost: a\r\n\r\n"),
    RawRequest("HTTP/1.0", 200, "GET / HTTP/1.0\r\n\r\n"),
    RawRequest("Content-Length with leading zeros", 200, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello"),
    RawRequest("Content-Length of zero", 200, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
    RawRequest("Content-Length in HTTP/1.0", 200, "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"),
    RawRequest("GET with a body", 200, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    RawRequest(
      "Transfer-Encoding in capitals", 200,
      "POST / HTTP/1.1\r\nHost: a\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    RawRequest("TE is not Transfer-Encoding", 200, "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n"),
    RawRequest("names that begin like others", 200, "GET / HTTP/1.1\r\nHost: a\r\nHosts: b\r\nContent-Lengths: x\r\n\r\n"),
    RawRequest("a field twice that may be", 200, "GET / HTTP/1.1\r\nHost: a\r\nAccept: a/b\r\nAccept: c/d\r\n\r\n"),
    RawRequest("chunks", 200, chunked("5\r\nhello\r\n0\r\n\r\n")),
    RawRequest("no chunk", 200, chunked("0\r\n\r\n")),
    RawRequest("chunk sizes with leading zeros", 200, chunked("0005\r\nhello\r\n000\r\n\r\n")),
    RawRequest("capital hexadecimal size", 200, chunked("A\r\n0123456789\r\n0\r\n\r\n")),
    RawRequest("chunk extensions", 200, chunked("5;a;b=c;d=\"e f\"\r\nhello\r\n0;z\r\n\r\n")),
    RawRequest("white space before an extension", 200, chunked("5 \t;a\r\nhello\r\n0\r\n\r\n")),
    RawRequest("trailers", 200, chunked("5\r\nhello\r\n0\r\nX: y\r\nDigest: z\r\n\r\n")),
    RawRequest("line ends in chunk data", 200, chunked("7\r\na\r\nb\r\nc\r\n0\r\n\r\n")),
  ]

  @Test("look-alikes that are clear get an answer, and so does the next request of the connection", arguments: accepted)
  func acceptedRequests(row: RawRequest) throws {
    let server = try TestServer()
    for pieces in [[row.bytes], row.bytes.unicodeScalars.map(String.init)] {
      let client = try server.connect()
      for piece in pieces { client.send(piece) }
      #expect(client.answer()?.status == 200)
      guard !row.bytes.contains("HTTP/1.0") else {
        #expect(client.readToEnd() == ("", true))
        continue
      }
      client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.answer()?.body == "GET /next []")
    }
    #expect(server.server.statistics.refused.isEmpty)
  }
}
