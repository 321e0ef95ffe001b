import API
import Governance
import HTTP
import JSON
import Journal

/// Where errors become answers: HTTP status codes of refusals stand here and nowhere else.
enum ProblemMapping {
  static func problem(_ fault: RequestFault) -> Problem {
    Problem(fault.code == "budget.key_conflict" ? 409 : 400, fault.code, fault.message, field: fault.field)
  }

  static func problem(_ failure: JournalFailure) -> Problem {
    switch failure {
    case .overloaded: Problem(503, "internal.overloaded", "too much is waiting for the journal: try again")
    case .notDurable(let reason):
      Problem(503, "internal.not_durable", "the entry could not be made durable (\(reason)): nothing was done, try again")
    case .stopped: Problem(503, "internal.overloaded", "the server is stopping: try again")
    }
  }

  static func problem(_ refusal: Refusal) -> Problem {
    let status =
      switch refusal.kind {
      case .unknown: 404
      case .forbidden: 403
      case .invalidState: 409
      case .invalid: 400
      }
    return Problem(status, refusal.code, refusal.message)
  }

  static func conflict(_ index: UInt64) -> Problem {
    Problem(
      409, "budget.key_conflict", "this key was used with another body by decision `d-\(index)`: use a new key, or the same body")
  }

  static func notFound(_ what: String) -> Problem { Problem(404, "request.not_found", what) }
}

/// Answers, all of them with the request's `X-Request-ID`.
struct Responder: Sendable {
  let requestID: String?

  /// The longest request id that is echoed and used, bytes.
  static let requestIDBytesMax = 256

  init(_ head: HTTPRequestHead) {
    requestID = head.header("x-request-id").flatMap { $0.utf8.count <= Self.requestIDBytesMax ? $0 : nil }
  }

  func json(_ bytes: [UInt8], status: Int = 200) -> HTTPResponse { bytesOf(bytes, "application/json", status: status) }

  func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse { json(JSONWriter.encode(value), status: status) }

  func problem(_ problem: Problem) -> HTTPResponse {
    var response = bytesOf(problem.encoded(), Problem.mediaType, status: problem.status)
    if problem.status == 401 { response.headers.append(("WWW-Authenticate", "Bearer realm=\"countersign\"")) }
    if problem.status == 503 { response.headers.append(("Retry-After", "1")) }
    return response
  }

  func bytesOf(_ bytes: [UInt8], _ type: String, status: Int = 200) -> HTTPResponse {
    var response = HTTPResponse(status: status, contentType: type, body: .bytes(bytes))
    if let requestID { response.headers.append(("X-Request-ID", requestID)) }
    return response
  }
}
