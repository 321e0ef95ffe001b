/// Why stored bytes are no step.
package enum StepEncodingError: Error, Equatable, Sendable {
  case malformed(ProtobufError)
  case missingField(String)
}

/// The stored form of a step: a protobuf message, so that fields can be added and old rows stay readable. Field numbers are for ever.
extension CanonicalStep {
  /// The optional texts with their field numbers.
  private var texts: [(UInt32, String?)] {
    [
      (20, workflow), (21, workflowFallback), (22, agent), (23, tool), (24, provider), (25, requestModel),
      (26, responseModel), (27, responseID), (28, errorType), (29, user), (30, session), (31, environment),
      (32, service), (33, decisionID), (34, run), (35, step),
    ]
  }

  private mutating func setTexts(_ fields: StoredFields) {
    workflow = fields.texts[20]
    workflowFallback = fields.texts[21]
    agent = fields.texts[22]
    tool = fields.texts[23]
    provider = fields.texts[24]
    requestModel = fields.texts[25]
    responseModel = fields.texts[26]
    responseID = fields.texts[27]
    errorType = fields.texts[28]
    user = fields.texts[29]
    session = fields.texts[30]
    environment = fields.texts[31]
    service = fields.texts[32]
    decisionID = fields.texts[33]
    run = fields.texts[34]
    step = fields.texts[35]
  }

  /// The bytes that `init(encoded:)` reads back to the same value.
  package var encoded: [UInt8] {
    var writer = ProtobufWriter()
    writer.fixed64(1, traceID.high)
    writer.fixed64(2, traceID.low)
    writer.fixed64(3, spanID.value)
    if let parentSpanID { writer.fixed64(4, parentSpanID.value) }
    if parentIsRemote { writer.varint(5, 1) }
    writer.string(6, kind.rawValue)
    writer.string(7, name)
    if spanName != name { writer.string(8, spanName) }
    writer.fixed64(9, UInt64(bitPattern: startNanoseconds))
    writer.varint(10, UInt64(bitPattern: endNanoseconds &- startNanoseconds))
    if !repairs.isEmpty { writer.varint(11, UInt64(repairs.rawValue)) }
    if failed { writer.varint(12, 1) }
    if let attempt { writer.varint(13, UInt64(bitPattern: Int64(attempt))) }
    if let reportedCostNanoUSD { writer.varint(14, UInt64(bitPattern: reportedCostNanoUSD)) }
    if let usage {
      writer.message(15) { nested in
        for (number, value) in usage.stored where value != 0 { nested.varint(number, UInt64(bitPattern: value)) }
      }
    }
    for case (let number, let text?) in texts { writer.string(number, text) }
    return writer.bytes
  }

  /// The step that `encoded` gave; unknown fields are ignored.
  package init(encoded: [UInt8]) throws(StepEncodingError) {
    var fields = StoredFields()
    do throws(ProtobufError) {
      try fields.read(encoded)
    } catch { throw .malformed(error) }
    guard let traceID = TraceID(high: fields.words[1], low: fields.words[2]) else { throw .missingField("trace id") }
    guard let spanID = SpanID(fields.words[3]) else { throw .missingField("span id") }
    guard let kind = fields.texts[6].flatMap(StepKind.init(rawValue:)) else { throw .missingField("kind") }
    let start = Int64(bitPattern: fields.words[9])
    self.init(
      traceID: traceID, spanID: spanID, parentSpanID: SpanID(fields.words[4]), kind: kind, name: fields.texts[7] ?? "",
      start: start,
      end: start &+ Int64(bitPattern: fields.words[10]))
    parentIsRemote = fields.words[5] == 1
    spanName = fields.texts[8] ?? name
    repairs = SpanRepairs(rawValue: UInt8(truncatingIfNeeded: fields.words[11]))
    failed = fields.words[12] == 1
    if fields.isPresent[13] { attempt = Int32(truncatingIfNeeded: fields.words[13]) }
    if fields.isPresent[14] { reportedCostNanoUSD = Int64(bitPattern: fields.words[14]) }
    usage = fields.usage
    setTexts(fields)
  }

  /// Fields as read, by number.
  private struct StoredFields {
    static let count = 40
    var words = [UInt64](repeating: 0, count: count)
    var isPresent = [Bool](repeating: false, count: count)
    var texts = [String?](repeating: nil, count: count)
    var usage: Usage?

    mutating func read(_ encoded: [UInt8]) throws(ProtobufError) {
      let failure = encoded.withUnsafeBytes { buffer -> ProtobufError? in
        do throws(ProtobufError) {
          try read(buffer)
          return nil
        } catch { return error }
      }
      if let failure { throw failure }
    }

    private mutating func read(_ buffer: UnsafeRawBufferPointer) throws(ProtobufError) {
      var reader = ProtobufReader(buffer)
      while let field = try reader.next() {
        let number = Int(field.number)
        guard number < Self.count else {
          try reader.skip(field)
          continue
        }
        isPresent[number] = true
        switch field.wire {
        case .varint: words[number] = try reader.varint()
        case .fixed64: words[number] = try reader.fixed64()
        case .bytes where number == 15: usage = try Usage(stored: buffer, reader.bytes())
        case .bytes: texts[number] = String(decoding: UnsafeRawBufferPointer(rebasing: buffer[try reader.bytes()]), as: UTF8.self)
        default: try reader.skip(field)
        }
      }
    }
  }
}

extension Usage {
  /// The classes with their field numbers in storage.
  fileprivate var stored: [(UInt32, Int64)] {
    [(1, inputUncached), (2, cacheRead), (3, cacheWrite), (4, output), (5, reasoning), (6, unsplit)]
  }

  fileprivate init(stored buffer: UnsafeRawBufferPointer, _ range: ByteRange) throws(ProtobufError) {
    self = .zero
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.wire == .varint else {
        try reader.skip(field)
        continue
      }
      let value = Int64(bitPattern: try reader.varint())
      switch field.number {
      case 1: inputUncached = value
      case 2: cacheRead = value
      case 3: cacheWrite = value
      case 4: output = value
      case 5: reasoning = value
      case 6: unsplit = value
      default: break
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes at `range`, which a reader of this buffer gave.
  subscript(range: ByteRange) -> Slice<UnsafeRawBufferPointer> { self[Int(range.start)..<Int(range.end)] }
}
