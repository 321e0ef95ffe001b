import Cedar
import Testing

@testable import Governance

/// A plain folder with three policies and tests given as text.
private enum Folder {
  static let policies = """
    @id("views") permit (principal in Group::"staff", action == Action::"view", resource)
    when { resource.public || context.reason == "audit" }
    unless { context.blocked };
    @id("never") permit (principal == User::"nobody", action, resource) when { true };
    @id("night") forbid (principal, action, resource) when { context has hour && context.hour > 22 };
    """
  static let entities = """
    [{"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Group", "id": "staff"}]},
     {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"public": false}, "parents": []}]
    """

  static func files(_ tests: String) -> [PolicyFile] {
    InventoryFixtures.files(["a.cedar": policies, "entities.json": entities, "tests/a.yaml": tests])
  }

  static func read(_ tests: String) throws -> (tests: [PolicyTest], problems: [PolicyProblem]) {
    let files = files(tests)
    let (sources, problems) = CedarSources.read(folder: files)
    #expect(problems == [])
    return PolicyTestReader.read(folder: files, try #require(sources))
  }

  static func report(_ tests: String) throws -> PolicyTestReport {
    let sources = try #require(CedarSources.read(folder: files(tests)).sources)
    let read = PolicyTestReader.read(folder: files(tests), sources)
    #expect(read.problems == [])
    return PolicyTestRunner.run(read.tests, sources)
  }

  static func one(_ members: String) -> String {
    "tests:\n  - name: t\n    principal: User::\"alice\"\n    action: Action::\"view\"\n    resource: Doc::\"plan\"\n" + members
  }
}

@Suite("tests of policies")
struct PolicyTestTests {
  @Test("a passing and a failing test, an error, and what they cover")
  func report() throws {
    let report = try Folder.report(
      """
      tests:
        - name: an audit may view
          principal: User::"alice"
          action: Action::"view"
          resource: Doc::"plan"
          context: {reason: audit, blocked: false}
          decision: allow
          reasons: [views]
        - name: this expectation is wrong
          principal: User::"alice"
          action: Action::"view"
          resource: Doc::"plan"
          context: {reason: audit, blocked: true, hour: 23}
          decision: allow
          reasons: [views]
        - name: an error is expected
          principal: User::"alice"
          action: Action::"view"
          resource: Doc::"plan"
          context: {reason: audit}
          decision: deny
          reasons: []
          errors: [views]
        - name: an error is not expected
          principal: User::"alice"
          action: Action::"view"
          resource: Doc::"plan"
          decision: deny
      """)
    #expect(report.results.map(\.passed) == [true, false, true, false])
    #expect(report.failures.map(\.test.line) == [9, 24])
    #expect(report.failures[0].decision == .deny && report.failures[0].reasons == [2] && report.failures[0].errors == [])
    #expect(report.failures[1].errors == [0])
    #expect(report.failures[0].explanation?.policies.count == 3)
    let coverage = report.coverage
    #expect(coverage.policies.map(\.evaluated) == [4, 0, 4] && coverage.policies.map(\.satisfied) == [1, 0, 1])
    #expect(coverage.satisfied == PolicyCoverage.Share(covered: 2, total: 3) && coverage.satisfied.percent == 66)
    // `views` saw its `when` true and never false, its `unless` both ways; `never` saw nothing; `night` both ways.
    #expect(coverage.outcomes == PolicyCoverage.Share(covered: 5, total: 8))
    #expect(PolicyCoverage.Share(covered: 0, total: 0).percent == 100)
  }

