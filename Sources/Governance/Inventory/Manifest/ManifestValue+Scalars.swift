import Budgets
import YAML

extension ManifestValue {
  /// Longest free text, bytes: a sentence or two that still fit a screen of the inventory.
  static let textBytesMax = 1_000

  /// Free text of one line or more, not blank.
  func text() -> String? {
    guard let text = scalar("text") else { return nil }
    guard text.utf8.contains(where: { $0 > 0x20 }) else {
      report("\(name) is blank")
      return nil
    }
    guard text.utf8.count <= ManifestValue.textBytesMax else {
      report("\(name) has \(text.utf8.count) bytes", hint: "at most \(ManifestValue.textBytesMax)")
      return nil
    }
    return text
  }

  /// An id under `rule`.
  func identifier(_ rule: NameRule) -> String? {
    guard let text = scalar("text") else { return nil }
    guard rule.holds(text) else {
      report("\(name) is `\(text.prefix(80))`, which cannot be used as an id", hint: rule.text)
      return nil
    }
    return text
  }

  /// Ids under `rule`, without repetition.
  func identifiers(_ rule: NameRule, countMax: Int) -> [String]? {
    guard let items = list(countMax: countMax) else { return nil }
    var seen: Set<String> = []
    return items.compactMap { item in
      guard let id = item.identifier(rule) else { return nil }
      if seen.insert(id).inserted { return id }
      item.report("\(item.name) repeats `\(id)`")
      return nil
    }
  }

  /// One of `all` by its name.
  func choice<Choice>(_ all: [Choice], _ name: (Choice) -> String) -> Choice? {
    guard let text = scalar("text") else { return nil }
    if let choice = all.first(where: { name($0) == text }) { return choice }
    let names = all.map(name)
    report("\(self.name) is `\(text.prefix(80))`, which is unknown", hint: "one of " + names.joined(separator: ", "))
    return nil
  }

  /// `true` or `false`.
  func boolean() -> Bool? {
    guard let text = scalar("true or false") else { return nil }
    if case .scalar(_, quoted: false) = node.value, text == "true" || text == "false" { return text == "true" }
    report("\(name) is `\(text.prefix(80))`, not true or false")
    return nil
  }

  /// A whole number of at least 0.
  func integer(maximum: Int64 = Amounts.maximum) -> Int64? {
    exact("a whole number", "\(maximum)") { text throws(ExactText.Fault) in try ExactText.integer(text, maximum: maximum) }
  }

  /// A decimal in US dollars as nano US dollars, exactly.
  func nanoUSD() -> Int64? {
    exact("a decimal in US dollars", "9007199.254740991") { text throws(ExactText.Fault) in
      try ExactText.nanoUSD(text, maximum: Amounts.maximum)
    }
  }

  /// A duration such as `10m` as milliseconds, within `range`.
  func milliseconds(_ range: ClosedRange<Int64>) -> Int64? {
    let maximum = "\(range.upperBound / 86_400_000)d"
    let value = exact("a duration such as 10m, 4h or 7d", maximum) { text throws(ExactText.Fault) in
      try ExactText.durationMilliseconds(text, maximum: range.upperBound)
    }
    guard let value else { return nil }
    guard value >= range.lowerBound else {
      report("\(name) is too short", hint: "at least \(range.lowerBound) ms")
      return nil
    }
    return value
  }

  /// A day such as `2025-01-31` as milliseconds since the Unix epoch, UTC.
  func date() -> Int64? {
    guard let text = scalar("a date such as 2025-01-31") else { return nil }
    if let milliseconds = ExactText.dateMilliseconds(text) { return milliseconds }
    report("\(name) is `\(text.prefix(80))`, which is no date", hint: "a day such as 2025-01-31, from 1970 on")
    return nil
  }

  private func exact(
    _ wanted: String, _ maximum: String, _ read: (String) throws(ExactText.Fault) -> Int64
  ) -> Int64? {
    guard let text = scalar(wanted) else { return nil }
    do throws(ExactText.Fault) {
      return try read(text)
    } catch {
      let shown = "\(name) is `\(text.prefix(80))`"
      switch error {
      case .malformed: report("\(shown), not \(wanted)")
      case .negative: report("\(shown), which is negative")
      case .tooFine: report("\(shown), which has more than 9 decimals")
      case .tooLarge: report("\(shown), which is too large", hint: "at most \(maximum)")
      }
      return nil
    }
  }
}
