import Testing

@testable import Cedar

@Suite("Cedar analysis")
struct AnalysisTests {
  /// `policyN kind other` for each finding.
  private func found(_ text: String, schema: Schema? = nil) throws -> [String] {
    PolicyAnalysis(try policySet(text), schema: schema).findings.map { finding in
      "\(finding.policy) \(finding.kind.rawValue)" + (finding.other.map { " " + $0 } ?? "")
    }
  }

  @Test(
    "conditions that no request fulfils are found",
    arguments: [
      "false", "1 == 2", "context.a == 1 && context.a == 2", "context.a == \"a\" && \"b\" == context.a",
      "context.a < 3 && context.a > 2", "context.a <= 3 && 4 <= context.a", "context.a > 9223372036854775807",
      "context.a == 5 && context.a < 5", "context.a == \"x\" && context.a < 5", "context.a == 1 && context.a != 1",
      "principal is User && principal is Doc", "principal is User && principal == Doc::\"a\"",
      "principal is User && !(principal is User)", "principal is User in Group::\"a\" && !(principal in Group::\"a\")",
      "principal has a && !(principal has a)", "principal has a.b && !(principal has a)", "!(context.a || context.b) && context.a",
      "[1, 2].contains(context.a) && context.a == 3", "[1, 2].contains(context.a) && context.a != 1 && !(context.a == 2)",
      "[1, \"a\"].contains(context.a) && context.a > 1", "context.a in Group::\"g\" && context.a == 1",
      "context.a in Group::\"g\" && context.a < 1", "decimal(\"1.0\") == context.a && context.a == decimal(\"1.5\")",
      "principal is User && principal < 3", "principal has a && false", "context.a && context.b && !context.a",
    ])
  func impossible(condition: String) throws {
    let kinds = try found("permit(principal, action, resource) when { \(condition) };").map { $0.split(separator: " ")[1] }
    #expect(kinds == ["neverApplies"] || kinds == ["alwaysErrs"])
    #expect(try found("forbid(principal, action, resource) unless { !(\(condition)) };").count == 1)
  }

  @Test(
    "conditions that a request may fulfil are left alone",
    arguments: [
      "context.a", "context.a == 1 && context.b == 2", "context.a < 3 && context.a > 1", "context.a <= 3 && 3 <= context.a",
      "decimal(\"1.0\") == context.a && context.a == decimal(\"1.00\")", "context.a == \"\u{e9}\" || context.a == \"e\u{301}\"",
      "principal is User && resource is Doc", "principal in Group::\"a\" && principal == User::\"x\"",
      "[1, 2].contains(context.a) && context.a != 1", "User::\"a\".x == 1", "context.a.b == 1 && context.a.c == 2",
      "principal has a && !(principal has b)", "User::\"a\" in Group::\"g\"", "context.a in [Group::\"a\", Group::\"b\"]",
    ])
  func possible(condition: String) throws {
    #expect(try found("permit(principal, action, resource) when { \(condition) };").isEmpty)
  }

