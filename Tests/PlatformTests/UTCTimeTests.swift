import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite("UTC time")
struct UTCTimeTests {
  static let table: [(Int64, String)] = [
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (0, "1970-01-01T00:00:00.000Z"),
    (1, "1970-01-01T00:00:00.001Z"), (999, "1970-01-01T00:00:00.999Z"),
    (86_399_999, "1970-01-01T23:59:59.999Z"), (86_400_000, "1970-01-02T00:00:00.000Z"),
    (68_169_600_000, "1972-02-29T00:00:00.000Z"), (68_256_000_000, "1972-03-01T00:00:00.000Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
    (978_307_199_999, "2000-12-31T23:59:59.999Z"), (1_000_000_000_000, "2001-09-09T01:46:40.000Z"),
    (1_234_567_890_123, "2009-02-13T23:31:30.123Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
    (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ]

  @Test("an instant and its text name each other", arguments: table)
  func agree(milliseconds: Int64, text: String) {
    #expect(UTCTime.format(milliseconds: milliseconds) == text)
    #expect(UTCTime.parse(text) == milliseconds)
  }

  @Test(
    "other accepted forms",
    arguments: [
      ("2001-09-09T01:46:40Z", 1_000_000_000_000), ("2001-09-09T03:46:40+02:00", 1_000_000_000_000),
      ("2001-09-08T20:16:40-05:30", 1_000_000_000_000), ("1970-01-01T00:00:00.1Z", 100), ("1970-01-01T00:00:00.12Z", 120),
      ("1970-01-01T00:00:00.123456789Z", 123), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01t00:00:01z", 1000),
    ] as [(String, Int64)])
  func accepted(text: String, milliseconds: Int64) { #expect(UTCTime.parse(text) == milliseconds) }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "0000-01-01T00:00:00+00:01",
      "1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z", "1970-04-31T00:00:00Z",
      "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
      "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00ZZ",
      "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+0100", "+970-01-01T00:00:00Z",
      "9999-12-31T23:59:59-00:01", "１970-01-01T00:00:00Z", "1970-01-01T00:00:00Z\u{0}",
    ])
  func refused(text: String) { #expect(UTCTime.parse(text) == nil) }

  @Test("every day of the years 1970 to 9999 is the day after the day before")
  func everyDay() {
    var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
    var wrong = 0
    var number: Int64 = 0
    while year < 10_000 {
      let date = UTCTime.civil(day: number)
      if date != (year, month, day) || UTCTime.day(year: year, month: month, day: day) != number { wrong += 1 }
      day += 1
      if day > UTCTime.days(in: month, of: year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      number += 1
    }
    #expect(wrong == 0)
    #expect(number == 2_932_897)
  }

  @Test("random instants agree with Foundation's calendar")
  func foundation() throws {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime]
    for _ in 0..<2000 {
      let seconds = Int64.random(in: 0...253_402_300_799, using: &random)
      let text = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
      #expect(UTCTime.parse(text) == seconds * 1000, "seed \(seed)")
      #expect(UTCTime.format(milliseconds: seconds * 1000).prefix(19) == text.prefix(19), "seed \(seed)")
    }
  }

  @Test("an instant outside the years that have a text is clamped")
  func clamped() {
    #expect(UTCTime.format(milliseconds: .min) == "0000-01-01T00:00:00.000Z")
    #expect(UTCTime.format(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
    #expect(UTCTime.format(milliseconds: UTCTime.millisecondsMax + 1) == "9999-12-31T23:59:59.999Z")
  }
}
