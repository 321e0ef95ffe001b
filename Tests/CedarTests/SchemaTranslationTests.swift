import TestSupport
import Testing

@testable import Cedar

@Suite("Cedar schemas translated")
struct SchemaTranslationTests {
  private static let text = """
    type Address = {
      city: String,
      "post code"?: String
    };

    @doc("a \\"person\\"")
    @plain
    entity User in [Group, N::Team] = {
      address: Address,
      @since("2")
      friends: Set<User>,
      limits: Set<{
        day: Long
      }>
    } tags Set<String>;

    entity Group = {};

    entity Color enum ["red", "e\u{301}\\n"];

    action read;

    action "view all" in [read, N::Action::"list"] appliesTo {
      principal: [User],
      resource: [Group, Color],
      context: {
        ip?: ipaddr
      }
    };

    @ns
    namespace N {
      entity Team;

      action list appliesTo {
        principal: [User],
        resource: [Team],
        context: Address
      };
    }

    namespace N::Empty {
    }

    """

  private static let json =
    #"{"":{"commonTypes":{"Address":{"type":"Record","attributes":{"city":{"type":"EntityOrCommon","name":"String"},"#
    + #""post code":{"type":"EntityOrCommon","name":"String","required":false}}}},"#
    + #""entityTypes":{"User":{"annotations":{"doc":"a \"person\"","plain":null},"memberOfTypes":["Group","N::Team"],"#
    + #""shape":{"type":"Record","attributes":{"address":{"type":"EntityOrCommon","name":"Address"},"#
    + #""friends":{"type":"Set","element":{"type":"EntityOrCommon","name":"User"},"annotations":{"since":"2"}},"#
    + #""limits":{"type":"Set","element":{"type":"Record","attributes":{"day":{"type":"EntityOrCommon","name":"Long"}}}}}},"#
    + #""tags":{"type":"Set","element":{"type":"EntityOrCommon","name":"String"}}},"#
    + #""Group":{"shape":{"type":"Record","attributes":{}}},"# + "\"Color\":{\"enum\":[\"red\",\"e\u{301}\\n\"]}},"
    + #""actions":{"read":{},"view all":{"memberOf":[{"id":"read"},{"id":"list","type":"N::Action"}],"#
    + #""appliesTo":{"principalTypes":["User"],"resourceTypes":["Group","Color"],"#
    + #""context":{"type":"Record","attributes":{"ip":{"type":"EntityOrCommon","name":"ipaddr","required":false}}}}}}},"#
    + #""N":{"annotations":{"ns":null},"entityTypes":{"Team":{}},"#
    + #""actions":{"list":{"appliesTo":{"principalTypes":["User"],"resourceTypes":["Team"],"#
    + #""context":{"type":"EntityOrCommon","name":"Address"}}}}},"N::Empty":{"entityTypes":{},"actions":{}}}"#

  @Test("the two formats of one schema, byte for byte")
  func golden() throws {
    let document = try SchemaDocument.parse(Self.text).get()
    #expect(document.text == Self.text)
    #expect(String(decoding: document.json, as: UTF8.self) == Self.json)
    let again = try SchemaDocument.parse(json: Array(Self.json.utf8))
    #expect(again.text == Self.text)
    #expect(again.json == document.json)
    #expect(try again.resolved().get() == document.resolved().get())
  }

  @Test("equality sees every part of a schema")
  func equality() throws {
    let base = try Schema.parse(Self.text).get()
    let changes = [
      ("post code\"?", "post code\""), ("a \\\"", "b \\\""), ("[Group, N::Team]", "[Group]"), ("Set<String>", "String"),
      ("\"red\"", "\"Red\""),
      ("e\u{301}", "\u{E9}"), ("[read, N::Action::\"list\"]", "[read]"), ("[Group, Color]", "[Color, Group]"),
      ("ip?: ipaddr", "ip?: String"),
      ("action read", "@a\naction read"), ("entity Group =", "entity Grp; entity Group ="), ("context: Address", "context: {}"),
    ]
    for (old, new) in changes {
      let text = Self.text.replacing(old, with: new)
      #expect(text.utf8.elementsEqual(Self.text.utf8) == false)
      #expect(try Schema.parse(text).get() != base, "\(new)")
    }
  }

