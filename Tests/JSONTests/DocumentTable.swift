@testable import JSON

/// Documents with the verdict that RFC 8259 and our limits give them. The bytes are written as Swift strings; `bytes` rows are not
/// UTF-8.
enum DocumentTable {
  struct Accepted: Sendable, CustomStringConvertible {
    let text: String
    let value: JSONValue
    var description: String { text }
  }

  struct Refused: Sendable, CustomStringConvertible {
    let bytes: [UInt8]
    let kind: JSONError.Kind
    let offset: Int
    let path: String
    var description: String { String(decoding: bytes, as: UTF8.self) }
  }

  static func yes(_ text: String, _ value: JSONValue) -> Accepted { Accepted(text: text, value: value) }

  static func no(_ text: String, _ kind: JSONError.Kind, _ offset: Int, _ path: String = "") -> Refused {
    Refused(bytes: Array(text.utf8), kind: kind, offset: offset, path: path)
  }

  static func no(bytes: [UInt8], _ kind: JSONError.Kind, _ offset: Int, _ path: String = "") -> Refused {
    Refused(bytes: bytes, kind: kind, offset: offset, path: path)
  }

  /// `["` bytes `"]`.
  static func inString(_ bytes: [UInt8]) -> [UInt8] { Array("[\"".utf8) + bytes + Array("\"]".utf8) }

  static func byte(_ character: Character) -> JSONError.Kind { .unexpectedByte(character.asciiValue ?? 0) }

  static let accepted: [Accepted] = [
    yes("null", nil), yes("true", true), yes("false", false), yes("0", 0), yes("-1", -1), yes("10", 10), yes("\"\"", ""),
    yes("[]", []), yes("{}", [:]), yes("  [ ]  ", []), yes("\t\n\r {\n}\n", [:]), yes("[[],[[]]]", [[], [[]]]),
    yes("[1,2,3]", [1, 2, 3]), yes("[ 1 , 2 ]", [1, 2]), yes("{\"a\":1}", ["a": 1]),
    yes("{ \"a\" : 1 , \"b\" : 2 }", ["a": 1, "b": 2]),
    yes("{\"\":0}", ["": 0]), yes("{\"a\":{\"a\":{\"a\":null}}}", ["a": ["a": ["a": nil]]]),
    yes("{\"a\":1,\"A\":2}", ["a": 1, "A": 2]), yes("[{\"a\":1},{\"a\":2}]", [["a": 1], ["a": 2]]),
    yes("9223372036854775807", .integer(.max)), yes("-9223372036854775808", .integer(.min)),
    yes("9223372036854775808", .number("9223372036854775808")), yes("-9223372036854775809", .number("-9223372036854775809")),
    yes("9007199254740993", 9_007_199_254_740_993),
    yes("123456789012345678901234567890", .number("123456789012345678901234567890")),
    yes("-0", .number("-0")), yes("0.0", .number("0.0")), yes("-0.0", .number("-0.0")), yes("1.5", .number("1.5")),
    yes("1.0", .number("1.0")), yes("1e3", .number("1e3")), yes("1E3", .number("1E3")), yes("1e+3", .number("1e+3")),
    yes("1e-3", .number("1e-3")), yes("1e400", .number("1e400")), yes("-1e-400", .number("-1e-400")), yes("0e0", .number("0e0")),
    yes("1e00", .number("1e00")), yes("0.10", .number("0.10")), yes("[0,-0,1]", [0, .number("-0"), 1]),
    yes("\"a\"", "a"), yes("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"), yes("\"\\u0041\"", "A"),
    yes("\"\\u000a\"", "\n"),
    yes("\"\\u000A\"", "\n"), yes("\"\\u0000\"", "\0"), yes("\"\\u00e9\"", "\u{E9}"), yes("\"\\u20AC\"", "\u{20AC}"),
    yes("\"\\ud83d\\ude00\"", "\u{1F600}"), yes("\"\\uDBFF\\uDFFF\"", "\u{10FFFF}"), yes("\"\\ufffe\"", "\u{FFFE}"),
    yes("\"\\uD7FF\\uE000\"", "\u{D7FF}\u{E000}"), yes("\"x\\ny\"", "x\ny"), yes("\"\u{E9}\"", "\u{E9}"),
    yes("\"e\u{301}\"", "e\u{301}"),
    yes("\"\u{20AC}\u{1F600}\"", "\u{20AC}\u{1F600}"), yes("\"\u{7F}\"", "\u{7F}"), yes("\"\u{2028}\"", "\u{2028}"),
    yes("\"\u{10FFFF}\"", "\u{10FFFF}"), yes("\"/\"", "/"), yes("\"\\u0022\"", "\""), yes("\"[1,2\"", "[1,2"),
    yes("{\"\u{E9}\":1,\"e\u{301}\":2}", ["\u{E9}": 1, "e\u{301}": 2]), yes("{\"a\\u0062\":1}", ["ab": 1]),
    yes("{\"\\u0061\":1,\"b\":2}", ["a": 1, "b": 2]), yes("[true,false,null]", [true, false, nil]),
    yes("[\"\",0,{}]", ["", 0, [:]]), yes("[\"a\\tb\",\"c\\u0064\"]", ["a\tb", "cd"]),
  ]

