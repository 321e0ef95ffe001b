import TestSupport
import Testing

@testable import Cedar

/// Random entities that conform to a schema, and their JSON.
private struct Conformant {
  var random: SeededGenerator
  let schema: Schema

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  mutating func text() -> String {
    let scalars = Array("ab\u{0}\u{301}é\"\\\n😀/ \u{7F}".unicodeScalars)
    var text = ""
    for _ in 0..<below(4) { text.unicodeScalars.append(scalars[below(scalars.count)]) }
    return text
  }

  /// A value of `type` and one of its forms in JSON.
  mutating func value(_ type: SchemaType) -> (value: Value, json: String) {
    switch type {
    case .bool: return below(2) == 0 ? (.bool(true), "true") : (.bool(false), "false")
    case .long:
      let number = [Int64.min, -1, 0, 7, Int64.max][below(5)]
      return (.long(number), "\(number)")
    case .string:
      let value = Value.string(text())
      return (value, String(decoding: value.json, as: UTF8.self))
    case .entity(let name):
      let uid = EntityUID(type: name, id: id(of: name))
      return (.entity(uid), below(2) == 0 ? bare(uid) : #"{"__entity":\#(bare(uid))}"#)
    case .extension(let type):
      let arguments: [String] =
        switch type {
        case .ipaddr: ["::1", "10.0.0.0/8", "1.2.3.4"]
        case .decimal: ["1.5", "-0.0001", "922337203685477.5807"]
        case .datetime: ["2024-02-29", "0000-01-01T00:00:00+2359", "9999-12-31T23:59:59.999Z"]
        case .duration: ["1h", "-9223372036854775808ms", "1d2h3m4s5ms"]
        }
      let argument = arguments[below(arguments.count)]
      let value = type.constructor.construct(argument) ?? .bool(false)
      let call = #"{"fn":"\#(type.constructor.rawValue)","arg":"\#(argument)"}"#
      return (value, ["\"\(argument)\"", call, "{\"__extn\":\(call)}"][below(3)])
    case .set(let element):
      let elements = (0..<below(3)).map { _ in value(element) }
      return (.set(ValueSet(elements.map(\.value))), "[" + elements.map(\.json).joined(separator: ",") + "]")
    case .record(let type):
      let (record, json) = record(type)
      return (.record(record), json)
    }
  }

  mutating func record(_ type: RecordType) -> (Record, String) {
    var members: [(key: String, value: Value)] = []
    var json: [String] = []
    for attribute in type.attributes where attribute.isRequired || below(3) == 0 {
      let (value, text) = value(attribute.type)
      members.append((attribute.name, value))
      json.append("\"\(attribute.name)\":\(text)")
    }
    return (Record(members), "{" + json.joined(separator: ",") + "}")
  }

  /// The name in JSON, without an escape.
  private func bare(_ uid: EntityUID) -> String {
    #"{"type":"\#(uid.type)","id":\#(String(decoding: Value.string(uid.id).json, as: UTF8.self))}"#
  }

  private mutating func id(of type: String) -> String {
    if type == "Action" { return ["view", "edit", "all"][below(3)] }
    let ids = schema.entityTypes[type]?.enumeration ?? ["a", "b", "é\n"]
    return ids[below(ids.count)]
  }

  /// An entity of a random type; its parents never lead back to it, for their ids are smaller.
  mutating func entity(_ number: Int) -> (entity: Entity, json: String) {
    let types = schema.entityTypes.values.sorted { $0.name < $1.name }
    let type = types[below(types.count)]
    let name = EntityUID(type: type.name, id: type.enumeration.map { $0[below($0.count)] } ?? "\(number)")
    let (attributes, members) = record(type.shape)
    var parents: [EntityUID] = []
    for group in type.ancestors.sorted() where below(2) == 0 && (group != type.name || number > 0) {
      parents.append(EntityUID(type: group, id: schema.entityTypes[group]?.enumeration?[0] ?? "\(below(number + 1) - 1)"))
    }
    var tags: [(key: String, value: Value)] = []
    var tagged: [String] = []
    if let type = type.tags {
      for key in ["a", "b"] where below(2) == 0 {
        let (value, text) = value(type)
        tags.append((key, value))
        tagged.append("\"\(key)\":\(text)")
      }
    }
    func json(_ uid: EntityUID) -> String {
      String(String(decoding: Value.entity(uid).json, as: UTF8.self).dropFirst(12).dropLast())
    }
    let names = parents.map { bare($0) }.joined(separator: ",")
    let text = #"{"uid":\#(bare(name)),"attrs":\#(members),"parents":[\#(names)],"tags":{\#(tagged.joined(separator: ","))}}"#
    return (Entity(uid: name, attributes: attributes, parents: parents, tags: Record(tags)), text)
  }

  /// The entity with one thing that its type does not allow.
  mutating func broken(_ entity: Entity, _ type: Schema.EntityType) -> Entity {
    var attributes = entity.attributes.members
    var parents = entity.parents
    var tags = entity.tags.members
    switch below(4) {
    case 0: attributes.append(("undeclared", .long(1)))
    case 1 where !attributes.isEmpty:
      let place = below(attributes.count)
      if type.shape[attributes[place].key]?.isRequired == true, below(2) == 0 {
        attributes.remove(at: place)
      } else {
        // No attribute of the schema is a set of sets of truth values.
        attributes[place].value = .set(ValueSet([.set(ValueSet([.bool(true)]))]))
      }
    case 2: parents.append(EntityUID(type: "Bare", id: "x"))
    default: tags.append(("x", .bool(true)))
    }
    return Entity(uid: entity.uid, attributes: Record(attributes), parents: parents, tags: Record(tags))
  }
}

@Suite("data properties")
struct DataPropertyTests {
  @Test(
    "what conforms is accepted in every form, and read as it was written; one breach is refused",
    arguments: [61, 62, 63] as [UInt64])
  func conformance(seed: UInt64) throws {
    var source = Conformant(random: SeededGenerator(seed: seed), schema: Club.schema)
    for round in 0..<150 {
      var made: [EntityUID: Entity] = [:]
      var documents: [String] = []
      for number in 0..<(1 + source.below(4)) {
        let (entity, json) = source.entity(number)
        if made[entity.uid] != nil { continue }
        made[entity.uid] = entity
        documents.append(json)
      }
      let text = "[" + documents.joined(separator: ",") + "]"
      let store = try EntityStore.parse(json: Array(text.utf8), schema: Club.schema)
      for entity in made.values { #expect(store.entity(entity.uid) == entity, "seed \(seed) round \(round): \(text)") }
      let json = store.json
      for schema in [nil, Club.schema] {
        let again = try EntityStore.parse(json: json, schema: schema)
        #expect(again.json == json, "seed \(seed) round \(round): \(text)")
        #expect(again.count == store.count)
        for entity in store.entities {
          let other = again.entity(entity.uid)
          #expect(other?.attributes == entity.attributes && other?.tags == entity.tags, "seed \(seed) round \(round): \(text)")
          #expect(Set(again.ancestors(of: entity.uid)) == Set(store.ancestors(of: entity.uid)))
        }
      }
      for entity in made.values.sorted(by: { $0.uid.description < $1.uid.description }) {
        let broken = source.broken(entity, try #require(Club.schema.entityTypes[entity.uid.type]))
        #expect(throws: DataFailure.self, "seed \(seed) round \(round): \(broken)") { try Club.schema.check(broken) }
      }
    }
  }

  @Test("values of every kind are written in one form")
  func goldenText() throws {
    let store = try EntityStore([
      Entity(
        uid: uid("N::U", "é\"\n\0"),
        attributes: [
          "b": .bool(true), "l": .long(Int64.min), "s": .string("\u{1}/😀"), "e": .entity(uid("T", "x")),
          "set": .set(ValueSet([.long(2), .long(1), .bool(false)])), "r": .record(["b": .long(1), "a": .record([:])]),
          "ip": .ip(IPAddressValue("10.0.0.1/8")!), "dec": .decimal(DecimalValue(scaled: -1)),
          "dur": .duration(DurationValue(milliseconds: -1)), "time": .datetime(DateTimeValue(milliseconds: 1)),
          "far": .datetime(DateTimeValue(milliseconds: Int64.min)),
        ], parents: [uid("T", "b"), uid("T", "a"), uid("T", "b")], tags: ["t": .long(1)]), Entity(uid: uid("A", "a")),
    ])
    let text = #"""
      [{"uid":{"type":"A","id":"a"},"attrs":{},"parents":[]},{"uid":{"type":"N::U","id":"é\"\n\u0000"},"attrs":{"b":true,\#
      "dec":{"__extn":{"fn":"decimal","arg":"-0.0001"}},"dur":{"__extn":{"fn":"duration","arg":"-1ms"}},\#
      "e":{"__entity":{"type":"T","id":"x"}},"far":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"1970-01-01"}},\#
      {"__extn":{"fn":"duration","arg":"-9223372036854775808ms"}}]}},"ip":{"__extn":{"fn":"ip","arg":"10.0.0.1/8"}},\#
      "l":-9223372036854775808,"r":{"a":{},"b":1},"s":"\u0001/😀","set":[false,1,2],\#
      "time":{"__extn":{"fn":"datetime","arg":"1970-01-01T00:00:00.001Z"}}},"parents":[{"type":"T","id":"a"},{"type":"T","id":"b"}],\#
      "tags":{"t":1}}]
      """#
    #expect(String(decoding: store.json, as: UTF8.self) == text)
    let again = try EntityStore.parse(json: store.json)
    #expect(again.entity(uid("N::U", "é\"\n\0"))?.attributes == store.entity(uid("N::U", "é\"\n\0"))?.attributes)
    let record: Record = ["a": .string("x"), "b": .ip(IPAddressValue("::1")!)]
    #expect(try Record.parse(json: record.json) == record)
  }

  @Test("no document breaks the readers that a schema steers", arguments: [71, 72] as [UInt64])
  func hostile(seed: UInt64) throws {
    var source = Conformant(random: SeededGenerator(seed: seed), schema: Club.schema)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "null", "1.5", "\"__entity\"", "\"__extn\"", "\"__expr\"", "\"fn\"", "\"arg\"", "\"args\"",
      "\"type\"",
      "\"id\"", "\"User\"", "\"Level\"", "\"ip\"", "\"offset\"", "\"::1\"", "true", "9223372036854775808", "\\ud800", "\u{0}",
    ]
    var refused = 0
    for _ in 0..<1_500 {
      var bytes = Array("[\(source.entity(1).json)]".utf8)
      for _ in 0...source.below(2) {
        let place = source.below(bytes.count)
        switch source.below(3) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: source.random.next())
        default:
          let end = bytes[place...].firstIndex(where: { [0x2C, 0x7D, 0x5D].contains($0) }) ?? place
          bytes.replaceSubrange(place..<end, with: Array(pieces[source.below(pieces.count)].utf8))
        }
      }
      if (try? EntityStore.parse(json: bytes, schema: Club.schema)) == nil { refused += 1 }
      _ = try? Record.parse(json: bytes, schema: Club.schema, action: uid("Action", "view"))
      _ = try? Request.parse(json: bytes, schema: Club.schema)
    }
    #expect(refused > 750)
  }
}
