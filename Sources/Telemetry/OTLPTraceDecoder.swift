/// A decoded export request.
package struct TraceRequest: Sendable, Equatable {
  /// What was accepted.
  package var resourceSpans: [ResourceSpans]
  /// How many spans were accepted and refused.
  package var counts: TraceCounts

  /// All accepted spans with the resource and scope they came under.
  package var spans: [Span] { resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) } }
}

/// How many spans of a request were accepted and refused.
package struct TraceCounts: Sendable, Equatable {
  /// Spans with valid ids.
  package var accepted = 0
  /// Spans whose trace id is invalid.
  package var rejectedForTraceID = 0
  /// Spans whose span id is invalid.
  package var rejectedForSpanID = 0

  /// Nothing yet.
  package init() {}

  /// All refused spans.
  package var rejected: Int { rejectedForTraceID + rejectedForSpanID }

  /// Counts one refused span.
  package mutating func reject(_ reason: SpanRejection) {
    switch reason {
    case .traceID: rejectedForTraceID += 1
    case .spanID: rejectedForSpanID += 1
    }
  }

  /// Why spans were refused, for the client's log; empty when none was.
  package var message: String {
    var parts: [String] = []
    if rejectedForTraceID > 0 { parts.append("\(rejectedForTraceID) spans: \(SpanRejection.traceID.rawValue)") }
    if rejectedForSpanID > 0 { parts.append("\(rejectedForSpanID) spans: \(SpanRejection.spanID.rawValue)") }
    return parts.joined(separator: "; ")
  }
}

/// Reads an `ExportTraceServiceRequest` in protobuf.
package enum OTLPTraceDecoder {
  /// The request as values, nothing lost but unknown fields. For showing and testing; the worker uses `StepDecoder`.
  package static func decode(_ bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) -> TraceRequest {
    try walk(bytes, limits: limits) { TraceValueBuilder(buffer: $0) }.request
  }

  /// Accepts or refuses exactly what `decode` does, without keeping anything: what a receiver needs to answer.
  package static func inspect(_ bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) -> TraceCounts {
    try walk(bytes, limits: limits) { _ in TraceCounter() }.counts
  }

  /// Runs a visitor over `bytes`. The buffer is valid while the walk runs.
  static func walk<Visitor: TraceVisitor>(
    _ bytes: [UInt8], limits: OTLPLimits, _ makeVisitor: (UnsafeRawBufferPointer) -> Visitor
  ) throws(OTLPError) -> Visitor {
    let result = bytes.withUnsafeBytes { buffer -> Result<Visitor, OTLPError> in
      var walk = TraceWalk(buffer, limits: limits, visitor: makeVisitor(buffer))
      do throws(OTLPError) {
        try walk.run()
        return .success(walk.visitor)
      } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// Counts spans.
struct TraceCounter: TraceVisitor {
  var counts = TraceCounts()

  mutating func beginResource() {}
  mutating func endResource(droppedAttributesCount: UInt32, schemaURL: ByteRange) {}
  mutating func beginScope() {}
  mutating func endScope(_ fields: ScopeFields) {}
  mutating func beginSpan() {}
  mutating func attribute(_ owner: AttributeOwner, key: ByteRange, value: RawValue) {}
  mutating func event(_ fields: EventFields) {}
  mutating func link(_ fields: LinkFields) {}
  mutating func endSpan(_ fields: SpanFields) { counts.accepted += 1 }
  mutating func rejectSpan(_ reason: SpanRejection) { counts.reject(reason) }
}
