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
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var remaining: Int { bytes.endIndex - position }

  mutating func byte() throws(LedgerSnapshotError) -> UInt8 {
    guard position < bytes.endIndex else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func unsigned() throws(LedgerSnapshotError) -> UInt64 {
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
    var value = Amounts.zero
    for currency in Currency.allCases { value[currency] = try signed() }
    return value
  }

  mutating func text(bytesMax: Int) throws(LedgerSnapshotError) -> String {
    let length = try count(itemBytes: 1)
    guard length <= bytesMax else { throw .invalid(member: "text") }
    defer { position += length }
    return String(decoding: bytes[position..<position + length], as: UTF8.self)
  }
}
