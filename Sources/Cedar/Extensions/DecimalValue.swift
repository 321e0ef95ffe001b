/// A decimal number with four fraction digits, from -922337203685477.5808 to 922337203685477.5807.
public struct DecimalValue: Hashable, Sendable, Comparable {
  /// The number times 10 000.
  public let scaled: Int64

  /// Makes the number `scaled` / 10 000.
  public init(scaled: Int64) { self.scaled = scaled }

  /// Reads `-?digits.digits` with one to four fraction digits; nil for every other text and outside the range.
  public init?(_ text: String) {
    var cursor = ByteCursor(text)
    let isNegative = cursor.take("-")
    guard let whole = cursor.signedDigits(negative: isNegative, countMax: Int.max) else { return nil }
    guard cursor.take(".") else { return nil }
    let fractionStart = cursor.position
    guard let fraction = cursor.signedDigits(negative: isNegative, countMax: 4), cursor.isAtEnd else { return nil }
    var scale: Int64 = 1
    for _ in (cursor.position - fractionStart)..<4 { scale *= 10 }
    let (shifted, overflow) = whole.multipliedReportingOverflow(by: 10_000)
    let (total, secondOverflow) = shifted.addingReportingOverflow(fraction * scale)
    if overflow || secondOverflow { return nil }
    scaled = total
  }

  /// Whether `left` is the smaller number.
  public static func < (left: DecimalValue, right: DecimalValue) -> Bool { left.scaled < right.scaled }
}

extension DecimalValue: CustomStringConvertible {
  /// The number with all four fraction digits; reading it back gives the same value.
  public var description: String {
    let magnitude = scaled.magnitude
    let fraction = String(magnitude % 10_000)
    return (scaled < 0 ? "-" : "") + String(magnitude / 10_000) + "." + String(repeating: "0", count: 4 - fraction.count) + fraction
  }
}

/// A position in the bytes of a short text, for the readers of extension literals.
struct ByteCursor {
  let bytes: [UInt8]
  var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ character: Character) -> Bool {
    guard let next, next == character.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func take(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] { return false }
    position += count
    return true
  }

  /// One to `countMax` ASCII digits as a signed number; nil without a digit, with more of them, or past Int64.
  mutating func signedDigits(negative: Bool, countMax: Int) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while let byte = next, byte >= 0x30, byte <= 0x39 {
      if count == countMax { return nil }
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - 0x30)
      let (sum, secondOverflow) = shifted.addingReportingOverflow(negative ? -digit : digit)
      if overflow || secondOverflow { return nil }
      value = sum
      count += 1
      position += 1
    }
    return count == 0 ? nil : value
  }

  /// Exactly `count` ASCII digits.
  mutating func digits(exactly count: Int) -> Int64? {
    guard position + count <= bytes.count else { return nil }
    var value: Int64 = 0
    for _ in 0..<count {
      let byte = bytes[position]
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
      position += 1
    }
    return value
  }
}
