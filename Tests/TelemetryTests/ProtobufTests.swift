import TestSupport
import Testing

@testable import Telemetry

@Suite struct ProtobufTests {
  /// The fields of a message, or the error that ended the walk.
  private func walk(_ bytes: [UInt8]) -> Result<[ProtobufReader.Field], ProtobufError> {
    bytes.withUnsafeBytes { buffer in
      var reader = ProtobufReader(buffer)
      var fields: [ProtobufReader.Field] = []
      do throws(ProtobufError) {
        while let field = try reader.next() {
          fields.append(field)
          try reader.skip(field)
        }
        return .success(fields)
      } catch { return .failure(error) }
    }
  }

  @Test(
    "bytes that are no message are refused with the place",
    arguments: [
      ("field number zero", [0x00], ProtobufError.badTag(offset: 0)),
      ("wire type 6", [0x0E], .badTag(offset: 0)),
      ("wire type 7", [0x0F], .badTag(offset: 0)),
      ("a field number above 2^29-1", [0x80, 0x80, 0x80, 0x80, 0x10], .badTag(offset: 0)),
      ("a varint cut off", [0x08, 0x80], .truncated(offset: 2)),
      ("no varint", [0x08], .truncated(offset: 1)),
      ("a varint of 65 bits", [0x08] + Array(repeating: 0xFF, count: 9) + [0x02], .varintTooLong(offset: 1)),
      ("a varint of eleven bytes", [0x08] + Array(repeating: 0x80, count: 10) + [0x01], .varintTooLong(offset: 1)),
      ("seven of eight bytes", [0x09, 1, 2, 3, 4, 5, 6, 7], .truncated(offset: 1)),
      ("three of four bytes", [0x0D, 1, 2, 3], .truncated(offset: 1)),
      ("a length past the end", [0x0A, 0x02, 0x00], .truncated(offset: 1)),
      ("a length of 2^64-1", [0x0A] + Array(repeating: 0xFF, count: 9) + [0x01], .truncated(offset: 1)),
      ("a length of 2^63", [0x0A] + Array(repeating: 0x80, count: 9) + [0x01], .truncated(offset: 1)),
      ("a group not closed", [0x0B, 0x08, 0x01], .truncated(offset: 3)),
      ("a group closed by another number", [0x0B, 0x14], .badGroup(offset: 1)),
      ("a group closed and never opened", [0x0C], .badGroup(offset: 1)),
      ("65 groups deep", Array(repeating: 0x0B, count: 65), .nestedTooDeep(offset: 64)),
    ] as [(String, [UInt8], ProtobufError)])
  func refused(_ name: String, _ bytes: [UInt8], _ error: ProtobufError) {
    #expect(walk(bytes) == .failure(error), "\(name)")
  }

  @Test("fields of every wire type are passed over, groups within groups too")
  func skipped() throws {
    let bytes: [UInt8] =
      [0x08, 0x96, 0x01] + [0x11, 1, 2, 3, 4, 5, 6, 7, 8] + [0x1A, 0x03, 0x61, 0x62, 0x63]
      + [0x23, 0x2B, 0x08, 0x01, 0x2C, 0x24] + [0x35, 1, 2, 3, 4] + [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x00]
    let fields = try walk(bytes).get()
    #expect(fields.map(\.number) == [1, 2, 3, 4, 6, 536_870_911])
    #expect(try walk(Array(repeating: 0x0B, count: 64) + Array(repeating: 0x0C, count: 64)).get().count == 1)
  }

  @Test("numbers are read at their extremes", arguments: [0, 1, 127, 128, 300, UInt64(Int64.max), UInt64.max] as [UInt64])
  func varints(_ value: UInt64) throws {
    var writer = ProtobufWriter()
    writer.varint(1, value)
    let read = try writer.bytes.withUnsafeBytes { buffer -> UInt64 in
      var reader = ProtobufReader(buffer)
      _ = try reader.next()
      return try reader.varint()
    }
    #expect(read == value)
  }

  @Test("a nested message longer than 127 bytes gets a length of two bytes")
  func longMessage() throws {
    var writer = ProtobufWriter()
    writer.message(1) { $0.data(2, Array(repeating: 7, count: 300)) }
    #expect(writer.bytes.prefix(3) == [0x0A, 0xAF, 0x02])
    #expect(try walk(writer.bytes).get().map(\.number) == [1])
  }
}
