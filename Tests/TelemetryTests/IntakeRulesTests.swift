import JSON
import Testing

@testable import Telemetry

@Suite struct IntakeRulesTests {
  private func admit(
    _ type: String?, _ encoding: String? = nil, bytes: Int? = nil, method: String = "POST"
  ) -> IntakeRules.Admission {
    IntakeRules.admit(.traces, IntakeRules.Head(method: method, contentType: type, contentEncoding: encoding, bodyBytes: bytes))
  }

  @Test(
    "content type and encoding decide how a body is read",
    arguments: [
      ("application/x-protobuf", nil, .protobuf, .identity), ("application/protobuf", "identity", .protobuf, .identity),
      ("APPLICATION/JSON; charset=utf-8", "GZIP", .json, .gzip), (" application/json ", " gzip ", .json, .gzip),
      ("application/json;charset=utf-8", "", .json, .identity), ("application/x-protobuf", "deflate", .protobuf, .zlib),
      ("application/x-protobuf", "zlib", .protobuf, .zlib),
    ] as [(String, String?, OTLPEncoding, BodyCompression)])
  func read(_ type: String, _ encoding: String?, _ expected: OTLPEncoding, _ compression: BodyCompression) {
    guard case .read(let plan) = admit(type, encoding) else {
      Issue.record("refused")
      return
    }
    #expect(plan.encoding == expected)
    #expect(plan.compression == compression)
    #expect(plan.bodyBytesMax == 20 * 1024 * 1024)
    #expect(plan.inflatedBytesMax == 20 * 1024 * 1024)
  }

  @Test(
    "a head that cannot lead to success is refused before the body",
    arguments: [
      ("GET", "application/json", nil, nil, 405, "text/plain; charset=utf-8"),
      ("PATCH", "application/json", nil, nil, 405, "text/plain; charset=utf-8"),
      ("POST", nil, nil, nil, 415, "text/plain; charset=utf-8"), ("POST", "text/plain", nil, nil, 415, "text/plain; charset=utf-8"),
      ("POST", "", nil, nil, 415, "text/plain; charset=utf-8"),
      ("POST", "application/jsonx", nil, nil, 415, "text/plain; charset=utf-8"),
      ("POST", "application/json", "br", nil, 400, "application/json"),
      ("POST", "application/x-protobuf", "zstd", nil, 400, "application/x-protobuf"),
      ("POST", "application/json", "gzip, gzip", nil, 400, "application/json"),
      ("POST", "application/json", nil, IntakeRules.bodyBytesMax + 1, 413, "application/json"),
    ] as [(String, String?, String?, Int?, Int, String)])
  func refused(_ method: String, _ type: String?, _ encoding: String?, _ bytes: Int?, _ status: Int, _ answerType: String) {
    guard case .refuse(let answer) = admit(type, encoding, bytes: bytes, method: method) else {
      Issue.record("admitted")
      return
    }
    #expect(answer.status == status)
    #expect(answer.contentType == answerType)
    #expect(!answer.body.isEmpty)
    #expect(answer.allow == (status == 405 ? "POST" : nil))
  }

  @Test("a body of exactly the limit is read")
  func limit() {
    guard case .read = admit("application/json", bytes: IntakeRules.bodyBytesMax) else {
      Issue.record("refused")
      return
    }
  }

