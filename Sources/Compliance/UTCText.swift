/// Instants for people: the Gregorian date and the time of day in UTC, whatever the locale.
enum UTCText {
  /// The parts of an instant.
  struct Parts {
    var year: Int64
    var month: Int64
    var day: Int64
    /// Since midnight.
    var millisecondOfDay: Int64
  }

  /// The parts of an instant in milliseconds since 1970, UTC.
  static func parts(milliseconds: Int64) -> Parts {
    let (day, rest) = floorDivide(milliseconds, by: 86_400_000)
    let date = civil(day: day)
    return Parts(year: date.year, month: date.month, day: date.day, millisecondOfDay: rest)
  }

  /// `20261121`, for file names.
  static func date(milliseconds: Int64) -> String {
    let parts = parts(milliseconds: milliseconds)
    return padded(parts.year, 4) + padded(parts.month, 2) + padded(parts.day, 2)
  }

  /// The Gregorian date of a day counted from 1970-01-01. Counts in eras of 400 years that begin on 1 March, so that the leap day is last.
  private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(day + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
