import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTP

@Suite("limits")
struct LimitTests {
  /// A GET whose head has exactly this many bytes.
  static func head(bytes: Int) -> String {
    let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
    return start + String(repeating: "x", count: bytes - start.utf8.count - 4) + "\r\n\r\n"
  }

  func status(_ server: TestServer, _ request: String) throws -> Int? {
    let client = try server.connect()
    client.send(request)
    return client.answer()?.status
  }

  @Test("head, fields and target: at the limit and one past it")
  func heads() throws {
    let server = try TestServer()
    let limits = HTTPLimits()
    #expect(try status(server, Self.head(bytes: limits.headBytesMax)) == 200)
    #expect(try status(server, Self.head(bytes: limits.headBytesMax + 1)) == 431)
    // A head without an end is refused as soon as it is too large.
    #expect(try status(server, String(Self.head(bytes: limits.headBytesMax + 4).unicodeScalars.dropLast(4))) == 431)
    func fields(_ count: Int) -> String {
      "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: count - 1) + "\r\n"
    }
    #expect(try status(server, fields(limits.headFieldsMax)) == 200)
    #expect(try status(server, fields(limits.headFieldsMax + 1)) == 431)
    func target(_ count: Int) -> String { "GET /" + String(repeating: "a", count: count - 1) + " HTTP/1.1\r\nHost: a\r\n\r\n" }
    #expect(try status(server, target(limits.targetBytesMax)) == 200)
    #expect(try status(server, target(limits.targetBytesMax + 1)) == 414)
    #expect(server.server.statistics.refused == [.headTooLarge: 3, .targetTooLong: 1])
  }

  @Test("bodies: at the admitted size and one past it, with a length and in chunks")
  func bodies() throws {
    let server = try TestServer(TestHandler { _ in .accept(bodyBytesMax: 100) })
    func plain(_ count: Int) -> String {
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n" + String(repeating: "x", count: count)
    }
    func chunks(_ sizes: Int...) -> String {
      RefusedRequestTests.chunked(
        sizes.map { "\(String($0, radix: 16))\r\n\(String(repeating: "x", count: $0))\r\n" }.joined() + "0\r\n\r\n")
    }
    #expect(try status(server, plain(100)) == 200)
    #expect(try status(server, plain(101)) == 413)
    #expect(try status(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999\r\n\r\n") == 413)
    #expect(try status(server, chunks(100)) == 200)
    #expect(try status(server, chunks(60, 40)) == 200)
    #expect(try status(server, chunks(101)) == 413)
    #expect(try status(server, chunks(60, 41)) == 413)
    #expect(try status(server, RefusedRequestTests.chunked("7fffffffffffff\r\n")) == 413)
    #expect(try status(server, RefusedRequestTests.chunked("fffffffffffffff\r\n")) == 413)
    #expect(server.server.statistics.refused == [.bodyTooLarge: 6])
  }

  @Test("chunk extensions and trailers: at the limit and one past it")
  func chunkOverhead() throws {
    var limits = HTTPLimits()
    limits.chunkOverheadBytesMax = 50
    let server = try TestServer(limits: limits)
    func extended(_ count: Int) -> String {
      RefusedRequestTests.chunked("1;" + String(repeating: "e", count: count) + "\r\nx\r\n0\r\n\r\n")
    }
    #expect(try status(server, extended(48)) == 200)
    #expect(try status(server, extended(49)) == 400)
    func trailed(_ count: Int) -> String {
      RefusedRequestTests.chunked("1\r\nx\r\n0\r\nT: " + String(repeating: "t", count: count) + "\r\n\r\n")
    }
    #expect(try status(server, trailed(43)) == 200)
    #expect(try status(server, trailed(44)) == 400)
  }