  static let oddities: [(String, String)] = [
    // A built-in type that a name of the schema hides.
    (
      #"{"N":{"entityTypes":{"ipaddr":{},"A":{"tags":{"type":"ipaddr"}},"B":{"tags":{"type":"Boolean"}}},"actions":{}}}"#,
      "namespace N {\n  entity ipaddr;\n\n  entity A tags __cedar::ipaddr;\n\n  entity B tags __cedar::Bool;\n}\n"
    ),
    // An entity type behind a common type of the same name.
    (
      #"{"":{"commonTypes":{"A":{"type":"Entity","name":"A"},"A_":{"type":"A"}},"entityTypes":{"A":{"tags":{"type":"A"}}},"actions":{}}}"#,
      "type A__ = A;\n\ntype A_ = A__;\n\nentity A tags A__;\n"
    ),
    // A common type behind the type of the actions of another namespace.
    (
      #"{"":{"commonTypes":{"Action":{"type":"Long"}},"entityTypes":{},"actions":{}},"#
        + #""N":{"entityTypes":{"A":{"tags":{"type":"Action"}}},"actions":{"a":{}}}}"#,
      "type Action_ = __cedar::Long;\n\nnamespace N {\n  entity A tags Action_;\n\n  action a;\n}\n"
    ),
    // A shape by name, from another namespace that has other names.
    (
      #"{"N":{"entityTypes":{"A":{"shape":{"type":"M::T"}},"B":{}},"actions":{}},"#
        + #""M":{"commonTypes":{"T":{"type":"U"},"U":{"type":"Record","attributes":{"b":{"type":"Entity","name":"B"},"l":{"type":"Long"}}}},"#
        + #""entityTypes":{"B":{}},"actions":{}}}"#,
      "namespace N {\n  entity A = {\n    b: M::B,\n    l: __cedar::Long\n  };\n\n  entity B;\n}\n\n"
        + "namespace M {\n  type T = U;\n\n  type U = {\n    b: B,\n    l: __cedar::Long\n  };\n\n  entity B;\n}\n"
    ),
    // No request is admitted.
    (
      #"{"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":["A"]}}}}}"#,
      "entity A;\n\naction a;\n"
    ),
    // What stands outside any namespace comes first.
    (#"{"N":{"entityTypes":{},"actions":{}},"":{"entityTypes":{"A":{}},"actions":{}}}"#, "entity A;\n\nnamespace N {\n}\n"),
  ]

  @Test("what only JSON can say is said another way in text", arguments: oddities)
  func odd(json: String, text: String) throws {
    let document = try SchemaDocument.parse(json: Array(json.utf8))
    #expect(document.text == text)
    #expect(try Schema.parse(document.text).get() == document.resolved().get())
  }

  @Test("a schema stays the same on every way through both formats", arguments: [61, 62, 63] as [UInt64])
  func roundTrips(seed: UInt64) throws {
    var random = SchemaGenerator(seed: seed)
    for round in 0..<150 {
      let text = random.schema()
      let document = try SchemaDocument.parse(text).get()
      let mistake = try stability(document)
      #expect(mistake == nil, "seed \(seed) round \(round): \(text)")
    }
  }

  @Test("no text and no document breaks the readers, and what they take survives translation", arguments: [71, 72] as [UInt64])
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var taken = 0
    for round in 0..<800 {
      let good = Array((round % 2 == 0 ? Self.text : Self.json).utf8)
      var bytes = good
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(bytes.count))
        let other = Int(random.next() % UInt64(good.count))
        switch random.next() % 4 {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next() % 128)
        case 2: bytes.insert(good[other], at: place)
        default: bytes.insert(contentsOf: good[other..<min(good.count, other + 12)], at: place)
        }
      }
      let document: SchemaDocument
      if round % 2 == 0 {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).count
        switch SchemaDocument.parse(text) {
        case .success(let read): document = read
        case .failure(let failure):
          #expect(
            failure.diagnostics.allSatisfy { $0.line >= 1 && $0.line <= lines && $0.column >= 1 }, "seed \(seed) round \(round)")
          continue
        }
      } else {
        guard let read = try? SchemaDocument.parse(json: bytes) else { continue }
        document = read
      }
      guard case .success = document.resolved() else { continue }
      taken += 1
      #expect(try stability(document) == nil, "seed \(seed) round \(round): \(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(taken > 20)
  }

  /// What changes on the way through the formats, or nil.
  private func stability(_ document: SchemaDocument) throws -> String? {
    let schema = try document.resolved().get()
    let fromText = try SchemaDocument.parse(document.text).get()
    if try fromText.resolved().get() != schema { return "another schema through text" }
    if fromText.text != document.text { return "text changes" }
    if try SchemaDocument.parse(json: fromText.json).text != document.text { return "text changes through JSON" }
    let fromJSON = try SchemaDocument.parse(json: document.json)
    if try fromJSON.resolved().get() != schema { return "another schema through JSON" }
    if fromJSON.json != document.json { return "JSON changes" }
    return nil
  }
}