  @Test(
    "each outcome has its status and its code",
    arguments: [
      (.kept(rejected: 0, message: ""), 200, nil, nil), (.kept(rejected: 2, message: "why"), 200, nil, nil),
      (.undecodable(.json("bad")), 400, 3, nil), (.undecodable(.tooManySpans(limit: 1)), 400, 3, nil),
      (.undecodable(.tooManyBytes(limit: 1)), 413, 3, nil), (.badCompression("not gzip"), 400, 3, nil),
      (.bodyTooLarge, 413, 3, nil),
      (.inflatedTooLarge, 413, 3, nil), (.unauthenticated, 401, 16, nil), (.forbidden, 403, 7, nil), (.overloaded, 503, 14, 2),
      (.faultToRetry, 503, 14, 2), (.fault, 500, 13, nil),
    ] as [(IntakeRules.Outcome, Int, Int64?, Int?)])
  func outcomes(_ outcome: IntakeRules.Outcome, _ status: Int, _ code: Int64?, _ retryAfter: Int?) throws {
    let plan = IntakeRules.Plan(signal: .traces, encoding: .json, compression: .gzip, bodyBytesMax: 1, inflatedBytesMax: 1)
    let answer = IntakeRules.answer(outcome, plan)
    #expect(answer.status == status)
    #expect(answer.contentType == "application/json")
    #expect(answer.retryAfterSeconds == retryAfter)
    let body = try JSONReader.parse(answer.body)
    #expect(body["code"]?.integerValue == code)
    if code != nil { #expect(body["message"]?.stringValue?.isEmpty == false) }
  }

  @Test("answers are written in both encodings as the schema says")
  func answers() {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    #expect(OTLPAnswer.export(.traces, encoding: .protobuf) == [])
    #expect(text(OTLPAnswer.export(.traces, encoding: .json)) == "{}")
    #expect(
      text(OTLPAnswer.export(.traces, rejected: 3, message: "m", encoding: .json))
        == #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"m"}}"#)
    #expect(text(OTLPAnswer.export(.logs, rejected: 1, encoding: .json)) == #"{"partialSuccess":{"rejectedLogRecords":"1"}}"#)
    #expect(text(OTLPAnswer.export(.metrics, rejected: 1, encoding: .json)) == #"{"partialSuccess":{"rejectedDataPoints":"1"}}"#)
    #expect(text(OTLPAnswer.export(.logs, message: "m", encoding: .json)) == #"{"partialSuccess":{"errorMessage":"m"}}"#)
    #expect(
      OTLPAnswer.export(.traces, rejected: 3, message: "m", encoding: .protobuf) == [0x0A, 0x05, 0x08, 0x03, 0x12, 0x01, 0x6D])
    #expect(OTLPAnswer.status(.invalidArgument, message: "m", encoding: .protobuf) == [0x08, 0x03, 0x12, 0x01, 0x6D])
    #expect(text(OTLPAnswer.status(.invalidArgument, message: "m", encoding: .json)) == #"{"code":3,"message":"m"}"#)
    #expect(OTLPAnswer.status(.internal, message: String(repeating: "é", count: 5_000), encoding: .protobuf).count == 2 + 3 + 1_024)
  }

  @Test("items of logs and metrics are counted in both encodings")
  func items() throws {
    var logs = ProtobufWriter()
    logs.message(1) { writer in
      writer.message(2) { writer in
        writer.message(2) { $0.fixed64(1, 5) }
        writer.message(2) { $0.string(12, "e") }
        writer.message(1) { $0.string(1, "scope") }
      }
    }
    #expect(try OTLPItemCounter.count(logs.bytes, signal: .logs, encoding: .protobuf) == 2)
    var metrics = ProtobufWriter()
    metrics.message(1) { writer in
      writer.message(2) { writer in
        for kind in [5, 7, 9, 10, 11] as [UInt32] {
          writer.message(2) { writer in
            writer.string(1, "metric")
            writer.message(kind) { writer in
              writer.message(1) { $0.fixed64(3, 1) }
              writer.varint(2, 1)
            }
          }
        }
      }
    }
    #expect(try OTLPItemCounter.count(metrics.bytes, signal: .metrics, encoding: .protobuf) == 5)
    #expect(throws: OTLPError.self) { try OTLPItemCounter.count(metrics.bytes.dropLast(), signal: .metrics, encoding: .protobuf) }
    let jsonLogs = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]},{"log_records":[{}]}]}]}"#
    #expect(try OTLPItemCounter.count(Array(jsonLogs.utf8), signal: .logs, encoding: .json) == 3)
    let jsonMetrics =
      #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{},{}]}},{"exponentialHistogram":{"dataPoints":[{}]}}]}]}]}"#
    #expect(try OTLPItemCounter.count(Array(jsonMetrics.utf8), signal: .metrics, encoding: .json) == 3)
    #expect(throws: OTLPError.self) { try OTLPItemCounter.count(Array("{".utf8), signal: .logs, encoding: .json) }
    #expect(try OTLPItemCounter.count([], signal: .logs, encoding: .protobuf) == 0)
  }
}