  @Test(
    "scope and conditions are held against each other",
    arguments: [
      ("permit(principal, action in [], resource);", "neverApplies"),
      ("permit(principal is User, action, resource) when { principal is Doc };", "neverApplies"),
      ("permit(principal == User::\"a\", action, resource) when { principal == User::\"b\" };", "neverApplies"),
      ("permit(principal is Doc in Doc::\"d\", action, resource) when { principal == User::\"b\" };", "neverApplies"),
      ("permit(principal, action == Action::\"a\", resource) unless { action == Action::\"a\" };", "neverApplies"),
      ("permit(principal, action, resource) when { 1 };", "alwaysErrs"),
      ("forbid(principal, action, resource) when { principal + 1 == 2 };", "alwaysErrs"),
      ("forbid(principal, action, resource) when { ip(\"300.0.0.1\").isIpv4() };", "alwaysErrs"),
      ("permit(principal, action, resource);", "permitsEverything"),
      ("permit(principal, action, resource) when { true } unless { 1 == 2 };", "permitsEverything"),
      ("forbid(principal, action, resource) when { true };", "forbidsEverything"),
    ])
  func single(policy: String, wanted: String) throws { #expect(try found(policy) == ["policy0 \(wanted)"]) }

  @Test(
    "the same demands are the same policy, however they are written",
    arguments: [
      (
        "permit(principal == User::\"a\", action, resource);",
        "permit(principal, action, resource) when { User::\"a\" == principal };"
      ),
      (
        "permit(principal is User in Group::\"g\", action, resource);",
        "permit(principal in Group::\"g\", action, resource) when { principal is User };"
      ),
      (
        "permit(principal, action, resource) when { context.a && context.b };",
        "permit(principal, action, resource) when { context.b } when { context.a };"
      ),
      (
        "permit(principal, action, resource) when { context.a > 3 };",
        "permit(principal, action, resource) unless { context.a <= 3 };"
      ),
      (
        "permit(principal, action, resource) when { context.a > 3 };",
        "permit(principal, action, resource) when { 4 <= context.a };"
      ),
      (
        "permit(principal, action, resource) when { !(context.a > 3) };",
        "permit(principal, action, resource) when { context.a <= 3 };"
      ),
      (
        "permit(principal, action, resource) when { !(context.a >= 3) };",
        "permit(principal, action, resource) when { context.a < 3 };"
      ),
      (
        "permit(principal, action, resource) when { !(context.a < 3) };",
        "permit(principal, action, resource) when { context.a >= 3 };"
      ),
      (
        "permit(principal, action, resource) when { !(context.a <= 3) };",
        "permit(principal, action, resource) when { context.a > 3 };"
      ),
      (
        "permit(principal, action, resource) when { context.a > 1 + 2 };",
        "permit(principal, action, resource) when { context.a > 3 };"
      ),
      (
        "permit(principal, action, resource) unless { context.a || context.b };",
        "permit(principal, action, resource) when { !context.a && !context.b };"
      ),
      (
        "permit(principal, action in [Action::\"a\", Action::\"b\"], resource);",
        "permit(principal, action in [Action::\"b\", Action::\"a\"], resource);"
      ),
      (
        "permit(principal, action, resource) when { principal has a.b };",
        "permit(principal, action, resource) when { principal has a && principal.a has b };"
      ),
      (
        "permit(principal, action, resource) when { context.a == 1 };",
        "permit(principal, action, resource) when { [1].contains(context.a) };"
      ),
    ])
  func duplicates(first: String, second: String) throws {
    #expect(try found(first + second) == ["policy1 duplicate policy0"])
    #expect(try found(second + first) == ["policy1 duplicate policy0"])
  }

  @Test(
    "a policy that another covers is found, and not the other way round",
    arguments: [
      ("(principal == User::\"a\", action, resource)", "(principal is User, action, resource)"),
      ("(principal == User::\"a\", action, resource)", "(principal in User::\"a\", action, resource)"),
      ("(principal is User in Group::\"g\", action, resource)", "(principal in Group::\"g\", action, resource)"),
      ("(principal, action == Action::\"a\", resource)", "(principal, action in [Action::\"b\", Action::\"a\"], resource)"),
      ("(principal, action in [Action::\"a\"], resource)", "(principal, action in [Action::\"b\", Action::\"a\"], resource)"),
      ("(principal, action, resource) when { context.a && context.b }", "(principal, action, resource) when { context.b }"),
      ("(principal, action, resource) when { context.a == 3 }", "(principal, action, resource) when { context.a < 5 }"),
      ("(principal, action, resource) when { context.a > 3 }", "(principal, action, resource) when { context.a > 2 }"),
      ("(principal, action, resource) when { context.a == 3 }", "(principal, action, resource) when { context.a != 4 }"),
      ("(principal, action, resource) when { context has a }", "(principal, action, resource) when { context has a || context.b }"),
      ("(principal, action, resource) when { context.b }", "(principal, action, resource) when { context has a || context.b }"),
      ("(principal == User::\"a\", action, resource) when { context.b }", "(principal, action, resource) when { context.b }"),
    ])
  func covered(narrow: String, wide: String) throws {
    #expect(try found("permit\(narrow); permit\(wide);") == ["policy0 subsumed policy1"])
    #expect(try found("forbid\(wide); forbid\(narrow);") == ["policy1 subsumed policy0"])
    #expect(try found("permit\(narrow); forbid\(wide);") == ["policy0 shadowedByForbid policy1"])
    #expect(try found("permit\(wide); forbid\(narrow);") == [])
  }

  @Test(
    "what is not certain is not said",
    arguments: [
      // The first operand may err where the second holds.
      ("(principal, action, resource) when { context.b }", "(principal, action, resource) when { context.a || context.b }"),
      // Who is below the group is not known.
      ("(principal in Group::\"a\", action, resource)", "(principal in Group::\"b\", action, resource)"),
      ("(principal, action in Action::\"a\", resource)", "(principal, action == Action::\"a\", resource)"),
      // Text that looks the same is not the same.
      ("(principal == User::\"\u{e9}\", action, resource)", "(principal == User::\"e\u{301}\", action, resource)"),
      // A comparison with another kind of value errs.
      ("(principal, action, resource) when { context.a != 4 }", "(principal, action, resource) when { context.a < 4 }"),
    ])
  func uncertain(narrow: String, wide: String) throws {
    #expect(try !found("permit\(narrow); permit\(wide);").contains { $0.hasPrefix("policy0") })
    #expect(try found("permit\(narrow); forbid\(wide);") == [])
  }

  @Test("with a schema, what no request of it can bring about is found")
  func withSchema() throws {
    let schema = try Schema.parse(
      """
      entity User in Group { age: Long, nick?: String };
      entity Group, Doc;
      action read;
      action view in [read] appliesTo { principal: User, resource: Doc, context: { n: Long, s?: String } };
      action join appliesTo { principal: User, resource: Group };
      """
    ).get()
    let rows = [
      ("permit(principal is Doc, action, resource);", "neverApplies"),
      ("permit(principal, action == Action::\"view\", resource is Group);", "neverApplies"),
      ("permit(principal, action in Action::\"join\", resource == Doc::\"a\");", "neverApplies"),
      ("permit(principal, action in Action::\"read\", resource in Group::\"g\");", "neverApplies"),
      ("permit(principal, action == Action::\"other\", resource);", "neverApplies"),
      ("permit(principal, action, resource) when { context has s && context.n == \"a\" };", "neverApplies"),
      ("permit(principal, action == Action::\"view\", resource) when { principal.age == \"x\" };", "neverApplies"),
      ("permit(principal, action, resource) when { principal has email };", "neverApplies"),
      ("permit(principal, action, resource) when { principal.email == 1 };", "alwaysErrs"),
      ("permit(principal, action == Action::\"join\", resource) when { context.n == 1 };", "alwaysErrs"),
      ("permit(principal, action in Action::\"read\", resource) when { context.n > 1 && resource is Doc };", nil),
      ("permit(principal in Group::\"g\", action, resource) when { principal has nick && principal.nick like \"a*\" };", nil),
      ("permit(principal, action, resource == Group::\"g\") when { principal in resource };", nil),
    ]
    for (policy, wanted) in rows {
      #expect(try found(policy, schema: schema) == (wanted.map { ["policy0 \($0)"] } ?? []), "\(policy)")
    }
  }

  @Test("a finding names the place, the other policy and a way out")
  func texts() throws {
    let text = """
      @id("stop") forbid(principal, action, resource is Doc);

        @id("read") permit(principal == User::"a", action, resource is Doc) when { context.ok };
      """
    let findings = PolicyAnalysis(try policySet(text, naming: .byAnnotation)).findings
    #expect(
      findings.map(\.description) == [
        """
        test.cedar:3:3: warning: this permit never allows anything: whenever it is satisfied, the forbid `stop` is, too \
        [shadowedByForbid] (see test.cedar:1)
        """
      ])
  }

