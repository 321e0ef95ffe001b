import JSON
import Testing

@testable import Cedar

@Suite("Cedar parser")
struct ParserTests {
  private static let tail = "(principal, action, resource);"

  @Test(
    "texts that are policies",
    arguments: [
      "", "// nothing\n", "permit(principal,action,resource,);", "permit\u{A0}(principal, action, resource);",
      "@if(\"a\") @b permit" + tail,
      "permit(principal == permit::\"a\", action, resource);", "permit(principal, action == NS::Action::\"a\", resource);",
      "permit(principal == ?principal, action, resource in (?resource));",
      "permit(principal is A::B in ?principal, action, resource);",
      "permit(principal, action in [(Action::\"a\"), Action::\"b\",], resource);",
      "permit(principal == User :: \"a\\u{1F6_00}\\x7f\\0\", action, resource);",
      "permit(principal, action, resource) when { true } unless { false } when { true };",
      "forbid(principal, action, resource)\rwhen{\"a\nb\"==\"\"};",
    ])
  func accepted(_ text: String) { #expect(mistakes(text).isEmpty, "\(text)") }

  @Test(
    "texts that are not, with the place and the matter of the first mistake",
    arguments: [
      (
        "permit(principal, action, resource)",
        "1:36: unexpected the end of the text; expected `when`, `unless`, `;` (a policy ends with `;`)"
      ),
      ("allow(principal, action, resource);", "1:1: unexpected `allow`; expected `permit`, `forbid`, `@` (write `permit`)"),
      (";", "1:1: unexpected `;`; expected `permit`, `forbid`, `@`"),
      ("permit(principal, action);", "1:25: unexpected `)`; expected `,` (the scope is `principal, action, resource`)"),
      ("permit(principal = User::\"a\", action, resource);", "1:18: unexpected `=`; expected `==`, `in`, `is` (write `==`)"),
      (
        "permit(principal, action == User::\"a\", resource);",
        "1:29: `User::\"a\"` is no action (the last part of an action's type is `Action`)"
      ),
      ("permit(principal == ?resource, action, resource);", "1:21: `?resource` cannot stand here; expected `?principal`"),
      ("@a @a permit" + tail, "1:5: annotation `@a` stands twice"),
      ("@a() permit" + tail, "1:4: unexpected `)`; expected a string"),
      ("\u{FEFF}permit" + tail, "1:1: unknown character U+FEFF (save the file without a byte-order mark)"),
      (
        "permit(principal, action, resource) when { };",
        "1:44: unexpected `}`; expected an expression (leave the condition out when it is always true)"
      ),
      (
        "permit(principal, action, resource)\n  when { contxt.a };",
        "2:10: unknown name `contxt`; expected `principal`, `action`, `resource`, `context` (did you mean `context`?)"
      ),
      ("permit(principal, action, resource) when { [1].contain(1) };", "1:48: unknown method `contain` (did you mean `contains`?)"),
      (
        "permit(principal, action, resource) when { \"é\" == \"\\q\" };",
        "1:52: unknown escape; the escapes are \\n \\r \\t \\0 \\\\ \\' \\\" \\x41 \\u{1F600}"
      ),
      ("permit(principal, action, resource) when { \"a };", "1:44: string without closing quote (add `\"`)"),
      (
        "permit(principal, action, resource) when { 1 < 2 < 3 };",
        "1:50: unexpected `<` (relations do not chain: put one of them in parentheses)"
      ),
      (
        "permit(principal, action, resource) when { principal.if };",
        "1:54: unexpected `if`; expected an attribute name (`if` is a reserved word: write `[\"…\"]`)"
      ),
      (
        "permit(principal, action, resource) when { ?principal == 1 };",
        "1:44: unexpected `?principal`; expected an expression (slots stand in the scope only)"
      ),
    ])
  func refused(_ text: String, _ wanted: String) {
    #expect(mistakes(text).first?.description == "test.cedar:" + wanted)
  }

  static let hints: [(text: String, wanted: String)] = [
    ("permit(principal, action, resource) when { context.a # why\n };", "unknown character `#` (comments start with `//`)"),
    (#"permit(principal, action, resource) when { context.a = 1 };"#, #"unexpected `=`; expected `==` (write `==`)"#),
    (#"permit(principal, action, resource) when { context.a === 1 };"#, #"unknown operator `===` (write `==`)"#),
    (#"permit(principal, action, resource) when { context.a <> 1 };"#, #"unknown operator `<>` (write `!=`)"#),
    (#"permit(principal, action, resource) when { context.a => 1 };"#, #"unknown operator `=>` (write `>=`)"#),
    (#"permit(principal, action, resource) when { context.a and context.b };"#, #"unexpected `and`; expected `&&` (write `&&`)"#),
    (#"permit(principal, action, resource) when { context.a OR context.b };"#, #"unexpected `OR`; expected `||` (write `||`)"#),
    (
      #"permit(principal, action, resource) when { not context.a };"#,
      #"unknown name `not`; expected `principal`, `action`, `resource`, `context` (write `!`)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a == 'x' };"#,
      #"a string in single quotes (strings stand in double quotes)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a == “x” };"#,
      #"unknown character U+201C (strings stand in plain quotes `"`)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a /* why */ };"#,
      #"there are no block comments (comments start with `//` and end with the line)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a < 1.5 };"#,
      #"unexpected `5`; expected an attribute name (there are no fractions: write `decimal("1.5")`)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a == null };"#,
      #"unknown name `null`; expected `principal`, `action`, `resource`, `context` (there is no null: test with `has`)"#
    ),
    (
      #"permit(principal, action, resource) when { principal not in Group::"g" };"#,
      #"unexpected `not`; expected `}` (write `!(… in …)`)"#
    ),
    (
      #"permit(principal, action, resource) when { principal !in Group::"g" };"#,
      #"unexpected `!`; expected `}` (write `!(… in …)`)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a contains 1 };"#,
      #"unexpected `contains`; expected `}` (write `.contains(…)`)"#
    ),
    (
      #"permit(principal, action, resource) when { contain(context.a, 1) };"#,
      #"unknown function `contain` (did you mean the method `x.contains(…)`?)"#
    ),
    (#"permit(principal, action, resource) when { ipp("::1") == 1 };"#, #"unknown function `ipp` (did you mean `ip`?)"#),
    (
      #"permit(principal, action, resource) when { context.a.size() > 1 };"#,
      #"unknown method `size` (of the size of a set only `isEmpty()` is known)"#
    ),
    (
      #"permit(principal, action, resource) when { context.a.startsWith("x") };"#,
      #"unknown method `startsWith` (write `like` with a pattern such as `"a*"`)"#
    ),
    (
      #"permit(principal, action, resource) when { context has a."b" };"#,
      #"unexpected a string; expected an attribute name (a name in quotes stands alone: write `… has a && ….a has "b"`)"#
    ),
    (
      #"permit(principal, action, resource) when { principal is "User" };"#,
      #"unexpected a string; expected a type name (a type stands without quotes)"#
    ),
    (#"permit(principal, action, resource) when { context.a; };"#, #"unexpected `;`; expected `}` (a bracket is still open)"#),
    (
      #"permit(principal == "alice", action, resource);"#,
      #"unexpected a string; expected an entity, a slot (an entity is written `User::"alice"`)"#
    ),
    (
      #"permit(principal == User::alice, action, resource);"#,
      #"unexpected `,`; expected `::` (an entity is written `User::"alice"`)"#
    ),
    (
      #"permit(principal is "User", action, resource);"#,
      #"unexpected a string; expected a type name (a type stands without quotes)"#
    ),
    (#"permit(principal, action == [Action::"a"], resource);"#, #"unexpected `[`; expected an action (write `action in […]`)"#),
    (
      #"permit(principal, action, resource when { true };"#,
      #"unexpected `when`; expected `==`, `in`, `is`, `)` (close the scope with `)`)"#
    ),
    (
      #"permit(principal, action, resource) where { true };"#, #"unexpected `where`; expected `when`, `unless`, `;` (write `when`)"#
    ),
    (#"permit(principal, action, resource) if { true };"#, #"unexpected `if`; expected `when`, `unless`, `;` (write `when`)"#),
    (#"permit(principal, action, resource) when (true);"#, #"unexpected `(`; expected `{` (a condition stands in braces)"#),
    (#"permit(principal, action, resource);;"#, #"unexpected `;`; expected `permit`, `forbid`, `@` (one `;` ends a policy)"#),
    (#"Permit(principal, action, resource);"#, #"unexpected `Permit`; expected `permit`, `forbid`, `@` (did you mean `permit`?)"#),
  ]

  @Test("what people mean who write it otherwise", arguments: hints)
  func hint(_ text: String, _ wanted: String) {
    let first = mistakes(text).first?.description ?? ""
    #expect(first.hasSuffix(": " + wanted), "\(first)")
  }

  @Test("a mistake hides no other: in the scope, in each condition, between policies")
  func several() {
    let text = """
      permit(principal = User::"a", action = Action::"v", resource)
      when { context.a = 1 and context.b === 2 }
      unless { context.c & 1 }
      when { principal.role = 'admin' || context.d.contians(1) };
      permit(principal action, resource) when { foo };
      permit(principal, action, resource) when { context.a;
      forbid(principal, action, resource) unless { 1 < 2 < 3 } when { };
      """
    #expect(mistakes(text).map(\.line) == [1, 1, 2, 2, 2, 3, 4, 4, 4, 5, 5, 6, 7, 7])
    #expect(mistakes("permit(principal, action, resource) when { (context.a = 1 };").map(\.column) == [55, 59])
  }

  @Test("every mistake of a text is reported, across policies and within one")
  func recovery() {
    let text = """
      permit(principal, action, resource) when { foo || bar };
      permit(principal action, resource);
      forbid(principal, action, resource)
      permit(principal, action, resource) when { 1 + };
      permit(principal, action, resource);
      forbid(principal, action, resource) when { context.x.nope() && "\\q" == 1 };
      """
    #expect(mistakes(text).map(\.line) == [1, 1, 2, 4, 4, 6, 6])
    let many = String(repeating: "permit;", count: 500)
    #expect(mistakes(many).count == Limits.diagnostics)
  }

  @Test("nesting is bounded, below the bound everything runs")
  func depth() throws {
    func nested(_ count: Int) -> String { String(repeating: "(", count: count) + "true" + String(repeating: ")", count: count) }
    // The scope's parenthesis is closed before the brace of `when` opens.
    #expect(try outcome(nested(Limits.bracketDepth - 1)) == "true")
    #expect(try outcome(nested(Limits.bracketDepth)) == "refused")
    #expect(try outcome(nested(100_000)) == "refused")
    #expect(try outcome(String(repeating: "[", count: 100_000)) == "refused")
    #expect(try outcome(String(repeating: "if true then ", count: 100_000)) == "refused")
    #expect(
      try outcome("context" + String(repeating: ".a", count: Int(Limits.expressionDepth) - 2) + " == 1") == "missingAttribute")
    #expect(try outcome("context" + String(repeating: ".a", count: Int(Limits.expressionDepth)) + " == 1") == "refused")
    #expect(try outcome(String(repeating: "true && ", count: 20_000) + "true") == "true")
    #expect(try outcome(String(repeating: "1 + ", count: 20_000) + "1 == 20001") == "true")
    let sets = Limits.bracketDepth - 1
    #expect(try outcome("!" + String(repeating: "[", count: sets) + String(repeating: "]", count: sets) + ".isEmpty()") == "true")
  }

  @Test("texts, identifiers and strings are bounded")
  func sizes() {
    func condition(_ body: String) -> String { "permit(principal, action, resource) when { \(body) };" }
    let name = String(repeating: "a", count: Limits.identifierBytes)
    #expect(mistakes(condition("context has \(name)")).isEmpty)
    #expect(mistakes(condition("context has \(name)a")).map(\.message) == ["identifier longer than 1024 bytes"])
    let text = String(repeating: "a", count: Limits.stringBytes - 2)
    #expect(mistakes(condition("\"\(text)\" == \"\"")).isEmpty)
    #expect(mistakes(condition("\"\(text)a\" == \"\"")).map(\.message) == ["string longer than 1048576 bytes"])
    let source = SourceText(name: "a", text: String(repeating: "permit" + Self.tail, count: 4))
    #expect(Parser.policies(source, countMax: 4).diagnostics.isEmpty)
    #expect(Parser.policies(source, countMax: 3).diagnostics.map(\.message) == ["more than 3 policies"])
  }

  @Test("line and column of every byte, in short and in very long lines")
  func positions() {
    let text = String(repeating: "aé\u{1F34C}x", count: 300) + "\n\né\n" + String(repeating: "b", count: 513)
    let source = SourceText(name: "test", text: text)
    var place = (line: 1, column: 1)
    for (offset, byte) in text.utf8.enumerated() where byte & 0xC0 != 0x80 {
      #expect(source.position(Int32(offset)) == place)
      place = byte == 0x0A ? (place.line + 1, 1) : (place.line, place.column + 1)
    }
    #expect(source.position(Int32(text.utf8.count)) == place)
    #expect(SourceText(name: "test", text: "").position(0) == (1, 1))
  }
}
