import JSON
import Platform

/// Amounts and times as people read them; `--json` keeps the exact ones.
enum Human {
  /// `2026-11-21T10:03:42.918Z` as `2026-11-21 10:03:42`; the heading says that it is UTC.
  static func time(_ value: JSONValue?) -> String {
    guard let text = value?.stringValue else { return "-" }
    guard UTCTime.parse(text) != nil, text.utf8.count >= 19 else { return text }
    return String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(8))
  }

  /// Milliseconds as milliseconds, seconds or minutes.
  static func duration(_ value: JSONValue?) -> String {
    guard let milliseconds = value?.integerValue else { return "-" }
    switch milliseconds {
    case ..<1_000: return "\(milliseconds) ms"
    case ..<120_000: return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    default: return "\(milliseconds / 60_000) min"
    }
  }

  /// An integer with commas between thousands.
  static func count(_ value: JSONValue?) -> String { value?.integerValue.map { grouped($0) } ?? "-" }

  /// Nano-dollars as dollars: at least cents, at most a millionth.
  static func dollars(_ value: JSONValue?) -> String {
    guard let nano = value?.integerValue else { return "-" }
    let micro = (nano.magnitude + 500) / 1_000
    var fraction = String(micro % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
    while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return (nano < 0 ? "-$" : "$") + grouped(Int64(micro / 1_000_000)) + "." + fraction
  }

  /// An amount of a currency by its wire name.
  static func amount(_ value: JSONValue?, of currency: String) -> String {
    currency == "cost_nanousd" ? dollars(value) : count(value)
  }

  /// The wire name of a currency as a word.
  static func currency(_ name: String) -> String { name == "cost_nanousd" ? "cost" : name }

  /// The window of an account, `organisation:acme@month/1793491200000` as `month 2026-11`.
  static func window(_ account: String) -> String {
    guard let at = account.lastIndex(of: "@"), let slash = account.lastIndex(of: "/"), at < slash else { return "-" }
    let kind = String(account[account.index(after: at)..<slash])
    guard let start = Int64(account[account.index(after: slash)...]) else { return kind }
    let text = UTCTime.format(milliseconds: start)
    switch kind {
    case "month": return "month " + text.prefix(7)
    case "day": return "day " + text.prefix(10)
    case "hour": return "hour " + text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    default: return kind
    }
  }

  private static func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}
