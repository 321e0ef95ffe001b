/// Exact readings of the texts that manifests use for money, time and dates. No floating point anywhere.
enum ExactText {
  /// Why a text is no amount.
  enum Fault: Error, Equatable {
    /// Not of the form at all.
    case malformed
    /// Below zero.
    case negative
    /// More decimals than the unit can hold.
    case tooFine
    /// Above the largest amount.
    case tooLarge
  }

  /// A whole number without sign, up to `maximum`.
  static func integer(_ text: String, maximum: Int64) throws(Fault) -> Int64 {
    var digits = Array(text.utf8)
    let isNegative = digits.first == 0x2D
    if isNegative { digits.removeFirst() }
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { throw .malformed }
    if digits.count > 1, digits[0] == 0x30 { throw .malformed }  // 010 is eight to one reader and ten to another
    if isNegative { throw .negative }
    var value: Int64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow, product <= maximum - Int64(digit - 0x30) else { throw .tooLarge }
      value = product + Int64(digit - 0x30)
    }
    return value
  }

  /// Nano US dollars of a plain decimal in US dollars with at most nine decimals that count, up to `maximum` nano US dollars.
  static func nanoUSD(_ text: String, maximum: Int64) throws(Fault) -> Int64 {
    var bytes = Array(text.utf8)
    let isNegative = bytes.first == 0x2D
    if isNegative { bytes.removeFirst() }
    let parts = bytes.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(isDigit) else { throw .malformed }
    if whole.count > 1, whole.first == 0x30 { throw .malformed }
    var decimals = parts.count == 2 ? Array(parts[1]) : []
    guard decimals.allSatisfy(isDigit), parts.count == 1 || !decimals.isEmpty else { throw .malformed }
    if isNegative { throw .negative }
    while decimals.count > 9, decimals.last == 0x30 { decimals.removeLast() }
    guard decimals.count <= 9 else { throw .tooFine }
    decimals += [UInt8](repeating: 0x30, count: 9 - decimals.count)
    var value: Int64 = 0
    for digit in Array(whole) + decimals {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow, product <= maximum - Int64(digit - 0x30) else { throw .tooLarge }
      value = product + Int64(digit - 0x30)
    }
    return value
  }

  /// Milliseconds of a number with one unit: `500ms`, `30s`, `10m`, `4h`, `7d`.
  static func durationMilliseconds(_ text: String, maximum: Int64) throws(Fault) -> Int64 {
    let units: [(name: String, milliseconds: Int64)] = [
      ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { throw .malformed }
    return try integer(String(text.dropLast(unit.name.utf8.count)), maximum: maximum / unit.milliseconds) * unit.milliseconds
  }

  /// Midnight UTC of a day written `2025-01-31`, in milliseconds since the Unix epoch; nil when there is no such day.
  static func dateMilliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      guard bytes[range].allSatisfy(isDigit) else { return nil }
      return bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), year >= 1970 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
    let past = year - 1
    let daysBeforeYear = past * 365 + past / 4 - past / 100 + past / 400 - 719_162  // days from 0001-01-01 to 1970-01-01
    return (daysBeforeYear + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1) * 86_400_000
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
