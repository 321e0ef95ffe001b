/// One pass over an `ExportTraceServiceRequest` in protobuf: structure, limits and repairs in one place for every reader of spans.
///
/// Source: opentelemetry-proto 1.11, trace_service.proto, trace.proto, resource.proto, common.proto; field numbers in the otlp
/// dossier, section 5. Unknown fields and known numbers with another wire type are skipped.
struct TraceWalk<Visitor: TraceVisitor> {
  let buffer: UnsafeRawBufferPointer
  let limits: OTLPLimits
  var visitor: Visitor
  private var spans = 0
  private var values = 0

  init(_ buffer: UnsafeRawBufferPointer, limits: OTLPLimits, visitor: Visitor) {
    self.buffer = buffer
    self.limits = limits
    self.visitor = visitor
  }

  /// Visits the whole request.
  mutating func run() throws(OTLPError) {
    guard buffer.count <= min(limits.bytesMax, Int(Int32.max)) else { throw .tooManyBytes(limit: limits.bytesMax) }
    var reader = ProtobufReader(buffer)
    do throws(ProtobufError) {
      while let field = try reader.next() {
        guard field.number == 1, field.wire == .bytes else {
          try reader.skip(field)
          continue
        }
        try resourceSpans(try reader.bytes())
      }
    } catch { throw failure ?? .protobuf(error) }
  }

  /// The limit that stopped the walk: inside it is thrown as `stopped`, so that all inner functions throw one type.
  private var failure: OTLPError?

  private mutating func refuse(_ error: OTLPError) -> ProtobufError {
    failure = error
    return .stopped
  }

