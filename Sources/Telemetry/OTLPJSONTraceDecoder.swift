internal import JSON

/// Reads an `ExportTraceServiceRequest` in OTLP/JSON.
///
/// lowerCamelCase members, snake case accepted; ids in hexadecimal; 64-bit integers as text or numbers; enums as numbers or names;
/// unknown members ignored at every level; null is the default. Source: otlp dossier, section 4.
package enum OTLPJSONTraceDecoder {
  /// Levels of JSON in a request: twelve down to a span's value, three more for each level of arrays and maps in it.
  static let depthMax = 64

  /// The request as values. Spans with invalid ids are counted and left out.
  package static func decode(_ bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) -> TraceRequest {
    let root = try OTLPJSON.root(bytes, limits: limits)
    var reader = TraceReader(limits: limits)
    return try reader.request(root)
  }

  /// How many spans would be accepted and refused; refuses exactly what `decode` does.
  package static func inspect(_ bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) -> TraceCounts {
    try decode(bytes, limits: limits).counts
  }

  private struct TraceReader {
    let limits: OTLPLimits
    var values: OTLPJSONValueReader
    var counts = TraceCounts()
    var spansCount = 0

    init(limits: OTLPLimits) {
      self.limits = limits
      values = OTLPJSONValueReader(limits: limits)
    }

    mutating func request(_ root: JSONObject) throws(OTLPError) -> TraceRequest {
      var all: [ResourceSpans] = []
      for item in try OTLPJSON.array(root, "resourceSpans", "resource_spans") {
        let object = try OTLPJSON.object(item, "resourceSpans")
        var spans = ResourceSpans()
        if let resource = try OTLPJSON.object(object, "resource", "resource") {
          spans.resource.attributes = try values.attributes(resource)
          spans.resource.droppedAttributesCount = try droppedAttributes(resource)
        }
        spans.schemaURL = try OTLPJSON.text(object, "schemaUrl", "schema_url")
        for item in try OTLPJSON.array(object, "scopeSpans", "scope_spans") {
          spans.scopeSpans.append(try scopeSpans(try OTLPJSON.object(item, "scopeSpans")))
        }
        all.append(spans)
      }
      return TraceRequest(resourceSpans: all, counts: counts)
    }

    private mutating func scopeSpans(_ object: JSONObject) throws(OTLPError) -> ScopeSpans {
      var spans = ScopeSpans()
      if let scope = try OTLPJSON.object(object, "scope", "scope") {
        spans.scope = InstrumentationScope(
          name: try OTLPJSON.text(scope, "name", "name"), version: try OTLPJSON.text(scope, "version", "version"),
          attributes: try values.attributes(scope))
        spans.scope.droppedAttributesCount = try droppedAttributes(scope)
      }
      spans.schemaURL = try OTLPJSON.text(object, "schemaUrl", "schema_url")
      for item in try OTLPJSON.array(object, "spans", "spans") {
        if let span = try span(try OTLPJSON.object(item, "spans")) {
          spans.spans.append(span)
          counts.accepted += 1
        }
      }
      return spans
    }

    /// A span, or nil when its ids are invalid. All of it is read either way: broken JSON is broken whatever the ids.
    private mutating func span(_ object: JSONObject) throws(OTLPError) -> Span? {
      spansCount += 1
      guard spansCount <= limits.spansMax else { throw .tooManySpans(limit: limits.spansMax) }
      let traceID = TraceID(hex: try OTLPJSON.text(object, "traceId", "trace_id"))
      let spanID = SpanID(hex: try OTLPJSON.text(object, "spanId", "span_id"))
      let parent = try OTLPJSON.text(object, "parentSpanId", "parent_span_id")
      // Placeholders stand in for invalid ids until the rest has been read.
      guard let placeholderTrace = traceID ?? TraceID(high: 0, low: 1), let placeholderSpan = spanID ?? SpanID(1) else {
        return nil
      }
      var span = Span(
        traceID: placeholderTrace, spanID: placeholderSpan, parentSpanID: SpanID(hex: parent),
        name: try OTLPJSON.text(object, "name", "name"),
        start: try OTLPJSON.unsigned(object, "startTimeUnixNano", "start_time_unix_nano"),
        end: try OTLPJSON.unsigned(object, "endTimeUnixNano", "end_time_unix_nano"))
      if span.parentSpanID == nil, !parent.isEmpty, parent != "0000000000000000" { span.repairs.insert(.badParent) }
      span.traceState = try OTLPJSON.text(object, "traceState", "trace_state")
      span.flags = try OTLPJSON.unsigned32(object, "flags", "flags")
      try readKind(object, &span)
      span.attributes = try values.attributes(object)
      span.droppedAttributesCount = try droppedAttributes(object)
      try readEvents(object, &span)
      try readLinks(object, &span)
      try readStatus(object, &span)
      if span.name.isEmpty { span.repairs.insert(.missingName) }
      if span.endNanoseconds < span.startNanoseconds { span.repairs.insert(.endBeforeStart) }
      if traceID == nil { counts.reject(.traceID) } else if spanID == nil { counts.reject(.spanID) }
      return traceID == nil || spanID == nil ? nil : span
    }

    private static let kindNames = [
      "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
      "SPAN_KIND_CONSUMER",
    ]

    private func readKind(_ object: JSONObject, _ span: inout Span) throws(OTLPError) {
      guard let number = try OTLPJSON.enumeration(object, "kind", names: Self.kindNames) else { return }
      let kind = UInt8(exactly: number).flatMap(SpanKind.init(rawValue:))
      span.kind = kind ?? .unspecified
      if kind == nil { span.repairs.insert(.unknownKind) }
    }

    private func readStatus(_ object: JSONObject, _ span: inout Span) throws(OTLPError) {
      guard let status = try OTLPJSON.object(object, "status", "status") else { return }
      span.status.message = try OTLPJSON.text(status, "message", "message")
      let names = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]
      guard let number = try OTLPJSON.enumeration(status, "code", names: names) else { return }
      let code = UInt8(exactly: number).flatMap(SpanStatus.Code.init(rawValue:))
      span.status.code = code ?? .unset
      if code == nil { span.repairs.insert(.unknownStatus) }
    }

    private mutating func readEvents(_ object: JSONObject, _ span: inout Span) throws(OTLPError) {
      for item in try OTLPJSON.array(object, "events", "events") {
        try values.count()
        let object = try OTLPJSON.object(item, "events")
        var event = SpanEvent(
          try OTLPJSON.text(object, "name", "name"), at: try OTLPJSON.unsigned(object, "timeUnixNano", "time_unix_nano"),
          attributes: try values.attributes(object))
        event.droppedAttributesCount = try droppedAttributes(object)
        span.events.append(event)
      }
      span.droppedEventsCount = try OTLPJSON.unsigned32(object, "droppedEventsCount", "dropped_events_count")
    }

    private mutating func readLinks(_ object: JSONObject, _ span: inout Span) throws(OTLPError) {
      for item in try OTLPJSON.array(object, "links", "links") {
        try values.count()
        let object = try OTLPJSON.object(item, "links")
        let traceID = TraceID(hex: try OTLPJSON.text(object, "traceId", "trace_id"))
        let spanID = SpanID(hex: try OTLPJSON.text(object, "spanId", "span_id"))
        var link = SpanLink(traceID: traceID?.bytes ?? [], spanID: spanID?.bytes ?? [])
        link.traceState = try OTLPJSON.text(object, "traceState", "trace_state")
        link.attributes = try values.attributes(object)
        link.droppedAttributesCount = try droppedAttributes(object)
        link.flags = try OTLPJSON.unsigned32(object, "flags", "flags")
        span.links.append(link)
      }
      span.droppedLinksCount = try OTLPJSON.unsigned32(object, "droppedLinksCount", "dropped_links_count")
    }

    private func droppedAttributes(_ object: JSONObject) throws(OTLPError) -> UInt32 {
      try OTLPJSON.unsigned32(object, "droppedAttributesCount", "dropped_attributes_count")
    }
  }
}
