import API
import HTTP
import JSON
import Platform
import Testing

@testable import Client

/// The fake control plane behind a real server.
private struct FakeHandler: HTTPHandler {
  let plane: FakeControlPlane

  func admit(_ head: HTTPRequestHead) -> HTTPAdmission { .accept(bodyBytesMax: 1 << 20) }

  func handle(_ request: HTTPRequest, reply: HTTPReply) {
    let fault = plane.state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
    let names = ["authorization", "x-request-id", "content-type"]
    let headers = names.compactMap { name in request.head.header(name).map { (name, $0) } }
    let answer = plane.respond(
      Transport.Request(method: request.head.method, path: request.head.path, headers: headers, body: request.body))
    if case .status(let status, _)? = fault {
      reply.send(
        HTTPResponse(
          status: status, contentType: Problem.mediaType, body: .bytes(Problem(status, "internal.overloaded", "busy").encoded())))
      return
    }
    reply.send(HTTPResponse(status: answer.status, contentType: "application/json", body: .bytes(answer.body)))
  }
}

@Suite("the client over a real connection")
struct LoopbackTests {
  /// Starts a server around `plane`, runs `body` with its base URL, and drains it.
  @discardableResult
  static func serving<Result>(_ plane: FakeControlPlane, _ body: (String) throws -> Result) throws -> Result {
    let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 1, handler: FakeHandler(plane: plane))
    server.start()
    defer { server.drain(seconds: 2) }
    return try body("http://127.0.0.1:\(server.port)")
  }

  static func client(_ url: String, key: String = FakeControlPlane.key, retry: RetryPolicy = .standard) throws -> ControlPlaneClient
  {
    try ControlPlaneClient(baseURL: url, apiKey: key, retry: retry, waitSeconds: 5)
  }

  @Test("decide, batch, settle, release, traces and calls")
  func everything() throws {
    let plane = FakeControlPlane()
    try Self.serving(plane) { url in
      let client = try Self.client(url)
      #expect(try client.evaluate(.plain()).outcome == .permit)
      #expect(try client.evaluate(.plain("deny")).outcome == .deny)
      #expect(try client.evaluateBatch([.plain("deny"), .plain()]).map(\.outcome) == [.deny, .permit])
      plane.state.withLock { $0.reservations["d-9"] = [] }
      #expect(try client.settle("d-9", actual: Usage(tokensIn: 1)).effect == "settled")
      #expect(try client.release("d-9").effect == "released")
      try client.sendTraces([0x0A, 0x00])
      #expect(try client.call(.listKeys)["items"]?.arrayValue?.count == 1)
      #expect(throws: ControlPlaneError.refused(status: 404, code: "request.not_found", detail: "not here", field: nil)) {
        try client.call(.getRun, "refund/r 1")
      }
    }
  }

  @Test("guarded work runs under a permit and is settled, and does not run without one")
  func guarded() throws {
    let plane = FakeControlPlane()
    try Self.serving(plane) { url in
      let point = EnforcementPoint(client: try Self.client(url), obligations: [.maxTokens])
      let ran = point.run(EnforcementPointTests.step()) { _, usage in
        usage.toolCalls = 1
        return "refunded"
      }
      #expect(ran.output == "refunded")
      let denied = point.run(EnforcementPointTests.step("deny")) { _, _ in Issue.record("the work ran") }
      guard case .denied = denied else {
        Issue.record("\(denied)")
        return
      }
      #expect(plane.state.withLock { $0.reservations } == ["d-1": [AmountsMessage(toolCalls: 1)]])
    }
  }

  @Test("an answer that was lost on the way is asked for again, and decided once")
  func retried() throws {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = [.status(503, retryAfter: nil), .status(502, retryAfter: nil)] }
    try Self.serving(plane) { url in
      let client = try Self.client(url, retry: RetryPolicy(attemptsMax: 3, firstDelayMilliseconds: 0))
      #expect(try client.evaluate(.plain()).id == "d-1")
      #expect(plane.state.withLock { $0.decisions } == 1)
    }
  }

  @Test("a key that is not known is refused")
  func unauthenticated() throws {
    try Self.serving(FakeControlPlane()) { url in
      #expect(throws: ControlPlaneError.refused(status: 401, code: "request.unauthenticated", detail: "no valid key", field: nil)) {
        try Self.client(url, key: "cs_other").evaluate(.plain())
      }
    }
  }

  @Test("a server that is gone is a deny for guarded work and an error for who asks")
  func gone() throws {
    let client = try Self.serving(FakeControlPlane()) { url in try Self.client(url, retry: .never) }
    let error = #expect(throws: ControlPlaneError.self) { try client.evaluate(.plain()) }
    guard case .unreachable? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let outcome = EnforcementPoint(client: client, obligations: []).run(EnforcementPointTests.step()) { _, _ in
      Issue.record("the work ran")
    }
    guard case .undecided(.unreachable) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(
    "base URLs that cannot be used are refused at once",
    arguments: ["", "host", "https://host", "ftp://host", "http://", "http://host:x"])
  func badURL(_ url: String) {
    let error = #expect(throws: ControlPlaneError.self) { try Self.client(url) }
    guard case .invalidURL? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a key that would break the head is not sent")
  func badKey() throws {
    try Self.serving(FakeControlPlane()) { url in
      let error = #expect(throws: ControlPlaneError.self) { try Self.client(url, key: "cs_1\r\nX: y").evaluate(.plain()) }
      guard case .invalidRequest? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("many threads share one client")
  func threads() throws {
    let plane = FakeControlPlane()
    let permits = Lock(0)
    try Self.serving(plane) { url in
      let client = try Self.client(url)
      let handles = (0..<8).map { number in
        spawnThread(name: "client-\(number)") {
          for _ in 0..<20 where (try? client.evaluate(.plain()).outcome) == .permit { permits.withLock { $0 += 1 } }
        }
      }
      for handle in handles { handle.join() }
    }
    #expect(permits.withLock { $0 } == 160)
    #expect(plane.state.withLock { $0.decisions } == 160)
  }
}
