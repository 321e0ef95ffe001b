/// A span with everything that OTLP says of it. Times are nanoseconds since the Unix epoch. Source: opentelemetry-proto 1.11, trace.proto.
package struct Span: Sendable, Equatable {
  package var traceID: TraceID
  package var spanID: SpanID
  /// nil for a root.
  package var parentSpanID: SpanID?
  /// W3C tracestate, as it came.
  package var traceState = ""
  package var name: String
  package var kind = SpanKind.unspecified
  package var startNanoseconds: UInt64
  /// May precede the start in broken data.
  package var endNanoseconds: UInt64
  package var attributes: [Attribute] = []
  package var droppedAttributesCount: UInt32 = 0
  package var events: [SpanEvent] = []
  package var droppedEventsCount: UInt32 = 0
  package var links: [SpanLink] = []
  package var droppedLinksCount: UInt32 = 0
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

  package var code: Code
  package var message: String

  /// A status; unset when nothing is said.
  package init(_ code: Code = .unset, message: String = "") {
    self.code = code
    self.message = message
  }
}

/// Something that happened at one moment of a span.
package struct SpanEvent: Sendable, Equatable {
  package var nanoseconds: UInt64
  package var name: String
  package var attributes: [Attribute]
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
  package var traceID: [UInt8]
  package var spanID: [UInt8]
  package var traceState = ""
  package var attributes: [Attribute] = []
  package var droppedAttributesCount: UInt32 = 0
  package var flags: UInt32 = 0

  /// A link.
  package init(traceID: [UInt8], spanID: [UInt8]) {
    self.traceID = traceID
    self.spanID = spanID
  }
}

/// What was found broken in an accepted span, and read as the dossier says.
package struct SpanRepairs: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

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
  package var attributes: [Attribute]
  package var droppedAttributesCount: UInt32 = 0

  /// A resource; empty when the request had none.
  package init(attributes: [Attribute] = []) { self.attributes = attributes }
}

/// The instrumentation that made the spans.
package struct InstrumentationScope: Sendable, Equatable {
  package var name: String
  package var version: String
  package var attributes: [Attribute]
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
  package var scope: InstrumentationScope
  package var spans: [Span]
  package var schemaURL = ""

  /// Spans under a scope.
  package init(scope: InstrumentationScope = InstrumentationScope(), spans: [Span] = []) {
    self.scope = scope
    self.spans = spans
  }
}

/// Spans of one resource.
package struct ResourceSpans: Sendable, Equatable {
  package var resource: Resource
  package var scopeSpans: [ScopeSpans]
  package var schemaURL = ""

  /// Spans under a resource.
  package init(resource: Resource = Resource(), scopeSpans: [ScopeSpans] = []) {
    self.resource = resource
    self.scopeSpans = scopeSpans
  }
}