  @Test("links are judged with their slots filled")
  func links() throws {
    let policies = try policySet(
      "@id(\"t\") permit(principal == ?principal, action, resource) when { principal is User };", naming: .byAnnotation)
    let linked = try policies.linking([
      TemplateLink(templateID: "t", id: "one", principal: uid("User", "a")),
      TemplateLink(templateID: "t", id: "two", principal: uid("Doc", "a")),
      TemplateLink(templateID: "t", id: "three", principal: uid("User", "a")),
    ])
    #expect(PolicyAnalysis(policies).findings.isEmpty)
    #expect(PolicyAnalysis(linked).findings.map { "\($0.policy) \($0.kind.rawValue)" } == ["two neverApplies", "three duplicate"])
  }

  @Test("a policy that given requests neither satisfy nor make err is named")
  func neverMatched() throws {
    let policies = try policySet(
      """
      permit(principal == User::"alice", action, resource);
      permit(principal == User::"carol", action, resource);
      forbid(principal, action, resource) when { principal.absent };
      permit(principal, action, resource) when { principal has admin && context.n == 8 };
      """)
    let store = try EntityStore(Company.entities)
    let requests = [PolicyAnalysis.RecordedRequest(Company.request())]
    let found = PolicyAnalysis(policies, requests: requests, entities: store)
    #expect(found.findings.filter { $0.kind == .neverMatched }.map(\.policy) == ["policy1", "policy3"])
    #expect(PolicyAnalysis(policies).findings.isEmpty && found.isComplete)
  }

  @Test("many policies that repeat one another are told apart by their words, not pairwise")
  func repetitions() throws {
    let text = String(repeating: "permit(principal, action, resource) when { context.a && context.b };\n", count: 3000)
    let analysis = PolicyAnalysis(try policySet(text))
    #expect(analysis.findings.count == 2999 && analysis.isComplete)
    #expect(analysis.findings.allSatisfy { $0.kind == .duplicate && $0.other == "policy0" })
  }
}
