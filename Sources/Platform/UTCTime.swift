/// RFC 3339 times in UTC, milliseconds, without a calendar library. Proleptic Gregorian.
package enum UTCTime {
  /// Milliseconds of a day.
  package static let dayMilliseconds: Int64 = 86_400_000
  /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: the instants that have a text.
  package static let millisecondsMin: Int64 = -62_167_219_200_000
  package static let millisecondsMax: Int64 = 253_402_300_799_999

  /// `2026-11-21T06:50:13.123Z`. Years 0 to 9999; others are clamped.
  package static func format(milliseconds: Int64) -> String {
    let time = min(max(milliseconds, millisecondsMin), millisecondsMax)
    let day = floorDivide(time, dayMilliseconds)
    let rest = time - day * dayMilliseconds
    let (year, month, dayOfMonth) = civil(day: day)
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func digits(_ value: Int64, _ width: Int) {
      var divisor: Int64 = 1
      for _ in 1..<width { divisor *= 10 }
      while divisor > 0 {
        text.append(UInt8(48 + value / divisor % 10))
        divisor /= 10
      }
    }
    digits(year, 4)
    text.append(45)
    digits(month, 2)
    text.append(45)
    digits(dayOfMonth, 2)
    text.append(84)
    digits(rest / 3_600_000, 2)
    text.append(58)
    digits(rest / 60_000 % 60, 2)
    text.append(58)
    digits(rest / 1000 % 60, 2)
    text.append(46)
    digits(rest % 1000, 3)
    text.append(90)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads RFC 3339: `T` and `Z` in either case, fractions of one to nine digits (cut to milliseconds), offsets; nil for anything else,
  /// among it what an offset moves out of the years 0 to 9999 and leap seconds (`:60`), which no count of milliseconds names.
  package static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<start + count] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[10] | 0x20 == 116, bytes[13] == 58, bytes[16] == 58,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month), day >= 1, day <= days(in: month, of: year),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var offset = 19
    var milliseconds: Int64 = 0
    if bytes[offset] == 46 {
      var digits = 0
      while offset + 1 + digits < bytes.count, bytes[offset + 1 + digits] >= 48, bytes[offset + 1 + digits] <= 57 { digits += 1 }
      guard (1...9).contains(digits) else { return nil }
      for place in 0..<3 { milliseconds = milliseconds * 10 + (place < digits ? Int64(bytes[offset + 1 + place] - 48) : 0) }
      offset += 1 + digits
    }
    guard offset < bytes.count else { return nil }
    var shift: Int64 = 0
    if bytes[offset] | 0x20 == 122 {
      guard offset + 1 == bytes.count else { return nil }
    } else {
      guard bytes[offset] == 43 || bytes[offset] == 45, offset + 6 == bytes.count, bytes[offset + 3] == 58,
        let hours = number(offset + 1, 2), let minutes = number(offset + 4, 2), hours < 24, minutes < 60
      else { return nil }
      shift = (hours * 60 + minutes) * 60_000 * (bytes[offset] == 43 ? 1 : -1)
    }
    let time = (hour * 3600 + minute * 60 + second) * 1000 + milliseconds
    let result = Self.day(year: year, month: month, day: day) * dayMilliseconds + time - shift
    return (millisecondsMin...millisecondsMax).contains(result) ? result : nil
  }

  /// Days since 1970-01-01.
  package static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    // Counted from 0000-03-01, so that the leap day is the last of its year; 400 years have 146 097 days.
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Year, month and day of a day since 1970-01-01.
  package static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
