import API
import JSON
import Platform
import Testing

@testable import Client

@Suite("the client")
struct ControlPlaneClientTests {
  static let permit = #"{"decision":true,"context":{"id":"d-1","outcome":"permit"}}"#

  @Test("a decision is read with everything that it says")
  func decision() throws {
    let answer =
      #"{"decision":false,"context":{"id":"d-9","outcome":"escalate","reasons":[{"code":"tier.approval_required","text_user":"needs approval","remedy":"wait"}],"access_request":{"id":"a-9","expires_at":"2026-11-21T12:00:00.000Z"},"retry_after":5}}"#
    let decision = try FakeControlPlane().client().evaluate(.plain(answer: answer))
    #expect(decision.id == "d-9")
    #expect(decision.outcome == .escalate)
    #expect(decision.reasons == [.init(code: "tier.approval_required", text: "needs approval", remedy: "wait")])
    #expect(decision.approval == .init(id: "a-9", expiresAt: "2026-11-21T12:00:00.000Z"))
    #expect(decision.retryAfterSeconds == 5)
    #expect(decision.reservation == nil)
    #expect(decision.context["access_request"]?["id"] == "a-9")
  }

  @Test(
    "only a permit that says so twice, or plainly, is one",
    arguments: [
      (permit, Decision.Outcome.permit), (#"{"decision":true}"#, .permit), (#"{"decision":false}"#, .deny),
      (#"{"decision":true,"context":{"outcome":"deny"}}"#, .deny), (#"{"decision":true,"context":{"outcome":"escalate"}}"#, .deny),
      (#"{"decision":true,"context":{"outcome":"maybe"}}"#, .deny), (#"{"decision":false,"context":{"outcome":"permit"}}"#, .deny),
      (#"{"decision":false,"context":{"outcome":"escalate"}}"#, .escalate),
      (#"{"decision":false,"context":{"outcome":"deny"}}"#, .deny),
    ])
  func outcomes(_ answer: String, _ outcome: Decision.Outcome) throws {
    #expect(try FakeControlPlane().client().evaluate(.plain(answer: answer)).outcome == outcome)
  }

  @Test(
    "an answer that is none is an error, never a permit",
    arguments: [
      "", "{}", "[]", "null", "true", #"{"decision":"true"}"#, #"{"decision":1}"#, #"{"decision":true,"context":[]}"#,
      #"{"decision":true"#, "<html>",
    ])
  func invalid(_ answer: String) {
    let error = #expect(throws: ControlPlaneError.self) { try FakeControlPlane().client().evaluate(.plain(answer: answer)) }
    guard case .invalidAnswer? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("requests carry the key, an id and the content type")
  func headers() throws {
    let plane = FakeControlPlane()
    _ = try plane.client().evaluate(.plain(), requestID: "r-1")
    _ = try plane.client().evaluate(.plain())
    let requests = plane.state.withLock { $0.requests }
    #expect(requests.map { $0.headers.map(\.0) } == Array(repeating: ["Authorization", "X-Request-ID", "Content-Type"], count: 2))
    #expect(requests.first?.headers.map(\.1) == ["Bearer cs_k1_secret", "r-1", "application/json"])
    #expect(requests.last?.headers[1].1.utf8.count == 32)
    #expect(requests.last?.path == "/access/v1/evaluation")
  }

  @Test("a batch gives one decision a request, in order, and none for none")
  func batch() throws {
    let plane = FakeControlPlane()
    let outcomes = try plane.client().evaluateBatch([.plain(), .plain("deny"), .plain()]).map(\.outcome)
    #expect(outcomes == [.permit, .deny, .permit])
    #expect(try plane.client().evaluateBatch([]).isEmpty)
    #expect(plane.state.withLock { $0.requests.count } == 1)
  }

  @Test("settling twice with the same numbers changes nothing, with others corrects; what is unknown is refused")
  func settle() throws {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.reservations["d-1"] = [] }
    let client = plane.client()
    #expect(try client.settle("d-1", actual: Usage(tokensIn: 5)).effect == "settled")
    #expect(try client.settle("d-1", actual: Usage(tokensIn: 5)).effect == "confirmed")
    #expect(try client.settle("d-1", actual: Usage(tokensIn: 6), source: "span").effect == "corrected")
    #expect(try client.release("d-1").effect == "released")
    #expect(throws: ControlPlaneError.refused(status: 404, code: "reservation.unknown", detail: "no `d-7`", field: nil)) {
      try client.settle("d-7", actual: Usage())
    }
  }

  @Test("traces are sent as they are")
  func traces() throws {
    let plane = FakeControlPlane()
    try plane.client().sendTraces([1, 2, 3], contentEncoding: "gzip")
    let request = plane.state.withLock { $0.requests.last }
    #expect(request?.path == "/v1/traces")
    #expect(request?.body == [1, 2, 3])
    #expect(
      request?.headers.dropFirst(2).map { "\($0.0): \($0.1)" } == [
        "Content-Type: application/x-protobuf", "Content-Encoding: gzip",
      ])
  }

  @Test("any operation can be called with JSON")
  func call() throws {
    let client = FakeControlPlane().client()
    #expect(try client.call(.listKeys)["items"]?.arrayValue?.count == 1)
    #expect(try client.call("GET", "/v1/keys")["items"]?.arrayValue?.count == 1)
    #expect(try client.call(.revokeKey, "k1") == .null)
    #expect(throws: ControlPlaneError.refused(status: 401, code: "request.unauthenticated", detail: "no valid key", field: nil)) {
      try FakeControlPlane().client(key: "cs_other").call(.listKeys)
    }
    #expect(
      throws: ControlPlaneError.refused(
        status: 400, code: "request.invalid", detail: "`subject.id` must not be empty", field: "subject.id")
    ) {
      try client.evaluate(EvaluationRequest(subject: .init(type: "u", id: ""), action: "a", resource: .init(type: "r", id: "1")))
    }
  }
}

@Suite("retries")
struct RetryTests {
  @Test(
    "a lost exchange is repeated with the same id, and the server decides once",
    arguments: [
      [FakeControlPlane.Fault.lostRequest], [.lostAnswer], [.lostAnswer, .lostAnswer],
      [.status(503, retryAfter: nil), .lostAnswer],
    ])
  func repeated(_ faults: [FakeControlPlane.Fault]) throws {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = faults }
    let decision = try plane.client().evaluate(.plain())
    #expect(decision.outcome == .permit)
    plane.state.withLock { state in
      #expect(state.decisions == 1)
      #expect(state.requests.count == faults.count + 1)
      #expect(Set(state.requests.map { $0.headers[1].1 }).count == 1)
      #expect(state.pauses.count == faults.count)
    }
  }

