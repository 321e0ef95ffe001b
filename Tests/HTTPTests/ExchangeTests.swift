import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTP

@Suite("exchanges over a connection")
struct ExchangeTests {
  static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("an answer has status, date, type, length and content")
  func answer() throws {
    let clock = WallClock { 784_111_777_000 }
    let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 1, handler: TestHandler(), clock: clock)
    server.start()
    defer { server.drain(seconds: 0) }
    let client = try RawClient(port: server.port)
    client.send(Self.get)
    let answer = try #require(client.answer())
    #expect(
      answer.head
        == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 9")
    #expect(answer.body == "GET /a []")
  }

  @Test(
    "dates",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_399_999, "Mon, 28 Feb 2000 23:59:59 GMT"),
      (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_795_250_000_000, "Sat, 21 Nov 2026 08:33:20 GMT"),
    ] as [(Int64, String)])
  func dates(milliseconds: Int64, text: String) {
    var date = HTTPDate()
    date.update(milliseconds: milliseconds)
    #expect(String(decoding: date.bytes, as: UTF8.self) == text)
  }

  @Test("the handler gets method, path, query, fields and body")
  func request() throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("POST /a%20b?c=%20d HTTP/1.1\r\nHost: h\r\nX-One:  1 \r\nx-two: 2\r\nX-One: 3\r\nContent-Length: 5\r\n\r\nhello")
    #expect(client.answer()?.status == 200)
    let request = try #require(server.handler.seen.first)
    #expect(request.head.method == "POST")
    #expect(request.head.path == "/a b")
    #expect(request.head.query == "c=%20d")
    #expect(request.head.bodyLength == 5)
    #expect(request.head.isHTTP11)
    #expect(request.head.header("x-one") == "1")
    #expect(request.head.header("x-two") == "2")
    #expect(request.head.header("x-on") == nil)
    #expect(request.head.header("x-three") == nil)
    #expect(request.body == Array("hello".utf8))
  }

  @Test("the head for tests of handlers reads like a real one")
  func testHead() {
    let head = HTTPRequestHead(method: "GET", path: "/p", query: "a=b", headers: [("Accept", "x"), ("X-Two", "2")])
    #expect(head.query == "a=b")
    #expect(head.header("accept") == "x")
    #expect(head.header("x-two") == "2")
    #expect(head.header("x") == nil)
  }

  @Test("pipelined requests are answered in order, also when answers are held and given in another")
  func pipelining() throws {
    let replies = Lock<[String: HTTPReply]>([:])
    let gate = Gate()
    let handler = TestHandler(handle: { request, reply in
      if request.head.path == "/held" {
        replies.withLock { $0["held"] = reply }
        gate.open()
      } else {
        reply.send(text(request.head.path))
      }
    })
    let server = try TestServer(handler)
    let client = try server.connect()
    let paths = ["/1", "/held", "/2", "/3"] + (4..<500).map { "/\($0)" }
    client.send(paths.map { "POST \($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" }.joined())
    #expect(client.answer()?.body == "/1")
    #expect(gate.pass())
    // The request behind the held one has not been begun.
    #expect(handler.seen.map(\.head.path) == ["/1", "/held"])
    replies.withLock { $0["held"] }?.send(text("/held"))
    for path in paths.dropFirst() { #expect(client.answer()?.body == path) }
    #expect(handler.seen.map(\.head.path) == paths)
  }

  @Test("answers held for many connections reach each its own, from other threads")
  func held() throws {
    let pool = WorkerPool(name: "answers", threads: 3, queueLimit: 10_000)
    let server = try TestServer(TestHandler(handle: { request, reply in _ = pool.submit { TestHandler.echo(request, reply) } }))
    let clients = try (0..<40).map { _ in try server.connect() }
    for round in 0..<25 {
      for (number, client) in clients.enumerated() { client.send("GET /\(number)/\(round) HTTP/1.1\r\nHost: a\r\n\r\n") }
      for (number, client) in clients.enumerated() { #expect(client.answer()?.body == "GET /\(number)/\(round) []") }
    }
    #expect(server.server.statistics.requests == 1000)
    #expect(server.server.statistics.connectionsOpen == 40)
    pool.stop()
  }

  @Test("HEAD gets the length and no content")
  func head() throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n")
    let answer = try #require(client.answer(isHead: true))
    #expect(answer.head.contains("Content-Length: 10"))
    client.send(Self.get)
    #expect(client.answer()?.body == "GET /a []")
  }

  @Test("204 and 304 have neither content nor length", arguments: [204, 304])
  func withoutContent(status: Int) throws {
    let server = try TestServer(TestHandler(handle: { _, reply in reply.send(text("ignored", status: status)) }))
    let client = try server.connect()
    for _ in 0..<2 {
      client.send(Self.get)
      let answer = try #require(client.answer())
      #expect(answer.status == status)
      #expect(!answer.head.contains("Content-Length"))
    }
  }

  @Test(
    "a connection is kept or closed as the client asks",
    arguments: [
      ("HTTP/1.1\r\nHost: a", true, false), ("HTTP/1.1\r\nHost: a\r\nConnection: close", false, false),
      ("HTTP/1.1\r\nHost: a\r\nConnection: x, Close ,y", false, false),
      ("HTTP/1.1\r\nHost: a\r\nConnection: keep-alive", true, false),
      ("HTTP/1.0", false, false), ("HTTP/1.0\r\nConnection: Keep-Alive", true, true),
      ("HTTP/1.0\r\nConnection: keep-alive, close", false, false),
    ])
  func keepAlive(head: String, keeps: Bool, says: Bool) throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("GET / \(head)\r\n\r\n")
    let answer = try #require(client.answer())
    #expect(answer.head.contains("Connection: close") == !keeps)
    #expect(answer.head.contains("Connection: keep-alive") == says)
    if keeps {
      client.send(Self.get)
      #expect(client.answer()?.status == 200)
    } else {
      #expect(client.readToEnd() == ("", true))
    }
  }

  @Test("a client that expects 100-continue is asked for its body, one that is refused is not")
  func expectation() throws {
    let server = try TestServer(TestHandler { $0.path == "/no" ? .refuse(text("no", status: 401)) : .accept(bodyBytesMax: 10) })
    let client = try server.connect()
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n")
    #expect(client.answer()?.head == "HTTP/1.1 100 Continue")
    client.send("hello")
    #expect(client.answer()?.body == "POST /a [hello]")
    // The body is here already: nothing to ask for.
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
    #expect(client.answer()?.status == 200)
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
    #expect(client.answer()?.status == 413)
    let second = try server.connect()
    second.send("POST /no HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    let answer = try #require(second.answer())
    #expect(answer.status == 401)
    #expect(answer.head.contains("Connection: close"))
  }

  @Test("a body that the head's admission refuses is not read, and the client sees the answer")
  func refusedBody() throws {
    let server = try TestServer(TestHandler { _ in .refuse(text("who are you?", status: 401)) })
    let client = try server.connect()
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n")
    let answer = try #require(client.answer())
    #expect(answer.status == 401)
    #expect(answer.head.contains("Connection: close"))
    client.send([UInt8](repeating: 0, count: 300_000))
    #expect(client.readToEnd() == ("", true))
    #expect(server.handler.seen.isEmpty)
    #expect(server.server.statistics.refused == [.admission: 1])
    // A refused request without a body, or with one that is here already, costs no connection.
    let second = try server.connect()
    for request in [Self.get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", Self.get] {
      second.send(request)
      #expect(second.answer()?.status == 401)
    }
  }

  @Test("an answer whose fields would change the message becomes a 500, and so does a dropped reply")
  func badAnswers() throws {
    let server = try TestServer(
      TestHandler(handle: { request, reply in
        var response = text("x")
        switch request.head.path {
        case "/value": response.headers = [("X", "a\r\nSet-Cookie: b")]
        case "/name": response.headers = [("X: y\r\nZ", "a")]
        case "/empty": response.headers = [("", "a")]
        case "/type": response.contentType = "a\nb"
        case "/status": response.status = 99
        case "/file": response.body = .file(path: "/nowhere/at/all", removeWhenSent: true)
        case "/folder": response.body = .file(path: "/tmp", removeWhenSent: false)
        case "/good": response.headers = [("X", "a"), ("Y", "b\tc é")]
        default: return
        }
        reply.send(response)
        reply.send(text("a second answer"))
      }))
    let client = try server.connect()
    for path in ["/value", "/name", "/empty", "/type", "/status", "/file", "/folder", "/dropped"] {
      client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
      let answer = try #require(client.answer())
      #expect(answer.status == 500, "\(path)")
      #expect(!answer.head.contains("Set-Cookie"), "\(path)")
    }
    client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n")
    let good = try #require(client.answer())
    #expect(good.head.hasSuffix("\r\nX: a\r\nY: b\tc é"))
    #expect(server.server.statistics.refused == [.answer: 8])
  }

  @Test("large bodies go both ways unchanged, in pieces and in chunks")
  func large() throws {
    let server = try TestServer(
      TestHandler { _ in
        .accept(bodyBytesMax: 8 << 20)
      } handle: { request, reply in
        reply.send(HTTPResponse(status: 200, contentType: "text/plain", body: .bytes(request.body)))
      })
    var random = SeededGenerator(seed: 11)
    let body = (0..<(3 << 20)).map { _ in UInt8.random(in: 32...126, using: &random) }
    let expected = String(decoding: body, as: UTF8.self)
    let client = try server.connect()
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
    client.send(body)
    #expect(client.answer()?.body == expected)
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    var at = 0
    while at < body.count {
      let count = min(Int.random(in: 1...200_000, using: &random), body.count - at)
      client.send("\(String(count, radix: 16))\r\n")
      client.send(Array(body[at..<at + count]))
      client.send("\r\n")
      at += count
    }
    client.send("0\r\n\r\n")
    #expect(client.answer()?.body == expected)
  }

  @Test("a large file is sent whole, and removed when that was asked for", arguments: [true, false])
  func file(remove: Bool) throws {
    let folder = TemporaryFolder()
    let path = folder.file("export.zip")
    let bytes = (0..<(20 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    try Files.writeAtomically(path, bytes)
    let server = try TestServer(
      TestHandler(handle: { _, reply in
        reply.send(HTTPResponse(status: 200, contentType: "application/zip", body: .file(path: path, removeWhenSent: remove)))
      }))
    let client = try server.client()
    let answer = try client.send(method: "GET", path: "/")
    #expect(answer.header("content-length") == "\(bytes.count)")
    #expect(answer.body == bytes)
    #expect(Files.exists(path) == !remove)
    if !remove {
      #expect(try client.send(method: "HEAD", path: "/").header("content-length") == "\(bytes.count)")
      #expect(try client.send(method: "GET", path: "/").body.count == bytes.count)
    }
  }

  @Test("IPv6 addresses are listened on")
  func version6() throws {
    let server = try TestServer(address: "::1")
    let client = try RawClient(port: server.server.port, host: "::1")
    client.send(Self.get)
    #expect(client.answer()?.status == 200)
  }

  @Test("a port that another server listens on is refused by name")
  func takenPort() throws {
    let server = try TestServer()
    let error = #expect(throws: SocketError.self) {
      try HTTPServer(address: "127.0.0.1", port: server.server.port, threads: 1, handler: TestHandler())
    }
    #expect(error?.description == "cannot listen on `127.0.0.1:\(server.server.port)`: Address already in use")
  }
}
