import Testing

@testable import Telemetry

/// Requests and steps made of anything that the schema allows.
enum RandomSpans {
  static func request(_ generator: inout some RandomNumberGenerator) throws -> [ResourceSpans] {
    try (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      var spans = ResourceSpans()
      spans.resource.attributes = attributes(&generator)
      spans.resource.droppedAttributesCount = .random(in: 0...3, using: &generator)
      spans.schemaURL = text(&generator)
      spans.scopeSpans = try (0..<Int.random(in: 0...2, using: &generator)).map { _ in
        var scope = ScopeSpans()
        scope.scope.name = text(&generator)
        scope.scope.version = text(&generator)
        scope.scope.attributes = attributes(&generator)
        scope.schemaURL = text(&generator)
        scope.spans = try (0..<Int.random(in: 0...4, using: &generator)).map { _ in try span(&generator) }
        return scope
      }
      return spans
    }
  }

  static func span(_ generator: inout some RandomNumberGenerator) throws -> Span {
    let start = UInt64.random(in: 0...UInt64.max, using: &generator)
    var span = Span(
      traceID: try #require(
        TraceID(high: .random(in: 0...9, using: &generator), low: .random(in: 1...UInt64.max, using: &generator))),
      spanID: try #require(SpanID(.random(in: 1...UInt64.max, using: &generator))),
      parentSpanID: SpanID(.random(in: 0...3, using: &generator)), name: text(&generator), start: start,
      end: .random(in: 0...UInt64.max, using: &generator))
    span.traceState = text(&generator)
    span.kind = SpanKind(rawValue: .random(in: 0...5, using: &generator)) ?? .unspecified
    span.attributes = attributes(&generator)
    span.droppedAttributesCount = .random(in: 0...UInt32.max, using: &generator)
    span.events = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      SpanEvent(text(&generator), at: .random(in: 0...UInt64.max, using: &generator), attributes: attributes(&generator))
    }
    span.links = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      var link = SpanLink(traceID: [1, 2, 3], spanID: [])
      link.attributes = attributes(&generator)
      link.flags = .random(in: 0...UInt32.max, using: &generator)
      return link
    }
    span.status = SpanStatus(SpanStatus.Code(rawValue: .random(in: 0...2, using: &generator)) ?? .ok, message: text(&generator))
    span.flags = .random(in: 0...UInt32.max, using: &generator)
    if span.name.isEmpty { span.repairs.insert(.missingName) }
    if span.endNanoseconds < span.startNanoseconds { span.repairs.insert(.endBeforeStart) }
    return span
  }

  static func attributes(_ generator: inout some RandomNumberGenerator) -> [Attribute] {
    (0..<Int.random(in: 0...4, using: &generator)).map { _ in Attribute(text(&generator), value(&generator, depth: 0)) }
  }

  static func value(_ generator: inout some RandomNumberGenerator, depth: Int) -> AttributeValue {
    switch Int.random(in: 0...(depth < 4 ? 7 : 5), using: &generator) {
    case 0: .empty
    case 1: .string(text(&generator))
    case 2: .bool(.random(using: &generator))
    case 3: .integer(.random(in: .min ... .max, using: &generator))
    case 4: .double([0, -0.0, .nan, .infinity, 1e-300, 0.1].randomElement(using: &generator) ?? 1)
    case 5: .bytes((0..<Int.random(in: 0...5, using: &generator)).map { _ in .random(in: 0...255, using: &generator) })
    case 6: .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(&generator, depth: depth + 1) })
    default:
      .map(
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in Attribute(text(&generator), value(&generator, depth: depth + 1)) }
      )
    }
  }

  static func text(_ generator: inout some RandomNumberGenerator) -> String {
    let texts = ["", "a", "gen_ai.request.model", "ключ", "emoji 🙂", "nul\u{0}byte", String(repeating: "long ", count: 60)]
    return texts.randomElement(using: &generator) ?? ""
  }

  static func step(_ generator: inout some RandomNumberGenerator) throws -> CanonicalStep {
    func optional(_ generator: inout some RandomNumberGenerator) -> String? {
      Bool.random(using: &generator) ? text(&generator) : nil
    }
    let start = Int64.random(in: 0...Int64.max, using: &generator)
    var step = CanonicalStep(
      traceID: try #require(TraceID(high: 1, low: .random(in: 0...UInt64.max, using: &generator))),
      spanID: try #require(SpanID(.random(in: 1...UInt64.max, using: &generator))),
      parentSpanID: SpanID(.random(in: 0...1, using: &generator)),
      kind: StepKind.allCases.randomElement(using: &generator) ?? .other, name: text(&generator), start: start,
      end: .random(in: start...Int64.max, using: &generator))
    step.spanName = text(&generator)
    step.parentIsRemote = .random(using: &generator)
    step.repairs = SpanRepairs(rawValue: .random(in: 0...63, using: &generator))
    step.workflow = optional(&generator)
    step.workflowFallback = optional(&generator)
    step.agent = optional(&generator)
    step.tool = optional(&generator)
    step.provider = optional(&generator)
    step.requestModel = optional(&generator)
    step.responseModel = optional(&generator)
    step.responseID = optional(&generator)
    step.errorType = optional(&generator)
    step.user = optional(&generator)
    step.session = optional(&generator)
    step.environment = optional(&generator)
    step.service = optional(&generator)
    step.decisionID = optional(&generator)
    step.run = optional(&generator)
    step.step = optional(&generator)
    if Bool.random(using: &generator) { step.attempt = .random(in: 1...Int32.max, using: &generator) }
    if Bool.random(using: &generator) { step.reportedCostNanoUSD = .random(in: 0...Int64.max, using: &generator) }
    step.failed = .random(using: &generator)
    if Bool.random(using: &generator) {
      step.usage = Usage(
        inputUncached: .random(in: 0...9, using: &generator), cacheRead: .random(in: 0...9_000, using: &generator), output: 7,
        reasoning: 3, unsplit: .random(in: 0...1, using: &generator))
    }
    return step
  }
}
