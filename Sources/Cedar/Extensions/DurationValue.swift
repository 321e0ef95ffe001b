/// A span of time in milliseconds, possibly negative.
public struct DurationValue: Hashable, Sendable, Comparable {
  /// The span in milliseconds.
  public let milliseconds: Int64

  /// Makes the span of `milliseconds`.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads an optional `-` and any of `Nd Nh Nm Ns Nms` in that order, at least one; nil for every other text and outside the range.
  public init?(_ text: String) {
    var cursor = ByteCursor(text)
    let isNegative = cursor.take("-")
    var total: Int128 = 0
    var rank = -1
    while !cursor.isAtEnd {
      guard let number = DurationValue.number(&cursor), let unit = DurationValue.unit(&cursor), unit.rank > rank else { return nil }
      rank = unit.rank
      total += Int128(number) * Int128(unit.milliseconds)
    }
    guard rank >= 0, let milliseconds = Int64(exactly: isNegative ? -total : total) else { return nil }
    self.milliseconds = milliseconds
  }

  private static func number(_ cursor: inout ByteCursor) -> UInt64? {
    var value: UInt64 = 0
    let start = cursor.position
    while let byte = cursor.next, byte >= 0x30, byte <= 0x39 {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, secondOverflow) = shifted.addingReportingOverflow(UInt64(byte - 0x30))
      if overflow || secondOverflow { return nil }
      value = sum
      cursor.position += 1
    }
    return cursor.position == start ? nil : value
  }

  /// `ms` comes before `m`, which would otherwise take its first letter.
  private static func unit(_ cursor: inout ByteCursor) -> (rank: Int, milliseconds: Int64)? {
    if cursor.take(word: "ms") { return (4, 1) }
    if cursor.take("d") { return (0, 86_400_000) }
    if cursor.take("h") { return (1, 3_600_000) }
    if cursor.take("m") { return (2, 60_000) }
    if cursor.take("s") { return (3, 1000) }
    return nil
  }

  /// Whether `left` is the shorter span.
  public static func < (left: DurationValue, right: DurationValue) -> Bool { left.milliseconds < right.milliseconds }
}

extension DurationValue: CustomStringConvertible {
  /// The span in milliseconds; reading it back gives the same value.
  public var description: String { "\(milliseconds)ms" }
}
