import Budgets
import Testing

@testable import Governance

@Suite("exact texts of manifests")
struct InventoryTextTests {
  @Test(
    "money is read exactly, in nano US dollars",
    arguments: [
      ("0", 0), ("1", 1_000_000_000), ("200.00", 200_000_000_000), ("0.50", 500_000_000), ("0.000000001", 1), ("0.1", 100_000_000),
      ("0.0795", 79_500_000), ("9007199.254740991", Amounts.maximum), ("1.00000000000", 1_000_000_000),
    ] as [(String, Int64)])
  func money(_ text: String, _ nanoUSD: Int64) throws {
    #expect(try ExactText.nanoUSD(text, maximum: Amounts.maximum) == nanoUSD)
  }

  @Test(
    "what is no amount of money is refused with its reason",
    arguments: [
      ("", .malformed), (".5", .malformed), ("5.", .malformed), ("1e3", .malformed), ("+1", .malformed), ("1,5", .malformed),
      ("0x10", .malformed), ("1.2.3", .malformed), ("٣", .malformed), ("01", .malformed), ("1 ", .malformed), ("-", .malformed),
      ("-1", .negative), ("0.0000000001", .tooFine), ("9007199.254740992", .tooLarge), ("99999999999999999999", .tooLarge),
      ("NaN", .malformed), ("inf", .malformed),
    ] as [(String, ExactText.Fault)])
  func noMoney(_ text: String, _ fault: ExactText.Fault) {
    #expect(throws: fault) { try ExactText.nanoUSD(text, maximum: Amounts.maximum) }
  }

  @Test(
    "whole numbers are read up to their maximum",
    arguments: [("0", 0), ("7", 7), ("100", 100)] as [(String, Int64)])
  func integers(_ text: String, _ value: Int64) throws { #expect(try ExactText.integer(text, maximum: 100) == value) }

  @Test(
    "what is no whole number is refused with its reason",
    arguments: [
      ("", .malformed), ("1.0", .malformed), ("010", .malformed), ("1_000", .malformed), ("-7", .negative), ("101", .tooLarge),
      ("9223372036854775808", .tooLarge),
    ] as [(String, ExactText.Fault)])
  func noInteger(_ text: String, _ fault: ExactText.Fault) {
    #expect(throws: fault) { try ExactText.integer(text, maximum: 100) }
  }

  @Test(
    "durations have one unit",
    arguments: [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("4h", 14_400_000), ("7d", 604_800_000)] as [(String, Int64)])
  func durations(_ text: String, _ milliseconds: Int64) throws {
    #expect(try ExactText.durationMilliseconds(text, maximum: 604_800_000) == milliseconds)
  }

  @Test(
    "what is no duration is refused", arguments: ["", "10", "m", "1h30m", "-1h", "1.5h", "8d", "10 m", "99999999999999999999d"])
  func noDuration(_ text: String) {
    #expect(throws: ExactText.Fault.self) { try ExactText.durationMilliseconds(text, maximum: 604_800_000) }
  }

  @Test(
    "days are midnight UTC",
    arguments: [
      ("1970-01-01", 0), ("1972-02-29", 68_169_600_000), ("2000-02-29", 951_782_400_000), ("2024-12-31", 1_735_603_200_000),
      ("2025-01-01", 1_735_689_600_000), ("2100-03-01", 4_107_542_400_000), ("9999-12-31", 253_402_214_400_000),
    ] as [(String, Int64)])
  func dates(_ text: String, _ milliseconds: Int64) { #expect(ExactText.dateMilliseconds(text) == milliseconds) }

  @Test(
    "what is no day is refused",
    arguments: [
      "", "2025-1-1", "2025-02-29", "2100-02-29", "2025-00-01", "2025-13-01", "2025-01-00", "2025-04-31", "1969-12-31",
      "2025/01/01",
      "2025-01-01T00:00:00Z", "20250101", "２０２５-01-01",
    ])
  func noDate(_ text: String) { #expect(ExactText.dateMilliseconds(text) == nil) }

  @Test(
    "the nearest name is at most two slips away",
    arguments: [
      ("risk_teir", "risk_tier"), ("lifecyle", "lifecycle"), ("step", "steps"), ("Owner", "owner"), ("purpsoe", "purpose"),
      ("colour", nil), ("x", nil), ("", nil),
    ] as [(String, String?)])
  func nearest(_ name: String, _ expected: String?) {
    #expect(NearestName.of(name, among: ["risk_tier", "lifecycle", "steps", "owner", "purpose"]) == expected)
  }

  @Test(
    "a path in a JSON document leads to its value, or as far down as there is one",
    arguments: [
      ("[0]", 2), ("[1]", 5), ("[1].a", 11), ("[1].a.b", 17), ("[1].a.b[1]", 21), ("[1].a.b[7]", 17), ("[1].a.c", 11),
      ("[1][\"é\"].x", 37),
      ("[2].a", 1), ("", 1), ("x", 1), ("[1][\"a.b.c\"]", 50), ("[1].a.b.c", 17),
    ] as [(String, Int)])
  func places(_ path: String, _ column: Int) {
    let json = #"[1, {"a": {"b": [1, 2]}, "é": {"x": 3}, "a.b.c": 4}]"#
    #expect(TextPlace(of: path, in: Array(json.utf8)).column == column)
  }
}