/// Makes schemas that resolve, with names that hide each other.
struct SchemaGenerator {
  private var random: SeededGenerator
  private var commons: [String] = []

  private static let names = ["a", "if", "e\u{301}", "\u{E9}", "", "tags", "x y", "\"", "\\", "\n", "in", "b", "__cedar"]
  private static let entities = ["User", "ipaddr", "String", "Set", "entity"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(random.next() % UInt64(list.count))] }
  private mutating func flip() -> Bool { random.next() % 2 == 0 }

  private mutating func type(_ depth: Int = 0) -> String {
    switch random.next() % (depth > 3 ? 5 : 7) {
    case 0: return pick(["Long", "__cedar::String", "__cedar::Bool", "decimal", "__cedar::ipaddr"])
    case 1, 2: return pick(["N::", "N::M::"]) + pick(Self.entities)
    case 3: return pick(Self.entities.filter { $0 != "Set" && $0 != "entity" && $0 != "User" } + ["Long"])
    case 4: return commons.isEmpty ? "datetime" : pick(commons)
    case 5: return "Set<" + type(depth + 1) + ">"
    default: return record(depth + 1)
    }
  }

  private mutating func record(_ depth: Int = 0) -> String {
    var attributes: [String] = []
    for _ in 0..<(random.next() % 4) {
      attributes.append(annotation() + quoted(pick(Self.names)) + (flip() ? "?" : "") + ": " + type(depth))
    }
    return "{ " + attributes.joined(separator: ", ") + " }"
  }

  private mutating func annotation() -> String {
    random.next() % 4 == 0 ? pick(["@doc ", "@if(\"\") ", "@a @b(\"e\u{301}\\u{0}\") "]) : ""
  }

  private mutating func declarations(_ path: String) -> String {
    var text = ""
    for (index, name) in ["T0", "T1", "T2"].enumerated() where flip() {
      let context = index == 0
      text += annotation() + "type \(name) = \(context ? record() : type());\n"
      commons.append(path + name)
    }
    for name in Self.entities {
      text += annotation() + "entity \(name)"
      if name == "Set" {
        text += " enum [\(quoted(pick(Self.names))), \"x\"];\n"
        continue
      }
      if flip() { text += " in [" + path + pick(Self.entities) + "]" }
      if flip() { text += (flip() ? " = " : " ") + record() }
      if flip() { text += " tags " + type() }
      text += ";\n"
    }
    for (index, name) in Self.names.enumerated() where flip() {
      text += annotation() + "action \(quoted(name))"
      text += " in [" + path + "Action::\"root\"]"
      if flip() {
        text += " appliesTo { principal: [\(path + pick(Self.entities)), \(pick(Self.entities))], resource: \(pick(Self.entities))"
        text += flip() ? " }" : ", context: \(record()) }"
      } else if index == 0 {
        text += " attributes {}"
      }
      text += ";\n"
    }
    return text + "action root;\n"
  }

  mutating func schema() -> String {
    commons = []
    let parts = ["N", "N::M"].map { path in
      // Attributes may name any common type before them: cycles cannot be.
      let body = declarations(path + "::")
      return annotation() + "namespace \(path) {\n" + body + "}\n"
    }
    return parts.joined()
  }
}
