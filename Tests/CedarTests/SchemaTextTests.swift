import Testing

@testable import Cedar

/// The mistakes of a schema, each as `line:column: message`.
func schemaMistakes(_ text: String) -> [String] {
  guard case .failure(let failure) = Schema.parse(text, file: "s") else { return [] }
  return failure.diagnostics.map { String($0.description.dropFirst(2)) }
}

func schema(_ text: String) throws -> Schema { try Schema.parse(text).get() }

@Suite("Cedar schemas as text")
struct SchemaTextTests {
  static let good = [
    "", "// nothing\n", "entity A;", "entity A, B in [A] { x: Long, \"y z\"?: Set<Set<B>>, } tags String;", "entity A in [];",
    "entity A in A;",
    "entity A enum [\"a\", \"\"];", "entity A enum [\"a\", \"a\"];",
    "entity A { x: B }; entity B enum [\"b\"];",
    "entity entity, enum, tags, type, namespace, action, appliesTo, principal, Set;", "entity tags tags String;",
    "entity A tags A;",
    "namespace N { } @a @b(\"c\") namespace N::M { @d entity A { @e @if x: Long }; @f type T = {}; @g action a; }",
    "type T = U; type U = { x: V }; type V = Set<Long>;", "type type = Long; type ipaddr = Long; type Action = Long;",
    "action a, \"b c\", \"\";", "action a in b; action b in [\"c\", Action::\"d\"]; action c, d;", "action a attributes {};",
    "entity A; action a in b appliesTo { principal: A, resource: [A, A], context: {}, } attributes {}; action b;",
    "entity A; action a appliesTo { context: T, resource: A, principal: A }; type T = U; type U = {};",
    "namespace N { action a in b; } action b;", "namespace N { action a in Action::\"b\"; action b; }",
    "action b; namespace N { action a in Action::\"b\"; }",
    "namespace N { action a; } action b in N::Action::\"a\";", "entity A { x: Action }; action a;",
    "namespace N { action a; } entity A { x: N::Action };",
    "entity A { a: Nope, a: String };", "entity A { \"if\": Long, \"\": Long, __cedar: Long };", "action __cedar;",
    "entity A { x : N :: B }; namespace N { entity B; }", "entity A {a ? : __cedar :: Long};", "type A = B; entity A, B;",
  ]

