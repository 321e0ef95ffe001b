import TestSupport
import Testing

@testable import Telemetry

@Suite struct OTLPJSONTests {
  private static let ids = #""traceId":"0102030405060708090A0b0c0d0e0f10","spanId":"1020304050607001""#

  private func decode(_ span: String) throws -> TraceRequest {
    try OTLPJSONTraceDecoder.decode(Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#.utf8))
  }

  private func span(_ members: String) throws -> Span {
    try #require(try decode("{\(Self.ids)\(members.isEmpty ? "" : ",")\(members)}").spans.first)
  }

  private func value(_ json: String) throws -> AttributeValue? {
    try span(#""attributes":[{"key":"k","value":\#(json)}]"#).attributes["k"]
  }

  @Test("every field of a span is read, in camel case and in snake case")
  func fields() throws {
    let camel = """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}],"droppedAttributesCount":1},
      "schemaUrl":"u","scopeSpans":[{"scope":{"name":"n","version":"v"},"spans":[{\(Self.ids),"parentSpanId":"00000000000000FF",
      "traceState":"a=1","name":"chat","kind":3,"startTimeUnixNano":"18446744073709551615","endTimeUnixNano":7,"flags":256,
      "attributes":[{"key":"i","value":{"intValue":"-9223372036854775808"}}],"droppedAttributesCount":2,
      "events":[{"timeUnixNano":"5","name":"e","attributes":[{"key":"b","value":{"boolValue":false}}]}],"droppedEventsCount":3,
      "links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1020304050607001","flags":1}],"droppedLinksCount":4,
      "status":{"code":2,"message":"m"}}]}]}]}
      """
    let request = try OTLPJSONTraceDecoder.decode(Array(camel.utf8))
    let span = try #require(request.spans.first)
    #expect(request.resourceSpans[0].resource.attributes["service.name"] == "s")
    #expect(request.resourceSpans[0].schemaURL == "u")
    #expect(request.resourceSpans[0].scopeSpans[0].scope.version == "v")
    #expect(span.traceID.hex == "0102030405060708090a0b0c0d0e0f10")
    #expect(span.parentSpanID?.value == 255)
    #expect(span.startNanoseconds == .max)
    #expect(span.endNanoseconds == 7)
    #expect(span.kind == .client)
    #expect(span.attributes["i"] == .integer(.min))
    #expect(span.events.first?.attributes["b"] == false)
    #expect(span.links.first?.spanID == [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x01])
    #expect(span.status == SpanStatus(.error, message: "m"))
    #expect([span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount] == [2, 3, 4])
    var snake = camel
    for name in [
      "resourceSpans", "scopeSpans", "schemaUrl", "traceId", "spanId", "parentSpanId", "traceState", "startTimeUnixNano",
      "endTimeUnixNano", "timeUnixNano", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount", "stringValue",
      "intValue",
      "boolValue",
    ] {
      let parts = name.flatMap { $0.isUppercase ? "_" + $0.lowercased() : String($0) }
      snake = snake.split(separator: "\"\(name)\"", omittingEmptySubsequences: false).joined(separator: "\"\(String(parts))\"")
    }
    #expect(snake != camel)
    #expect(try OTLPJSONTraceDecoder.decode(Array(snake.utf8)) == request)
    #expect(try OTLPTraceDecoder.decode(OTLPTraceEncoder.encode(request.resourceSpans)).resourceSpans == request.resourceSpans)
  }

  @Test(
    "values are read in every spelling",
    arguments: [
      (#"{}"#, .empty), (#"{"intValue":5}"#, 5), (#"{"intValue":"5"}"#, 5), (#"{"intValue":5.0}"#, 5), (#"{"intValue":0}"#, 0),
      (#"{"doubleValue":1}"#, 1.0), (#"{"doubleValue":"NaN"}"#, .double(.nan)),
      (#"{"doubleValue":"-Infinity"}"#, .double(-.infinity)),
      (#"{"doubleValue":"1.5"}"#, 1.5), (#"{"stringValue":""}"#, ""), (#"{"boolValue":false}"#, false),
      (#"{"stringValue":null,"intValue":"7"}"#, 7), (#"{"bytesValue":"AAEC/w=="}"#, .bytes([0, 1, 2, 255])),
      (#"{"bytesValue":"AAEC_w"}"#, .bytes([0, 1, 2, 255])), (#"{"arrayValue":{}}"#, .array([])),
      (#"{"arrayValue":{"values":[{"stringValue":"x"},{}]}}"#, .array(["x", .empty])),
      (
        #"{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}},{"key":"n"}]}}"#,
        .map([Attribute("k", true), Attribute("n", .empty)])
      ),
      (#"{"futureValue":1}"#, .empty),
    ] as [(String, AttributeValue)])
  func values(_ json: String, _ expected: AttributeValue) throws {
    #expect(try value(json) == expected, "\(json)")
  }

  @Test(
    "a document of another shape is refused, naming the member",
    arguments: [
      ("[]", "not a JSON object"), ("{", "not valid JSON"), ("", "not valid JSON"), (#"{"resourceSpans":{}}"#, "`resourceSpans`"),
      (#"{"resourceSpans":[1]}"#, "`resourceSpans`"), (#"{"a":1,"a":2}"#, "duplicate key"),
      (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":5}]}]}]}"#, "`traceId`"),
      (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"-1"}]}]}]}"#, "`startTimeUnixNano`"),
      (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"18446744073709551616"}]}]}]}"#, "`startTimeUnixNano`"),
      (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":true}]}]}]}"#, "`kind`"),
      (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"intValue":"x"}}]}]}]}]}"#, "`intValue`"),
      (
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"bytesValue":"A"}}]}]}]}]}"#, "`bytesValue`"
      ),
      (
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"doubleValue":NaN}}]}]}]}]}"#,
        "not valid JSON"
      ),
    ])
  func refused(_ json: String, _ part: String) {
    let error = #expect(throws: OTLPError.self) { try OTLPJSONTraceDecoder.decode(Array(json.utf8)) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test(
    "spans without valid ids are counted and left out; other faults are repaired",
    arguments: [
      (#"{"traceId":"","spanId":"1020304050607001"}"#, 1, 0), (#"{"traceId":"zz02030405060708090a0b0c0d0e0f10"}"#, 1, 0),
      (#"{"traceId":"AQIDBAUGBwgJCgsMDQ4PEA==","spanId":"1020304050607001"}"#, 1, 0),
      (#"{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000000"}"#, 0, 1),
      (#"{"traceId":"0102030405060708090a0b0c0d0e0f10"}"#, 0, 1),
    ])
  func rejected(_ json: String, _ forTraceID: Int, _ forSpanID: Int) throws {
    let counts = try decode("\(json),{\(Self.ids)}").counts
    #expect(counts.accepted == 1)
    #expect(counts.rejectedForTraceID == forTraceID)
    #expect(counts.rejectedForSpanID == forSpanID)
  }

  @Test("enums are read by number and by name, and repaired when unknown")
  func enums() throws {
    #expect(try span(#""name":"n","kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_OK"}"#).kind == .server)
    #expect(try span(#""name":"n","kind":99"#).repairs == .unknownKind)
    #expect(try span(#""name":"n","kind":"SPAN_KIND_ODD","status":{"code":-3}"#).repairs == [.unknownKind, .unknownStatus])
    #expect(try span(#""name":"n","status":{}"#).repairs == [])
    #expect(try span(#""name":"n","parentSpanId":"0000000000000000""#).repairs == [])
    #expect(try span(#""name":"n","parentSpanId":"12""#).repairs == .badParent)
  }

  @Test("unknown members are ignored at every level")
  func unknown() throws {
    let json = """
      {"x":1,"resourceSpans":[{"x":[1],"resource":{"x":{}},"scopeSpans":[{"x":null,"scope":{"x":1.5},"spans":[{\(Self.ids),"x":"y",
      "attributes":[{"key":"k","x":1,"value":{"stringValue":"v","x":2}}],"status":{"x":1}}]}]}]}
      """
    #expect(try OTLPJSONTraceDecoder.decode(Array(json.utf8)).spans.first?.attributes["k"] == "v")
  }

  @Test("the limits hold for JSON as well")
  func limits() throws {
    var limits = OTLPLimits()
    limits.spansMax = 1
    let one = Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(Self.ids)}]}]}]}"#.utf8)
    let two = Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(Self.ids)},{\#(Self.ids)}]}]}]}"#.utf8)
    #expect(try OTLPJSONTraceDecoder.inspect(one, limits: limits).accepted == 1)
    #expect(throws: OTLPError.tooManySpans(limit: 1)) { try OTLPJSONTraceDecoder.inspect(two, limits: limits) }
    limits.bytesMax = one.count - 1
    #expect(throws: OTLPError.tooManyBytes(limit: one.count - 1)) { try OTLPJSONTraceDecoder.inspect(one, limits: limits) }
    let deep = String(repeating: #"{"arrayValue":{"values":["#, count: 5_000)
    #expect(throws: OTLPError.self) { try value(deep) }
  }
}
