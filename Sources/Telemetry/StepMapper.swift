internal import Glibc
internal import JSON

/// Reads a span's facts as a canonical step. The order of keys is `GenAIConventions`; this file holds what is not a list.
struct StepMapper {
  let buffer: UnsafeRawBufferPointer
  let keys: DialectKeys
  let cache: TextCache

  /// The longest text that a step keeps, in bytes: names and ids are short, and a column of a page must not become a document.
  static let textBytesMax = 256
  /// The longest JSON text inside an attribute that is looked into, in bytes.
  static let embeddedBytesMax = 65_536

  /// What of a span is not in its attributes.
  struct Surroundings {
    var exceptionType: ByteRange?
    var hasException = false
  }

  func step(
    _ fields: SpanFields, _ facts: borrowing SpanFacts, resource: borrowing SpanFacts, _ surroundings: Surroundings
  ) -> CanonicalStep? {
    guard let traceID = fields.traceID, let spanID = fields.spanID else { return nil }
    let spanName = text(fields.name) ?? ""
    let kind = kind(facts)
    var step = CanonicalStep(
      traceID: traceID, spanID: spanID, parentSpanID: fields.parentSpanID, kind: kind, name: spanName,
      start: Int64(clamping: fields.startNanoseconds), end: Int64(clamping: fields.endNanoseconds))
    step.parentIsRemote = fields.parentSpanID != nil && fields.flags & 0x300 == 0x300
    step.repairs = fields.repairs
    if !isUTF8(fields.name) { step.repairs.insert(.invalidText) }
    setNames(&step, facts)
    setTraceValues(&step, facts, resource)
    setModel(&step, facts)
    setUsage(&step, facts)
    setError(&step, fields, facts, surroundings)
    step.decisionID = text(facts, keys.decisionID)
    step.step = text(facts, keys.step)
    if let attempt = number(facts, keys.attempt), attempt >= 1, attempt <= Int64(Int32.max) { step.attempt = Int32(attempt) }
    return step
  }

  // MARK: Kind and names

  private func kind(_ facts: borrowing SpanFacts) -> StepKind {
    for rule in keys.kindRules {
      if let value = text(facts, rule.slot), let kind = rule.kinds[value] { return kind }
    }
    for rule in keys.presenceRules {
      for slot in rule.slots {
        if case .empty = facts[slot] { continue }
        return rule.kind
      }
    }
    return .other
  }

  private func setNames(_ step: inout CanonicalStep, _ facts: borrowing SpanFacts) {
    if step.kind == .tool {
      step.tool = text(facts, keys.toolName) ?? without(step.spanName, prefix: "execute_tool ")
      if let tool = step.tool { step.name = tool }
    } else if let name = text(facts, keys.stepName) {
      step.name = name
    }
    if let agent = text(facts, keys.agent) {
      step.agent = agent
    } else if isText(facts, keys.traceloopKind, "agent"), let entity = text(facts, keys.entityName) {
      step.agent = entity
    } else if isText(facts, keys.openInferenceKind, "AGENT") || isText(facts, keys.langfuseType, "agent") {
      step.agent = step.spanName.isEmpty ? nil : step.spanName
    } else {
      step.agent = text(facts, keys.agentOfGraph)
    }
  }

  private func setTraceValues(_ step: inout CanonicalStep, _ facts: borrowing SpanFacts, _ resource: borrowing SpanFacts) {
    step.workflow = text(facts, keys.workflow) ?? text(resource, keys.workflow)
    if step.parentSpanID == nil || step.parentIsRemote {
      step.workflowFallback = text(facts, keys.workflowOfRoot) ?? workflowName(ofRoot: step.spanName)
    }
    step.run = text(facts, keys.run) ?? text(resource, keys.run)
    step.user = text(facts, keys.user)
    step.session = text(facts, keys.session)
    step.environment = text(facts, keys.environment) ?? text(resource, keys.environment)
    step.service = text(resource, keys.service) ?? text(facts, keys.service)
  }

  /// A root's name as a workflow's: without what the conventions put around it.
  private func workflowName(ofRoot spanName: String) -> String? {
    for prefix in ["invoke_workflow ", "invoke_agent "] where spanName.hasPrefix(prefix) {
      return without(spanName, prefix: prefix)
    }
    if spanName.hasSuffix(".workflow") { return String(spanName.dropLast(9)) }
    return spanName.isEmpty ? nil : spanName
  }

  private func without(_ text: String, prefix: String) -> String? {
    let rest = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    return rest.isEmpty ? nil : rest
  }

  // MARK: Model

