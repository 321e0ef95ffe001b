import Testing

@testable import JSON

@Suite("the tape")
struct JSONTapeTests {
  static let document = Array(
    #"{"subject":{"type":"agent","id":"a\u00e9\n"},"list":[1,-7,[],{"x":null}],"flag":true,"off":false,"n":1.50,"big":9223372036854775808}"#
      .utf8)

  @Test("members are found by name and read in place")
  func members() throws {
    let tape = JSONTape(entries: 1)
    try tape.withParsed(Self.document) { root in
      #expect(root.kind == .object)
      #expect(root.count == 6)
      #expect(root.member("subject")?.member("type")?.equals("agent") == true)
      #expect(root.member("subject")?.member("type")?.equals("agents") == false)
      #expect(root.member("subject")?.member("type")?.equals("agenT") == false)
      #expect(root.member("subject")?.member("id")?.stringValue == "a\u{E9}\n")
      #expect(root.member(["su", "bject"].joined())?.count == 2)
      #expect(root.member("absent") == nil)
      #expect(root.member("flag")?.boolValue == true)
      #expect(root.member("off")?.boolValue == false)
      #expect(root.member("off")?.integerValue == nil)
      #expect(root.member("list")?.member("x") == nil)
      #expect(root.member("n")?.numberText == "1.50")
      #expect(root.member("n")?.integerValue == nil)
      #expect(root.member("big")?.integerValue == nil)
      #expect(root.member("big")?.value() == .number("9223372036854775808"))
      #expect(root.member("flag")?.elements.map { $0.count } == [])
      #expect(root.member("list")?.elements.map { $0.integerValue } == [1, -7, nil, nil])
      #expect(root.member("list")?.elements.map { $0.kind.name } == ["number", "number", "array", "object"])
      #expect(root.members.map { $0.key.stringValue } == ["subject", "list", "flag", "off", "n", "big"])
    }
  }

  @Test("raw text and offsets are those of the document, escapes or not")
  func source() throws {
    let tape = JSONTape()
    try tape.withParsed(Self.document) { root in
      #expect(root.rawBytes.elementsEqual(Self.document))
      let id = try #require(root.member("subject")?.member("id"))
      #expect(String(decoding: id.rawBytes, as: UTF8.self) == #""a\u00e9\n""#)
      #expect(id.offset == 32)
      #expect((root.member("list")?.rawBytes).map { String(decoding: $0, as: UTF8.self) } == #"[1,-7,[],{"x":null}]"#)
      for (key, value) in root.members {
        #expect(try JSONReader.parse(Array(value.rawBytes)) == value.value())
        #expect(Self.document[key.offset] == UInt8(ascii: "\""))
      }
    }
  }

  @Test("one tape reads document after document, also after an error and a huge one")
  func reuse() throws {
    let tape = JSONTape(entries: 1)
    let huge = Array(("[" + Array(repeating: "\"\\n\"", count: 40_000).joined(separator: ",") + "]").utf8)
    for _ in 0..<3 {
      #expect(throws: JSONError.self) { try tape.withParsed(Array("[\"\\n\",{\"a\":".utf8)) { _ in } }
      #expect(try tape.withParsed(huge) { $0.elements.reduce(0) { sum, _ in sum + 1 } } == 40_000)
      #expect(try tape.withParsed(Array("{\"a\":[2]}".utf8)) { $0.value() } == ["a": [2]])
    }
  }

  @Test("counts beyond the width of the tape's field are exact")
  func counts() throws {
    for count in [0, 1, 65_534, 65_535, 70_000] {
      let array = Array(("[" + Array(repeating: "0", count: count).joined(separator: ",") + "]").utf8)
      #expect(try JSONTape().withParsed(array) { $0.count } == count)
    }
    let object = Array(("{" + (0..<66_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
    #expect(try JSONTape().withParsed(object) { $0.count } == 66_000)
  }

  @Test("a string is read whole wherever its end and its first special byte fall", arguments: 0..<40)
  func lengths(_ length: Int) throws {
    let plain = String(repeating: "a", count: length)
    for tail in ["", "\u{E9}", "\u{1F600}z", "\u{7F}", "!", "~"] {
      #expect(
        try JSONReader.parse(text: "[\"\(plain)\(tail)\",\"\(tail)\(plain)\"]") == [.string(plain + tail), .string(tail + plain)])
    }
    #expect(try JSONReader.parse(text: "\"\(plain)\\t\(plain)\"") == .string(plain + "\t" + plain))
    #expect(throws: JSONError(.controlCharacter, offset: length + 1)) { try JSONReader.parse(text: "\"\(plain)\u{1F}\(plain)\"") }
    #expect(throws: JSONError(.unexpectedEnd, offset: length + 1)) { try JSONReader.parse(text: "\"\(plain)") }
  }
}
