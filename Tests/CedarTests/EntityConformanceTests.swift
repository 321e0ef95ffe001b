import Testing

@testable import Cedar

/// A schema that has one of everything that data can be.
enum Club {
  static let text = """
    entity Level enum ["low", "high"];
    entity Team in [Team];
    entity Bare;
    entity User in [Team, Level] = {
      name: String, age?: Long, active?: Bool, boss?: User, level?: Level, did?: Action, ip?: ipaddr, score?: decimal, since?: datetime,
      ttl?: duration, friends?: Set<User>, levels?: Set<Level>, labels?: Set<String>, grid?: Set<Set<Long>>, hosts?: Set<ipaddr>,
      meta?: { key: String, owner?: User, deep?: { n: Long } }, "__entity"?: Long, odd?: { type?: String, id?: String }
    } tags Set<ipaddr>;
    action view, edit in [write] appliesTo {
      principal: [User, Level], resource: Team, context: { mfa: Bool, ip?: ipaddr, who?: User, level?: Level, more?: { a: Long } }
    };
    action write in [all];
    action all;
    namespace Shop { entity Item { price: decimal, sold?: __cedar::Bool }; action buy appliesTo { principal: User, resource: Item }; }
    """

  static let schema: Schema = {
    guard case .success(let schema) = Schema.parse(text) else { preconditionFailure("the schema of the tests has a mistake") }
    return schema
  }()

