import Platform

/// The Date field's value (IMF-fixdate of RFC 9110 section 5.6.7), written anew once a second.
struct HTTPDate {
  private var second = Int64.min
  private(set) var bytes: [UInt8] = []

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Makes `bytes` the text of this instant.
  mutating func update(milliseconds: Int64) {
    let now = min(max(milliseconds, 0), UTCTime.millisecondsMax) / 1000
    guard now != second else { return }
    second = now
    let day = now / 86_400
    let rest = now % 86_400
    let (year, month, dayOfMonth) = UTCTime.civil(day: day)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    bytes = Array("\(Self.days[Int(day % 7)]), \(two(dayOfMonth)) \(Self.months[Int(month) - 1]) \(year) \(time) GMT".utf8)
  }
}
