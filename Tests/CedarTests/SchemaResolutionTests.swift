import Testing

@testable import Cedar

@Suite("Cedar schemas resolved")
struct SchemaResolutionTests {
  static let bad: [(String, [String])] = [
    (
      "entity A { x: Boolean, y: Foo, z: Set };",
      [
        "1:15: unknown type `Boolean` (did you mean `Bool`?)", "1:27: unknown type `Foo`",
        "1:35: unknown type `Set` (did you mean `Set<…>`?)",
      ]
    ),
    (
      "namespace N::M { entity A; } namespace N { entity B in M::A; }",
      ["1:56: unknown entity type `M::A` (did you mean `N::M::A`?)"]
    ),
    (
      "type T = Long; entity A in [T, String];",
      [
        "1:29: unknown entity type `T` (`T` is a common type; only entity types can stand here)",
        "1:32: unknown entity type `String` (`String` is a built-in type; only entity types can stand here)",
      ]
    ),
    ("entity A in Action; action a;", ["1:13: unknown entity type `Action` (`Action` is the type of actions)"]),
    ("entity A { x: __cedar::Boolean };", ["1:15: unknown type `__cedar::Boolean`"]),
    (
      "type Set = Long; type Record = Long; type Entity = Long;",
      [
        "1:6: `Set` is a word of schemas and no name for a common type",
        "1:23: `Record` is a word of schemas and no name for a common type",
        "1:43: `Entity` is a word of schemas and no name for a common type",
      ]
    ),
    ("namespace N { entity Action; }", ["1:22: `Action` is the type of actions and no name for an entity type"]),
    (
      "type A = B; type B = Set<{ x: C }>; type C = A; type D = A;",
      ["1:6: common type `A` contains itself (only entity types may)"]
    ),
    (
      "type A = A; type B = B;",
      [
        "1:6: common type `A` contains itself (only entity types may)",
        "1:18: common type `B` contains itself (only entity types may)",
      ]
    ),
    ("action a in b; action b in c; action c in b;", ["1:23: action `Action::\"b\"` is above itself"]),
    (
      "action a in [b, Foo::\"a\", N::Action::\"a\"];",
      [
        "1:14: unknown action `Action::\"b\"`", "1:17: unknown action `Foo::\"a\"` (the last part of an action's type is `Action`)",
        "1:27: unknown action `N::Action::\"a\"`",
      ]
    ),
    (
      "entity A; namespace N { type A = Long; }",
      ["1:30: `A` is declared outside any namespace as well (rename one: `N` could not name the other)"]
    ),
    (
      "action a; namespace N { action a; }",
      ["1:32: action `a` is declared outside any namespace as well (rename one: `N` could not name the other)"]
    ),
    (
      "entity A; action a appliesTo { principal: A, resource: A, context: T }; type T = Long;",
      ["1:68: the context of `a` is no record"]
    ),
    (
      "entity A; action a appliesTo { principal: A, resource: A, context: A };",
      ["1:68: the context of `a` is no record"]
    ),
  ]