  static let refusedTexts: [Refused] = [
    no("", .empty, 0), no(" \n\t", .empty, 0), no("\u{FEFF}{}", .unexpectedByte(0xEF), 0), no("\u{A0}1", .unexpectedByte(0xC2), 0),
    no("nul", .unexpectedEnd, 3), no("nulL", byte("L"), 3), no("True", byte("T"), 0), no("truee", .trailingBytes, 4),
    no("NaN", byte("N"), 0), no("Infinity", byte("I"), 0), no("-Infinity", .invalidNumber, 0), no("undefined", byte("u"), 0),
    no("'a'", byte("'"), 0), no("a", byte("a"), 0), no("// x\n1", byte("/"), 0), no("1 // x", .trailingBytes, 2),
    no("1 2", .trailingBytes, 2), no("{}{}", .trailingBytes, 2), no("[]]", .trailingBytes, 2), no("{}x", .trailingBytes, 2),
    no("1\0", .trailingBytes, 1), no("\0", .unexpectedByte(0), 0),
    no("01", .invalidNumber, 0), no("-01", .invalidNumber, 0), no("00", .invalidNumber, 0), no("-", .unexpectedEnd, 1),
    no("-a", .invalidNumber, 0), no("+1", byte("+"), 0), no(".5", byte("."), 0), no("1.", .unexpectedEnd, 2),
    no("[1.]", .invalidNumber, 1, "[0]"),
    no("1.e1", .invalidNumber, 0), no("1e", .unexpectedEnd, 2), no("1e+", .unexpectedEnd, 3), no("[1e]", .invalidNumber, 1, "[0]"),
    no("1ee1", .invalidNumber, 0), no("1.2.3", .trailingBytes, 3), no("0x10", .trailingBytes, 1), no("1_000", .trailingBytes, 1),
    no("--1", .invalidNumber, 0), no("1e1.5", .trailingBytes, 3),
    no("[", .unexpectedEnd, 1, "[0]"), no("[1", .unexpectedEnd, 2, "[1]"), no("[1,", .unexpectedEnd, 3, "[1]"),
    no("[1,]", byte("]"), 3, "[1]"),
    no("[,1]", byte(","), 1, "[0]"), no("[1 2]", byte("2"), 3, "[1]"), no("[1:2]", byte(":"), 2, "[1]"),
    no("[1}", byte("}"), 2, "[1]"),
    no("]", byte("]"), 0), no("[[1,2],[3,x]]", byte("x"), 10, "[1][1]"),
    no("{", .unexpectedEnd, 1), no("{\"a\"", .unexpectedEnd, 4, "a"), no("{\"a\":", .unexpectedEnd, 5, "a"),
    no("{\"a\":1", .unexpectedEnd, 6),
    no("{\"a\":1,", .unexpectedEnd, 7), no("{\"a\":1,}", byte("}"), 7), no("{,}", byte(","), 1), no("{a:1}", byte("a"), 1),
    no("{1:1}", byte("1"), 1), no("{\"a\" 1}", byte("1"), 5, "a"), no("{\"a\":}", byte("}"), 5, "a"),
    no("{\"a\":1 \"b\":2}", byte("\""), 7),
    no("{\"a\":1]", byte("]"), 6), no("{\"a\":{\"b\":[0,{\"c\":tru}]}}", byte("}"), 21, "a.b[1].c"), no("}", byte("}"), 0),
    no("{\"a b\":x}", byte("x"), 7, "[\"a b\"]"),
    no("{\"a\":1,\"a\":2}", .duplicateKey, 7, "a"), no("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7, "a"),
    no("{\"\":1,\"\":2}", .duplicateKey, 6, "[\"\"]"),
    no("{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", .duplicateKey, 18, "x.a"),
    no("{\"a\\n\":1,\"b\":2,\"a\\u000A\":3}", .duplicateKey, 15, "[\"a\n\"]"),
    no("\"", .unexpectedEnd, 1), no("\"a", .unexpectedEnd, 2), no("\"a\\", .unexpectedEnd, 3), no("\"\\\"", .unexpectedEnd, 3),
    no("\"\\x\"", .invalidEscape, 1), no("\"\\'\"", .invalidEscape, 1), no("\"\\U0041\"", .invalidEscape, 1),
    no("\"\\0\"", .invalidEscape, 1),
    no("\"\\u\"", .invalidEscape, 1), no("\"\\u12\"", .invalidEscape, 1), no("\"\\u12", .unexpectedEnd, 5),
    no("\"\\u00g0\"", .invalidEscape, 1),
    no("\"\\u+041\"", .invalidEscape, 1), no("\"ok\\a\"", .invalidEscape, 3),
    no("\"\\ud800\"", .loneSurrogate, 1), no("\"\\udc00\"", .loneSurrogate, 1), no("\"\\ud800x\"", .loneSurrogate, 1),
    no("\"\\ud800\\n\"", .loneSurrogate, 1), no("\"\\ud800\\ud800\"", .loneSurrogate, 1),
    no("\"\\ude00\\ud83d\"", .loneSurrogate, 1),
    no("\"\\ud800\\u0041\"", .loneSurrogate, 1), no("{\"k\":\"\\udfff\"}", .loneSurrogate, 6, "k"),
    no("{\"\\ud800\":1}", .loneSurrogate, 2),
    no("\"a\nb\"", .controlCharacter, 2), no("\"\t\"", .controlCharacter, 1), no("\"\0\"", .controlCharacter, 1),
    no("\"\u{1F}\"", .controlCharacter, 1),
    no("[\"\\t\u{1}\"]", .controlCharacter, 4, "[0]"),
  ]

  static let refusedBytes: [Refused] = [
    no(bytes: [0xFF, 0xFE, 0x31, 0], .unexpectedByte(0xFF), 0), no(bytes: [0x31, 0], .trailingBytes, 1),
    no(bytes: inString([0x80]), .invalidUTF8, 2, "[0]"), no(bytes: inString([0xBF]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xC0, 0x80]), .invalidUTF8, 2, "[0]"), no(bytes: inString([0xC1, 0xBF]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xC3]), .invalidUTF8, 2, "[0]"), no(bytes: inString([0xC3, 0x28]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xE0, 0x9F, 0xBF]), .invalidUTF8, 2, "[0]"), no(bytes: inString([0xE2, 0x82]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xE2, 0x28, 0xA1]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xED, 0xA0, 0x80]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xED, 0xBF, 0xBF]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xF0, 0x8F, 0xBF, 0xBF]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xF0, 0x9F, 0x98]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xF4, 0x90, 0x80, 0x80]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0xF5, 0x80, 0x80, 0x80]), .invalidUTF8, 2, "[0]"), no(bytes: inString([0xFE]), .invalidUTF8, 2, "[0]"),
    no(bytes: inString([0x61, 0xFF]), .invalidUTF8, 3, "[0]"), no(bytes: inString([0x5C, 0x6E, 0xFF]), .invalidUTF8, 4, "[0]"),
    no(bytes: [0x22, 0xE2, 0x82], .invalidUTF8, 1), no(bytes: [0x22, 0xF0, 0x9F], .invalidUTF8, 1),
  ]
}
