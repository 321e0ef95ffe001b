/// What is wrong with the bytes of a ledger's snapshot.
package enum LedgerSnapshotError: Error, Equatable, Sendable {
  /// The first byte is not a version that this code reads.
  case unsupportedVersion(UInt8)
  /// The bytes end before the value does.
  case truncated
  /// Bytes follow the value.
  case trailingBytes(Int)
  /// A member has a value that no ledger writes.
  case invalid(member: String)
}

/// Appends the parts of a snapshot: LEB128 integers, zig-zag when they may be negative.
struct SnapshotWriter {
  var bytes: [UInt8]

  mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func count(_ value: Int) { unsigned(UInt64(value)) }

  mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  mutating func amounts(_ value: Amounts) { value.forEach { _, amount in signed(amount) } }

  mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }
}

/// Reads what `SnapshotWriter` writes; every length is checked against the bytes that are left.
struct SnapshotReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Reads memory that outlives the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  mutating func byte() throws(LedgerSnapshotError) -> UInt8 {
    guard position < bytes.count else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func unsigned() throws(LedgerSnapshotError) -> UInt64 {
    if position < bytes.count, bytes[position] < 0x80 { return UInt64(try byte()) }
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      let part = UInt64(next & 0x7F)
      guard shift < 63 || part <= 1, shift == 0 || next != 0 else { throw .invalid(member: "integer") }
      value |= part << shift
      if next < 0x80 { return value }
    }
    throw .invalid(member: "integer")
  }

  /// A number of items of which each takes at least `itemBytes`: hostile counts end here, before anything is reserved for them.
  mutating func count(itemBytes: Int) throws(LedgerSnapshotError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(remaining / itemBytes) else { throw .truncated }
    return Int(value)
  }

  mutating func signed() throws(LedgerSnapshotError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func amounts() throws(LedgerSnapshotError) -> Amounts {
    Amounts(
      tokensIn: try signed(), tokensOut: try signed(), costNanoUSD: try signed(), steps: try signed(), toolCalls: try signed())
  }

  mutating func text(bytesMax: Int) throws(LedgerSnapshotError) -> String {
    let length = try count(itemBytes: 1)
    guard length <= bytesMax else { throw .invalid(member: "text") }
    defer { position += length }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[position..<position + length]), as: UTF8.self)
  }
}
