import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTP

/// Answers connection after connection with prepared bytes, whatever is asked.
final class ScriptedServer: Sendable {
  let port: UInt16
  let requests = Lock<[String]>([])
  private let thread: ThreadHandle
  private let stopping = Lock(false)

  /// - Parameter scripts: for each connection the answers to its requests (each up to its empty line); after the last it is closed.
  init(_ scripts: [[String]]) throws {
    let listener = try Sockets.listen(address: "127.0.0.1", port: 0, shared: false)
    port = Sockets.localPort(listener)
    let (requests, stopping) = (requests, stopping)
    thread = spawnThread(name: "script") {
      defer { Sockets.close(listener) }
      let epoll = Epoll()
      _ = epoll.addReading(listener)
      for script in scripts {
        var accepted: Int32?
        while accepted == nil {
          if stopping.withLock({ $0 }) { return }
          _ = epoll.wait(milliseconds: 50)
          accepted = Sockets.accept(listener).descriptor
        }
        guard let descriptor = accepted else { return }
        defer { Sockets.close(descriptor) }
        Self.run(script, descriptor, requests)
      }
    }
  }

  deinit {
    stopping.withLock { $0 = true }
    thread.join()
  }

  private static func run(_ script: [String], _ descriptor: Int32, _ requests: Lock<[String]>) {
    let epoll = Epoll()
    _ = epoll.addReading(descriptor)
    for answer in script {
      var request: [UInt8] = []
      while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
        guard epoll.wait(milliseconds: 10_000) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ Sockets.receive(descriptor, $0) }) else { return }
        request += buffer[..<count]
      }
      requests.withLock { $0.append(String(decoding: request, as: UTF8.self)) }
      guard !answer.isEmpty else { continue }
      _ = Array(answer.utf8).withUnsafeBytes { Sockets.send(descriptor, $0) }
    }
  }
}

@Suite("the client")
struct ClientTests {
  func exchange(_ answer: String, method: String = "GET", bodyBytesMax: Int = 100) throws -> HTTPClientResponse {
    let server = try ScriptedServer([[answer]])
    var limits = HTTPClientLimits()
    limits.bodyBytesMax = bodyBytesMax
    return try HTTPClient(baseURL: "http://127.0.0.1:\(server.port)", limits: limits).send(method: method, path: "/")
  }

