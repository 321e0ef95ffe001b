/// Why bytes are no protobuf message.
package enum ProtobufError: Error, Equatable, Sendable {
  /// The message ends inside a field.
  case truncated(offset: Int)
  /// A varint of more than ten bytes or 64 bits.
  case varintTooLong(offset: Int)
  /// Field number zero or above 2^29-1, or wire type 6 or 7.
  case badTag(offset: Int)
  /// A group that is not closed, or closed by another number.
  case badGroup(offset: Int)
  /// Groups nested deeper than the limit.
  case nestedTooDeep(offset: Int)
  /// Whoever reads stopped at a limit of its own, and knows which.
  case stopped
}

/// Bytes `start..<end` of a buffer; 32 bits because a request is at most 20 MiB.
package struct ByteRange: Sendable, Equatable {
  /// Offset of the first byte.
  package var start: Int32
  /// Offset after the last byte.
  package var end: Int32

  /// No bytes.
  package static let empty = ByteRange(start: 0, end: 0)

  /// How many bytes.
  package var count: Int { Int(end - start) }
}

/// A walk over one protobuf message: fields in the order of the bytes, nothing copied, nothing allocated.
///
/// Every read is checked against the end of the message, so that hostile bytes end in an error. The caller keeps the buffer alive.
/// Source: protobuf encoding guide. The buffer is at most 2 GiB.
package struct ProtobufReader {
  /// The wire types that carry a value.
  package enum Wire: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
  }

  /// The head of a field.
  package struct Field: Sendable, Equatable {
    /// 1 to 2^29-1.
    package var number: UInt32
    /// How the value is written.
    package var wire: Wire
  }

  /// How deep groups may nest while they are skipped.
  package static let groupDepthMax = 64

  private let base: UnsafeRawPointer?
  private var position: Int
  private let end: Int

  /// A walk over all of `bytes`.
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.init(bytes, ByteRange(start: 0, end: Int32(clamping: bytes.count)))
  }

  /// A walk over the message at `range`, which a reader of the same buffer gave.
  package init(_ bytes: UnsafeRawBufferPointer, _ range: ByteRange) {
    precondition(range.start >= 0 && range.start <= range.end && Int(range.end) <= bytes.count, "the range is of this buffer")
    base = bytes.baseAddress
    position = Int(range.start)
    end = Int(range.end)
  }

  /// The next field, or nil at the end of the message. Its value must be read or skipped before the next call.
  @inline(__always)
  package mutating func next() throws(ProtobufError) -> Field? {
    guard position < end else { return nil }
    let offset = position
    let tag = try varint()
    let number = tag >> 3
    guard number > 0, number < 1 << 29, let wire = Wire(rawValue: UInt8(truncatingIfNeeded: tag & 7)) else {
      throw .badTag(offset: offset)
    }
    return Field(number: UInt32(truncatingIfNeeded: number), wire: wire)
  }

  /// The value of a varint field.
  @inline(__always)
  package mutating func varint() throws(ProtobufError) -> UInt64 {
    guard let base, position < end else { throw .truncated(offset: position) }
    let first = base.load(fromByteOffset: position, as: UInt8.self)
    if first < 0x80 {
      position += 1
      return UInt64(first)
    }
    return try longVarint(base)
  }

  private mutating func longVarint(_ base: UnsafeRawPointer) throws(ProtobufError) -> UInt64 {
    let offset = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < end else { throw .truncated(offset: position) }
      let byte = base.load(fromByteOffset: position, as: UInt8.self)
      position += 1
      if shift == 63, byte > 1 { throw .varintTooLong(offset: offset) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// The value of a fixed 64-bit field, little-endian on the wire.
  @inline(__always)
  package mutating func fixed64() throws(ProtobufError) -> UInt64 {
    guard let base, end - position >= 8 else { throw .truncated(offset: position) }
    let value = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    position += 8
    return UInt64(littleEndian: value)
  }

  /// The value of a fixed 32-bit field, little-endian on the wire.
  @inline(__always)
  package mutating func fixed32() throws(ProtobufError) -> UInt32 {
    guard let base, end - position >= 4 else { throw .truncated(offset: position) }
    let value = base.loadUnaligned(fromByteOffset: position, as: UInt32.self)
    position += 4
    return UInt32(littleEndian: value)
  }

  /// Where the value of a length-delimited field lies.
  @inline(__always)
  package mutating func bytes() throws(ProtobufError) -> ByteRange {
    let offset = position
    let count = try varint()
    guard count <= UInt64(end - position) else { throw .truncated(offset: offset) }
    let range = ByteRange(start: Int32(truncatingIfNeeded: position), end: Int32(truncatingIfNeeded: position + Int(count)))
    position += Int(count)
    return range
  }

  /// Passes over the value of `field`, whatever it is: unknown fields are no error.
  package mutating func skip(_ field: Field) throws(ProtobufError) {
    switch field.wire {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed64()
    case .fixed32: _ = try fixed32()
    case .bytes: _ = try bytes()
    case .startGroup: try skipGroup(field.number)
    case .endGroup: throw .badGroup(offset: position)
    }
  }

  private mutating func skipGroup(_ number: UInt32) throws(ProtobufError) {
    var open = InlineArray<64, UInt32>(repeating: 0)
    open[0] = number
    var depth = 1
    while depth > 0 {
      let offset = position
      guard let field = try next() else { throw .truncated(offset: offset) }
      switch field.wire {
      case .startGroup:
        guard depth < Self.groupDepthMax else { throw .nestedTooDeep(offset: offset) }
        open[depth] = field.number
        depth += 1
      case .endGroup:
        guard open[depth - 1] == field.number else { throw .badGroup(offset: offset) }
        depth -= 1
      default: try skip(field)
      }
    }
  }
}
