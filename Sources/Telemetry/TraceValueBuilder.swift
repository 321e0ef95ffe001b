/// Builds values from a walk.
struct TraceValueBuilder: TraceVisitor {
  let buffer: UnsafeRawBufferPointer
  private(set) var request = TraceRequest(resourceSpans: [], counts: TraceCounts())
  private var resourceAttributes: [Attribute] = []
  private var scopeAttributes: [Attribute] = []
  private var spanAttributes: [Attribute] = []
  private var nestedAttributes: [Attribute] = []
  private var events: [SpanEvent] = []
  private var links: [SpanLink] = []
  private var hasInvalidText = false

  init(buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

  mutating func beginResource() { resourceAttributes = [] }

  mutating func endResource(droppedAttributesCount: UInt32, schemaURL: ByteRange) {
    var resource = Resource(attributes: resourceAttributes)
    resource.droppedAttributesCount = droppedAttributesCount
    var spans = ResourceSpans(resource: resource)
    spans.schemaURL = text(schemaURL)
    request.resourceSpans.append(spans)
  }

  mutating func beginScope() { scopeAttributes = [] }

  mutating func endScope(_ fields: ScopeFields) {
    var scope = InstrumentationScope(name: text(fields.name), version: text(fields.version), attributes: scopeAttributes)
    scope.droppedAttributesCount = fields.droppedAttributesCount
    var spans = ScopeSpans(scope: scope)
    spans.schemaURL = text(fields.schemaURL)
    request.resourceSpans[request.resourceSpans.count - 1].scopeSpans.append(spans)
  }

  mutating func beginSpan() {
    spanAttributes = []
    nestedAttributes = []
    events = []
    links = []
    hasInvalidText = false
  }

  mutating func attribute(_ owner: AttributeOwner, key: ByteRange, value: RawValue) {
    let attribute = Attribute(text(key), self.value(value))
    switch owner {
    case .resource: resourceAttributes.append(attribute)
    case .scope: scopeAttributes.append(attribute)
    case .span: spanAttributes.append(attribute)
    case .event, .link: nestedAttributes.append(attribute)
    }
  }

  mutating func event(_ fields: EventFields) {
    var event = SpanEvent(text(fields.name), at: fields.nanoseconds, attributes: nestedAttributes)
    event.droppedAttributesCount = fields.droppedAttributesCount
    nestedAttributes = []
    events.append(event)
  }

  mutating func link(_ fields: LinkFields) {
    var link = SpanLink(traceID: [UInt8](buffer[fields.traceID]), spanID: [UInt8](buffer[fields.spanID]))
    link.traceState = text(fields.traceState)
    link.attributes = nestedAttributes
    link.droppedAttributesCount = fields.droppedAttributesCount
    link.flags = fields.flags
    nestedAttributes = []
    links.append(link)
  }

  mutating func endSpan(_ fields: SpanFields) {
    guard let traceID = fields.traceID, let spanID = fields.spanID else { return }
    var span = Span(
      traceID: traceID, spanID: spanID, parentSpanID: fields.parentSpanID, name: text(fields.name), start: fields.startNanoseconds,
      end: fields.endNanoseconds)
    span.traceState = text(fields.traceState)
    span.kind = fields.kind
    span.attributes = spanAttributes
    span.droppedAttributesCount = fields.droppedAttributesCount
    span.events = events
    span.droppedEventsCount = fields.droppedEventsCount
    span.links = links
    span.droppedLinksCount = fields.droppedLinksCount
    span.status = SpanStatus(fields.statusCode, message: text(fields.statusMessage))
    span.flags = fields.flags
    span.repairs = fields.repairs
    if hasInvalidText { span.repairs.insert(.invalidText) }
    let last = request.resourceSpans.count - 1
    request.resourceSpans[last].scopeSpans[request.resourceSpans[last].scopeSpans.count - 1].spans.append(span)
    request.counts.accepted += 1
  }

  mutating func rejectSpan(_ reason: SpanRejection) { request.counts.reject(reason) }

  private mutating func text(_ range: ByteRange) -> String {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[range])
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    hasInvalidText = true
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func value(_ raw: RawValue) -> AttributeValue {
    switch raw {
    case .empty: .empty
    case .string(let range): .string(text(range))
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .double(let value): .double(value)
    case .bytes(let range): .bytes([UInt8](buffer[range]))
    case .array(let range): .array(elements(range).map { value($0) })
    case .map(let range): .map(members(range))
    }
  }

  /// The walk has read all of it, so nothing throws here.
  private func elements(_ range: ByteRange) -> [RawValue] {
    var values: [RawValue] = []
    var reader = ProtobufReader(buffer, range)
    while let field = try? reader.next() {
      guard field.number == 1, field.wire == .bytes, let range = try? reader.bytes() else {
        guard (try? reader.skip(field)) != nil else { break }
        continue
      }
      if let value = try? RawValue.read(buffer, range) { values.append(value) }
    }
    return values
  }

  private mutating func members(_ range: ByteRange) -> [Attribute] {
    var attributes: [Attribute] = []
    var reader = ProtobufReader(buffer, range)
    while let field = try? reader.next() {
      guard field.number == 1, field.wire == .bytes, let range = try? reader.bytes() else {
        guard (try? reader.skip(field)) != nil else { break }
        continue
      }
      guard let raw = try? RawAttribute.read(buffer, range), let nested = try? RawValue.read(buffer, raw.value) else { continue }
      attributes.append(Attribute(text(raw.key), value(nested)))
    }
    return attributes
  }
}
