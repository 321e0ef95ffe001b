/// An `AnyValue` as it lies in the request: scalars read, the rest pointed at.
///
///     message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
///       ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
///
/// Source: opentelemetry-proto 1.11, common.proto. The last member wins; a member of another wire type is an unknown field.
enum RawValue {
  case empty
  case string(ByteRange)
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  case array(ByteRange)
  case map(ByteRange)
  case bytes(ByteRange)

  @inline(__always)
  static func read(_ buffer: UnsafeRawBufferPointer, _ range: ByteRange) throws(ProtobufError) -> RawValue {
    var value = RawValue.empty
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): value = .string(try reader.bytes())
      case (2, .varint): value = .bool(try reader.varint() != 0)
      case (3, .varint): value = .integer(Int64(bitPattern: try reader.varint()))
      case (4, .fixed64): value = .double(Double(bitPattern: try reader.fixed64()))
      case (5, .bytes): value = .array(try reader.bytes())
      case (6, .bytes): value = .map(try reader.bytes())
      case (7, .bytes): value = .bytes(try reader.bytes())
      default: try reader.skip(field)
      }
    }
    return value
  }
}

/// `message KeyValue { string key = 1; AnyValue value = 2; }`
struct RawAttribute {
  var key = ByteRange.empty
  var value = ByteRange.empty

  @inline(__always)
  static func read(_ buffer: UnsafeRawBufferPointer, _ range: ByteRange) throws(ProtobufError) -> RawAttribute {
    var attribute = RawAttribute()
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      switch (field.number, field.wire) {
      case (1, .bytes): attribute.key = try reader.bytes()
      case (2, .bytes): attribute.value = try reader.bytes()
      default: try reader.skip(field)
      }
    }
    return attribute
  }
}