  @Test("entities of a file and of a test lie over those of the folder")
  func entities() throws {
    let report = try Folder.report(
      """
      entities:
        - uid: User::"bob"
          parents: [Group::"staff"]
        - {uid: Doc::"plan", attrs: {public: true}}
      tests:
        - name: the file's
          principal: User::"bob"
          action: Action::"view"
          resource: Doc::"plan"
          context: {blocked: false}
          decision: allow
        - name: the test's
          principal: User::"bob"
          action: Action::"view"
          resource: Doc::"plan"
          context: {blocked: false, reason: none}
          entities: [{uid: Doc::"plan", attrs: {public: false}, tags: {a: 1}}]
          decision: deny
          reasons: []
        - name: and the folder's are still there
          principal: User::"alice"
          action: Action::"view"
          resource: Doc::"plan"
          context: {blocked: false}
          decision: allow
      """)
    #expect(report.failures.isEmpty && report.results.count == 3)
  }

  @Test("data in YAML is Cedar where it is plain, and text where it is quoted")
  func values() throws {
    let context = """
          context:
            a: true
            b: "true"
            c: -12
            d: "12"
            e: User::"al,ice"
            f: 'User::"alice"'
            g: decimal("1.50")
            h: ip("10.0.0.0/8")
            i: [1, one, User::"a"]
            j: {k: {l: datetime("2026-01-01")}}
            m: yes
            n: 1.5
            o: duration
            "p.q": ""
          decision: deny
          errors: [views]
      """
    let read = try Folder.read(Folder.one(context))
    #expect(read.problems == [])
    let found = try #require(read.tests.first).request.context
    let expected = Record([
      ("a", .bool(true)), ("b", .string("true")), ("c", .long(-12)), ("d", .string("12")),
      ("e", .entity(EntityUID(type: "User", id: "al,ice"))), ("f", .string("User::\"alice\"")),
      ("g", .decimal(try #require(DecimalValue("1.5")))), ("h", .ip(try #require(IPAddressValue("10.0.0.0/8")))),
      ("i", .set(ValueSet([.long(1), .string("one"), .entity(EntityUID(type: "User", id: "a"))]))),
      ("j", .record(Record([("k", .record(Record([("l", .datetime(try #require(DateTimeValue("2026-01-01"))))])))]))),
      ("m", .string("yes")), ("n", .string("1.5")), ("o", .string("duration")), ("p.q", .string("")),
    ])
    #expect(found == expected)
  }

  @Test(
    "every mistake is named with its place",
    arguments: [
      ("", 1, 1, "the document is empty"), ("[]", 1, 1, "the document must be a mapping, not a list"),
      ("tests: []\n", 1, 8, "`tests` is empty (state a test or remove the file)"),
      ("test: []\n", 1, 1, "unknown key `test` (did you mean `tests`?)"),
      ("tests:\n  - {}\n", 2, 5, "`name` is missing in `tests[0]`"),
      (Folder.one("    desision: deny\n"), 6, 5, "unknown key `desision` (did you mean `decision`?)"),
      (Folder.one("    decision: maybe\n"), 6, 15, "`tests[0].decision` is `maybe`, which is unknown (one of allow, deny)"),
      (Folder.one(""), 2, 5, "`decision` is missing in `tests[0]` (allow or deny)"),
      (
        Folder.one("    decision: deny\n    reasons: [nigth]\n"), 7, 15,
        "there is no policy `nigth` (did you mean `night`?)"
      ),
      (Folder.one("    decision: deny\n    errors: [night, night]\n"), 7, 21, "`tests[0].errors[1]` repeats `night`"),
      (
        "tests:\n  - {name: t, principal: alice, action: Action::\"a\", resource: D::\"b\", decision: deny}\n", 2, 26,
        "`tests[0].principal` is `alice`, which names no entity (write it as User::\"alice\")"
      ),
      (
        Folder.one("    decision: deny\n    context: {a: 9223372036854775808}\n"), 7, 18,
        "`tests[0].context.a` is `9223372036854775808`, which is no 64-bit integer (quote it to make it a string)"
      ),
      (
        Folder.one("    decision: deny\n    context: {a: [1, ~]}\n"), 7, 22,
        "`tests[0].context.a[1]` is nothing, which is no Cedar value (leave it out, or write \"\" for an empty string)"
      ),
      (Folder.one("    decision: deny\n    context: {a: {b.c: [ip(\"1\")]}}\n"), 7, 25, "`ip`: the text is no ip"),
      (Folder.one("    decision: deny\n    context: [1]\n"), 7, 14, "`tests[0].context` must be a mapping, not a list"),
      (
        Folder.one("    decision: deny\n    entities: [{uid: A::\"b\", atrs: {}}]\n"), 7, 30,
        "unknown key `atrs` (did you mean `attrs`?)"
      ),
      (
        Folder.one("    decision: deny\n    entities: [{uid: A::\"b\", parents: [A::\"b\"]}]\n"), 7, 15,
        "entity `A::\"b\"` is its own ancestor"
      ),
      (
        Folder.one("    decision: deny\n    entities: [{uid: A::\"b\"}, {uid: A::\"b\"}]\n"), 7, 31,
        "entity `A::\"b\"` is given twice"
      ),
      (
        Folder.one("    decision: deny\n") + Folder.one("    decision: deny\n").dropFirst(7), 7, 5,
        "test `t` stands twice (first at line 2)"
      ),
      ("tests: [\n", 2, 1, "did not find expected node content while parsing a flow node"),
    ] as [(String, Int, Int, String)])
  func mistakes(_ text: String, _ line: Int, _ column: Int, _ message: String) throws {
    let problems = try Folder.read(text).problems
    let wanted = "tests/a.yaml:\(line):\(column): error: \(message)"
    #expect(problems.contains { "\($0)" == wanted }, "\(problems) lacks \(wanted)")
  }

  @Test("in a policy folder a forbid in error denies, in plain Cedar it is skipped")
  func brokenForbid() throws {
    let policies =
      "@id(\"all\") permit (principal, action, resource);\n@id(\"no\") forbid (principal, action, resource) when { context.x };\n"
    let test = Folder.one("    decision: DECISION\n    reasons: REASONS\n    errors: [no]\n")
    var governed = InventoryFixtures.small
    governed["access/a.cedar"] = policies
    for (texts, decision, reasons) in [(governed, "deny", "[]"), (["a.cedar": policies], "allow", "[all]")] {
      var texts = texts
      texts["tests/t.yaml"] = test.replacingFirst("DECISION", with: decision).replacingFirst("REASONS", with: reasons)
      let files = InventoryFixtures.files(texts)
      let (sources, problems) = CedarSources.read(folder: files)
      #expect(problems == [])
      let read = PolicyTestReader.read(folder: files, try #require(sources))
      #expect(read.problems == [])
      #expect(PolicyTestRunner.run(read.tests, try #require(sources)).failures.map(\.decision) == [])
    }
  }

  @Test("tests are no part of what is activated")
  func activation() throws {
    var texts = InventoryFixtures.small
    let before = PolicyFolder.read(files: InventoryFixtures.files(texts))
    texts["tests/deep/a.yaml"] = "no: [test"
    let after = PolicyFolder.read(files: InventoryFixtures.files(texts))
    #expect(after.problems == before.problems)
    #expect(try #require(after.snapshot).revision.digest == #require(before.snapshot).revision.digest)
    #expect(try #require(after.snapshot).files.map(\.path) == #require(before.snapshot).files.map(\.path))
    texts["tests/a.cedar"] = "permit (principal, action, resource);"
    #expect(PolicyFolder.read(files: InventoryFixtures.files(texts)).snapshot == nil)
  }

  @Test("the shipped policies pass their tests, which cover every policy and both outcomes of every condition")
  func shipped() throws {
    let files = try InventoryFixtures.shipped()
    let sources = try #require(CedarSources.read(folder: files).sources)
    let read = PolicyTestReader.read(folder: files, sources)
    #expect(read.problems == [] && read.tests.count > 25)
    let report = PolicyTestRunner.run(read.tests, sources)
    #expect(report.failures.map(\.test.name) == [])
    #expect(report.coverage.satisfied == .init(covered: 11, total: 11) && report.coverage.outcomes.percent == 100)
  }
}
