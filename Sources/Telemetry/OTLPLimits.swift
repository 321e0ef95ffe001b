/// What one export request may hold. Beyond a limit the whole request is refused: clients drop it and say so.
package struct OTLPLimits: Sendable, Equatable {
  /// Bytes of a request, after decompression. The reference collector's HTTP default.
  package var bytesMax = 20 * 1024 * 1024
  /// Spans of a request: an SDK sends 512, a collector 8 192 by default.
  package var spansMax = 262_144
  /// Attribute values, nested ones included, events and links: bounds the memory that a small body can ask for.
  package var valuesMax = 2_000_000
  /// Levels of arrays and maps in one value: bounds the stack.
  package var nestingMax = 64

  /// The limits of the server.
  package static let standard = OTLPLimits()

  /// The limits, all at their defaults.
  package init() {}
}

/// Why an export request cannot be read.
package enum OTLPError: Error, Equatable, Sendable {
  case protobuf(ProtobufError)
  /// Not JSON, or JSON of another shape.
  case json(String)
  case tooManyBytes(limit: Int)
  case tooManySpans(limit: Int)
  case tooManyValues(limit: Int)
  case nestedTooDeep(limit: Int)

  /// For the client's log: names what and where, holds nothing of the content.
  package var message: String {
    switch self {
    case .protobuf(.truncated(let offset)): "the protobuf message ends inside a field at byte \(offset)"
    case .protobuf(.varintTooLong(let offset)): "the varint at byte \(offset) is longer than 64 bits"
    case .protobuf(.badTag(let offset)): "no protobuf field begins at byte \(offset)"
    case .protobuf(.badGroup(let offset)): "the protobuf group at byte \(offset) is not closed as it was opened"
    case .protobuf(.nestedTooDeep(let offset)): "the protobuf groups at byte \(offset) are nested too deep"
    case .protobuf(.stopped): "a limit was reached"
    case .json(let message): message
    case .tooManyBytes(let limit): "the request is larger than \(limit) bytes"
    case .tooManySpans(let limit): "the request holds more than \(limit) spans"
    case .tooManyValues(let limit): "the request holds more than \(limit) attribute values, events and links"
    case .nestedTooDeep(let limit): "an attribute value is nested deeper than \(limit) levels"
    }
  }
}
