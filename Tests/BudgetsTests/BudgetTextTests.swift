import Budgets
import Foundation
import TestSupport
import Testing

@Suite("Windows, keys and names") struct BudgetTextTests {
  @Test("names of currencies, windows and sources round-trip and are distinct")
  func names() {
    #expect(Currency.allCases.map(\.name) == ["tokens_in", "tokens_out", "cost_nanousd", "steps", "tool_calls"])
    #expect(Currency.allCases.allSatisfy { Currency(name: $0.name) == $0 })
    #expect(BudgetWindow.all.map(\.name) == ["run", "lifetime", "hour", "day", "month"])
    #expect(BudgetWindow.all.allSatisfy { BudgetWindow(name: $0.name) == $0 })
    #expect(SettlementSource.allCases.allSatisfy { SettlementSource(name: $0.name) == $0 })
    #expect(Currency(name: "money") == nil && BudgetWindow(name: "year") == nil && SettlementSource(name: "") == nil)
  }

  @Test("calendar windows tile UTC time without gap or overlap", arguments: CalendarUnit.allCases)
  func tiling(unit: CalendarUnit) {
    let window = BudgetWindow.calendar(unit)
    var random = SeededGenerator(seed: 11)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC") ?? .gmt
    let component: Calendar.Component = unit == .hour ? .hour : unit == .day ? .day : .month
    for _ in 0..<1_000 {
      let instant = Int64.random(in: -2_000_000_000_000...8_000_000_000_000, using: &random)
      let start = window.instance(at: instant)
      let end = window.end(ofInstance: start) ?? .min
      #expect(start <= instant && instant < end, "\(instant)")
      #expect(window.instance(at: end) == end && window.instance(at: end - 1) == start, "\(instant)")
      #expect(window.isInstance(start) && !window.isInstance(start + 1))
      let reference = calendar.dateInterval(of: component, for: Date(timeIntervalSince1970: Double(instant) / 1_000))
      #expect(reference.map { Int64(($0.start.timeIntervalSince1970 * 1_000).rounded()) } == start, "\(instant)")
    }
  }

  @Test(
    "known months",
    arguments: [
      (0, 0, 2_678_400_000), (1_709_164_800_000, 1_706_745_600_000, 1_709_251_200_000),  // 29 February 2024
      (1_763_712_000_000, 1_761_955_200_000, 1_764_547_200_000), (-1, -2_678_400_000, 0),
    ] as [(Int64, Int64, Int64)])
  func months(instant: Int64, start: Int64, end: Int64) {
    #expect(BudgetWindow.calendar(.month).instance(at: instant) == start)
    #expect(BudgetWindow.calendar(.month).end(ofInstance: start) == end)
  }

  @Test("run and lifetime have one instance without end", arguments: [BudgetWindow.run, .lifetime])
  func endless(window: BudgetWindow) {
    #expect(window.instance(at: 1_763_712_000_000) == 0)
    #expect(window.end(ofInstance: 0) == nil)
  }

  @Test(
    "the text of a key round-trips",
    arguments: [
      "organisation:acme@month/1761955200000", "run:refund/r-1@run/0", "team:a/b@day/-86400000", "workflow:w@lifetime/0",
      "team:care@hour/3600000",
    ])
  func keyText(text: String) throws {
    #expect(try #require(AccountKey(text: text)).text == text)
  }

  @Test(
    "a key's text is refused unless it is exactly what is written",
    arguments: [
      "", "@", "team:care", "team:care@day", "team:care@day/", "team:care@day/1", "team:care@day/+0", "team:care@day/00",
      "@day/0", "team care@day/0", "team:é@day/0", "team:care@week/0", "team:care@run/86400000", "a@b@day/0", "team:care@day/0 ",
      "team:care@day/9223372036854775807", "team:care@month/-9223372036854775808",
    ])
  func keyTextRefused(text: String) {
    #expect(AccountKey(text: text) == nil)
  }

  @Test("amounts add by currency and report overflow")
  func amounts() {
    let one = Amounts(tokensIn: 1, tokensOut: 2, costNanoUSD: 3, steps: 4, toolCalls: 5)
    #expect(one.adding(one)?.list == [2, 4, 6, 8, 10])
    #expect(one.subtracting(one) == .zero)
    for currency in Currency.allCases {
      var edge = Amounts.zero
      edge[currency] = .max
      #expect(edge.adding(one) == nil)
      edge[currency] = .min
      #expect(edge.subtracting(one) == nil)
      #expect(!edge.isValid)
    }
    #expect(one.description == "tokens_in=1 tokens_out=2 cost_nanousd=3 steps=4 tool_calls=5")
    #expect(Amounts.zero.description == "0")
  }
}