  @Test("the grammar", arguments: good)
  func accepted(text: String) { #expect(schemaMistakes(text) == []) }

  static let bad: [(String, [String])] = [
    (
      "entity A",
      ["1:9: unexpected the end of the text; expected `,`, `enum`, `in`, `=`, `{`, `tags`, `;` (a declaration ends with `;`)"]
    ),
    ("entity A::B;", ["1:9: unexpected `::`; expected `,`, `enum`, `in`, `=`, `{`, `tags`, `;` (a declaration ends with `;`)"]),
    ("entity \"A\";", ["1:8: unexpected a string; expected an identifier (the name of a type stands without quotes)"]),
    ("entity if;", ["1:8: unexpected `if`; expected an identifier (`if` is a reserved word)"]),
    ("entity A enum [];", ["1:16: unexpected `]`; expected a string"]),
    ("entity A enum [\"a\",];", ["1:20: unexpected `]`; expected a string"]),
    ("entity A enum [\"a\"] tags Long;", ["1:21: unexpected `tags`; expected `;` (an enumerated entity has nothing else)"]),
    ("entity A in [A,];", ["1:16: unexpected `]`; expected an identifier"]),
    ("entity A = T; type T = {};", ["1:12: unexpected `T`; expected `{` (the attributes of an entity stand in braces)"]),
    ("entity A {} in A;", ["1:13: unexpected `in`; expected `tags`, `;` (a declaration ends with `;`)"]),
    ("entity A tags Long {};", ["1:20: unexpected `{`; expected `;` (a declaration ends with `;`)"]),
    ("entity A { if: Long };", ["1:12: unexpected `if`; expected an identifier, a string (quote a reserved word)"]),
    ("entity A { x: Long y: Long };", ["1:20: unexpected `y`; expected `,`, `}`"]),
    ("entity A { x Long };", ["1:14: unexpected `Long`; expected `:`, `?`"]),
    ("entity A { x: ?principal };", ["1:15: unexpected `?`; expected a type"]),
    ("entity A { x: Set<Long, Long> };", ["1:23: unexpected `,`; expected `>`"]),
    ("type T = @a {};", ["1:10: unexpected `@`; expected a type"]),
    ("action a in [];", ["1:14: unexpected `]`; expected an identifier, a string"]),
    ("action a attributes { x: 1 };", ["1:23: unexpected `x`; expected `}` (actions have no attributes)"]),
    ("action a appliesTo { };", ["1:22: unexpected `}`; expected `principal`, `resource`, `context`"]),
    (
      "entity A; action a appliesTo { principal: A };",
      ["1:30: `resource` is missing (an action that only groups others has no `appliesTo`)"]
    ),
    (
      "entity A; action a appliesTo { principal: A, resource: [] };",
      ["1:56: the list is empty (an action that admits no request has no `appliesTo`)"]
    ),
    ("entity A; action a appliesTo { principal: A, resource: A, resource: A };", ["1:59: `resource` stands twice"]),
    ("@a @a entity A;", ["1:5: annotation `@a` stands twice"]),
    ("entity A, A;", ["1:11: entity type `A` is declared twice"]),
    ("type T = Long; type T = Long;", ["1:21: common type `T` is declared twice"]),
    ("action a, \"\\u{61}\";", ["1:11: action `a` is declared twice"]),
    ("namespace N {} namespace N {}", ["1:26: namespace `N` stands twice (put its declarations in one block)"]),
    (
      "namespace N { namespace M {} }",
      ["1:15: unexpected `namespace`; expected a declaration (namespaces do not nest; write `namespace N::…`)"]
    ),
    (
      "namespace N { entity A;", ["1:24: unexpected the end of the text; expected a declaration, `}` (namespace `N` is not closed)"]
    ),
    ("namespace N { };", ["1:16: unexpected `;` (no `;` follows a namespace)"]),
    ("namespace __cedar {}", ["1:11: unexpected `__cedar`; expected an identifier (`__cedar` is a reserved word)"]),
    ("entity A { x: \u{FEFF}Long };", ["1:15: unknown character U+FEFF (save the file without a byte-order mark)"]),
    // Several at once: a broken declaration hides nothing behind it.
    (
      "entity A { x Long };\ntype = Long;\nnamespace N {\n  entity B { y: };\n  action a in [;\n}\nentity entity, 1;",
      [
        "1:14: unexpected `Long`; expected `:`, `?`", "2:6: unexpected `=`; expected an identifier",
        "4:17: unexpected `}`; expected a type",
        "5:16: unexpected `;`; expected an identifier, a string", "7:16: unexpected `1`; expected an identifier",
      ]
    ),
  ]

  @Test("mistakes of form, each with its place, what was expected and what to do", arguments: bad)
  func refused(text: String, mistakes: [String]) { #expect(schemaMistakes(text) == mistakes) }

  @Test("brackets are bounded")
  func depth() {
    func nested(_ depth: Int) -> String {
      "type T = " + String(repeating: "Set<", count: depth) + "Long" + String(repeating: ">", count: depth) + ";"
    }
    #expect(schemaMistakes(nested(Limits.bracketDepth)) == [])
    #expect(schemaMistakes(nested(Limits.bracketDepth + 1)) == ["1:413: brackets nested deeper than 100 (nest less)"])
  }

  @Test("a schema is bounded, also with its lists of names written out")
  func size() {
    let blank = String(repeating: " ", count: Limits.schemaBytes)
    #expect(schemaMistakes(blank) == [])
    #expect(schemaMistakes(blank + " ") == ["1:1: the schema is longer than 4194304 bytes"])
    func listed(_ count: Int) -> String {
      "entity " + (0..<count).map { "E\($0)" }.joined(separator: ", ") + " enum [\"" + String(repeating: "a", count: 200_000)
        + "\"];"
    }
    #expect(schemaMistakes(listed(80)) == [])
    #expect(
      schemaMistakes(listed(90)) == [
        "1:1: lists of names write out to more than 16777216 bytes (move a large body to a common type)"
      ])
  }
}
