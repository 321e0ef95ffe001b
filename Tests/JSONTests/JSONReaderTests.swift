import Testing

@testable import JSON

@Suite("reading")
struct JSONReaderTests {
  @Test("the table is as large as it says")
  func tableSize() {
    #expect(DocumentTable.accepted.count >= 60)
    #expect(DocumentTable.refusedTexts.count + DocumentTable.refusedBytes.count >= 110)
  }

  @Test("a document of RFC 8259 gives its value", arguments: DocumentTable.accepted)
  func accepts(_ row: DocumentTable.Accepted) throws {
    #expect(try JSONReader.parse(text: row.text) == row.value)
  }

  @Test(
    "anything else is refused with its reason, offset and path", arguments: DocumentTable.refusedTexts + DocumentTable.refusedBytes)
  func refuses(_ row: DocumentTable.Refused) {
    #expect(throws: JSONError(row.kind, offset: row.offset, path: row.path)) { try JSONReader.parse(row.bytes) }
  }

  @Test("members keep their order")
  func order() throws {
    let value = try JSONReader.parse(text: #"{"z":1,"a":2,"m":3}"#)
    #expect(value.objectValue?.keys == ["z", "a", "m"])
  }

  @Test("sixty-four levels are read unless more is asked for, one more is refused")
  func depth() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    _ = try JSONReader.parse(text: deepest)
    #expect(throws: JSONError(.tooDeep(limit: 64), offset: 64, path: String(repeating: "[0]", count: 64))) {
      try JSONReader.parse(text: "[" + deepest + "]")
    }
    #expect(throws: JSONError(.tooDeep(limit: 1), offset: 5, path: "a")) {
      try JSONReader.parse(text: #"{"a":{}}"#, limits: JSONLimits(bytes: 100, depth: 1))
    }
    #expect(throws: JSONError(.tooDeep(limit: 0), offset: 0)) {
      try JSONReader.parse(text: "[]", limits: JSONLimits(bytes: 100, depth: 0))
    }
    #expect(try JSONReader.parse(text: "7", limits: JSONLimits(bytes: 100, depth: 0)) == 7)
    #expect(JSONLimits(bytes: .max, depth: 100_000) == JSONLimits(bytes: 1 << 30, depth: 8192))
  }

  @Test("values end at their ceiling, tapes at theirs, and a place deep down has a path")
  func ceilings() throws {
    func nested(_ count: Int) -> [UInt8] {
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
    }
    let limits = JSONLimits(bytes: 1 << 20, depth: .max)
    _ = try JSONReader.parse(nested(256), limits: limits)
    #expect(throws: JSONError.self) { try JSONReader.parse(nested(257), limits: limits) }
    try JSONTape().withParsed(nested(8192), limits: limits) { root in
      var inner = root
      while let next = inner.elements.first(where: { _ in true }) { inner = next }
      #expect(root.path(to: inner).hasSuffix("[0][0]…"))
    }
    #expect(throws: JSONError.self) { try JSONTape().withParsed(nested(8193), limits: limits) { _ in } }
    try JSONTape().withParsed(Array(#"{"a":[1,{"b c":[0]}],"d":2}"#.utf8)) { root in
      let list = try #require(root.member("a"))
      let deep = try #require(list.elements.first { $0.kind == .object }?.member("b c")?.elements.first { _ in true })
      #expect(root.path(to: deep) == #"a[1]["b c"][0]"#)
      #expect(root.path(to: try #require(root.member("d"))) == "d")
      #expect(root.path(to: root) == "")
    }
  }

  @Test("a document of exactly the limit is read, one byte more is refused")
  func size() throws {
    #expect(try JSONReader.parse(text: "[1]", limits: JSONLimits(bytes: 3)) == [1])
    #expect(throws: JSONError(.tooLarge(limit: 3), offset: 3)) { try JSONReader.parse(text: "[10]", limits: JSONLimits(bytes: 3)) }
  }

  @Test("duplicate keys are found in objects of any size", arguments: [2, 15, 16, 17, 18, 40, 1_000])
  func duplicates(_ count: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":\($0)" }
    #expect(try JSONReader.parse(text: "{" + members.joined(separator: ",") + "}").objectValue?.count == count)
    for position in Set([0, (count - 1) / 2, count - 2]) {
      let text = "{" + (members.dropLast() + ["\"ke\\u0079\(position)\":0"]).joined(separator: ",") + "}"
      let error = #expect(throws: JSONError.self) { try JSONReader.parse(text: text) }
      #expect(error?.kind == .duplicateKey)
      #expect(error?.path == "key\(position)")
      #expect(error?.offset == text.utf8.count - "\"ke\\u0079\(position)\":0}".utf8.count)
    }
  }

  @Test("a document of nothing but keys is refused or read in time that grows with its size, not with its square")
  func manyKeys() throws {
    let members = (0..<60_000).map { "\"\(String($0, radix: 36))\":0" }
    let text = Array(("{" + members.joined(separator: ",") + "}").utf8)
    #expect(try JSONReader.parse(text).objectValue?.count == 60_000)
  }

  @Test("an error says what and where in one line")
  func description() {
    let error = #expect(throws: JSONError.self) { try JSONReader.parse(text: #"{"subject":{"id":x}}"#) }
    #expect(error.map { "\($0)" } == "unexpected `x` at byte 17 in `subject.id`")
    #expect("\(JSONError(.unexpectedByte(7)))" == "unexpected byte 0x07 at byte 0")
  }

  @Test("equality is by bytes of strings and ignores the order of members")
  func equality() {
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(JSONValue.object(["a": 1, "b": 2]) == .object(["b": 2, "a": 1]))
    #expect(JSONValue.object(["a": 1, "b": 2]) != .object(["b": 1, "a": 2]))
    #expect(JSONValue.object(["a": 1]) != .object(["a": 1, "b": 2]))
    #expect(JSONValue.integer(1) != .number("1"))
  }

  @Test("members are read, replaced, appended and removed by key")
  func objectSubscript() {
    var object: JSONObject = ["a": 1, "\u{E9}": 2]
    #expect(object["e\u{301}"] == nil)
    object["a"] = 3
    object["b"] = 4
    object["\u{E9}"] = nil
    object["none"] = nil
    #expect(object.keys == ["a", "b"])
    #expect(object["a"] == 3)
  }
}
