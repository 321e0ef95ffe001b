import Testing

@testable import Cedar

@Suite("Cedar formatter")
struct FormatterTests {
  @Test(
    "a text gets the usual layout",
    arguments: [
      ("", "\n"),
      ("// nothing but this", "\n// nothing but this\n"),
      ("permit(principal,action,resource);", "permit (principal, action, resource);\n"),
      (
        "@id(\"x\")@flag forbid(principal,action,resource,)when{true}unless{1==01};permit(principal,action,resource);//end\n//more",
        """
        @id("x")
        @flag
        forbid (principal, action, resource)
        when { true }
        unless { 1 == 1 };

        permit (principal, action, resource); //end
        //more

        """
      ),
      (
        "permit(principal is User in ?principal,action in[Action::\"view\",],resource==Doc::\"\\u{64}\");",
        """
        permit (
          principal is User in ?principal,
          action in [Action::"view"],
          resource == Doc::"\\u{64}"
        );

        """
      ),
    ])
  func layout(text: String, wanted: String) throws {
    #expect(try formatted(text) == wanted)
  }

  @Test(
    "what does not fit on a line is broken at its outermost operators first",
    arguments: [
      (60, 2, "context.a && context.b || !(context.c)", "when { context.a && context.b || !(context.c) };"),
      (
        30, 2, "context.a && context.b || !(context.c)",
        "when\n{\n  context.a &&\n  context.b ||\n  !(context.c)\n};"
      ),
      (
        30, 4, "[\"a long text\", \"another\"].contains(context.text)",
        "when\n{\n    [\"a long text\",\n     \"another\"].contains\n        (\n            context.text\n        )\n};"
      ),
      (
        24, 2, "if context.a then {x: 1, y: [1, 2]} else context.record",
        "when\n{\n  if\n    context.a\n  then\n    { x: 1, y: [1, 2] }\n  else\n    context.record\n};"
      ),
      (
        24, 2, "context.one.two.three.four has a.b.c",
        "when\n{\n  context.one\n    .two\n    .three\n    .four\n  has\n  a.b.c\n};"
      ),
      (
        24, 2, "(context.aaaaaa || context.b) && principal is User in Group::\"g\"",
        "when\n{\n  (context.aaaaaa ||\n   context.b) &&\n  principal is User\n  in Group::\"g\"\n};"
      ),
      (24, 2, "\"日本語日本\" == \"\"", "when\n{ \"日本語日本\" == \"\" };"),
      (20, 2, "\"日本語日本\" == \"\"", "when\n{\n  \"日本語日本\" == \"\"\n};"),
      (20, 2, "\"e\u{301}e\u{301}ee\" == \"\"", "when\n{ \"e\u{301}e\u{301}ee\" == \"\" };"),
    ] as [(Int, Int, String, String)])
  func widths(width: Int, indent: Int, condition: String, wanted: String) throws {
    let text = "permit(principal is A,action,resource) when{\(condition)};"
    let result = try formatted(text, width: width, indent: indent)
    let condition = try #require(result.split(separator: "\n)\n", maxSplits: 1).last)
    #expect(condition == wanted + "\n")
  }

  @Test("comments stay at their tokens")
  func comments() throws {
    let text = """
      // of the policy
      @id // of the name
      ("x") permit(principal, // of the principal
        // of the action
        action in [Action::"a", // of a
          // of nothing
        ], resource // of the resource
      ) when { // of the body
          // of the left
          context.a // behind a
          // before the operator
          && // behind the operator
          [1, 2 // of two
          ].isEmpty() // of the call
          // at the end
      }; // of the end
      // of the text \t
      """
    let wanted = """
      // of the policy
      @id // of the name
      ("x")
      permit (
        principal, // of the principal
        // of the action
        action in
          [Action::"a"
          // of a
          // of nothing
          ],
        resource // of the resource
      )
      when
      { // of the body
        // of the left
        context.a // behind a
        // before the operator
        && // behind the operator
        [1,
         2 // of two
        ].isEmpty
          () // of the call
      // at the end
      }; // of the end
      // of the text

      """
    #expect(try formatted(text) == wanted)
    #expect(try formatted(wanted) == wanted)
  }

  @Test("strings keep their line feeds, blank lines and comment marks")
  func strings() throws {
    let text = "permit(principal,action,resource)when{\"a\n\n  // no comment \nb\"==\"//\"};\n"
    #expect(
      try formatted(text) == "permit (principal, action, resource)\nwhen { \"a\n\n  // no comment \nb\" == \"//\" };\n")
  }

  @Test("carriage returns end comments and lines")
  func carriageReturns() throws {
    #expect(
      try formatted("permit(principal,action,resource);// a\r\n// b\rpermit(principal,action,resource);\r\n")
        == "permit (principal, action, resource); // a\n\n// b\npermit (principal, action, resource);\n")
  }

  @Test("width and indentation beyond reason are brought into range")
  func ranges() throws {
    let text = "permit(principal is A,action,resource)when{context.a&&context.b};"
    #expect(try formatted(text, width: .min, indent: .min) == formatted(text, width: 1, indent: 0))
    #expect(try formatted(text, width: .max, indent: .max) == formatted(text, width: 1000, indent: 16))
  }

  @Test("a text with mistakes is refused with all of them")
  func refusals() throws {
    guard case .failure(let failure) = Formatter.format("permit(principal);\nforbid(a);", file: "x.cedar") else {
      Issue.record("accepted")
      return
    }
    #expect(failure.diagnostics.map(\.line) == [1, 2])
    #expect(failure.diagnostics.allSatisfy { $0.file == "x.cedar" })
  }

  @Test("a text that indentation would make too long is not laid out")
  func outputLimit() {
    let nested = Document.nest(1_000, .join(Array(repeating: .join([.hardLine, .text("x")]), count: 50)))
    #expect(DocumentRenderer.render(nested, width: 80, bytesMax: 10_000) == nil)
    #expect(DocumentRenderer.render(nested, width: 80, bytesMax: 60_000)?.utf8.count == 50_000 + 50 + 49)
  }

  private func formatted(_ text: String, width: Int = 80, indent: Int = 2) throws -> String {
    try Formatter.format(text, file: "test.cedar", width: width, indent: indent).get()
  }
}
