/// Canonical steps straight from the bytes of export requests, without making values of what is not needed. Confined to its owner; keep
/// it from batch to batch, it remembers texts.
package struct StepDecoder {
  /// What a request gave.
  package struct Result: Sendable {
    /// One step per accepted span, in the order of the request.
    package var steps: [CanonicalStep]
    /// How many spans were accepted and refused.
    package var counts: TraceCounts
  }

  private let cache = TextCache()

  /// A decoder that remembers nothing yet.
  package init() {}

  /// The steps of a request. Accepts and refuses exactly what the decoders of `encoding` do.
  package func decode(
    _ bytes: [UInt8], encoding: OTLPEncoding, limits: OTLPLimits = .standard
  ) throws(OTLPError) -> Result {
    switch encoding {
    case .protobuf: return try decode(protobuf: bytes, limits: limits)
    case .json:
      let request = try OTLPJSONTraceDecoder.decode(bytes, limits: limits)
      var unlimited = OTLPLimits()
      unlimited.bytesMax = Int(Int32.max)
      var result = try decode(protobuf: OTLPTraceEncoder.encode(request.resourceSpans), limits: unlimited)
      result.counts = request.counts
      return result
    }
  }

  private func decode(protobuf bytes: [UInt8], limits: OTLPLimits) throws(OTLPError) -> Result {
    let collector = try OTLPTraceDecoder.walk(bytes, limits: limits) { StepCollector(buffer: $0, cache: cache) }
    return Result(steps: collector.steps, counts: collector.counts)
  }
}

/// Collects steps during a walk.
struct StepCollector: TraceVisitor {
  let mapper: StepMapper
  private(set) var steps: [CanonicalStep] = []
  private(set) var counts = TraceCounts()
  private var resource: SpanFacts
  private var facts: SpanFacts
  private var surroundings = StepMapper.Surroundings()
  private var exceptionType: ByteRange?
  private let exceptionSlot: Int

  init(buffer: UnsafeRawBufferPointer, cache: TextCache) {
    mapper = StepMapper(buffer: buffer, keys: .standard, cache: cache)
    resource = SpanFacts(slots: mapper.keys.table.count)
    facts = SpanFacts(slots: mapper.keys.table.count)
    exceptionSlot = mapper.keys.exceptionType[0]
  }

  mutating func beginResource() { resource.reset() }
  mutating func endResource(droppedAttributesCount: UInt32, schemaURL: ByteRange) {}
  mutating func beginScope() {}
  mutating func endScope(_ fields: ScopeFields) {}

  mutating func beginSpan() {
    facts.reset()
    surroundings = StepMapper.Surroundings()
    exceptionType = nil
  }

  @inline(__always)
  mutating func attribute(_ owner: AttributeOwner, key: ByteRange, value: RawValue) {
    if owner == .scope || owner == .link { return }
    let slot = mapper.keys.table.slot(UnsafeRawBufferPointer(rebasing: mapper.buffer[key]))
    guard slot >= 0 else { return }
    switch owner {
    case .resource: resource.set(slot, value)
    case .span: facts.set(slot, value)
    case .event: if slot == exceptionSlot, case .string(let range) = value { exceptionType = range }
    case .scope, .link: break
    }
  }

  mutating func event(_ fields: EventFields) {
    defer { exceptionType = nil }
    guard fields.name.count == 9, mapper.buffer[fields.name].elementsEqual("exception".utf8) else { return }
    surroundings.hasException = true
    surroundings.exceptionType = exceptionType ?? surroundings.exceptionType
  }

  mutating func link(_ fields: LinkFields) {}

  mutating func endSpan(_ fields: SpanFields) {
    guard let step = mapper.step(fields, facts, resource: resource, surroundings) else { return }
    steps.append(step)
    counts.accepted += 1
  }

  mutating func rejectSpan(_ reason: SpanRejection) { counts.reject(reason) }
}