  @Test("mistakes of meaning, each with its place", arguments: bad)
  func refused(text: String, mistakes: [String]) { #expect(schemaMistakes(text) == mistakes) }

  @Test("a bare name is sought in its namespace, then outside, then among the built-in types; common types go first")
  func lookUp() throws {
    let schema = try schema(
      """
      type Name = String;
      entity ipaddr, Bool;
      action outside;
      namespace N {
        type Number = Name;
        entity Long, decimal;
        entity E {
          a: Number, b: Name, c: ipaddr, d: decimal, e: Bool, f: __cedar::Long, g: __cedar::Bool, h: N::decimal, i: duration, j: Long,
          k: Action
        };
        action inside;
      }
      """)
    let shape = try #require(schema.entityTypes["N::E"]?.shape)
    let types: [(String, SchemaType)] = [
      ("a", .string), ("b", .string), ("c", .entity("ipaddr")), ("d", .entity("N::decimal")),
      ("e", .entity("Bool")), ("f", .long), ("g", .bool), ("h", .entity("N::decimal")), ("i", .extension(.duration)),
      ("j", .entity("N::Long")), ("k", .entity("N::Action")),
    ]
    #expect(shape == RecordType(types.map { RecordType.Attribute(name: $0.0, type: $0.1) }))
    #expect(try Schema.parse("entity A; type A = Long; entity B { x: A };").get().entityTypes["B"]?.shape["x"]?.type == .long)
  }

  @Test("the hierarchies are closed")
  func closure() throws {
    let schema = try schema(
      "entity A in B; entity B in [C, B]; entity C; action a in b; action b in [c, \"d\"]; action c in d; action d;")
    #expect(schema.entityTypes["A"]?.ancestors == ["B", "C"])
    #expect(schema.entityTypes["B"]?.ancestors == ["B", "C"])
    #expect(schema.entityTypes["C"]?.ancestors == [])
    #expect(schema.descendants(of: "C") == ["A", "B"])
    func action(_ id: String) -> EntityUID { uid("Action", id) }
    #expect(schema.actions[action("a")]?.parents == [action("b")])
    #expect(schema.actions[action("a")]?.ancestors == [action("b"), action("c"), action("d")])
    #expect(schema.actions[action("b")]?.parents == [action("c"), action("d")])
    #expect(schema.actions[action("d")]?.ancestors == [])
  }

  @Test("declarations keep what they say")
  func declarations() throws {
    let schema = try schema(
      """
      @doc("a person") @plain entity User tags Set<Long>;
      entity Color enum ["red", "e\\u{301}"];
      type Context = { ip?: ipaddr };
      @x action view appliesTo { principal: [User, Color, User], resource: Color, context: Context };
      action list appliesTo { principal: User, resource: User };
      """)
    #expect(schema.entityTypes["User"]?.annotations == ["doc": "a person", "plain": ""])
    #expect(schema.entityTypes["User"]?.tags == .set(.long))
    #expect(schema.entityTypes["User"]?.enumeration == nil)
    #expect(schema.entityTypes["Color"]?.enumeration == ["red", "e\u{301}"])
    let view = try #require(schema.actions[uid("Action", "view")]?.appliesTo)
    #expect(view.principals == ["User", "Color"])
    #expect(view.context == RecordType([RecordType.Attribute(name: "ip", type: .extension(.ipaddr), isRequired: false)]))
    #expect(schema.actions[uid("Action", "list")]?.appliesTo?.context == .empty)
  }

  @Test("common types that double at each step are refused before they fill the memory")
  func doubling() {
    func doubled(_ steps: Int) -> String {
      "type T0 = Long;" + (1...steps).map { "type T\($0) = { a: T\($0 - 1), b: T\($0 - 1) };" }.joined()
    }
    #expect(schemaMistakes(doubled(15)) == [])
    #expect(
      schemaMistakes(doubled(90)).first?.hasSuffix(
        "the types are larger than 1000000 attributes and elements when common types are written out") == true)
  }

  @Test("depth counts what common types stand for; a long chain of mere names is fine")
  func depth() {
    func nested(_ steps: Int) -> String {
      "type T0 = Long;" + (1...steps).map { "type T\($0) = Set<T\($0 - 1)>;" }.joined()
    }
    #expect(schemaMistakes(nested(Limits.schemaTypeDepth)) == [])
    #expect(schemaMistakes(nested(Limits.schemaTypeDepth + 1)).map { $0.contains("nested deeper than 100") } == [true])
    let chain = (1...20_000).map { "type T\($0) = T\($0 - 1);" }.joined() + "type T0 = Long;"
    #expect(schemaMistakes(chain) == [])
  }

  @Test("of very many mistakes the first hundred met are told, and none costs a search through all names")
  func many() {
    let entities = (0..<5_000).map { "entity E\($0) in Nope\($0);" }.joined()
    #expect(schemaMistakes(entities).count == Limits.diagnostics)
  }

  @Test("a hierarchy whose closure grows with the square is bounded")
  func ancestors() {
    func chain(_ keyword: String, _ count: Int) -> String {
      "\(keyword) n0;" + (1..<count).map { "\(keyword) n\($0) in n\($0 - 1);" }.joined()
    }
    for keyword in ["entity", "action"] {
      #expect(schemaMistakes(chain(keyword, 500)) == [])
      #expect(schemaMistakes(chain(keyword, 800)).map { $0.contains("the hierarchy has more than 250000 pairs") } == [true])
    }
  }
}
