/// Writes protobuf messages into one growing buffer. A nested message is written in place and its length is put before it afterwards.
package struct ProtobufWriter {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// An empty message.
  package init() {}

  /// A varint field; written even when zero.
  package mutating func varint(_ number: UInt32, _ value: UInt64) {
    tag(number, .varint)
    raw(value)
  }

  /// A fixed 64-bit field; written even when zero.
  package mutating func fixed64(_ number: UInt32, _ value: UInt64) {
    tag(number, .fixed64)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A fixed 32-bit field; written even when zero.
  package mutating func fixed32(_ number: UInt32, _ value: UInt32) {
    tag(number, .fixed32)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A bytes field; written even when empty.
  package mutating func data(_ number: UInt32, _ value: [UInt8]) {
    tag(number, .bytes)
    raw(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A string field; written even when empty.
  package mutating func string(_ number: UInt32, _ value: String) {
    tag(number, .bytes)
    raw(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// A nested message; written even when empty.
  package mutating func message(_ number: UInt32, _ body: (inout ProtobufWriter) -> Void) {
    tag(number, .bytes)
    let start = bytes.count
    body(&self)
    var count = UInt64(bytes.count - start)
    var prefix: [UInt8] = []
    while count > 0x7F {
      prefix.append(UInt8(truncatingIfNeeded: count) | 0x80)
      count >>= 7
    }
    prefix.append(UInt8(truncatingIfNeeded: count))
    bytes.insert(contentsOf: prefix, at: start)
  }

  private mutating func tag(_ number: UInt32, _ wire: ProtobufReader.Wire) {
    raw(UInt64(number) << 3 | UInt64(wire.rawValue))
  }

  private mutating func raw(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
