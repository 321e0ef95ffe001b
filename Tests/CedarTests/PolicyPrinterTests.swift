import TestSupport
import Testing

@testable import Cedar

@Suite("Cedar policy printer")
struct PolicyPrinterTests {
  /// Conditions that the printer writes as they stand.
  private static let minimal = [
    "true && false && true", "true && (true && false)", "(true && false) && true", "true || false && true",
    "(true || false) && true",
    "!true", "!!!!true", "!!!!(!true)", "!(true && false)", "!(-1 == 2)", "!principal.flag", "-(5)", "-5", "--5", "---5", "----5",
    "----(-5)",
    "-context.n", "-5.n", "(-5).n", "-(-5).n", "-(1 + 2)", "1 - -2", "1 - (2 - 3)", "1 - 2 + 3", "2 * (3 * 4)", "(2 * 3) * 4",
    "-5 * 3", "-(5 * 3)", "(1 + 2) * 3", "-9223372036854775808", "1 < 2", "(1 < 2) == true", "1 == (2 == 3)",
    "if true then 1 else 2", "(if true then 1 else 2) == 2", "if true then 1 else 2 == 2",
    "if if true then true else false then 1 else if false then 2 else 3", "[if true then 1 else 2, 3]",
    "principal in [User::\"a\"]",
    "context has a.b.c", "context has \"a b\"", "context has \"if\"", "(context has a) == true",
    "context.a[\"if\"].permit[\"\"][\"é\"]",
    "principal is A::B in resource.owner", "principal is A", "principal is A && true || false",
    "context.s like \"*\\*a\\\\\\\"\\n\\u{7}é\"", "context.s like \"\"",
    "\"\\u{1}\\0\\t\\r\\n'\\u{7f}\" == \"\"", "{ a: 1, \"if\": {}, \"\": [[]] }.a", "User::\"\\\"\"", "A::B::\"\".x",
    "ip(\"::1\").isInRange(ip(\"::/0\"))", "ip()", "decimal(\"1.0\", 2)", "(-1).lessThan(2)", "[1].contains(2)", "{}.isEmpty()",
    "(principal has a).hasTag(\"b\")",
  ]

  @Test("what needs no more parentheses is written as it was", arguments: minimal)
  func keeps(condition: String) throws {
    #expect(try written(condition) == condition)
  }

  @Test(
    "what needs fewer parentheses or plainer escapes gets them",
    arguments: [
      ("((true)) && ((((1 == 2))))", "true && 1 == 2"), ("(principal).a", "principal.a"), ("principal[\"a\"]", "principal.a"),
      ("(1 * 2) + 3", "1 * 2 + 3"), ("-(-5)", "--5"), ("!(!true)", "!!true"), ("0007", "7"), ("- 7", "-7"),
      ("{\"a\": 1,}", "{ a: 1 }"),
      ("\"\\x41\\u{0_42}\" == \"\"", "\"AB\" == \"\""), ("context has \"a\"", "context has a"),
      ("[(1), (if true then 1 else 2)]", "[1, if true then 1 else 2]"),
      ("A :: B :: \"c\" == principal", "A::B::\"c\" == principal"),
      ("context.s like \"\\x2a*\\u{2A}\"", "context.s like \"***\""),
    ])
  func simplifies(condition: String, wanted: String) throws {
    #expect(try written(condition) == wanted)
  }

  @Test("a policy is written with its annotations, scope and conditions")
  func policies() throws {
    let text = """
      @id("a\\"b")
      @if
      permit (
        principal == ?principal,
        action == Action::"v",
        resource is Doc in ?resource
      )
      when { true }
      unless { false };

      @empty("")
      forbid (
        principal is A::B in Group::"g",
        action in [Action::"v", N::Action::"w"],
        resource in Doc::"d"
      );

      permit (
        principal in ?principal,
        action in Action::"all",
        resource is Doc
      );

      permit (
        principal,
        action in [],
        resource
      );

      """
    #expect(try policySet(text).text == text)
  }

  @Test("a tree of the greatest depth is written")
  func deep() {
    let place = SourceSpan(start: 0, end: 0)
    var tree = Expression(kind: .bool(true), span: place, depth: 1)
    for depth in 2...Limits.expressionDepth { tree = Expression(kind: .set([tree]), span: place, depth: depth) }
    #expect(tree.text == String(repeating: "[", count: 199) + "true" + String(repeating: "]", count: 199))
  }

  private func written(_ condition: String) throws -> String {
    let policies = try policySet("permit(principal, action, resource) when { \(condition) };")
    return try #require(policies.sources.first?.syntax.conditions.first?.body).text
  }

  @Test("one policy, template or link has its text")
  func single() throws {
    let text = """
      @id("a")
      forbid (principal, action, resource);

      @id("t")
      permit (
        principal in ?principal,
        action,
        resource is Doc in ?resource
      )
      unless { context.x };

      """
    let link = TemplateLink(templateID: "t", id: "l", principal: uid("Group", "eng"), resource: uid("Folder", "\"f\""))
    let policies = try policySet(text, naming: .byAnnotation).linking([link])
    #expect(policies.links == [link])
    #expect(policies.text(of: "a").map { $0 + "\n" + (policies.text(of: "t") ?? "") } == text)
    let linked = """
      @id("t")
      permit (
        principal in Group::"eng",
        action,
        resource is Doc in Folder::"\\"f\\""
      )
      unless { context.x };

      """
    #expect(policies.text(of: "l") == linked)
    #expect(policies.text(of: "L") == nil)
    #expect(PolicySet.empty.text(of: "") == nil)
  }
}