  @Test("after the last attempt the failure is reported, and nothing was permitted")
  func exhausted() {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = Array(repeating: .lostAnswer, count: 10) }
    #expect(throws: ControlPlaneError.unreachable("connection reset")) { try plane.client().evaluate(.plain()) }
    #expect(plane.state.withLock { $0.requests.count } == 3)
    #expect(throws: ControlPlaneError.unreachable("connection reset")) { try plane.client(retry: .never).evaluate(.plain()) }
    #expect(plane.state.withLock { $0.requests.count } == 4)
  }

  @Test("other statuses are final", arguments: [400, 401, 403, 404, 409, 413, 422, 500, 501])
  func final(_ status: Int) {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = [.status(status, retryAfter: "1")] }
    #expect(throws: ControlPlaneError.refused(status: status, code: "internal.overloaded", detail: "busy", field: nil)) {
      try plane.client().evaluate(.plain())
    }
    #expect(plane.state.withLock { $0.requests.count } == 1)
  }

  @Test("acts of administrators are sent once, reads are repeated")
  func administration() throws {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = [.lostAnswer] }
    #expect(throws: ControlPlaneError.self) { try plane.client().call(.createKey, body: ["role": "viewer"]) }
    #expect(plane.state.withLock { $0.requests.count } == 1)
    plane.state.withLock { $0.faults = [.lostAnswer] }
    #expect(throws: ControlPlaneError.self) { try plane.client().call(.revokeKey, "k1") }
    plane.state.withLock { $0.faults = [.lostAnswer] }
    #expect(try plane.client().call("GET", "/v1/keys?limit=1")["items"] != nil)
    #expect(plane.state.withLock { $0.requests.count } == 4)
  }

  @Test("the server's wish is obeyed within the bound")
  func retryAfter() throws {
    let plane = FakeControlPlane()
    plane.state.withLock { $0.faults = [.status(503, retryAfter: "1"), .status(429, retryAfter: "999999999999")] }
    _ = try plane.client().evaluate(.plain())
    #expect(plane.state.withLock { $0.pauses } == [1_000, 2_000])
  }

  @Test("pauses grow, stay in their half and never pass the bound")
  func pauses() {
    let policy = RetryPolicy(attemptsMax: 99, firstDelayMilliseconds: 100, delayMillisecondsMax: 1_000)
    var generator = SystemRandomNumberGenerator()
    for (attempt, full) in [(2, 100), (3, 200), (4, 400), (5, 800), (6, 1_000), (90, 1_000)] {
      for _ in 0..<50 {
        #expect((full / 2...full).contains(policy.delayMilliseconds(before: attempt, retryAfterSeconds: nil, using: &generator)))
      }
    }
    #expect(
      RetryPolicy(attemptsMax: 0, firstDelayMilliseconds: -1, delayMillisecondsMax: -1)
        == RetryPolicy(attemptsMax: 1, firstDelayMilliseconds: 0, delayMillisecondsMax: 0))
    #expect(policy.delayMilliseconds(before: 2, retryAfterSeconds: -5, using: &generator) == 0)
  }
}