  @Test("connections: at the limit and one past it, and again after one has gone")
  func connections() throws {
    var limits = HTTPLimits()
    limits.connectionsMax = 3
    let server = try TestServer(threads: 1, limits: limits)
    var clients: [RawClient] = []
    for _ in 0..<3 {
      let client = try server.connect()
      client.send(ExchangeTests.get)
      #expect(client.answer()?.status == 200)
      clients.append(client)
    }
    let refused = try server.connect()
    let (answer, isClosed) = refused.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("too many connections") && isClosed)
    #expect(server.server.statistics.connectionsOpen == 3)
    #expect(server.server.statistics.connectionsAccepted == 4)
    #expect(server.server.statistics.refused == [.connections: 1])
    clients[0].send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(clients[0].readToEnd().isClosed)
    #expect(try status(server, ExchangeTests.get) == 200)
  }

  static func quick(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
    var limits = HTTPLimits()
    change(&limits)
    return limits
  }

  @Test("a head that does not arrive in time is refused and closed, also when it trickles")
  func slowHead() throws {
    let server = try TestServer(limits: Self.quick { $0.headSeconds = 0.2 })
    let started = MonotonicClock.nanoseconds()
    let client = try server.connect()
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
    let (answer, isClosed) = client.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 408 ") && isClosed)
    #expect(MonotonicClock.nanoseconds() - started >= 200_000_000)
    // Who never says anything is closed without a word.
    #expect(try server.connect().readToEnd() == ("", true))
    let trickle = try server.connect()
    trickle.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
    Sockets.setTimeouts(trickle.descriptor, milliseconds: 20)
    var end = trickle.readToEnd()
    for _ in 0..<500 where !end.isClosed {
      trickle.send("x")
      end = trickle.readToEnd()
    }
    #expect(end.isClosed && end.text.hasPrefix("HTTP/1.1 408 "))
    #expect(server.server.statistics.refused == [.timeout: 2])
  }

  @Test("a body that stops or trickles is refused and closed")
  func slowBody() throws {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    let server = try TestServer(limits: Self.quick { $0.bodyIdleSeconds = 0.1 })
    for request in [head, head + "some", RefusedRequestTests.chunked("5\r\nhel")] {
      let client = try server.connect()
      client.send(request)
      let (answer, isClosed) = client.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 408 ") && isClosed)
    }
    let second = try TestServer(limits: Self.quick { $0.bodySeconds = 0.2 })
    let trickle = try second.connect()
    trickle.send(head)
    Sockets.setTimeouts(trickle.descriptor, milliseconds: 20)
    var end = trickle.readToEnd()
    for _ in 0..<500 where !end.isClosed {
      trickle.send("x")
      end = trickle.readToEnd()
    }
    #expect(end.isClosed && end.text.hasPrefix("HTTP/1.1 408 "))
  }

  @Test("an idle connection is closed without a word, a waiting one is not")
  func keepAlive() throws {
    let replies = Lock<[HTTPReply]>([])
    let handler = TestHandler(handle: { request, reply in
      if request.head.path == "/held" { replies.withLock { $0.append(reply) } } else { TestHandler.echo(request, reply) }
    })
    let server = try TestServer(handler, limits: Self.quick { $0.keepAliveSeconds = 0.1 })
    let waiting = try server.connect()
    waiting.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    let client = try server.connect()
    client.send(ExchangeTests.get)
    #expect(client.answer()?.status == 200)
    #expect(client.readToEnd() == ("", true))
    #expect(server.server.statistics.refused.isEmpty)
    replies.withLock { $0.first }?.send(text("at last"))
    #expect(waiting.answer()?.body == "at last")
  }

  @Test("a client that does not read its answer is closed")
  func slowReader() throws {
    let server = try TestServer(
      TestHandler(handle: { _, reply in
        reply.send(HTTPResponse(status: 200, contentType: "text/plain", body: .bytes([UInt8](repeating: 65, count: 64 << 20))))
      }), limits: Self.quick { $0.writeIdleSeconds = 0.1 })
    let client = try server.connect()
    client.send(ExchangeTests.get)
    while server.server.statistics.requests == 0 || server.server.statistics.connectionsOpen > 0 { sched_yield() }
    #expect(client.readToEnd().text.utf8.count < 64 << 20)
  }

  @Test("a client that is refused and keeps sending is closed after a while")
  func lingering() throws {
    let server = try TestServer(
      TestHandler { _ in .refuse(text("no", status: 403)) }, limits: Self.quick { $0.lingerSeconds = 0.1 })
    let client = try server.connect()
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
    let (answer, isClosed) = client.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 403 ") && isClosed)
    while server.server.statistics.connectionsOpen != 0 { sched_yield() }
    let flood = try server.connect()
    flood.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999\r\n\r\n")
    #expect(flood.answer()?.status == 403)
    var sent = 0
    while flood.send([UInt8](repeating: 0, count: 1 << 16)), sent < 1 << 30 { sent += 1 << 16 }
    #expect(sent < 1 << 30)
  }
}
