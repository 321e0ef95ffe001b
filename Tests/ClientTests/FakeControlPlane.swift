import API
import JSON
import Platform

@testable import Client

/// A decision point in memory with the rules that the client leans on: a request id is answered once, a reservation is settled once.
///
/// What it decides stands in `context.answer` of the request, or in the step's id.
final class FakeControlPlane: Sendable {
  /// What happens to one exchange on its way.
  enum Fault: Sendable {
    /// The request never arrives.
    case lostRequest
    /// The server acts, the answer never arrives.
    case lostAnswer
    /// The server answers with this status before it acts.
    case status(Int, retryAfter: String?)
  }

  struct State {
    var faults: [Fault] = []
    var answers: [String: [UInt8]] = [:]
    /// What each reservation was settled with, newest last; empty while it is held.
    var reservations: [String: [AmountsMessage]] = [:]
    var requests: [Transport.Request] = []
    var pauses: [Int] = []
    var decisions = 0
  }

  let state = Lock(State())
  static let key = "cs_k1_secret"

  func client(retry: RetryPolicy = .standard, key: String = FakeControlPlane.key) -> ControlPlaneClient {
    ControlPlaneClient(transport: transport, apiKey: key, retry: retry)
  }

  var transport: Transport {
    Transport(
      send: { [self] request throws(ControlPlaneError) in
        let fault = state.withLock { state -> Fault? in
          state.requests.append(request)
          return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        switch fault {
        case nil: return respond(request)
        case .lostRequest: throw .unreachable("connection refused")
        case .lostAnswer:
          _ = respond(request)
          throw .unreachable("connection reset")
        case .status(let status, let after):
          return Transport.Response(
            status: status, headers: after.map { [("Retry-After", $0)] } ?? [],
            body: Problem(status, "internal.overloaded", "busy").encoded())
        }
      },
      pause: { [self] milliseconds in state.withLock { $0.pauses.append(milliseconds) } })
  }

  func respond(_ request: Transport.Request) -> Transport.Response {
    func header(_ name: String) -> String? { request.headers.first { $0.0.lowercased() == name }?.1 }
    guard header("authorization") == "Bearer " + FakeControlPlane.key else {
      return problem(Problem(401, "request.unauthenticated", "no valid key"))
    }
    guard
      case .found(let endpoint, let parameter) = Endpoint.match(
        method: request.method, path: String(request.path.prefix { $0 != "?" }))
    else {
      return problem(Problem(404, "request.unknown_path", "nothing at `\(request.path)`"))
    }
    do {
      return Transport.Response(
        status: 200, headers: [], body: try answer(endpoint.operation, parameter, request, header("x-request-id") ?? ""))
    } catch let fault as MessageFault {
      return problem(Problem(fault))
    } catch let refusal as Problem {
      return problem(refusal)
    } catch { return problem(Problem(500, "internal.evaluation_failed", "\(error)")) }
  }

  private func problem(_ problem: Problem) -> Transport.Response {
    Transport.Response(status: problem.status, headers: [("Content-Type", Problem.mediaType)], body: problem.encoded())
  }

  private func answer(_ operation: API.Operation, _ parameter: String, _ request: Transport.Request, _ id: String) throws -> [UInt8]
  {
    switch operation {
    case .evaluate:
      let message = try EvaluationMessage(decoding: request.body)
      return state.withLock { state in
        if let known = state.answers[id] { return known }
        let answer = FakeControlPlane.decide(message, &state)
        state.answers[id] = answer
        return answer
      }
    case .evaluateBatch:
      guard case .batch(let batch) = try EvaluationBatch.decode(request.body) else { return [] }
      return state.withLock { state in
        EvaluationAnswers.encode(
          batch.items.map { item in
            switch item {
            case .success(let message): FakeControlPlane.decide(message, &state)
            case .failure(let fault): EvaluationAnswer.failure(fault)
            }
          })
      }
    case .settleReservation:
      let actual = try SettleMessage(decoding: request.body).actual
      return try settle(parameter, actual)
    case .releaseReservation: return SettlementAnswer(reservation: parameter, effect: "released").encoded()
    case .ingestTraces: return request.body
    case .listKeys: return Array(#"{"items":[{"id":"k1"}]}"#.utf8)
    case .revokeKey: return []
    case .createKey: return Array(#"{"key":"cs_k2"}"#.utf8)
    default: throw Problem(404, "request.not_found", "not here")
    }
  }

  private func settle(_ reservation: String, _ actual: AmountsMessage) throws -> [UInt8] {
    try state.withLock { state in
      guard let settled = state.reservations[reservation] else { throw Problem(404, "reservation.unknown", "no `\(reservation)`") }
      let effect = settled.isEmpty ? "settled" : settled.last == actual ? "confirmed" : "corrected"
      state.reservations[reservation] = settled + [actual]
      return SettlementAnswer(reservation: reservation, effect: effect).encoded()
    }
  }

  private static func decide(_ message: EvaluationMessage, _ state: inout State) -> [UInt8] {
    state.decisions += 1
    let id = "d-\(state.decisions)"
    if let scripted = message.context["answer"]?.stringValue { return Array(scripted.utf8) }
    let isPermit = message.action.name != "deny"
    var context: JSONObject = ["id": .string(id), "outcome": isPermit ? "permit" : "deny"]
    if isPermit, message.context["run"] != nil {
      state.reservations[id] = []
      context["holds"] = [["reservation": .string(id)]]
    }
    if let obligations = message.context["obligations"] { context["obligations"] = obligations }
    return EvaluationAnswer.encode(decision: isPermit, context: context)
  }
}

extension EvaluationRequest {
  /// A plain request; `answer` is what the fake says to it.
  static func plain(_ action: String = "read", answer: String? = nil) -> EvaluationRequest {
    EvaluationRequest(
      subject: .init(type: "user", id: "alice"), action: action, resource: .init(type: "record", id: "1"),
      context: answer.map { ["answer": .string($0)] } ?? [:])
  }
}
