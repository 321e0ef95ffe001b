import Testing

@testable import JSON

@Suite("writing")
struct JSONWriterTests {
  @Test("commas and brackets come by themselves")
  func structure() {
    var writer = JSONWriter(reserving: 1)
    writer.beginObject()
    writer.key("a")
    writer.beginArray()
    writer.integer(0)
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.null()
    writer.endArray()
    writer.key(["b", "\""].joined())
    writer.bool(false)
    writer.key("c")
    writer.rawValue(Array("[1]".utf8))
    writer.key("d")
    writer.string("x")
    writer.endObject()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[0,{},[],null],"b\"":false,"c":[1],"d":"x"}"#)
    writer.reset()
    writer.bool(true)
    #expect(writer.bytes == Array("true".utf8))
  }

  @Test("integers", arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, .max, .min])
  func integers(_ value: Int64) {
    #expect(JSONWriter.encode(.integer(value)) == Array(value.description.utf8))
  }

  @Test("every ASCII character is escaped as RFC 8785 says, and everything reads back")
  func escapes() throws {
    let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: "\\\"", 92: "\\\\"]
    for byte in UInt8(0)..<128 {
      let text = "x" + String(UnicodeScalar(byte)) + "y"
      let plain = byte < 0x20 ? "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16) : String(UnicodeScalar(byte))
      let expected = "\"x" + (short[byte] ?? plain) + "y\""
      #expect(JSONWriter.encode(.string(text)) == Array(expected.utf8))
      #expect(try JSONReader.parse(JSONWriter.encode(.string(text))) == .string(text))
    }
  }

  @Test("what the table accepts is written and read back unchanged", arguments: DocumentTable.accepted)
  func roundTrip(_ row: DocumentTable.Accepted) throws {
    #expect(try JSONReader.parse(JSONWriter.encode(row.value)) == row.value)
  }

  @Test("raw text of a cursor is copied as it is")
  func cursor() throws {
    let written = try JSONTape().withParsed(Array(#"{"a": [1, 2], "b": "\u0041"}"#.utf8)) { root in
      var writer = JSONWriter()
      writer.beginArray()
      for (key, value) in root.members {
        if let bytes = key.stringBytes { writer.string(utf8: bytes) }
        writer.rawValue(value.rawBytes)
      }
      writer.endArray()
      return writer.bytes
    }
    #expect(String(decoding: written, as: UTF8.self) == #"["a",[1, 2],"b","\u0041"]"#)
  }
}
