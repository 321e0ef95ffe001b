/// Writes an `ExportTraceServiceRequest` in protobuf: for runtimes that emit spans themselves, and for turning JSON into the one form
/// that the hot path reads. Fields at their default are left out, values of attributes never are.
package enum OTLPTraceEncoder {
  /// The request. Decoding it gives the same values; broken ids cannot be written, and `repairs` are not.
  package static func encode(_ resourceSpans: [ResourceSpans]) -> [UInt8] {
    var writer = ProtobufWriter()
    for spans in resourceSpans {
      writer.message(1) { writer in
        writer.message(1) { writer in
          for attribute in spans.resource.attributes { write(attribute, 1, to: &writer) }
          writeCount(2, spans.resource.droppedAttributesCount, to: &writer)
        }
        for scopeSpans in spans.scopeSpans {
          writer.message(2) { write(scopeSpans, to: &$0) }
        }
        writeText(3, spans.schemaURL, to: &writer)
      }
    }
    return writer.bytes
  }

  private static func write(_ scopeSpans: ScopeSpans, to writer: inout ProtobufWriter) {
    let scope = scopeSpans.scope
    writer.message(1) { writer in
      writeText(1, scope.name, to: &writer)
      writeText(2, scope.version, to: &writer)
      for attribute in scope.attributes { write(attribute, 3, to: &writer) }
      writeCount(4, scope.droppedAttributesCount, to: &writer)
    }
    for span in scopeSpans.spans {
      writer.message(2) { write(span, to: &$0) }
    }
    writeText(3, scopeSpans.schemaURL, to: &writer)
  }

  private static func write(_ span: Span, to writer: inout ProtobufWriter) {
    writer.data(1, span.traceID.bytes)
    writer.data(2, span.spanID.bytes)
    writeText(3, span.traceState, to: &writer)
    if let parent = span.parentSpanID { writer.data(4, parent.bytes) }
    writeText(5, span.name, to: &writer)
    if span.kind != .unspecified { writer.varint(6, UInt64(span.kind.rawValue)) }
    writer.fixed64(7, span.startNanoseconds)
    writer.fixed64(8, span.endNanoseconds)
    for attribute in span.attributes { write(attribute, 9, to: &writer) }
    writeCount(10, span.droppedAttributesCount, to: &writer)
    for event in span.events {
      writer.message(11) { writer in
        writer.fixed64(1, event.nanoseconds)
        writeText(2, event.name, to: &writer)
        for attribute in event.attributes { write(attribute, 3, to: &writer) }
        writeCount(4, event.droppedAttributesCount, to: &writer)
      }
    }
    writeCount(12, span.droppedEventsCount, to: &writer)
    for link in span.links { writer.message(13) { write(link, to: &$0) } }
    writeCount(14, span.droppedLinksCount, to: &writer)
    if span.status != SpanStatus() {
      writer.message(15) { writer in
        writeText(2, span.status.message, to: &writer)
        if span.status.code != .unset { writer.varint(3, UInt64(span.status.code.rawValue)) }
      }
    }
    if span.flags != 0 { writer.fixed32(16, span.flags) }
  }

  private static func write(_ link: SpanLink, to writer: inout ProtobufWriter) {
    writer.data(1, link.traceID)
    writer.data(2, link.spanID)
    writeText(3, link.traceState, to: &writer)
    for attribute in link.attributes { write(attribute, 4, to: &writer) }
    writeCount(5, link.droppedAttributesCount, to: &writer)
    if link.flags != 0 { writer.fixed32(6, link.flags) }
  }

  private static func write(_ attribute: Attribute, _ number: UInt32, to writer: inout ProtobufWriter) {
    writer.message(number) { writer in
      writer.string(1, attribute.key)
      writer.message(2) { write(attribute.value, to: &$0) }
    }
  }

  private static func write(_ value: AttributeValue, to writer: inout ProtobufWriter) {
    switch value {
    case .empty: break
    case .string(let text): writer.string(1, text)
    case .bool(let value): writer.varint(2, value ? 1 : 0)
    case .integer(let value): writer.varint(3, UInt64(bitPattern: value))
    case .double(let value): writer.fixed64(4, value.bitPattern)
    case .array(let values):
      writer.message(5) { writer in
        for value in values { writer.message(1) { write(value, to: &$0) } }
      }
    case .map(let attributes):
      writer.message(6) { writer in
        for attribute in attributes { write(attribute, 1, to: &writer) }
      }
    case .bytes(let bytes): writer.data(7, bytes)
    }
  }

  private static func writeText(_ number: UInt32, _ text: String, to writer: inout ProtobufWriter) {
    if !text.isEmpty { writer.string(number, text) }
  }

  private static func writeCount(_ number: UInt32, _ count: UInt32, to writer: inout ProtobufWriter) {
    if count != 0 { writer.varint(number, UInt64(count)) }
  }
}