  private func setModel(_ step: inout CanonicalStep, _ facts: borrowing SpanFacts) {
    guard step.kind.isModelCall || step.kind == .orchestration else { return }
    step.provider = provider(facts)
    step.requestModel = text(facts, keys.requestModel)
    step.responseModel = text(facts, keys.responseModel)
    // Parsing JSON is the dearest way to a name: only where no attribute gives one.
    if step.model == nil, step.kind.isModelCall {
      step.requestModel = embedded(facts, keys.requestModelJSON)?["model"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
    step.responseID = text(facts, keys.responseID)
  }

  private func provider(_ facts: borrowing SpanFacts) -> String? {
    var isVercel = true
    if case .empty = facts[keys.vercelOperation] { isVercel = false }
    for slot in keys.provider {
      guard var name = text(facts, slot)?.lowercased() else { continue }
      if isVercel, let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) { name = String(name[..<dot]) }
      if GenAIConventions.frameworks.contains(name) { continue }
      return GenAIConventions.providerSpellings[name] ?? name
    }
    return nil
  }

  // MARK: Usage and cost

  private func setUsage(_ step: inout CanonicalStep, _ facts: borrowing SpanFacts) {
    guard step.kind.isModelCall || step.kind == .orchestration else { return }
    var claim = UsageClaim()
    claim.input = number(facts, keys.inputTokens)
    claim.output = number(facts, keys.outputTokens)
    claim.cacheRead = number(facts, keys.cacheReadTokens)
    claim.cacheWrite = number(facts, keys.cacheWriteTokens)
    claim.reasoning = number(facts, keys.reasoningTokens)
    claim.total = number(facts, keys.totalTokens)
    for slot in keys.usageJSON {
      if let details = embedded(facts, slot) { claim.fill(from: details) }
    }
    step.usage = claim.usage(isEmbedding: step.kind == .embedding)
    var cost = amount(facts, keys.reportedCost)
    if cost == nil { cost = embedded(facts, keys.reportedCostJSON)?["total"].flatMap { nanoUSD($0) } }
    if let cost, cost > 0 || (step.usage?.total ?? 0) == 0 { step.reportedCostNanoUSD = cost }
  }

  /// A USD amount in nano-USD.
  private func amount(_ facts: borrowing SpanFacts, _ slots: [Int]) -> Int64? {
    for slot in slots {
      switch facts[slot] {
      case .double(let value): if let cost = nanoUSD(value) { return cost }
      case .integer(let value): if let cost = nanoUSD(Double(value)) { return cost }
      case .string: if let value = text(facts, slot).flatMap(Double.init), let cost = nanoUSD(value) { return cost }
      default: continue
      }
    }
    return nil
  }

  private func nanoUSD(_ value: JSONValue) -> Int64? {
    switch value {
    case .integer(let value): nanoUSD(Double(value))
    case .number(let text), .string(let text): Double(text).flatMap { nanoUSD($0) }
    default: nil
    }
  }

  private func nanoUSD(_ value: Double) -> Int64? {
    value.isFinite && value >= 0 && value < 1_000_000_000 ? Int64((value * 1_000_000_000).rounded()) : nil
  }

  // MARK: Error

  private func setError(
    _ step: inout CanonicalStep, _ fields: SpanFields, _ facts: borrowing SpanFacts, _ surroundings: Surroundings
  ) {
    let type = text(facts, keys.errorType)
    step.failed =
      fields.statusCode == .error || type != nil || surroundings.hasException || keys.level.contains { isText(facts, $0, "ERROR") }
    guard step.failed else { return }
    step.errorType = type ?? surroundings.exceptionType.flatMap { text($0) } ?? text(fields.statusMessage)
  }

  // MARK: Values

  /// The first present text among `slots`.
  private func text(_ facts: borrowing SpanFacts, _ slots: [Int]) -> String? {
    for slot in slots {
      if let text = text(facts, slot) { return text }
    }
    return nil
  }

  /// Text, trimmed; numbers as decimals, because ids are sometimes sent as numbers. Empty is absent.
  private func text(_ facts: borrowing SpanFacts, _ slot: Int) -> String? {
    switch facts[slot] {
    case .string(let range): text(range)
    case .integer(let value): String(value)
    default: nil
    }
  }

  private func text(_ range: ByteRange) -> String? {
    var start = Int(range.start)
    var end = Int(range.end)
    while start < end, isBlank(buffer[start]) { start += 1 }
    while end > start, isBlank(buffer[end - 1]) { end -= 1 }
    guard start < end else { return nil }
    if end - start > Self.textBytesMax {
      end = start + Self.textBytesMax
      // Not through a character: back to the last byte that begins one.
      while end > start, buffer[end] & 0xC0 == 0x80 { end -= 1 }
    }
    return cache.text(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
  }

  /// Whether a name is UTF-8: ASCII is seen at once, the rest is rare.
  private func isUTF8(_ range: ByteRange) -> Bool {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[range])
    return bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  private func isText(_ facts: borrowing SpanFacts, _ slot: Int, _ expected: StaticString) -> Bool {
    guard case .string(let range) = facts[slot], range.count == expected.utf8CodeUnitCount else { return false }
    return areEqual(
      UnsafeRawBufferPointer(rebasing: buffer[range]),
      UnsafeRawBufferPointer(start: expected.utf8Start, count: expected.utf8CodeUnitCount))
  }

  /// The first present count among `slots`: integers, whole parts of doubles, numeric text; negative and unbelievable ones are absent.
  private func number(_ facts: borrowing SpanFacts, _ slots: [Int]) -> Int64? {
    for slot in slots {
      let value: Int64?
      switch facts[slot] {
      case .integer(let integer): value = integer
      case .double(let double): value = UsageClaim.count(double)
      case .string: value = text(facts, slot).flatMap(UsageClaim.count)
      default: value = nil
      }
      if let value, value >= 0, value <= Usage.tokensPerStepMax { return value }
    }
    return nil
  }

  private func embedded(_ facts: borrowing SpanFacts, _ slots: [Int]) -> JSONValue? {
    for slot in slots {
      if let value = embedded(facts, slot) { return value }
    }
    return nil
  }

  /// A JSON object inside a text attribute; anything else is absent.
  private func embedded(_ facts: borrowing SpanFacts, _ slot: Int) -> JSONValue? {
    guard case .string(let range) = facts[slot], range.count > 1, range.count <= Self.embeddedBytesMax else { return nil }
    guard let value = try? JSONReader.parse([UInt8](buffer[range])), case .object = value else { return nil }
    return value
  }
}