  @Test(
    "answers are read",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
      ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
      ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 404, ""), ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
      ("HTTP/1.1 304 x\r\nContent-Length: 10\r\n\r\n", 304, ""), ("HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"),
      ("HTTP/1.0 200 OK\r\n\r\nold", 200, "old"),
      ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x"),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n3\r\n yo\r\n0\r\nT: x\r\n\r\n", 200, "hello yo"
      ),
    ])
  func answers(bytes: String, status: Int, body: String) throws {
    let response = try exchange(bytes)
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
  }

  @Test(
    "answers that are cut off, malformed, ambiguous or too large are errors",
    arguments: [
      ("", .closed), ("HTTP/1.1 200", .closed), ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .closed),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", .closed),
      ("SSH-2.0-OpenSSH_9.2p1 x\r\n", .malformedAnswer),
      ("HTTP/2.0 200 OK\r\n\r\n", .malformedAnswer), ("HTTP/1.1 2x0 OK\r\n\r\n", .malformedAnswer),
      ("HTTP/1.1 999 OK\r\n\r\n", .malformedAnswer),
      ("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .malformedAnswer),
      ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", .answerTooLarge),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", .answerTooLarge),
      ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101), .answerTooLarge),
      ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000), .answerTooLarge),
    ] as [(String, HTTPClientError.Kind)])
  func badAnswers(bytes: String, kind: HTTPClientError.Kind) throws {
    let error = #expect(throws: HTTPClientError.self) { try exchange(bytes) }
    #expect(error?.kind == kind, "\(error?.description ?? "")")
  }

  @Test("an answer at the limit is read")
  func limit() throws {
    #expect(try exchange("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + String(repeating: "x", count: 100)).body.count == 100)
    #expect(try exchange("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", method: "HEAD").body.isEmpty)
  }

  @Test("what is sent is one clear request, with the prefix of the base URL")
  func request() throws {
    let server = try ScriptedServer([
      ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
    ])
    let client = try HTTPClient(baseURL: "http://127.0.0.1:\(server.port)/base/")
    _ = try client.send(method: "GET", path: "/a?b=c", headers: [("X-Key", "v")])
    _ = try client.send(method: "POST", path: "/a", body: [])
    let host = "Host: 127.0.0.1:\(server.port)\r\n"
    #expect(
      server.requests.withLock { $0 } == [
        "GET /base/a?b=c HTTP/1.1\r\n\(host)X-Key: v\r\n\r\n", "POST /base/a HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
      ])
  }

  @Test("a kept connection that the server closed is noticed; only what may be repeated is repeated")
  func keptConnection() throws {
    let good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    // The second request of a connection is read and then met with a close.
    let server = try ScriptedServer([[good, ""], [good], [good, ""], [good]])
    let client = try HTTPClient(baseURL: "http://127.0.0.1:\(server.port)")
    #expect(try client.send(method: "GET", path: "/1").status == 200)
    #expect(try client.send(method: "GET", path: "/2").status == 200)
    #expect(try client.send(method: "GET", path: "/3").status == 200)
    let error = #expect(throws: HTTPClientError.self) { try client.send(method: "POST", path: "/4") }
    #expect(error?.kind == .closed)
    #expect(try client.send(method: "POST", path: "/5").status == 200)
    let seen = server.requests.withLock { $0.map { $0.split(separator: " ")[1] } }
    #expect(seen == ["/1", "/2", "/2", "/3", "/4", "/5"])
  }

  @Test("a server that says nothing is given up in time")
  func timeout() throws {
    let held = Lock<[HTTPReply]>([])
    let server = try TestServer(TestHandler(handle: { _, reply in held.withLock { $0.append(reply) } }))
    var limits = HTTPClientLimits()
    limits.idleSeconds = 0.1
    let client = try HTTPClient(baseURL: "http://127.0.0.1:\(server.server.port)", limits: limits)
    let error = #expect(throws: HTTPClientError.self) { try client.send(method: "GET", path: "/") }
    #expect(error?.kind == .timeout)
    #expect(error?.description == "the server did not answer for 0.1 seconds")
  }

  @Test("one client serves many threads, and keeps its connections")
  func threads() throws {
    let server = try TestServer()
    let client = try server.client()
    let wrong = Lock(0)
    let threads = (0..<6).map { number in
      spawnThread(name: "client-\(number)") {
        for round in 0..<30 {
          let body = Array("\(number)/\(round)".utf8)
          let answer = try? client.send(method: "POST", path: "/p", body: body)
          if answer?.body != Array("POST /p [\(number)/\(round)]".utf8) { wrong.withLock { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == 0)
    #expect(server.server.statistics.connectionsAccepted <= 6)
    #expect(server.server.statistics.requests == 180)
  }

  @Test(
    "base URLs are read",
    arguments: [
      ("http://h", "h", 80, "", "h"), ("http://h/", "h", 80, "", "h"), ("HTTP://h:8470/a/b/", "h", 8470, "/a/b", "h:8470"),
      ("http://[::1]:1", "::1", 1, "", "[::1]:1"), ("http://[::1]", "::1", 80, "", "[::1]"),
      ("http://127.0.0.1:65535", "127.0.0.1", 65_535, "", "127.0.0.1:65535"),
    ])
  func baseURLs(text: String, host: String, port: UInt16, prefix: String, authority: String) throws {
    let url = try HTTPBaseURL(text)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.prefix == prefix)
    #expect(url.authority == authority)
  }

  @Test(
    "other base URLs are refused in words",
    arguments: [
      ("https://h", .unsupportedScheme), ("unix://h", .unsupportedScheme), ("h:80", .invalidRequest), ("", .invalidRequest),
      ("http://", .invalidRequest),
      ("http://:80", .invalidRequest), ("http://h:", .invalidRequest), ("http://h:0", .invalidRequest),
      ("http://h:65536", .invalidRequest),
      ("http://h:+1", .invalidRequest), ("http://u:p@h", .invalidRequest), ("http://h?q", .invalidRequest),
      ("http://h/?q", .invalidRequest),
      ("http://h/#f", .invalidRequest), ("http://h h", .invalidRequest), ("http://h/a b", .invalidRequest),
      ("http://[::1", .invalidRequest),
    ] as [(String, HTTPClientError.Kind)])
  func badURLs(text: String, kind: HTTPClientError.Kind) throws {
    let error = #expect(throws: HTTPClientError.self) { try HTTPClient(baseURL: text) }
    #expect(error?.kind == kind)
    #expect(error?.description.contains("`\(text)`") == true)
  }

  @Test("requests that would not be one clear request are not sent")
  func badRequests() throws {
    let client = try HTTPClient(baseURL: "http://127.0.0.1:1")
    let table: [(String, String, [(String, String)])] = [
      ("G T", "/", []), ("", "/", []), ("GET", "a", []), ("GET", "/a b", []), ("GET", "/a\r\nX: y", []), ("GET", "/é", []),
      ("GET", "/", [("X", "a\r\nb")]), ("GET", "/", [("X\r\n", "a")]), ("GET", "/", [("", "a")]),
    ]
    for (method, path, headers) in table {
      let error = #expect(throws: HTTPClientError.self) { try client.send(method: method, path: path, headers: headers) }
      #expect(error?.kind == .invalidRequest, "\(method) \(path) \(headers)")
    }
    let error = #expect(throws: HTTPClientError.self) { try client.send(method: "GET", path: "/") }
    #expect(error?.kind == .unreachable)
    #expect(error?.description == "cannot connect to `127.0.0.1:1`: Connection refused")
  }

  @Test("mutated answers do not crash the reader, and pieces read like the whole")
  func fuzz() {
    let seed: UInt64 = 9
    var random = SeededGenerator(seed: seed)
    let seeds = [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5;a\r\nhello\r\n0\r\nT: x\r\n\r\n",
      "HTTP/1.0 404 x\r\n\r\nabc",
    ].map { Array($0.utf8) }
    func read(_ bytes: [UInt8], _ cuts: [Int]) -> String {
      var reader = AnswerReader(isHead: false, bodyBytesMax: 50)
      var start = 0
      do {
        for end in cuts + [bytes.count] where end > start && !reader.isComplete {
          try bytes[start..<end].withUnsafeBufferPointer { buffer throws(HTTPClientError) in try reader.take(buffer) }
          start = end
        }
        if !reader.isComplete { try reader.finish() }
        return "\(reader.response.status) \(reader.response.headers) \(reader.response.body)"
      } catch {
        return "\(error)"
      }
    }
    var good = 0
    for round in 0..<20_000 {
      var bytes = seeds[round % seeds.count]
      ParserTests.mutate(&bytes, &random)
      let whole = read(bytes, [])
      let pieces = read(bytes, ParserTests.cuts(bytes.count, &random))
      if whole != pieces { Issue.record("seed \(seed) round \(round): `\(whole)` but in pieces `\(pieces)`") }
      if whole.first?.isNumber == true { good += 1 }
    }
    #expect((500..<19_500).contains(good), "\(good) were read")
  }
}
