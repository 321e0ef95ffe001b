/// A span with everything that OTLP says of it. Times are nanoseconds since the Unix epoch. Source: opentelemetry-proto 1.11, trace.proto.
package struct Span: Sendable, Equatable {
  /// The trace that the span belongs to.
  package var traceID: TraceID
  /// The id of the span in its trace.
  package var spanID: SpanID
  /// nil for a root.
  package var parentSpanID: SpanID?
  /// W3C tracestate, as it came.
  package var traceState = ""
  /// For people; may be empty.
  package var name: String
  /// The role in a call.
  package var kind = SpanKind.unspecified
  /// When it began.
  package var startNanoseconds: UInt64
  /// May precede the start in broken data.
  package var endNanoseconds: UInt64
  /// As they came; keys may repeat.
  package var attributes: [Attribute] = []
  /// Attributes that the emitter left out.
  package var droppedAttributesCount: UInt32 = 0
  /// In the order of the request.
  package var events: [SpanEvent] = []
  /// Events that the emitter left out.
  package var droppedEventsCount: UInt32 = 0
  /// In the order of the request.
  package var links: [SpanLink] = []
  /// Links that the emitter left out.
  package var droppedLinksCount: UInt32 = 0
  /// Unset when the span says nothing.
  package var status = SpanStatus()
  /// Bits 0-7 W3C trace flags, bit 8 "remote is known", bit 9 "the parent is remote".
  package var flags: UInt32 = 0
  /// What was broken in the span and how it was read; empty for a sound one.
  package var repairs: SpanRepairs = []

  /// A span with its ids, name and times; the rest is set afterwards.
  package init(traceID: TraceID, spanID: SpanID, parentSpanID: SpanID? = nil, name: String, start: UInt64, end: UInt64) {
    self.traceID = traceID
    self.spanID = spanID
    self.parentSpanID = parentSpanID
    self.name = name
    startNanoseconds = start
    endNanoseconds = end
  }
}

/// The role of a span in a call; values of the wire.
package enum SpanKind: UInt8, Sendable {
  case unspecified = 0
  case `internal` = 1
  case server = 2
  case client = 3
  case producer = 4
  case consumer = 5
}

/// The outcome that the emitter gave a span.
package struct SpanStatus: Sendable, Equatable {
  /// Values of the wire.
  package enum Code: UInt8, Sendable {
    case unset = 0
    case ok = 1
    case error = 2
  }

  /// Unset, ok or error.
  package var code: Code
  /// For people; may be empty.
  package var message: String

  /// A status; unset when nothing is said.
  package init(_ code: Code = .unset, message: String = "") {
    self.code = code
    self.message = message
  }
}

/// Something that happened at one moment of a span.
package struct SpanEvent: Sendable, Equatable {
  /// When it happened: since the Unix epoch.
  package var nanoseconds: UInt64
  /// What happened.
  package var name: String
  /// As they came.
  package var attributes: [Attribute]
  /// Attributes that the emitter left out.
  package var droppedAttributesCount: UInt32 = 0

  /// An event.
  package init(_ name: String, at nanoseconds: UInt64, attributes: [Attribute] = []) {
    self.name = name
    self.nanoseconds = nanoseconds
    self.attributes = attributes
  }
}

/// A pointer to another span. The ids are kept as they came, any length, because a link is never followed blindly.
package struct SpanLink: Sendable, Equatable {
  /// As it came; 16 bytes when it is sound.
  package var traceID: [UInt8]
  /// As it came; 8 bytes when it is sound.
  package var spanID: [UInt8]
  /// W3C tracestate, as it came.
  package var traceState = ""
  /// As they came.
  package var attributes: [Attribute] = []
  /// Attributes that the emitter left out.
  package var droppedAttributesCount: UInt32 = 0
  /// W3C trace flags of the link.
  package var flags: UInt32 = 0

  /// A link.
  package init(traceID: [UInt8], spanID: [UInt8]) {
    self.traceID = traceID
    self.spanID = spanID
  }
}

/// What was found broken in an accepted span, and read as the dossier says.
package struct SpanRepairs: OptionSet, Sendable, Hashable {
  /// The bits of the set.
  package let rawValue: UInt8

  /// A set of these bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The name is empty.
  package static let missingName = SpanRepairs(rawValue: 1)
  /// The kind is no known value; read as unspecified.
  package static let unknownKind = SpanRepairs(rawValue: 2)
  /// The status code is no known value; read as unset.
  package static let unknownStatus = SpanRepairs(rawValue: 4)
  /// The end precedes the start; the duration is read as zero.
  package static let endBeforeStart = SpanRepairs(rawValue: 8)
  /// The parent id is no span id; the span is read as a root.
  package static let badParent = SpanRepairs(rawValue: 16)
  /// Text was not UTF-8; invalid sequences are replaced.
  package static let invalidText = SpanRepairs(rawValue: 32)
}

/// Why a span was refused. Source: otlp dossier, section 6.
package enum SpanRejection: String, Sendable, CaseIterable {
  case traceID = "trace id is not 16 bytes or is all zero"
  case spanID = "span id is not 8 bytes or is all zero"
}

/// Who emitted: attributes of a process, service and host.
package struct Resource: Sendable, Equatable {
  /// As they came; keys may repeat.
  package var attributes: [Attribute]
  /// Attributes that the emitter left out.
  package var droppedAttributesCount: UInt32 = 0

  /// A resource; empty when the request had none.
  package init(attributes: [Attribute] = []) { self.attributes = attributes }
}

/// The instrumentation that made the spans.
package struct InstrumentationScope: Sendable, Equatable {
  /// Name of the instrumentation; may be empty.
  package var name: String
  /// Version of the instrumentation; may be empty.
  package var version: String
  /// As they came.
  package var attributes: [Attribute]
  /// Attributes that the emitter left out.
  package var droppedAttributesCount: UInt32 = 0

  /// A scope; empty when the request had none.
  package init(name: String = "", version: String = "", attributes: [Attribute] = []) {
    self.name = name
    self.version = version
    self.attributes = attributes
  }
}

/// Spans of one instrumentation scope.
package struct ScopeSpans: Sendable, Equatable {
  /// The instrumentation.
  package var scope: InstrumentationScope
  /// In the order of the request.
  package var spans: [Span]
  /// Schema of the attributes; may be empty.
  package var schemaURL = ""

  /// Spans under a scope.
  package init(scope: InstrumentationScope = InstrumentationScope(), spans: [Span] = []) {
    self.scope = scope
    self.spans = spans
  }
}

/// Spans of one resource.
package struct ResourceSpans: Sendable, Equatable {
  /// The emitter.
  package var resource: Resource
  /// In the order of the request.
  package var scopeSpans: [ScopeSpans]
  /// Schema of the attributes; may be empty.
  package var schemaURL = ""

  /// Spans under a resource.
  package init(resource: Resource = Resource(), scopeSpans: [ScopeSpans] = []) {
    self.resource = resource
    self.scopeSpans = scopeSpans
  }
}
