import Compression
import Foundation
import JSON
import TestSupport
import Testing

@testable import Telemetry

/// The receiver's cases of the captures, carried out by the rules alone.
@Suite struct HTTPCaseTests {
  @Test("every case of the receiver ends in the status, type and counts that it expects")
  func cases() throws {
    guard let path = SharedMaterial.path("otlp-captures/http-cases.json") else { return }
    let suite = try JSONReader.parse(try Fixtures.file(path))
    let cases = try #require(suite["cases"]?.arrayValue)
    for item in cases { try run(item) }
    print("\(cases.count) receiver cases ran")
    #expect(cases.count == 31)
  }

  private func run(_ item: JSONValue) throws {
    let id = try #require(item["id"]?.stringValue)
    let request = try #require(item["request"])
    let path = try #require(request["path"]?.stringValue)
    let signal = try #require(OTLPSignal.allCases.first { $0.path == path })
    let headers = request["headers"]?.objectValue?.members ?? []
    func header(_ name: String) -> String? { headers.first { $0.key.lowercased() == name }?.value.stringValue }
    let body = try body(request)
    let head = IntakeRules.Head(
      method: try #require(request["method"]?.stringValue), contentType: header("content-type"),
      contentEncoding: header("content-encoding"), bodyBytes: body.count)
    let answer: IntakeRules.Answer
    var spans = 0
    switch IntakeRules.admit(signal, head) {
    case .refuse(let refusal): answer = refusal
    case .read(let plan):
      let (outcome, accepted) = receive(body, plan)
      answer = IntakeRules.answer(outcome, plan)
      spans = accepted
    }
    try check(id, answer, signal, spans, expect: try #require(item["expect"]))
  }

  private func body(_ request: JSONValue) throws -> [UInt8] {
    if let text = request["body_text"]?.stringValue { return Array(text.utf8) }
    if let text = request["body_base64"]?.stringValue { return [UInt8](try #require(Data(base64Encoded: text))) }
    let bytes = try #require(request["generate"]?["bytes"]?.integerValue)
    return try Deflater.gzip([UInt8](repeating: 0, count: Int(bytes)))
  }

  /// What the server does between admission and answer.
  private func receive(_ body: [UInt8], _ plan: IntakeRules.Plan) -> (IntakeRules.Outcome, Int) {
    guard body.count <= plan.bodyBytesMax else { return (.bodyTooLarge, 0) }
    let plain: [UInt8]
    do throws(InflateError) {
      plain = try inflated(body, plan.compression.rawValue, outputBytesMax: plan.inflatedBytesMax)
    } catch {
      if case .outputLimit = error { return (.inflatedTooLarge, 0) }
      return (.badCompression("\(error)"), 0)
    }
    do throws(OTLPError) {
      guard plan.signal == .traces else {
        _ = try OTLPItemCounter.count(plain, signal: plan.signal, encoding: plan.encoding)
        return (.kept(rejected: 0, message: ""), 0)
      }
      let decoder = StepDecoder()
      let counts = try decoder.decode(plain, encoding: plan.encoding).counts
      return (.kept(rejected: Int64(counts.rejected), message: counts.message), counts.accepted)
    } catch { return (.undecodable(error), 0) }
  }

  private func check(_ id: String, _ answer: IntakeRules.Answer, _ signal: OTLPSignal, _ spans: Int, expect: JSONValue) throws {
    let statuses = expect["status"]?.arrayValue?.compactMap(\.integerValue) ?? [expect["status"]?.integerValue].compactMap { $0 }
    #expect(statuses.contains(Int64(answer.status)), "\(id): \(answer.status)")
    if let type = expect["content_type"]?.stringValue { #expect(answer.contentType == type, "\(id)") }
    if let expected = expect["spans"]?.integerValue { #expect(spans == Int(expected), "\(id)") }
    let isJSON = answer.contentType == "application/json"
    if let rejected = expect["rejected"]?.integerValue {
      let read = isJSON ? try rejectedJSON(answer.body) : try rejectedProtobuf(answer.body)
      #expect(read == rejected, "\(id)")
    }
    guard expect["rpc_status"]?.boolValue == true else { return }
    if isJSON {
      #expect(try JSONReader.parse(answer.body)["code"]?.integerValue == 3, "\(id)")
    } else {
      #expect(answer.body.prefix(3) == [0x08, 0x03, 0x12], "\(id)")
    }
  }

  private func rejectedJSON(_ body: [UInt8]) throws -> Int64 {
    let partial = try JSONReader.parse(body)["partialSuccess"]?.objectValue?.members ?? []
    return partial.first { $0.key.hasPrefix("rejected") }?.value.stringValue.flatMap(Int64.init) ?? 0
  }

  private func rejectedProtobuf(_ body: [UInt8]) throws -> Int64 {
    try body.withUnsafeBytes { buffer in
      var reader = ProtobufReader(buffer)
      guard let field = try reader.next() else { return 0 }
      #expect(field == ProtobufReader.Field(number: 1, wire: .bytes))
      var partial = ProtobufReader(buffer, try reader.bytes())
      _ = try partial.next()
      return Int64(try partial.varint())
    }
  }
}
