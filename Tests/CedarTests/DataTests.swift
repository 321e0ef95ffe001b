import JSON
import Testing

@testable import Cedar

@Suite("Cedar data")
struct DataTests {
  private static func document(_ attributes: String) -> [UInt8] {
    Array("[{\"uid\": {\"type\": \"A\", \"id\": \"a\"}, \"attrs\": {\"x\": \(attributes)}, \"parents\": []}]".utf8)
  }

  @Test(
    "values of the entities format",
    arguments: [
      ("true", Value.bool(true)), ("-9223372036854775808", .long(Int64.min)), ("\"1.2.3.4\"", .string("1.2.3.4")),
      ("[1, 1, \"a\"]", .set(ValueSet([.long(1), .string("a")]))),
      ("{\"type\": \"T\", \"id\": \"i\"}", .record(Record([("type", .string("T")), ("id", .string("i"))]))),
      ("{\"__entity\": {\"type\": \"N::T\", \"id\": \"i\", \"y\": null}}", .entity(EntityUID(type: "N::T", id: "i"))),
      ("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"::1\", \"args\": 5}}", .ip(IPAddressValue("::1")!)),
      ("{\"__extn\": {\"fn\": \"decimal\", \"arg\": \"1.5\"}}", .decimal(DecimalValue(scaled: 15_000))),
      ("{\"__extn\": {\"fn\": \"duration\", \"args\": [\"1s\"]}}", .duration(DurationValue(milliseconds: 1000))),
      (
        "{\"__extn\": {\"fn\": \"offset\", \"args\": [{\"__extn\": {\"fn\": \"datetime\", \"arg\": \"1970-01-02\"}}, {\"__extn\": {\"fn\": \"duration\", \"arg\": \"1ms\"}}]}}",
        .datetime(DateTimeValue(milliseconds: 86_400_001))
      ),
    ])
  func values(_ json: String, _ wanted: Value) throws {
    let store = try EntityStore.parse(json: Self.document(json))
    #expect(store.entity(uid("A", "a"))?.attributes["x"] == wanted)
  }

  @Test(
    "an escape is the only member of its object and has its form; every other object is a record",
    arguments: [
      "{\"__entity\": {\"type\": \"T\"}}", "{\"__entity\": {\"type\": \"T\", \"id\": \"i\"}, \"z\": 1}", "{\"__expr\": 1}",
      "{\"__expr\": \"1\", \"z\": 1}", "{\"__extn\": {\"fn\": \"ip\"}}", "{\"__extn\": {\"fn\": \"ip\", \"args\": \"::1\"}}",
      "{\"__extn\": {\"fn\": \"nope\", \"arg\": 1}, \"z\": 1}", "{\"__entity\": {\"type\": \"if\", \"id\": \"\"}, \"z\": 1}",
    ])
  func reservedKeys(_ json: String) throws {
    let store = try EntityStore.parse(json: Self.document(json))
    #expect(store.entity(uid("A", "a"))?.attributes["x"]?.recordValue?.members.first?.key.hasPrefix("__") == true)
  }

  @Test(
    "what the entities format refuses",
    arguments: [
      "null", "1.0", "1e3", "-0", "9223372036854775808", "[null]", "{\"a\": 1, \"a\": 2}", "{\"__expr\": \"1\"}",
      "{\"__entity\": {\"type\": \"if\", \"id\": \"\"}}", "{\"__entity\": {\"type\": \"N :: T\", \"id\": \"\"}}",
      "{\"__entity\": {\"type\": \"\", \"id\": \"\"}}", "{\"__entity\": {\"type\": \"T\", \"id\": \"\", \"x\": [1.5]}}",
      "{\"__extn\": {\"fn\": \"ipaddr\", \"arg\": \"1.1.1.1\"}}", "{\"__extn\": {\"fn\": \"ip\", \"arg\": \"x\"}}",
      "{\"__extn\": {\"fn\": \"ip\", \"args\": []}}", "{\"__extn\": {\"fn\": \"offset\", \"args\": [\"1970-01-01\", \"1ms\"]}}",
    ])
  func refusedValues(_ json: String) {
    #expect(throws: DataFailure.self) { try EntityStore.parse(json: Self.document(json)) }
  }

  @Test("hierarchies: closure, cycles, duplicates")
  func hierarchy() throws {
    func entity(_ id: String, _ parents: [String]) -> Entity { Entity(uid: uid("A", id), parents: parents.map { uid("A", $0) }) }
    let chain = (0..<5_000).map { entity("\($0)", $0 == 4_999 ? ["root"] : ["\($0 + 1)"]) }
    let short = try EntityStore(Array(chain.suffix(300)))
    #expect(short.isMember(uid("A", "4700"), of: uid("A", "root")))
    #expect(!short.isMember(uid("A", "4800"), of: uid("A", "4700")))
    #expect(throws: EntityStore.Failure.cycle(uid("A", "a"))) { try EntityStore([entity("a", ["a"])]) }
    #expect(throws: EntityStore.Failure.self) { try EntityStore([entity("a", ["b"]), entity("b", ["c"]), entity("c", ["a"])]) }
    #expect(
      try EntityStore([entity("a", ["b", "c"]), entity("b", ["d"]), entity("c", ["d"]), entity("d", [])]).isMember(
        uid("A", "a"), of: uid("A", "d")))
    #expect(try EntityStore([entity("a", ["b"]), entity("a", ["b"])]).count == 1)
    #expect(throws: EntityStore.Failure.duplicate(uid("A", "a"))) { try EntityStore([entity("a", ["b"]), entity("a", [])]) }
  }

  @Test(
    "request data becomes values without escapes",
    arguments: [
      ("7", Value.long(7)), ("-0", .long(0)), ("1.5", .decimal(DecimalValue(scaled: 15_000))), ("0.00001", .string("0.00001")),
      ("1e3", .string("1e3")),
      ("9223372036854775808", .string("9223372036854775808")), ("[1, null, 1]", .set(ValueSet([.long(1)]))),
      ("{\"a\": null, \"b\": \"x\"}", .record(Record([("b", .string("x"))]))),
      (
        "{\"__entity\": {\"type\": \"T\", \"id\": \"i\"}}",
        .record(Record([("__entity", .record(Record([("type", .string("T")), ("id", .string("i"))])))]))
      ),
    ])
  func requestData(_ json: String, _ wanted: Value) throws {
    #expect(Value(json: try JSONReader.parse(text: json)) == wanted)
  }

  @Test("null is no value, and a context must be a record")
  func contexts() throws {
    #expect(Value(json: .null) == nil)
    #expect(try Record.parse(json: Array("{\"a\": {\"__extn\": {\"fn\": \"ip\", \"arg\": \"::1\"}}}".utf8)).count == 1)
    #expect(throws: DataFailure.self) { try Record.parse(json: Array("[1]".utf8)) }
  }

  @Test("long names and ids are compared to their end")
  func longNames() throws {
    let stem = String(repeating: "x", count: 60)
    #expect(uid("A", stem + "1") != uid("A", stem + "2"))
    #expect(uid("A", stem + "1") == uid("A", stem + "1"))
    #expect(uid(stem + "1", "a") != uid(stem + "2", "a"))
    let record = Record([(stem + "1", .long(1)), (stem + "2", .long(2))])
    #expect(record[stem + "2"] == .long(2))
    #expect(record[stem + "3"] == nil)
  }
}