  private mutating func resourceSpans(_ range: ByteRange) throws(ProtobufError) {
    visitor.beginResource()
    var dropped: UInt32 = 0
    var schemaURL = ByteRange.empty
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): try resource(try reader.bytes(), &dropped)
      case (3, .bytes): schemaURL = try reader.bytes()
      default: try reader.skip(field)
      }
    }
    visitor.endResource(droppedAttributesCount: dropped, schemaURL: schemaURL)
    reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.number == 2, field.wire == .bytes else {
        try reader.skip(field)
        continue
      }
      try scopeSpans(try reader.bytes())
    }
  }

  private mutating func resource(_ range: ByteRange, _ dropped: inout UInt32) throws(ProtobufError) {
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): try attribute(.resource, try reader.bytes())
      case (2, .varint): dropped = UInt32(truncatingIfNeeded: try reader.varint())
      default: try reader.skip(field)
      }
    }
  }

  private mutating func scopeSpans(_ range: ByteRange) throws(ProtobufError) {
    visitor.beginScope()
    var fields = ScopeFields()
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): try scope(try reader.bytes(), &fields)
      case (3, .bytes): fields.schemaURL = try reader.bytes()
      default: try reader.skip(field)
      }
    }
    visitor.endScope(fields)
    reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.number == 2, field.wire == .bytes else {
        try reader.skip(field)
        continue
      }
      try span(try reader.bytes())
    }
  }

  private mutating func scope(_ range: ByteRange, _ fields: inout ScopeFields) throws(ProtobufError) {
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): fields.name = try reader.bytes()
      case (2, .bytes): fields.version = try reader.bytes()
      case (3, .bytes): try attribute(.scope, try reader.bytes())
      case (4, .varint): fields.droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.varint())
      default: try reader.skip(field)
      }
    }
  }

  private mutating func span(_ range: ByteRange) throws(ProtobufError) {
    spans += 1
    guard spans <= limits.spansMax else { throw refuse(.tooManySpans(limit: limits.spansMax)) }
    visitor.beginSpan()
    var fields = SpanFields()
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): fields.traceID = traceID(try reader.bytes())
      case (2, .bytes): fields.spanID = spanID(try reader.bytes())
      case (3, .bytes): fields.traceState = try reader.bytes()
      case (4, .bytes): setParent(try reader.bytes(), &fields)
      case (5, .bytes): fields.name = try reader.bytes()
      case (6, .varint): setKind(try reader.varint(), &fields)
      case (7, .fixed64): fields.startNanoseconds = try reader.fixed64()
      case (8, .fixed64): fields.endNanoseconds = try reader.fixed64()
      case (9, .bytes): try attribute(.span, try reader.bytes())
      case (10, .varint): fields.droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.varint())
      case (11, .bytes): try event(try reader.bytes())
      case (12, .varint): fields.droppedEventsCount = UInt32(truncatingIfNeeded: try reader.varint())
      case (13, .bytes): try link(try reader.bytes())
      case (14, .varint): fields.droppedLinksCount = UInt32(truncatingIfNeeded: try reader.varint())
      case (15, .bytes): try status(try reader.bytes(), &fields)
      case (16, .fixed32): fields.flags = try reader.fixed32()
      default: try reader.skip(field)
      }
    }
    finish(&fields)
  }

  private mutating func finish(_ fields: inout SpanFields) {
    guard fields.traceID != nil else { return visitor.rejectSpan(.traceID) }
    guard fields.spanID != nil else { return visitor.rejectSpan(.spanID) }
    if fields.name.count == 0 { fields.repairs.insert(.missingName) }
    if fields.endNanoseconds < fields.startNanoseconds { fields.repairs.insert(.endBeforeStart) }
    visitor.endSpan(fields)
  }

  private mutating func status(_ range: ByteRange, _ fields: inout SpanFields) throws(ProtobufError) {
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (2, .bytes): fields.statusMessage = try reader.bytes()
      case (3, .varint):
        let code = SpanStatus.Code(rawValue: UInt8(clamping: try reader.varint()))
        fields.statusCode = code ?? .unset
        if code == nil { fields.repairs.insert(.unknownStatus) } else { fields.repairs.remove(.unknownStatus) }
      default: try reader.skip(field)
      }
    }
  }

  private mutating func event(_ range: ByteRange) throws(ProtobufError) {
    try countValue()
    var fields = EventFields()
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .fixed64): fields.nanoseconds = try reader.fixed64()
      case (2, .bytes): fields.name = try reader.bytes()
      case (3, .bytes): try attribute(.event, try reader.bytes())
      case (4, .varint): fields.droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.varint())
      default: try reader.skip(field)
      }
    }
    visitor.event(fields)
  }

  private mutating func link(_ range: ByteRange) throws(ProtobufError) {
    try countValue()
    var fields = LinkFields()
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): fields.traceID = try reader.bytes()
      case (2, .bytes): fields.spanID = try reader.bytes()
      case (3, .bytes): fields.traceState = try reader.bytes()
      case (4, .bytes): try attribute(.link, try reader.bytes())
      case (5, .varint): fields.droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.varint())
      case (6, .fixed32): fields.flags = try reader.fixed32()
      default: try reader.skip(field)
      }
    }
    visitor.link(fields)
  }

  @inline(__always)
  private mutating func attribute(_ owner: AttributeOwner, _ range: ByteRange) throws(ProtobufError) {
    try countValue()
    let attribute = try RawAttribute.read(buffer, range)
    let value = try RawValue.read(buffer, attribute.value)
    try checkNested(value, depth: 1)
    visitor.attribute(owner, key: attribute.key, value: value)
  }

  /// Reads everything below `value`, so that whoever decodes it later cannot fail.
  @inline(__always)
  private mutating func checkNested(_ value: RawValue, depth: Int) throws(ProtobufError) {
    switch value {
    case .array(let range): try checkArray(range, depth: depth)
    case .map(let range): try checkMap(range, depth: depth)
    default: break
    }
  }

  private mutating func checkArray(_ range: ByteRange, depth: Int) throws(ProtobufError) {
    guard depth <= limits.nestingMax else { throw refuse(.nestedTooDeep(limit: limits.nestingMax)) }
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.number == 1, field.wire == .bytes else {
        try reader.skip(field)
        continue
      }
      try countValue()
      try checkNested(try RawValue.read(buffer, try reader.bytes()), depth: depth + 1)
    }
  }

  private mutating func checkMap(_ range: ByteRange, depth: Int) throws(ProtobufError) {
    guard depth <= limits.nestingMax else { throw refuse(.nestedTooDeep(limit: limits.nestingMax)) }
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.number == 1, field.wire == .bytes else {
        try reader.skip(field)
        continue
      }
      try countValue()
      let attribute = try RawAttribute.read(buffer, try reader.bytes())
      try checkNested(try RawValue.read(buffer, attribute.value), depth: depth + 1)
    }
  }

  @inline(__always)
  private mutating func countValue() throws(ProtobufError) {
    values += 1
    guard values <= limits.valuesMax else { throw refuse(.tooManyValues(limit: limits.valuesMax)) }
  }

  private func word(_ offset: Int32) -> UInt64 {
    UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self))
  }

  private func traceID(_ range: ByteRange) -> TraceID? {
    range.count == 16 ? TraceID(high: word(range.start), low: word(range.start + 8)) : nil
  }

  private func spanID(_ range: ByteRange) -> SpanID? { range.count == 8 ? SpanID(word(range.start)) : nil }

  /// No parent and eight zero bytes say root; any other length is broken and read as root.
  private func setParent(_ range: ByteRange, _ fields: inout SpanFields) {
    fields.parentSpanID = spanID(range)
    if range.count == 0 || range.count == 8 { fields.repairs.remove(.badParent) } else { fields.repairs.insert(.badParent) }
  }

  private func setKind(_ value: UInt64, _ fields: inout SpanFields) {
    let kind = SpanKind(rawValue: UInt8(clamping: value))
    fields.kind = kind ?? .unspecified
    if kind == nil { fields.repairs.insert(.unknownKind) } else { fields.repairs.remove(.unknownKind) }
  }
}
