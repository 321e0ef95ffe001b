import Compression
import Governance
import HTTP
import JSON
import Platform
import Synchronization
import Telemetry

/// `POST /v1/traces`, `/v1/logs`, `/v1/metrics`: read, check, keep durably, answer. What to answer is `IntakeRules`' business.
struct TraceIntake: Sendable {
  let services: Services
  let worker: TraceWorker

  /// Decides by the head, before the body is read.
  static func admit(_ signal: OTLPSignal, _ head: HTTPRequestHead, bytesMax: Int) -> HTTPAdmission {
    switch plan(signal, head) {
    case .read(let plan): .accept(bodyBytesMax: min(plan.bodyBytesMax, bytesMax))
    case .refuse(let answer): .refuse(response(answer))
    }
  }

  /// Takes a body on a worker thread.
  func handle(_ signal: OTLPSignal, _ request: HTTPRequest, caller: Caller, reply: HTTPReply) {
    guard case .read(let plan) = Self.plan(signal, request.head) else { return }
    let taken = services.workers.submit {
      reply.send(Self.response(IntakeRules.answer(keep(request.body, plan, caller), plan)))
    }
    if !taken { reply.send(Self.response(IntakeRules.answer(.overloaded, plan))) }
  }

  private func keep(_ body: [UInt8], _ plan: IntakeRules.Plan, _ caller: Caller) -> IntakeRules.Outcome {
    let bytes: [UInt8]
    do throws(InflateError) {
      bytes = try Self.inflate(body, plan)
    } catch {
      if case .outputLimit = error { return .inflatedTooLarge }
      return .badCompression("\(error)")
    }
    do {
      guard plan.signal == .traces else {
        let count = try OTLPItemCounter.count(bytes, signal: plan.signal, encoding: plan.encoding)
        return .kept(rejected: 0, message: count == 0 ? "" : "\(count) items were accepted and not used: send spans")
      }
      let counts = try Self.inspect(bytes, plan.encoding)
      if counts.accepted > 0 { try append(body, plan, counts, caller) }
      services.metrics.spansAccepted.add(UInt64(counts.accepted), ordering: .relaxed)
      services.metrics.spansRejected.add(UInt64(counts.rejected), ordering: .relaxed)
      return .kept(rejected: Int64(counts.rejected), message: counts.message)
    } catch let error as OTLPError {
      return .undecodable(error)
    } catch TraceStoreFailure.overloaded {
      return .overloaded
    } catch {
      services.log.write(.error, "telemetry.not_kept", ["reason": .string("\(error)")])
      return .faultToRetry
    }
  }

  private func append(_ body: [UInt8], _ plan: IntakeRules.Plan, _ counts: TraceCounts, _ caller: Caller) throws {
    _ = try services.traces.append(
      RawBatch(
        receivedMilliseconds: services.clock.milliseconds(), signal: plan.signal, encoding: plan.encoding,
        compression: plan.compression, body: body, accepted: Int64(counts.accepted), rejected: Int64(counts.rejected),
        source: caller.key))
    services.metrics.batchesAccepted.add(1, ordering: .relaxed)
    worker.wake()
  }

  /// Reads every span as the worker will, so that what is answered is what will be stored.
  private static func inspect(_ bytes: [UInt8], _ encoding: OTLPEncoding) throws(OTLPError) -> TraceCounts {
    switch encoding {
    case .protobuf: try OTLPTraceDecoder.inspect(bytes)
    case .json: try OTLPJSONTraceDecoder.inspect(bytes)
    }
  }

  static func inflate(_ body: [UInt8], _ plan: IntakeRules.Plan) throws(InflateError) -> [UInt8] {
    try TraceWorker.inflate(body, plan.compression, bytesMax: plan.inflatedBytesMax)
  }

  private static func plan(_ signal: OTLPSignal, _ head: HTTPRequestHead) -> IntakeRules.Admission {
    IntakeRules.admit(
      signal,
      IntakeRules.Head(
        method: head.method, contentType: head.header("content-type"), contentEncoding: head.header("content-encoding"),
        bodyBytes: head.bodyLength))
  }

  static func response(_ answer: IntakeRules.Answer) -> HTTPResponse {
    var headers: [(String, String)] = []
    if let seconds = answer.retryAfterSeconds { headers.append(("Retry-After", String(seconds))) }
    if let allow = answer.allow { headers.append(("Allow", allow)) }
    var response = HTTPResponse(status: answer.status, contentType: answer.contentType, body: .bytes(answer.body))
    response.headers += headers
    return response
  }
}
