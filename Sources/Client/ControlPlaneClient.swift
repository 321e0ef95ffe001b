package import API
package import JSON

/// A blocking client of the control plane, for runtimes in Swift. Safe to use from many threads at once.
///
/// It never turns a missing answer into a permit: what cannot be decided throws. Whoever only wants to guard work uses
/// `EnforcementPoint`.
public final class ControlPlaneClient: Sendable {
  private let transport: Transport
  private let apiKey: String
  private let retry: RetryPolicy

  /// Longest answer that is read, in bytes.
  static let answerBytesMax = 64 << 20

  init(transport: Transport, apiKey: String, retry: RetryPolicy) {
    self.transport = transport
    self.apiKey = apiKey
    self.retry = retry
  }

  /// Asks for one decision. The decision is durable when this returns.
  ///
  /// - Parameter requestID: identifies the question; sent again with the same content it gets the same answer. Made up when nil.
  public func evaluate(_ request: EvaluationRequest, requestID: String? = nil) throws(ControlPlaneError) -> Decision {
    let body = try exchange(.evaluate, body: request.message.encoded(), requestID: requestID)
    do {
      return Decision(try EvaluationAnswer(decoding: body))
    } catch { throw .invalidAnswer(error.message) }
  }

  /// Asks for many decisions at once, at most 256, each as if asked alone.
  ///
  /// - Returns: the decisions in the order of the requests.
  public func evaluateBatch(_ requests: [EvaluationRequest], requestID: String? = nil) throws(ControlPlaneError) -> [Decision] {
    // An empty batch is a single evaluation on the wire; here it is simply nothing.
    if requests.isEmpty { return [] }
    var json = JSONWriter(reserving: requests.count * 512)
    json.beginObject()
    json.key("evaluations")
    json.beginArray()
    for request in requests { json.rawValue(request.message.encoded()) }
    json.endArray()
    json.endObject()
    let body = try exchange(.evaluateBatch, body: json.bytes, requestID: requestID)
    let answers: [EvaluationAnswer]
    do {
      answers = try EvaluationAnswers.decode(body)
    } catch { throw .invalidAnswer(error.message) }
    guard answers.count == requests.count else {
      throw .invalidAnswer("\(answers.count) decisions for \(requests.count) requests")
    }
    return answers.map { Decision($0) }
  }

  /// Says what the work of a permit has really used. Saying it again changes nothing.
  ///
  /// - Parameters:
  ///   - reservation: `Decision.reservation`.
  ///   - source: where the numbers come from, for the record.
  public func settle(_ reservation: String, actual: Usage, source: String? = nil) throws(ControlPlaneError) -> Settlement {
    let message = SettleMessage(actual: actual.message, source: source)
    return try settlement(try exchange(.settleReservation, reservation, body: message.encoded()))
  }

  /// Gives a reservation back whose work never started.
  @discardableResult
  public func release(_ reservation: String) throws(ControlPlaneError) -> Settlement {
    try settlement(try exchange(.releaseReservation, reservation, body: Array("{}".utf8)))
  }

  /// Sends an OTLP trace export request. The spans are durable when this returns.
  ///
  /// - Parameters:
  ///   - contentType: `application/x-protobuf` or `application/json`.
  ///   - contentEncoding: `gzip`, `deflate`, or nil for a plain body.
  public func sendTraces(
    _ body: [UInt8], contentType: String = "application/x-protobuf", contentEncoding: String? = nil
  ) throws(ControlPlaneError) {
    var headers = [("Content-Type", contentType)]
    if let contentEncoding { headers.append(("Content-Encoding", contentEncoding)) }
    _ = try exchange("POST", Endpoint.of(.ingestTraces).path(), headers: headers, body: body)
  }

  private func settlement(_ body: [UInt8]) throws(ControlPlaneError) -> Settlement {
    do {
      return Settlement(try SettlementAnswer(decoding: body))
    } catch { throw .invalidAnswer(error.message) }
  }
}

extension ControlPlaneClient {
  /// Calls an operation with JSON both ways; an empty answer is null.
  package func call(_ operation: Operation, _ parameter: String = "", body: JSONValue? = nil) throws(ControlPlaneError) -> JSONValue
  {
    let endpoint = Endpoint.of(operation)
    return try call(endpoint.method, endpoint.path(parameter), body: body)
  }

