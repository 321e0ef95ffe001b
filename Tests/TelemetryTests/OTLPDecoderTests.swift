import TestSupport
import Testing

@testable import Telemetry

@Suite struct OTLPDecoderTests {
  /// One span, written by hand: the bytes of every field as the schema numbers them.
  @Test("a request written by hand is read field by field")
  func handMade() throws {
    let traceID: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    let span: [UInt8] =
      [0x0A, 0x10] + traceID + [0x12, 0x08, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x01]
      + [0x22, 0x08, 0, 0, 0, 0, 0, 0, 0, 9] + [0x2A, 0x04] + Array("chat".utf8) + [0x30, 0x03]
      + [0x39, 1, 0, 0, 0, 0, 0, 0, 0] + [0x41, 3, 0, 0, 0, 0, 0, 0, 0]
      + [0x4A, 0x10, 0x0A, 0x01, 0x6B, 0x12, 0x0B, 0x18] + Array(repeating: 0xFF, count: 9) + [0x01]
      + [0x7A, 0x05, 0x12, 0x01, 0x78, 0x18, 0x02] + [0x85, 0x01, 0x01, 0x03, 0, 0]
    // The span comes before the scope, and the scope before the resource: any order of fields is allowed.
    let scopeSpans: [UInt8] = [0x12, UInt8(span.count)] + span + [0x0A, 0x03, 0x0A, 0x01, 0x73]
    let resourceSpans: [UInt8] =
      [0x12, UInt8(scopeSpans.count)] + scopeSpans + [0x0A, 0x09, 0x0A, 0x07, 0x0A, 0x01, 0x72, 0x12, 0x02, 0x10, 0x01]
    let message: [UInt8] = [0x0A, UInt8(resourceSpans.count)] + resourceSpans
    #expect(resourceSpans.count < 128)
    let request = try OTLPTraceDecoder.decode(message)
    #expect(request.counts.accepted == 1)
    #expect(request.resourceSpans[0].resource.attributes == [Attribute("r", .bool(true))])
    #expect(request.resourceSpans[0].scopeSpans[0].scope.name == "s")
    let read = try #require(request.spans.first)
    #expect(read.traceID.hex == "0102030405060708090a0b0c0d0e0f10")
    #expect(read.spanID.hex == "1020304050607001")
    #expect(read.parentSpanID?.value == 9)
    #expect(read.name == "chat")
    #expect(read.kind == .client)
    #expect(read.startNanoseconds == 1)
    #expect(read.endNanoseconds == 3)
    #expect(read.attributes == [Attribute("k", .integer(-1))])
    #expect(read.status == SpanStatus(.error, message: "x"))
    #expect(read.flags == 0x301)
    #expect(read.repairs == [])
  }

  @Test("what is encoded is decoded to the same values", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func roundTrip(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<25 {
      let request = try RandomSpans.request(&generator)
      let bytes = OTLPTraceEncoder.encode(request)
      let decoded = try OTLPTraceDecoder.decode(bytes)
      #expect(decoded.resourceSpans == request, "seed \(seed)")
      let counts = try OTLPTraceDecoder.inspect(bytes)
      #expect(counts == decoded.counts)
      #expect(counts.accepted == decoded.spans.count)
    }
  }

  @Test("a step survives its stored form", arguments: [11, 12, 13] as [UInt64])
  func storedStep(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let step = try RandomSpans.step(&generator)
      #expect(try CanonicalStep(encoded: step.encoded) == step, "seed \(seed)")
    }
    #expect(throws: StepEncodingError.missingField("trace id")) { try CanonicalStep(encoded: []) }
    #expect(throws: StepEncodingError.malformed(.truncated(offset: 1))) { try CanonicalStep(encoded: [0x09, 1]) }
  }

  @Test(
    "broken spans are accepted and marked",
    arguments: [
      ("empty name", [], SpanRepairs.missingName),
      ("kind 9", [0x2A, 0x01, 0x61, 0x30, 0x09], .unknownKind),
      ("kind -1", [0x2A, 0x01, 0x61, 0x30] + Array(repeating: 0xFF, count: 9) + [0x01], .unknownKind),
      ("status code 7", [0x2A, 0x01, 0x61, 0x7A, 0x02, 0x18, 0x07], .unknownStatus),
      ("end before start", [0x2A, 0x01, 0x61, 0x39, 2, 0, 0, 0, 0, 0, 0, 0, 0x41, 1, 0, 0, 0, 0, 0, 0, 0], .endBeforeStart),
      ("a parent of three bytes", [0x2A, 0x01, 0x61, 0x22, 0x03, 1, 2, 3], .badParent),
      ("a name that is not UTF-8", [0x2A, 0x02, 0xC3, 0x28], .invalidText),
      ("a parent of eight zero bytes", [0x2A, 0x01, 0x61, 0x22, 0x08, 0, 0, 0, 0, 0, 0, 0, 0], []),
      ("a name of another wire type, then a name", [0x28, 0x05, 0x2A, 0x01, 0x61], []),
    ] as [(String, [UInt8], SpanRepairs)])
  func repaired(_ name: String, _ fields: [UInt8], _ repairs: SpanRepairs) throws {
    let request = try OTLPTraceDecoder.decode(Self.message(span: Self.ids + fields))
    #expect(request.counts.rejected == 0, "\(name)")
    let span = try #require(request.spans.first)
    #expect(span.repairs == repairs, "\(name)")
    #expect(span.parentSpanID == nil)
  }

