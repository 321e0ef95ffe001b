import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTP

@Suite("clients that leave and servers that stop")
struct EndingTests {
  /// Holds every request until it is told to go on.
  final class Holder: Sendable {
    let replies = Lock<[HTTPReply]>([])
    let arrived = Gate()

    func handle(_ request: HTTPRequest, _ reply: HTTPReply) {
      guard request.head.path.hasPrefix("/held") else { return TestHandler.echo(request, reply) }
      replies.withLock { $0.append(reply) }
      arrived.open()
    }

    func handler() -> TestHandler { TestHandler(handle: { self.handle($0, $1) }) }
  }

  @Test("an answer for a client that has gone is harmless, also when another has its descriptor")
  func vanished() throws {
    let holder = Holder()
    let folder = TemporaryFolder()
    let server = try TestServer(holder.handler(), threads: 1)
    for round in 0..<20 {
      var client: RawClient? = try server.connect()
      client?.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(holder.arrived.pass())
      // A reset is seen at once; an orderly close only by reading, which waits for the answer.
      if round % 2 == 0, let client {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      }
      client = nil
      if round % 2 == 0 { while server.server.statistics.connectionsOpen != 0 { sched_yield() } }
      // Takes the same descriptor after a reset, and waits itself when the late answer comes.
      let next = try server.connect()
      next.send("GET /held/next HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(holder.arrived.pass())
      let path = folder.file("file-\(round)")
      try Files.writeAtomically(path, [1, 2, 3])
      let (late, own) = holder.replies.withLock { replies in
        defer { replies = [] }
        return (replies[0], replies[1])
      }
      late.send(HTTPResponse(status: 200, contentType: nil, body: .file(path: path, removeWhenSent: true)))
      own.send(text("own"))
      #expect(next.answer()?.body == "own")
      #expect(!Files.exists(path))
    }
  }

  @Test("a client that has said all it has to say still gets its held answer")
  func halfClosed() throws {
    let holder = Holder()
    let server = try TestServer(holder.handler())
    let client = try server.connect()
    client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    Sockets.shutdownWriting(client.descriptor)
    #expect(holder.arrived.pass())
    holder.replies.withLock { $0.removeLast() }.send(text("held"))
    let (answer, isClosed) = client.readToEnd()
    #expect(answer.hasSuffix("\r\n\r\nheld") && isClosed)
  }

  @Test("clients that leave in the middle of a request leave nothing behind")
  func partial() throws {
    let server = try TestServer()
    for request in [
      "", "GET", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
      RefusedRequestTests.chunked("5\r\nhe"),
    ] {
      let client = try server.connect()
      client.send(request)
    }
    while server.server.statistics.connectionsAccepted < 5 || server.server.statistics.connectionsOpen > 0 { sched_yield() }
    #expect(server.handler.seen.isEmpty)
  }

  @Test("a drain answers what was asked, closes idle connections, takes no new ones, and returns")
  func drain() throws {
    let holder = Holder()
    let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 2, handler: holder.handler())
    server.start()
    let idle = try RawClient(port: server.port)
    idle.send(ExchangeTests.get)
    #expect(idle.answer()?.status == 200)
    let (held, sending) = (try RawClient(port: server.port), try RawClient(port: server.port))
    sending.send("POST /sent HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    #expect(sending.answer()?.status == 100)
    held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(holder.arrived.pass())
    let done = Gate()
    let thread = spawnThread(name: "drain") {
      server.drain(seconds: 60)
      done.open()
    }
    #expect(idle.readToEnd() == ("", true))
    sending.send("hello")
    let sent = try #require(sending.answer())
    #expect(sent.body == "POST /sent [hello]")
    #expect(sent.head.contains("Connection: close"))
    #expect(sending.readToEnd() == ("", true))
    holder.replies.withLock { $0.removeLast() }.send(text("in time"))
    let answer = try #require(held.answer())
    #expect(answer.body == "in time")
    #expect(answer.head.contains("Connection: close"))
    #expect(done.pass())
    thread.join()
    #expect(throws: SocketError.self) { try Sockets.connect(host: "127.0.0.1", port: server.port, timeoutMilliseconds: 1000) }
    #expect(server.statistics.connectionsOpen == 0)
  }

  @Test("a drain cuts off what is not answered by its deadline; a later answer is harmless")
  func deadline() throws {
    let holder = Holder()
    let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 1, handler: holder.handler())
    server.start()
    let held = try RawClient(port: server.port)
    held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(holder.arrived.pass())
    server.drain(seconds: 0)
    #expect(held.readToEnd() == ("", true))
    let folder = TemporaryFolder()
    try Files.writeAtomically(folder.file("late"), [1])
    holder.replies.withLock { $0.removeLast() }.send(
      HTTPResponse(status: 200, contentType: nil, body: .file(path: folder.file("late"), removeWhenSent: true)))
    #expect(!Files.exists(folder.file("late")))
    server.drain(seconds: 0)
  }

  @Test("connections made before the start are served, and those made before a drain too")
  func backlog() throws {
    let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 1, handler: TestHandler())
    let early = try RawClient(port: server.port)
    early.send(ExchangeTests.get)
    server.start()
    #expect(early.answer()?.body == "GET /a []")
    server.drain(seconds: 5)
  }
}
