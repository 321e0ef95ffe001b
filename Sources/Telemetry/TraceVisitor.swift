/// The scalar fields of a span, as they lie in the request.
struct SpanFields {
  var traceID: TraceID?
  var spanID: SpanID?
  var parentSpanID: SpanID?
  var traceState = ByteRange.empty
  var name = ByteRange.empty
  var kind = SpanKind.unspecified
  var startNanoseconds: UInt64 = 0
  var endNanoseconds: UInt64 = 0
  var droppedAttributesCount: UInt32 = 0
  var droppedEventsCount: UInt32 = 0
  var droppedLinksCount: UInt32 = 0
  var statusCode = SpanStatus.Code.unset
  var statusMessage = ByteRange.empty
  var flags: UInt32 = 0
  var repairs: SpanRepairs = []
}

/// The scalar fields of an event.
struct EventFields {
  var nanoseconds: UInt64 = 0
  var name = ByteRange.empty
  var droppedAttributesCount: UInt32 = 0
}

/// The scalar fields of a link.
struct LinkFields {
  var traceID = ByteRange.empty
  var spanID = ByteRange.empty
  var traceState = ByteRange.empty
  var droppedAttributesCount: UInt32 = 0
  var flags: UInt32 = 0
}

/// The scalar fields of a scope and of the spans under it.
struct ScopeFields {
  var name = ByteRange.empty
  var version = ByteRange.empty
  var droppedAttributesCount: UInt32 = 0
  var schemaURL = ByteRange.empty
}

/// Whose attribute is visited. Those of an event or link are visited before the end of the event or link, those of a span between its
/// beginning and its end or rejection.
enum AttributeOwner {
  case resource
  case scope
  case span
  case event
  case link
}

/// Sees a request in the order resource, scope, spans, whatever the order of the bytes. Every value it sees has been checked to the bottom.
protocol TraceVisitor {
  mutating func beginResource()
  mutating func endResource(droppedAttributesCount: UInt32, schemaURL: ByteRange)
  mutating func beginScope()
  mutating func endScope(_ fields: ScopeFields)
  mutating func beginSpan()
  mutating func attribute(_ owner: AttributeOwner, key: ByteRange, value: RawValue)
  mutating func event(_ fields: EventFields)
  mutating func link(_ fields: LinkFields)
  mutating func endSpan(_ fields: SpanFields)
  mutating func rejectSpan(_ reason: SpanRejection)
}
