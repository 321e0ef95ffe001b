import Testing

@testable import Cedar

@Suite("Cedar schemas as JSON")
struct SchemaJSONTests {
  /// A document with a namespace `N` of these parts.
  static func document(types: String = "", entities: String = "", actions: String = "", more: String = "") -> String {
    "{\"N\":{\"commonTypes\":{\(types)},\"entityTypes\":{\(entities)},\"actions\":{\(actions)}\(more)}}"
  }

  static func attribute(_ type: String) -> String {
    document(
      types: #""T":{"type":"Long"}"#, entities: #""A":{"shape":{"type":"Record","attributes":{"x":\#(type)}}}"#, actions: #""a":{}"#
    )
  }

  private func failure(_ json: String) -> String? {
    do {
      _ = try Schema.parse(json: Array(json.utf8))
      return nil
    } catch {
      return error.description
    }
  }

  static let good = [
    "{}", document(), document(more: #","annotations":{"a":"b","if":null}"#),
    #"{"":{"entityTypes":{},"actions":{},"annotations":{}}}"#,
    document(
      entities:
        #""A":{"memberOfTypes":["A","N::A"],"shape":{"type":"Record","attributes":{},"additionalAttributes":false},"tags":{"type":"String"},"annotations":{"a":""}}"#
    ),
    document(entities: #""A":{"enum":["a","a"],"annotations":{}}"#),
    document(types: #""T":{"type":"Record","attributes":{},"annotations":{"a":"b"}}"#, entities: #""A":{"shape":{"type":"T"}}"#),
    document(actions: #""a":{"memberOf":null,"appliesTo":null,"attributes":null}"#),
    document(actions: #""a":{"memberOf":[{"id":"b"},{"id":"b","type":null},{"id":"b","type":"N::Action"}]},"b":{}"#),
    document(
      entities: #""A":{}"#,
      actions: #""a":{"appliesTo":{"principalTypes":[],"resourceTypes":["A"],"context":{"type":"Record","attributes":{}}}}"#),
    attribute(#"{"type":"Boolean"}"#), attribute(#"{"type":"Bool"}"#),
    attribute(#"{"type":"T","required":false,"annotations":{"a":null}}"#),
    attribute(#"{"type":"ipaddr"}"#), attribute(#"{"type":"__cedar::ipaddr"}"#),
    attribute(#"{"type":"Extension","name":"ipaddr"}"#),
    attribute(#"{"type":"Entity","name":"Action"}"#), attribute(#"{"type":"EntityOrCommon","name":"__cedar::Long"}"#),
    attribute(#"{"type":"Set","element":{"type":"Record","attributes":{"":{"type":"Long"}}}}"#),
    // The reference takes declarations as arrays as well.
    #"{"N":[{},{"A":[["A"]],"B":[]},{"a":[null,[["A"],["B"]],[["b"]]],"b":[]}]}"#,
  ]

  @Test("the format", arguments: good)
  func accepted(json: String) { #expect(failure(json) == nil) }

  static let bad: [(String, String)] = [
    ("[]", "expected an object of namespaces by name"), ("{} x", "something follows the value at byte 3"),
    (#"{"N":{"entityTypes":{}}}"#, "`actions` is missing in `N`"),
    (#"{"N":{"entityTypes":{},"actions":{},"x":1}}"#, "a namespace has no member `x` in `N.x`"),
    (#"{"N":{"entityTypes":{},"entityTypes":{},"actions":{}}}"#, "duplicate key at byte 23 in `N.entityTypes`"),
    (#"{"N ::M":{"entityTypes":{},"actions":{}}}"#, #"`N ::M` is no name of a namespace in `["N ::M"]`"#),
    (
      #"{"":{"entityTypes":{},"actions":{},"annotations":{"a":"b"}}}"#,
      #"the empty namespace has no annotations in `[""].annotations.a`"#
    ),
    (document(entities: #""A ":{}"#), #"`A ` is no name that can be declared in `N.entityTypes["A "]`"#),
    (document(entities: #""A":null"#), "an entity type is an object in `N.entityTypes.A`"),
    (document(entities: #""A":[[],{},{},["a"],{},{}]"#), "an entity type has at most 5 members in `N.entityTypes.A`"),
    (document(entities: #""A":{"shape":{"type":"Long"}}"#), "the shape of `N::A` is no record in `N.entityTypes.A.shape`"),
    (document(entities: #""A":{"enum":[]}"#), "an enumerated entity type has at least one id in `N.entityTypes.A.enum`"),
    (
      document(entities: #""A":{"enum":["a"],"tags":{"type":"Long"}}"#),
      "an enumerated entity type has ids and annotations, nothing else in `N.entityTypes.A.tags`"
    ),
    (document(entities: #""A":{"memberOfTypes":["B"]}"#), "unknown entity type `B` in `N.entityTypes.A.memberOfTypes[0]`"),
    (document(actions: #""a":{"attributes":{}}"#), "actions have no attributes in `N.actions.a.attributes`"),
    (document(actions: #""a":{"memberOf":[{"type":"Action"}]}"#), "`id` is missing in `N.actions.a.memberOf[0]`"),
    (document(actions: #""a":{"memberOf":[{"id":"b"}]}"#), #"unknown action `N::Action::"b"` in `N.actions.a.memberOf[0]`"#),
    (document(actions: #""a":{"appliesTo":{"principalTypes":[]}}"#), "`resourceTypes` is missing in `N.actions.a.appliesTo`"),
    (document(types: #""T":{"type":"T"}"#), "common type `N::T` contains itself (only entity types may) in `N.commonTypes.T`"),
    (attribute(#""Long""#), "expected an object with `type` in `N.entityTypes.A.shape.attributes.x`"),
    (
      attribute(#"{"type":"Long","name":"x"}"#),
      "a type `Long` here has no member `name` in `N.entityTypes.A.shape.attributes.x.name`"
    ),
    (
      attribute(#"{"type":"Set","element":{"type":"Long","required":true}}"#),
      "a type `Long` here has no member `required` in `N.entityTypes.A.shape.attributes.x.element.required`"
    ),
    (attribute(#"{"type":"Long","required":1}"#), "expected a boolean in `N.entityTypes.A.shape.attributes.x.required`"),
    (
      attribute(#"{"type":"Record","attributes":{},"additionalAttributes":true}"#),
      "records are closed: `additionalAttributes` can only be false in `N.entityTypes.A.shape.attributes.x.additionalAttributes`"
    ),
    (
      attribute(#"{"type":"Extension","name":"foo"}"#),
      "an extension type is one of `ipaddr`, `decimal`, `datetime`, `duration` in `N.entityTypes.A.shape.attributes.x.name`"
    ),
    (attribute(#"{"type":"A"}"#), "unknown common type `A` (`A` is an entity type) in `N.entityTypes.A.shape.attributes.x`"),
    (
      attribute(#"{"type":"Entity","name":"T"}"#),
      "unknown entity type `T` (`T` is a common type; only entity types can stand here) in `N.entityTypes.A.shape.attributes.x`"
    ),
    (attribute(#"{"type":"EntityOrCommon","name":"if"}"#), "`if` is no type name in `N.entityTypes.A.shape.attributes.x.name`"),
  ]

  @Test("mistakes, each with its path", arguments: bad)
  func refused(json: String, message: String) { #expect(failure(json) == message) }

  @Test("several unknown names are all found, with their lines")
  func several() throws {
    let json = "{\"\": {\"entityTypes\": {\n  \"A\": {\"memberOfTypes\": [\"B\",\n    \"C\"]}}, \"actions\": {}}}"
    guard case .failure(let failure) = try SchemaDocument.parse(json: Array(json.utf8)).resolved() else {
      Issue.record("accepted")
      return
    }
    #expect(
      failure.diagnostics.map(\.description) == [
        "schema.json:2:27: unknown entity type `B`", "schema.json:3:5: unknown entity type `C`",
      ])
  }

  @Test("types are bounded in depth")
  func depth() {
    func nested(_ depth: Int, _ open: String, _ close: String) -> String {
      Self.attribute(String(repeating: open, count: depth) + #"{"type":"Long"}"# + String(repeating: close, count: depth))
    }
    // The shape is the first level.
    for (open, close) in [(#"{"type":"Set","element":"#, "}"), (#"{"type":"Record","attributes":{"a":"#, "}}")] {
      #expect(failure(nested(99, open, close)) == nil)
      #expect(failure(nested(100, open, close))?.hasPrefix("types nested deeper than 100 in ") == true)
      #expect(failure(nested(5_000, open, close))?.hasPrefix("more than 216 levels of nesting") == true)
    }
  }
}