  @Test(
    "spans without valid ids are refused one by one",
    arguments: [
      ("no ids", [], 1, 0), ("trace id of 3 bytes", [0x0A, 0x03, 1, 2, 3] + ids.suffix(10), 1, 0),
      ("trace id all zero", [0x0A, 0x10] + Array(repeating: 0, count: 16) + ids.suffix(10), 1, 0),
      ("no span id", Array(ids.prefix(18)), 0, 1),
      ("span id all zero", Array(ids.prefix(18)) + [0x12, 0x08] + Array(repeating: 0, count: 8), 0, 1),
    ] as [(String, [UInt8], Int, Int)])
  func rejected(_ name: String, _ span: [UInt8], _ forTraceID: Int, _ forSpanID: Int) throws {
    let counts = try OTLPTraceDecoder.inspect(Self.message(span: span) + Self.message(span: Self.ids))
    #expect(counts.accepted == 1, "\(name)")
    #expect(counts.rejectedForTraceID == forTraceID, "\(name)")
    #expect(counts.rejectedForSpanID == forSpanID, "\(name)")
    #expect(!counts.message.isEmpty)
  }

  @Test("a value may be nested up to the limit and not one level deeper")
  func nesting() throws {
    func message(levels: Int) throws -> [UInt8] {
      var value = AttributeValue.string("end")
      for level in 0..<levels { value = level % 2 == 0 ? .array([value]) : .map([Attribute("k", value)]) }
      return OTLPTraceEncoder.encode(Fixtures.request([try Fixtures.span(1, [("deep", value)])]))
    }
    let limit = OTLPLimits.standard.nestingMax
    #expect(try OTLPTraceDecoder.decode(message(levels: limit)).counts.accepted == 1)
    #expect(throws: OTLPError.nestedTooDeep(limit: limit)) { try OTLPTraceDecoder.decode(message(levels: limit + 1)) }
    #expect(throws: OTLPError.nestedTooDeep(limit: limit)) { try OTLPTraceDecoder.inspect(message(levels: limit + 1)) }
  }

  @Test("each count is accepted at its limit and refused one past it")
  func counts() throws {
    var limits = OTLPLimits()
    limits.spansMax = 3
    limits.valuesMax = 6
    func message(spans: Int, values: Int) throws -> [UInt8] {
      let attributes = (0..<values).map { ("k\($0)", AttributeValue.integer(1)) }
      return OTLPTraceEncoder.encode(Fixtures.request(try (1...spans).map { try Fixtures.span(UInt64($0), attributes) }))
    }
    #expect(try OTLPTraceDecoder.inspect(message(spans: 3, values: 2), limits: limits).accepted == 3)
    #expect(throws: OTLPError.tooManySpans(limit: 3)) { try OTLPTraceDecoder.inspect(message(spans: 4, values: 0), limits: limits) }
    #expect(throws: OTLPError.tooManyValues(limit: 6)) {
      try OTLPTraceDecoder.inspect(message(spans: 1, values: 7), limits: limits)
    }
    let bytes = try message(spans: 1, values: 1)
    limits.bytesMax = bytes.count
    #expect(try OTLPTraceDecoder.inspect(bytes, limits: limits).accepted == 1)
    limits.bytesMax = bytes.count - 1
    #expect(throws: OTLPError.tooManyBytes(limit: bytes.count - 1)) { try OTLPTraceDecoder.inspect(bytes, limits: limits) }
  }

  @Test("an empty request is a request without spans")
  func empty() throws {
    #expect(try OTLPTraceDecoder.decode([]).resourceSpans == [])
    #expect(try OTLPTraceDecoder.inspect([0x0A, 0x00]).accepted == 0)
  }

  static let ids: [UInt8] =
    [0x0A, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x12, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]

  static func message(span: [UInt8]) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.message(1) { writer in writer.message(2) { $0.data(2, span) } }
    return writer.bytes
  }
}
