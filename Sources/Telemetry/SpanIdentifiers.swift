/// The 16-byte id of a trace; never all zero. Source: W3C trace context.
package struct TraceID: Hashable, Sendable, Comparable {
  /// The first eight bytes, big-endian.
  package let high: UInt64
  /// The last eight bytes, big-endian.
  package let low: UInt64

  /// An id from its two halves, or nil when both are zero.
  package init?(high: UInt64, low: UInt64) {
    guard high != 0 || low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// An id from exactly 16 bytes that are not all zero.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(high: bigEndianWord(bytes[0..<8]), low: bigEndianWord(bytes[8..<16]))
  }

  /// An id from exactly 32 hexadecimal digits of either case that are not all zero.
  package init?(hex: String) {
    guard hex.utf8.count == 32, let high = hexWord(hex.utf8.prefix(16)), let low = hexWord(hex.utf8.suffix(16)) else { return nil }
    self.init(high: high, low: low)
  }

  /// The 16 bytes, big-endian.
  package var bytes: [UInt8] { bigEndianBytes(high) + bigEndianBytes(low) }

  /// 32 lower-case hexadecimal digits.
  package var hex: String { hexText(high) + hexText(low) }

  /// Order of the bytes.
  package static func < (left: TraceID, right: TraceID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

/// The 8-byte id of a span; never zero.
package struct SpanID: Hashable, Sendable, Comparable {
  /// The eight bytes, big-endian.
  package let value: UInt64

  /// An id, or nil for zero.
  package init?(_ value: UInt64) {
    guard value != 0 else { return nil }
    self.value = value
  }

  /// An id from exactly 8 bytes that are not all zero.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 8 else { return nil }
    self.init(bigEndianWord(bytes[...]))
  }

  /// An id from exactly 16 hexadecimal digits of either case that are not all zero.
  package init?(hex: String) {
    guard hex.utf8.count == 16, let value = hexWord(hex.utf8[...]) else { return nil }
    self.init(value)
  }

  /// The eight bytes, big-endian.
  package var bytes: [UInt8] { bigEndianBytes(value) }

  /// 16 lower-case hexadecimal digits.
  package var hex: String { hexText(value) }

  /// Order of the bytes.
  package static func < (left: SpanID, right: SpanID) -> Bool { left.value < right.value }
}

private func bigEndianWord(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reduce(0) { $0 << 8 | UInt64($1) }
}

private func bigEndianBytes(_ word: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
}

private func hexText(_ word: UInt64) -> String {
  String(unsafeUninitializedCapacity: 16) { buffer in
    for index in 0..<16 {
      let digit = UInt8(truncatingIfNeeded: word >> (60 - 4 * index)) & 0xF
      buffer[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
    }
    return 16
  }
}

private func hexWord(_ digits: Substring.UTF8View) -> UInt64? {
  var word: UInt64 = 0
  for digit in digits {
    guard let value = hexDigitValue(digit) else { return nil }
    word = word << 4 | UInt64(value)
  }
  return word
}

private func hexDigitValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case 0x30...0x39: digit - 0x30
  case 0x41...0x46: digit - 0x37
  case 0x61...0x66: digit - 0x57
  default: nil
  }
}
