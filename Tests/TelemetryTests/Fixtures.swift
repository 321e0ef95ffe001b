import Foundation
import Testing

@testable import Telemetry

/// Short ways to write spans; every id is sound.
enum Fixtures {
  struct IDs: Error {}

  static func traceID(_ number: UInt64 = 1) throws -> TraceID { try #require(TraceID(high: 0xA1, low: number)) }

  static func span(
    _ id: UInt64, parent: UInt64 = 0, trace: UInt64 = 1, name: String = "span", start: UInt64 = 1_000, end: UInt64 = 2_000,
    _ attributes: [(String, AttributeValue)] = []
  ) throws -> Span {
    var span = Span(
      traceID: try traceID(trace), spanID: try #require(SpanID(id)), parentSpanID: SpanID(parent), name: name, start: start,
      end: end)
    span.attributes = attributes.map { Attribute($0.0, $0.1) }
    return span
  }

  static func request(_ spans: [Span], resource: [(String, AttributeValue)] = []) -> [ResourceSpans] {
    [
      ResourceSpans(
        resource: Resource(attributes: resource.map { Attribute($0.0, $0.1) }),
        scopeSpans: [ScopeSpans(scope: InstrumentationScope(name: "test", version: "1"), spans: spans)])
    ]
  }

  /// Through the bytes, as a receiver sees them.
  static func steps(_ spans: [Span], resource: [(String, AttributeValue)] = []) throws -> [CanonicalStep] {
    let decoder = StepDecoder()
    return try decoder.decode(OTLPTraceEncoder.encode(request(spans, resource: resource)), encoding: .protobuf).steps
  }

  static func step(_ attributes: [(String, AttributeValue)], name: String = "span") throws -> CanonicalStep {
    try #require(try steps([try span(1, name: name, attributes)]).first)
  }

  static func summary(_ steps: [CanonicalStep], prices: PriceBook = PriceBook()) -> RunSummary {
    RunAssembler.summary(run: RunAssembler.assign(steps).first ?? "", steps: steps, prices: prices)
  }

  static func file(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
}