  /// Calls any method and path (with query) with JSON both ways; an empty answer is null.
  package func call(_ method: String, _ path: String, body: JSONValue? = nil) throws(ControlPlaneError) -> JSONValue {
    let answer = try bytes(method, path, body: body.map { JSONWriter.encode($0) })
    if answer.isEmpty { return .null }
    do {
      return try JSONReader.parse(answer, limits: JSONLimits(bytes: ControlPlaneClient.answerBytesMax))
    } catch { throw .invalidAnswer("\(error)") }
  }

  /// Calls any method and path with a JSON body and gives the answer as it came: an export is a zip.
  package func bytes(_ method: String, _ path: String, body: [UInt8]? = nil) throws(ControlPlaneError) -> [UInt8] {
    try exchange(method, path, headers: body == nil ? [] : [("Content-Type", "application/json")], body: body ?? [])
  }

  private func exchange(
    _ operation: Operation, _ parameter: String = "", body: [UInt8], requestID: String? = nil
  ) throws(ControlPlaneError) -> [UInt8] {
    let endpoint = Endpoint.of(operation)
    return try exchange(
      endpoint.method, endpoint.path(parameter), headers: [("Content-Type", "application/json")], body: body, requestID: requestID)
  }

  /// Sends until there is an answer or the policy is exhausted; gives the body of a 2xx answer.
  private func exchange(
    _ method: String, _ path: String, headers: [(String, String)], body: [UInt8], requestID: String? = nil
  ) throws(ControlPlaneError) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let id = requestID ?? ControlPlaneClient.makeRequestID(&generator)
    let request = Transport.Request(
      method: method, path: path, headers: [("Authorization", "Bearer " + apiKey), ("X-Request-ID", id)] + headers, body: body)
    var attempt = 1
    while true {
      let fault: Fault
      switch try send(request) {
      case .success(let body): return body
      case .failure(let failure): fault = failure
      }
      guard attempt < retry.attemptsMax, ControlPlaneClient.mayRepeat(method, path) else { throw fault.error }
      attempt += 1
      transport.pause(retry.delayMilliseconds(before: attempt, retryAfterSeconds: fault.retryAfterSeconds, using: &generator))
    }
  }

  /// A failure that another attempt may not meet.
  private struct Fault: Error {
    var error: ControlPlaneError
    var retryAfterSeconds: Int?
  }

  /// Sends once; throws what another attempt would meet again.
  private func send(_ request: Transport.Request) throws(ControlPlaneError) -> Result<[UInt8], Fault> {
    let response: Transport.Response
    do {
      response = try transport.send(request)
    } catch {
      guard case .unreachable = error else { throw error }
      return .failure(Fault(error: error))
    }
    if (200..<300).contains(response.status) { return .success(response.body) }
    let error = ControlPlaneError(Problem(status: response.status, body: response.body))
    guard RetryPolicy.retriedStatuses.contains(response.status) else { throw error }
    return .failure(Fault(error: error, retryAfterSeconds: response.header("retry-after").flatMap { Int($0) }))
  }

  /// What the server does once however often it arrives: reads, decisions, settlements, traces (spans have ids). Acts of
  /// administrators are not
  /// repeated: a second key or a second export would be one too many.
  private static func mayRepeat(_ method: String, _ path: String) -> Bool {
    guard case .found(let endpoint, _) = Endpoint.match(method: method, path: String(path.prefix { $0 != "?" })) else {
      return false
    }
    switch endpoint.operation {
    case .evaluate, .evaluateBatch, .settleReservation, .releaseReservation, .ingestTraces: return true
    default: return method == "GET"
    }
  }

  private static func makeRequestID(_ generator: inout SystemRandomNumberGenerator) -> String {
    let words = [generator.next(), generator.next()]
    return words.map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }
}

/// What became of a reservation.
public struct Settlement: Sendable, Equatable {
  /// The reservation.
  public var reservation: String
  /// `settled`, `confirmed` (it was settled with the same numbers before), `corrected` (with others) or `released`.
  public var effect: String
  /// What was used beyond the reservation, by currency (an object).
  public var overrun: PropertyValue

  init(_ answer: SettlementAnswer) {
    reservation = answer.reservation
    effect = answer.effect
    overrun = PropertyValue(.object(answer.overrun))
  }
}
