/// A moment: milliseconds since 1970-01-01T00:00:00Z in the proleptic Gregorian calendar.
public struct DateTimeValue: Hashable, Sendable, Comparable {
  /// Milliseconds since the Unix epoch.
  public let milliseconds: Int64

  static let millisecondsPerDay: Int64 = 86_400_000

  /// Makes the moment `milliseconds` after the Unix epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss` followed by `Z`, `.SSSZ`, `±hhmm` or `.SSS±hhmm`; nil for every other text.
  public init?(_ text: String) {
    var cursor = ByteCursor(text)
    guard let year = cursor.digits(exactly: 4), cursor.take("-"), let month = cursor.digits(exactly: 2), cursor.take("-"),
      let day = cursor.digits(exactly: 2), (1...12).contains(month), day >= 1, day <= DateTimeValue.days(in: month, of: year)
    else { return nil }
    let midnight = DateTimeValue.daysSinceEpoch(year: year, month: month, day: day) * DateTimeValue.millisecondsPerDay
    if cursor.isAtEnd {
      milliseconds = midnight
      return
    }
    guard cursor.take("T"), let hour = cursor.digits(exactly: 2), cursor.take(":"), let minute = cursor.digits(exactly: 2),
      cursor.take(":"), let second = cursor.digits(exactly: 2), hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction: Int64 = 0
    if cursor.take(".") {
      guard let given = cursor.digits(exactly: 3) else { return nil }
      fraction = given
    }
    guard let offset = DateTimeValue.zone(&cursor), cursor.isAtEnd else { return nil }
    milliseconds = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset
  }

  private static func zone(_ cursor: inout ByteCursor) -> Int64? {
    if cursor.take("Z") { return 0 }
    let isNegative = cursor.next == 0x2D
    guard cursor.take("+") || cursor.take("-"), let hours = cursor.digits(exactly: 2), let minutes = cursor.digits(exactly: 2),
      hours < 24, minutes < 60
    else { return nil }
    let offset = (hours * 60 + minutes) * 60_000
    return isNegative ? -offset : offset
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01, counting years from March so that the leap day ends one.
  static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The moment `duration` later, or nil past the range.
  public func offset(by duration: DurationValue) -> DateTimeValue? {
    let (sum, overflow) = milliseconds.addingReportingOverflow(duration.milliseconds)
    return overflow ? nil : DateTimeValue(milliseconds: sum)
  }

  /// The time from `other` to this moment, or nil past the range.
  public func durationSince(_ other: DateTimeValue) -> DurationValue? {
    let (difference, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
    return overflow ? nil : DurationValue(milliseconds: difference)
  }

  /// Midnight (UTC) of this moment's day, or nil before the range.
  public var date: DateTimeValue? {
    let (midnight, overflow) = milliseconds.subtractingReportingOverflow(time.milliseconds)
    return overflow ? nil : DateTimeValue(milliseconds: midnight)
  }

  /// The time since midnight (UTC): at least zero, less than a day.
  public var time: DurationValue {
    let remainder = milliseconds % DateTimeValue.millisecondsPerDay
    return DurationValue(milliseconds: remainder < 0 ? remainder + DateTimeValue.millisecondsPerDay : remainder)
  }

  /// Whether `left` is the earlier moment.
  public static func < (left: DateTimeValue, right: DateTimeValue) -> Bool { left.milliseconds < right.milliseconds }
}

extension DateTimeValue: CustomStringConvertible {
  /// The moment in UTC with milliseconds where its year has four digits, else its milliseconds since the epoch.
  public var description: String {
    guard let midnight = date else { return "\(milliseconds) ms" }
    let days = midnight.milliseconds / DateTimeValue.millisecondsPerDay + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    guard (0...9999).contains(year) else { return "\(milliseconds) ms" }
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    let clock = time.milliseconds
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(clock / 3_600_000, 2) + ":"
      + padded(clock / 60_000 % 60, 2) + ":" + padded(clock / 1000 % 60, 2) + "." + padded(clock % 1000, 3) + "Z"
  }
}