  /// The only user of a document, with `attributes` beside the name.
  static func user(_ attributes: String, more: String = "") -> [UInt8] {
    let comma = attributes.isEmpty ? "" : ","
    return Array(
      #"[{"uid":{"type":"User","id":"u"},"attrs":{"name":"n"\#(comma)\#(attributes)},"parents":[]\#(more)}]"#.utf8)
  }

  static func entity(_ type: String, _ id: String, attributes: String = "", in parents: [String] = [], more: String = "") -> String
  {
    #"{"uid":{"type":"\#(type)","id":"\#(id)"},"attrs":{\#(attributes)},"parents":[\#(parents.joined(separator: ","))]\#(more)}"#
  }

  static func name(_ type: String, _ id: String) -> String { #"{"type":"\#(type)","id":"\#(id)"}"# }

  static func failure(_ json: [UInt8]) -> String? {
    do throws(DataFailure) {
      _ = try EntityStore.parse(json: json, schema: schema)
      return nil
    } catch {
      return error.description
    }
  }

  static func failure(_ entities: [String]) -> String? { failure(Array("[\(entities.joined(separator: ","))]".utf8)) }
}

@Suite("entities of a schema")
struct EntityConformanceTests {
  @Test(
    "the declared type steers the reading",
    arguments: [
      ("boss", #"{"type":"User","id":"b"}"#, Value.entity(uid("User", "b"))),
      ("boss", #"{"__entity":{"type":"User","id":"b"},"x":null}"#, .entity(uid("User", "b"))),
      ("boss", #"{"__entity":5,"type":"User","id":"b"}"#, .entity(uid("User", "b"))),
      ("boss", #"{"__entity":{"type":"User","id":"b"},"type":5}"#, .entity(uid("User", "b"))),
      ("boss", #"{"__expr":5,"type":"User","id":"b"}"#, .entity(uid("User", "b"))),
      ("level", #"{"type":"Level","id":"low"}"#, .entity(uid("Level", "low"))),
      ("did", #"{"type":"Action","id":"view"}"#, .entity(uid("Action", "view"))),
      ("ttl", #""1h""#, .duration(DurationValue(milliseconds: 3_600_000))),
      ("ttl", #"{"fn":"duration","arg":"1h","x":null}"#, .duration(DurationValue(milliseconds: 3_600_000))),
      ("ttl", #"{"__extn":{"fn":"duration","args":["1h"]},"x":null}"#, .duration(DurationValue(milliseconds: 3_600_000))),
      ("ttl", #"{"__extn":5,"fn":"duration","arg":"1h"}"#, .duration(DurationValue(milliseconds: 3_600_000))),
      ("ttl", #"{"fn":"toTime","arg":"2024-01-01T00:00:01Z"}"#, .duration(DurationValue(milliseconds: 1000))),
      ("since", #"{"fn":"offset","args":["1970-01-02",{"fn":"toTime","args":["1970-01-01T00:00:00.001Z"]}]}"#, moment(86_400_001)),
      ("since", #"{"__extn":{"fn":"offset","args":["1970-01-02","1ms"]}}"#, moment(86_400_001)),
      ("age", #"{"__extn":{"fn":"toDays","args":[{"__extn":{"fn":"duration","arg":"2d"}}]}}"#, .long(2)),
      (
        "friends", #"[{"type":"User","id":"b"},{"__entity":{"type":"User","id":"b"}}]"#, .set(ValueSet([.entity(uid("User", "b"))]))
      ),
      ("hosts", #"["::1",{"fn":"ip","arg":"::1"}]"#, .set(ValueSet([.ip(IPAddressValue("::1")!)]))),
      ("grid", "[[1],[],[1]]", .set(ValueSet([.set(ValueSet([.long(1)])), .set(ValueSet([]))]))),
      (
        "meta", #"{"key":"k","owner":{"type":"User","id":"b"},"deep":{"n":1}}"#,
        .record(["key": .string("k"), "owner": .entity(uid("User", "b")), "deep": .record(["n": .long(1)])])
      ),
      // Where a record is declared nothing is an escape.
      ("odd", #"{"type":"User","id":"b"}"#, .record(["type": .string("User"), "id": .string("b")])), ("__entity", "1", .long(1)),
    ])
  func steering(_ attribute: String, _ json: String, _ wanted: Value) throws {
    let store = try EntityStore.parse(json: Club.user("\"\(attribute)\":\(json)"), schema: Club.schema)
    #expect(store.entity(uid("User", "u"))?.attributes[attribute] == wanted)
  }

  private static func moment(_ milliseconds: Int64) -> Value { .datetime(DateTimeValue(milliseconds: milliseconds)) }

  @Test(
    "what an attribute may not be",
    arguments: [
      ("age", #""x""#, "expected Long, found String `x` in `[0].attrs.age`"),
      ("age", "true", "expected Long, found Bool `true` in `[0].attrs.age`"),
      ("age", "null", "null is no Cedar value in `[0].attrs.age`"),
      ("age", "1.0", "`1.0` is no 64-bit integer in `[0].attrs.age`"),
      ("age", #"{"__expr":"1"}"#, "`__expr` is no longer part of the format in `[0].attrs.age`"),
      ("age", #"{"__extn":{"fn":"toDays","args":["2d"]}}"#, "`toDays`: expected duration, found String in `[0].attrs.age.__extn`"),
      ("aeg", "1", "attribute `aeg` is not declared (there is `age`) in `[0].attrs.aeg`"),
      ("a b", "1", #"attribute `a b` is not declared in `[0].attrs["a b"]`"#),
      (
        "boss", #""User::\"b\"""#,
        "expected an entity of type `User`, which the strings `type` and `id` name in `[0].attrs.boss`"
      ),
      ("boss", #"{"type":"Team","id":"t"}"#, "expected User, found an entity of type `Team` in `[0].attrs.boss`"),
      ("boss", #"{"type":"User ","id":"t"}"#, "`User ` is no type name in `[0].attrs.boss.type`"),
      (
        "boss", #"{"__entity":{"type":"User","id":"b"},"__expr":"x"}"#,
        "`__expr` is no longer part of the format in `[0].attrs.boss`"
      ),
      ("level", #"{"type":"Level","id":"lwo"}"#, "`Level` has no id `lwo` (there is `low`) in `[0].attrs.level`"),
      ("levels", #"[{"type":"Level","id":"x"}]"#, "`Level` has no id `x` in `[0].attrs.levels`"),
      (
        "did", #"{"type":"Action","id":"veiw"}"#,
        #"action `Action::"veiw"` is not declared (there is `Action::"view"`) in `[0].attrs.did`"#
      ),
      ("ip", #""x""#, "`ip`: the text is no ip in `[0].attrs.ip`"),
      ("ip", "5", "expected ipaddr: the text that `ip` takes, or a call under `__extn` in `[0].attrs.ip`"),
      ("ip", #"{"fn":"decimal","arg":"1.0"}"#, "expected ipaddr, found decimal `decimal(\"1.0000\")` in `[0].attrs.ip`"),
      ("ip", #"{"fn":"isIpv4","arg":"1.1.1.1"}"#, "expected ipaddr, found Bool `true` in `[0].attrs.ip`"),
      ("ip", #"{"fn":"nope","arg":"1.1.1.1"}"#, "unknown function `nope` in `[0].attrs.ip`"),
      (
        "since", #"{"fn":"offset","args":["2024-01-01",{"fn":"duration","arg":"1h","x":1.5}]}"#,
        "`1.5` is no 64-bit integer in `[0].attrs.since.args[1].x`"
      ),
      ("labels", #""x""#, "expected Set<String>, found String `x` in `[0].attrs.labels`"),
      ("labels", #"["x",1]"#, "expected String, found Long `1` in `[0].attrs.labels`"),
      ("meta", "[]", "expected { deep?: { n: Long }, key: String, owner?: User }, found Set in `[0].attrs.meta`"),
      ("meta", "{}", "attribute `key` is missing: a String is required in `[0].attrs.meta`"),
      ("meta", #"{"key":"k","keys":1}"#, "attribute `keys` is not declared (there is `key`) in `[0].attrs.meta.keys`"),
      ("meta", #"{"key":"k","deep":{"n":"1"}}"#, "expected Long, found String `1` in `[0].attrs.meta.deep.n`"),
      ("odd", #"{"__entity":{"type":"User","id":"b"}}"#, "attribute `__entity` is not declared in `[0].attrs.odd.__entity`"),
    ])
  func refusedAttributes(_ attribute: String, _ json: String, _ message: String) {
    #expect(Club.failure(Club.user("\"\(attribute)\":\(json)")) == message)
  }

  private static let team = Club.name("Team", "t")

  @Test(
    "whole entities",
    arguments: [
      (["{}"], "`uid` is missing in `[0]`"), (["[]"], "an entity is an object in `[0]`"),
      ([Club.entity("Nope", "n")], "entity type `Nope` is not declared in `[0].uid`"),
      ([Club.entity("Usr", "n")], "entity type `Usr` is not declared (there is `User`) in `[0].uid`"),
      ([Club.entity("Bare", "b"), Club.entity("User", "n")], "attribute `name` is missing: a String is required in `[1].attrs`"),
      ([Club.entity("Team", "t", more: #","tags":{}"#)], nil),
      ([Club.entity("Team", "t", more: #","tags":{"a":1}"#)], "entities of type `Team` have no tags in `[0].tags`"),
      ([Club.entity("Team", "t", more: #","tags":null"#)], "expected an object in `[0].tags`"),
      ([Club.entity("Team", "t", more: #","unknown":null"#)], nil),
      ([Club.entity("User", "u", attributes: #""name":"n""#, more: #","tags":{"a":["::1"],"":[]}"#)], nil),
      (
        [Club.entity("User", "u", attributes: #""name":"n""#, more: #","tags":{"a b":1}"#)],
        #"expected Set<ipaddr>, found Long `1` in `[0].tags["a b"]`"#
      ),
      // Parents need not exist, their type must be allowed.
      ([Club.entity("User", "u", attributes: #""name":"n""#, in: [team, Club.name("Level", "low")])], nil),
      (
        [Club.entity("User", "u", attributes: #""name":"n""#, in: [team, Club.name("Bare", "b")])],
        "`User` cannot be in `Bare` (it can be in `Level`, `Team`) in `[0].parents[1]`"
      ),
      ([Club.entity("Bare", "b", in: [team])], "`Bare` cannot be in `Team` (it can be in none) in `[0].parents[0]`"),
      (
        [Club.entity("User", "u", attributes: #""name":"n""#, in: [Club.name("Level", "x")])],
        "`Level` has no id `x` in `[0].parents[0]`"
      ),
      ([Club.entity("Team", "t", in: [team])], #"entity `Team::"t"` is its own ancestor"#),
      ([Club.entity("Team", "t"), Club.entity("Team", "t")], nil),
      (
        [Club.entity("Team", "t"), Club.entity("Team", "t", in: [Club.name("Team", "x")])],
        #"entity `Team::"t"` is given twice with different content"#
      ),
      // Enumerated entities.
      ([Club.entity("Level", "low")], nil),
      ([Club.entity("Level", "lo")], "`Level` has no id `lo` (there is `low`) in `[0].uid`"),
      ([Club.entity("Level", "low", attributes: #""a":1"#)], "attribute `a` is not declared in `[0].attrs.a`"),
      ([Club.entity("Level", "low", in: [team])], "`Level` cannot be in `Team` (it can be in none) in `[0].parents[0]`"),
      ([Club.entity("Level", "low", more: #","tags":{"a":1}"#)], "entities of type `Level` have no tags in `[0].tags`"),
      ([Club.entity("Shop::Item", "i", attributes: #""price":"1.5","sold":true"#)], nil),
    ] as [([String], String?)])
  func entities(_ entities: [String], _ message: String?) { #expect(Club.failure(entities) == message) }

  private static func action(_ id: String, in parents: [String] = []) -> String {
    Club.entity("Action", id, in: parents.map { Club.name("Action", $0) })
  }

  @Test(
    "an action has exactly the ancestors of the schema",
    arguments: [
      ([action("view", in: ["write", "all"])], nil), ([action("all")], nil), ([action("all"), action("all")], nil),
      ([action("view", in: ["write"]), action("write", in: ["all"])], nil),
      (
        [action("view", in: ["write"])],
        #"action `Action::"view"` is in `Action::"all"` by the schema, but not here in `[0].parents`"#
      ),
      (
        [action("all", in: ["edit"])],
        #"action `Action::"all"` is in `Action::"edit"` here, but not by the schema in `[0].parents`"#
      ),
      (
        [action("view", in: ["write", "all"]), action("write")],
        #"action `Action::"write"` is in `Action::"all"` by the schema, but not here in `[1].parents`"#
      ),
      ([action("veiw")], #"action `Action::"veiw"` is not declared (there is `Action::"view"`) in `[0].uid`"#),
      ([Club.entity("Action", "all", attributes: #""a":1"#)], "an action has no attributes in `[0].attrs`"),
      ([Club.entity("Action", "all", more: #","tags":{"a":1}"#)], "an action has no tags in `[0].tags`"),
      (
        [Club.entity("Action", "all", in: [team])],
        #"the action `Action::"all"` can be in actions only, not in `Team::"t"` in `[0].parents[0]`"#
      ),
    ] as [([String], String?)])
  func actions(_ entities: [String], _ message: String?) { #expect(Club.failure(entities) == message) }

  @Test("a store of a schema has all its actions, whatever was given; without a schema it has not")
  func actionsAreAdded() throws {
    for json in ["[]", "[\(Self.action("view", in: ["write", "all"]))]"] {
      let store = try EntityStore.parse(json: Array(json.utf8), schema: Club.schema)
      #expect(store.count == 5)
      #expect(store.isMember(uid("Action", "view"), of: uid("Action", "all")))
      #expect(Set(store.ancestors(of: uid("Action", "edit"))) == [uid("Action", "write"), uid("Action", "all")])
      #expect(store.ancestors(of: uid("Shop::Action", "buy")).isEmpty)
    }
    #expect(try EntityStore.parse(json: Array("[]".utf8)).count == 0)
    #expect(throws: DataFailure.self) {
      try EntityStore.parse(json: Array("[\(Club.entity("Action", "a", in: [Self.team]))]".utf8))
    }
  }

  @Test("entities that a program made conform or not, too")
  func madeEntities() throws {
    let good = Entity(uid: uid("User", "u"), attributes: ["name": .string("n")], parents: [uid("Team", "t")])
    try Club.schema.check(good)
    #expect(try EntityStore([good], schema: Club.schema).isMember(good.uid, of: uid("Team", "t")))
    #expect(throws: DataFailure(message: "attribute `name` is missing: a String is required", path: "attrs")) {
      try Club.schema.check(Entity(uid: uid("User", "u")))
    }
    #expect(throws: DataFailure(message: "attribute `name` is missing: a String is required", path: "[1].attrs")) {
      try EntityStore([good, Entity(uid: uid("User", "v"))], schema: Club.schema)
    }
    try Club.schema.check(Entity(uid: uid("Action", "view"), parents: [uid("Action", "write"), uid("Action", "all")]))
    #expect(throws: DataFailure.self) {
      try Club.schema.check(Entity(uid: uid("Action", "view"), parents: [uid("Action", "write")]))
    }
  }

  @Test("arrays and objects open at once: as many as the limit, not one more")
  func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      return Array(#"[{"uid":{"type":"A","id":""},"attrs":{"x":\#(value)},"parents":[]}]"#.utf8)
    }
    #expect(try EntityStore.parse(json: nested(DataReader.depthMax - 3)).count == 1)
    #expect(throws: DataFailure.self) { try EntityStore.parse(json: nested(DataReader.depthMax - 2)) }
  }

  @Test("a hierarchy has a limit, and children of one parent share their ancestors")
  func hierarchyLimit() throws {
    let chain = (0..<100).map { Entity(uid: uid("A", "\($0)"), parents: [uid("A", "\($0 + 1)")]) }
    // n entities in a chain have n (n + 1) / 2 ancestors.
    #expect(try EntityStore(chain, ancestorsMax: 5_050).count == 100)
    #expect(throws: EntityStore.Failure.hierarchyTooLarge(uid("A", "0"))) { try EntityStore(chain, ancestorsMax: 5_049) }
    let crowd = (0..<2_000).map { Entity(uid: uid("U", "\($0)"), parents: [uid("A", "0")]) }
    let store = try EntityStore(chain + crowd, ancestorsMax: 5_050 + 101)
    #expect(store.isMember(uid("U", "1999"), of: uid("A", "100")))
    #expect(store.ancestors(of: uid("U", "7")).count == 101)
  }
}
