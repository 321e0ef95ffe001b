import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite("canonical form")
struct CanonicalJSONTests {
  static func canonical(_ text: String, numbers: CanonicalJSON.Numbers = .integersOnly) throws -> String {
    String(decoding: try CanonicalJSON.encode(try JSONReader.parse(text: text), numbers: numbers), as: UTF8.self)
  }

  @Test("the published vectors are reproduced or refused")
  func vectors() throws {
    guard let path = SharedMaterial.path("transparency-log/vectors/canonical-json.json") else { return }
    let file = try JSONReader.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    let cases = try #require(file["cases"]?.arrayValue)
    var ran = 0
    for row in cases {
      let input = try #require(row["input"]?.stringValue)
      if row["reject"] == true {
        #expect(throws: JSONError.self, "\(input)") { try Self.canonical(input) }
        #expect(!CanonicalJSON.isCanonical(Array(input.utf8)))
      } else {
        let expected = try #require(row["canonical"]?.stringValue)
        #expect(try Array(Self.canonical(input).utf8) == Array(expected.utf8))
        #expect(CanonicalJSON.isCanonical(Array(expected.utf8)))
      }
      ran += 1
    }
    #expect(ran == 17)
    print("canonical form: \(ran) published vectors")
  }

  @Test(
    "own vectors",
    arguments: [
      (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), (#" [ 1 , true , null ] "#, "[1,true,null]"), ("-1", "-1"),
      ("9007199254740991", "9007199254740991"),
      ("-9007199254740991", "-9007199254740991"), (#""\u0000\u001f\u007f\u2028""#, "\"\\u0000\\u001f\u{7F}\u{2028}\""),
      (#""\/\u0062\u0022\u005c""#, #""/b\"\\""#), (#"{"a":{"d":1,"c":[{"z":0,"y":1}]}}"#, #"{"a":{"c":[{"y":1,"z":0}],"d":1}}"#),
      ("{\"\u{1F600}\":1,\"\u{FB33}\":2,\"\u{E9}\":3,\"z\":4}", "{\"z\":4,\"\u{E9}\":3,\"\u{1F600}\":1,\"\u{FB33}\":2}"),
      (#"{"":0,"a":1,"aa":2,"A":3,"1":4,"10":5,"2":6}"#, #"{"":0,"1":4,"10":5,"2":6,"A":3,"a":1,"aa":2}"#),
    ])
  func own(_ input: String, _ expected: String) throws {
    #expect(try Array(Self.canonical(input).utf8) == Array(expected.utf8))
    #expect(CanonicalJSON.isCanonical(Array(expected.utf8)))
  }

  @Test(
    "numbers beyond the profile are refused with their path",
    arguments: ["1.0", "1e3", "-0", "9007199254740992", "-9007199254740992", "9223372036854775807", "1.5", "1e400"])
  func refuses(_ number: String) throws {
    let value = try JSONReader.parse(text: "{\"a\":[0,\(number)]}")
    #expect(throws: JSONError(.numberNotCanonical, path: "a[1]")) { try CanonicalJSON.encode(value) }
  }

  @Test(
    "doubles are written as ECMAScript writes them",
    arguments: [
      ("0.0", "0"), ("-0", "0"), ("-0.0", "0"), ("1.0", "1"), ("1.50", "1.5"), ("100", "100"), ("1e3", "1000"), ("1E-3", "0.001"),
      ("0.000001", "0.000001"), ("0.0000001", "1e-7"), ("1.25e-9", "1.25e-9"), ("1e20", "100000000000000000000"), ("1e21", "1e+21"),
      ("123456789.125e3", "123456789125"), ("1.5e300", "1.5e+300"), ("5e-324", "5e-324"),
      ("1.7976931348623157e308", "1.7976931348623157e+308"),
      ("-2.5", "-2.5"), ("0.1", "0.1"), ("333333333.33333329", "333333333.3333333"), ("1E30", "1e+30"), ("4.50", "4.5"),
      ("2e-3", "0.002"),
      ("0.000000000000000000000000001", "1e-27"), ("9007199254740991", "9007199254740991"), ("12345.678e-2", "123.45678"),
      ("295147905179352830000.0", "295147905179352830000"), ("1e-400", "0"), ("9223372036854775.808", "9223372036854776"),
      ("9223372036854776", "9223372036854776"),
      ("-9007199254740992", "-9007199254740992"), ("1e20", "100000000000000000000"),
      ("100000000000000000000", "100000000000000000000"),
    ])
  func doubles(_ number: String, _ expected: String) throws {
    #expect(try Self.canonical(number, numbers: .doubles) == expected)
    #expect(CanonicalJSON.isCanonical(Array(expected.utf8), numbers: .doubles))
  }

  @Test(
    "integers that share a double, and numbers without one, stay refused",
    arguments: ["9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775809", "1e400"])
  func noDouble(_ number: String) throws {
    #expect(throws: JSONError(.numberNotCanonical)) { try Self.canonical(number, numbers: .doubles) }
  }

  @Test("a value built with a duplicate key or too deep is refused")
  func built() {
    let twice = JSONValue.object(JSONObject([(key: "a", value: 1), (key: "b", value: 2), (key: "a", value: 3)]))
    #expect(throws: JSONError(.duplicateKey, path: "x.a")) { try CanonicalJSON.encode(["x": twice]) }
    let deepest = (0..<64).reduce(JSONValue.null) { value, _ in [value] }
    #expect(throws: Never.self) { try CanonicalJSON.encode(deepest) }
    #expect(throws: JSONError(.tooDeep(limit: 64), path: String(repeating: "[0]", count: 64))) {
      try CanonicalJSON.encode([deepest])
    }
  }

  @Test(
    "what is not canonical is told apart",
    arguments: ["{\"b\":1,\"a\":2}", "[1, 2]", "\"\\u0041\"", "[1]\n", "\"\\/\"", "1.0", "[", ""])
  func lint(_ line: String) {
    #expect(!CanonicalJSON.isCanonical(Array(line.utf8)))
  }
}

@Suite("order of canonical keys")
struct CanonicalOrderTests {
  @Test("the order worked out on bytes is the order of UTF-16 units")
  func order() {
    let samples: [UInt32] = [0, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFB33, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF]
    let characters = samples.compactMap { UnicodeScalar($0) }.map { String(Character($0)) }
    let keys = [""] + characters + characters.flatMap { first in characters.map { first + $0 } }
    for left in keys {
      for right in keys {
        #expect(CanonicalOrder.precedes(left, right) == left.utf16.lexicographicallyPrecedes(right.utf16))
      }
    }
  }
}
