/// The unit of a calendar window, in UTC.
package enum CalendarUnit: UInt8, CaseIterable, Sendable {
  /// One hour, from its minute zero.
  case hour = 0
  /// One day, from midnight.
  case day = 1
  /// One month, from midnight of its first day.
  case month = 2
}

/// The period over which an account counts.
///
/// The instance of the window (the start of the period) is part of the account's key: a new period is a new account, and no job
/// ever resets one.
package enum BudgetWindow: Hashable, Sendable {
  /// One run: the node itself names it.
  case run
  /// Everything since the first entry.
  case lifetime
  /// Calendar periods in UTC that follow one another without gap or overlap.
  case calendar(CalendarUnit)

  /// Every window, in the order of its code.
  package static let all: [BudgetWindow] = [.run, .lifetime, .calendar(.hour), .calendar(.day), .calendar(.month)]

  /// The name in manifests and account texts: `run`, `lifetime`, `hour`, `day`, `month`.
  package var name: String {
    switch self {
    case .run: "run"
    case .lifetime: "lifetime"
    case .calendar(.hour): "hour"
    case .calendar(.day): "day"
    case .calendar(.month): "month"
    }
  }

  /// Whether these bytes are its name.
  func isNamed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var name = name
    return name.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
  }

  /// The window with this name, or nil.
  package init?(name: String) {
    for window in BudgetWindow.all where window.name == name {
      self = window
      return
    }
    return nil
  }

  /// The byte in the ledger's snapshot: never changes, never reused.
  var code: UInt8 {
    switch self {
    case .run: 0
    case .lifetime: 1
    case .calendar(let unit): 2 + unit.rawValue
    }
  }

  /// The window with this snapshot byte, or nil.
  init?(code: UInt8) {
    guard Int(code) < BudgetWindow.all.count else { return nil }
    self = BudgetWindow.all[Int(code)]
  }

  /// The start of the period that holds `milliseconds` (since the Unix epoch, UTC); 0 for `run` and `lifetime`.
  package func instance(at milliseconds: Int64) -> Int64 {
    switch self {
    case .run, .lifetime: 0
    case .calendar(.hour): start(milliseconds, Self.hourMilliseconds)
    case .calendar(.day): start(milliseconds, Self.dayMilliseconds)
    case .calendar(.month):
      CivilMonth(containingDay: floorDivide(milliseconds, Self.dayMilliseconds)).firstDay * Self.dayMilliseconds
    }
  }

  /// The first instant after the period that starts at `instance`, milliseconds since the Unix epoch; nil for a window without end.
  package func end(ofInstance instance: Int64) -> Int64? {
    switch self {
    case .run, .lifetime: nil
    case .calendar(.hour): instance + Self.hourMilliseconds
    case .calendar(.day): instance + Self.dayMilliseconds
    case .calendar(.month):
      CivilMonth(containingDay: floorDivide(instance, Self.dayMilliseconds)).next.firstDay * Self.dayMilliseconds
    }
  }

  /// True when `instance` is the start of one of this window's periods, within the years that integers of JSON can name.
  package func isInstance(_ instance: Int64) -> Bool {
    let range = -Self.instanceMax...Self.instanceMax
    return range.contains(instance) && self.instance(at: instance) == instance
  }

  private static let instanceMax: Int64 = 1 << 53
  private static let hourMilliseconds: Int64 = 3_600_000
  private static let dayMilliseconds: Int64 = 86_400_000

  private func start(_ milliseconds: Int64, _ length: Int64) -> Int64 { floorDivide(milliseconds, length) * length }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

/// A month of the proleptic Gregorian calendar, counted from March of the year 0 so that the leap day comes last
/// (the usual days-to-civil arithmetic: eras of 400 years = 146 097 days).
private struct CivilMonth {
  /// Months since March of the year 0.
  var number: Int64

  var next: CivilMonth { CivilMonth(number: number + 1) }

  init(number: Int64) { self.number = number }

  /// The month that holds a day counted from 1970-01-01.
  init(containingDay day: Int64) {
    let shifted = day + 719_468  // days from 0000-03-01 to 1970-01-01
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    number = (era * 400 + yearOfEra) * 12 + (5 * dayOfYear + 2) / 153
  }

  /// Its first day, counted from 1970-01-01.
  var firstDay: Int64 {
    let year = floorDivide(number, 12)
    let month = number - year * 12
    let era = floorDivide(year, 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * month + 2) / 5
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
