import Testing

@testable import Cedar

@Suite("Cedar validator: scopes, findings, levels")
struct ValidatorFindingsTests {
  @Test(
    "some action must apply to what the scope admits",
    arguments: [
      ("principal, action, resource", nil), ("principal is Bare, action, resource", Finding.Kind.noApplicableAction),
      ("principal, action == Action::\"nobody\", resource", .noApplicableAction),
      ("principal, action in [], resource", .noApplicableAction),
      ("principal, action in Action::\"read\", resource", nil),
      ("principal, action == Action::\"read\", resource", .noApplicableAction),
      ("principal is Bot, action == Action::\"edit\", resource", .noApplicableAction),
      ("principal is Bot, action in [Action::\"edit\", Action::\"read\"], resource", nil),
      ("principal in Group::\"g\", action, resource in Folder::\"f\"", nil),
      ("principal in Doc::\"d\", action, resource", .noApplicableAction),
      ("principal is User in Group::\"g\", action, resource", nil),
      ("principal is User in Folder::\"f\", action, resource", .noApplicableAction),
      ("principal == Level::\"low\", action, resource", .noApplicableAction),
      ("principal == Level::\"mid\", action, resource", .unknownEntityID),
      ("principal == ?principal, action, resource in ?resource", nil),
      ("principal is Bare in ?principal, action, resource", .noApplicableAction),
      ("principal, action, resource is App::Thing", nil), ("principal is Nope, action, resource", .unknownEntityType),
      ("principal, action == Action::\"vew\", resource", .unknownAction),
      ("principal, action in Action::\"none\", resource", .unknownAction),
    ])
  func scopes(_ scope: String, _ kind: Finding.Kind?) throws {
    let found = try Office.findings("permit(\(scope));")
    if let kind { #expect(found.map(\.kind).contains(kind)) } else { #expect(found == []) }
  }

  @Test("conditions hold in the order of the text")
  func clauses() throws {
    func count(_ clauses: String) throws -> Int {
      try Office.findings("permit(principal is User, action, resource) \(clauses);").count { $0.severity == .error }
    }
    #expect(try count("when { principal has nick } when { principal.nick == \"x\" }") == 0)
    #expect(try count("when { principal.nick == \"x\" } when { principal has nick }") == 1)
    #expect(try count("unless { !(principal has nick) } when { principal.nick == \"x\" }") == 1)
    #expect(try count("when { false } when { principal.nope }") == 0)
    #expect(try count("unless { true } unless { 1 }") == 0)
  }

  @Test("findings name place, cause, remedy and the kind of request")
  func texts() throws {
    let text = """
      permit(principal is User, action == Action::"edit", resource)
      when { principal.nmae == "é" &&
        principal.nick == "x" && principal["two words"] == 1 };
      forbid(principal is Usr, action == Action::"eddit", resource) when { principal.name == ip("1.1.1") };
      permit(principal, action == Action::"edit", resource is Folder);
      permit(principal is User, action, resource) when { principal is Bot && 1 };
      """
    let request = ", when principal is `User`, action is `Action::\"edit\"`, resource is `Doc`"
    #expect(
      try Office.findings(text).map(\.description) == [
        "test.cedar:2:8: error: `User` has no attribute `nmae` (there is `name`)" + request,
        "test.cedar:3:3: error: attribute `nick` of `User` is optional and may be absent here (guard it with `principal has nick`)"
          + request,
        "test.cedar:3:28: error: attribute `two words` of `User` is optional and may be absent here "
          + "(guard it with `principal has \"two words\"`)" + request,
        "test.cedar:4:8: error: the schema has no entity type `Usr` (there is `User`)",
        "test.cedar:4:26: error: the schema has no action `Action::\"eddit\"` (there is `Action::\"edit\"`)",
        "test.cedar:5:19: error: no action of this scope applies to the principals and resources of this scope "
          + "(the action applies to principals of User and resources of Doc)",
        "test.cedar:6:1: warning: the policy can never apply: its conditions are always false",
      ])
    #expect(
      try Office.findings(text).map(\.policy) == ["policy0", "policy0", "policy0", "policy1", "policy1", "policy2", "policy3"])
  }

  @Test("a mistake is reported once, whatever the number of requests that it fails for")
  func once() throws {
    #expect(try Office.findings("permit(principal, action in Action::\"read\", resource) when { context.nope };").count == 1)
    #expect(
      try Office.findings("permit(principal, action, resource) when { principal.nope };").map(\.message).sorted() == [
        "`App::Member` has no attribute `nope`", "`Bot` has no attribute `nope`", "`User` has no attribute `nope`",
      ])
  }

  @Test("a link is checked with its slots filled")
  func links() throws {
    let set = try policySet(
      "permit(principal in ?principal, action == Action::\"edit\", resource == ?resource) when { principal.admin };")
    func findings(_ principal: EntityUID, _ resource: EntityUID) throws -> [Finding] {
      let link = TemplateLink(templateID: "policy0", id: "link", principal: principal, resource: resource)
      return Validator(Office.schema).validate(try set.linking([link]))
    }
    #expect(try findings(uid("Group", "g"), uid("Doc", "d")) == [])
    #expect(try findings(uid("Group", "g"), uid("Folder", "d")).map(\.kind) == [.noApplicableAction])
    let unknown = try findings(uid("Grp", "g"), uid("Doc", "d"))
    #expect(unknown.map(\.kind) == [.unknownEntityType])
    #expect(unknown.map(\.policy) == ["link"])
    #expect(unknown.map(\.column) == [8])
  }

  @Test(
    "level: the number of entities followed from the request",
    arguments: [
      ("principal == User::\"a\" && principal is User && context.mfa", 0), ("principal.admin", 1), ("principal has nick", 1),
      ("principal in Group::\"g\"", 1), ("principal.hasTag(\"a\")", 1), ("resource.owner == principal", 1),
      ("resource.owner.admin", 2),
      ("resource.owner.address.city == \"x\"", 2), ("principal.address.city == \"x\"", 1), ("principal has boss.boss.nick", 3),
      ("principal has address.geo.lat", 1), ("context has who && context.who.admin", 1),
      ("(if context.mfa then principal else resource.owner).admin", 2), ("{a: principal, b: resource.owner}.a.admin", 1),
      ("{a: principal, b: resource.owner}.b.admin", 2), ("{a: {b: resource.owner}} has a.b.nick", 2),
      ("(if context.mfa then {a: principal} else {a: resource.owner}).a.admin", 2), ("[resource.owner].contains(principal)", 1),
      ("principal.hasTag(resource.owner.name)", 2), ("action in Action::\"write\"", 1), ("principal == resource.owner || true", 1),
    ])
  func levels(_ condition: String, _ wanted: Int) throws {
    let found = try (0...4).filter { try Office.errors(condition, level: $0) == [] }
    #expect(found == Array(wanted...4))
    for level in 0..<wanted { #expect(try Office.errors(condition, level: level).allSatisfy { $0 == .levelExceeded }) }
  }

  @Test("no level allows a look into an entity that the request does not name")
  func literals() throws {
    #expect(try Office.errors("User::\"a\".admin", level: 9) == [.literalDereference])
    #expect(try Office.errors("User::\"a\" in Group::\"g\"", level: 9) == [.literalDereference])
    #expect(try Office.errors("(if context.mfa then principal else User::\"a\").admin", level: 9) == [.literalDereference])
    #expect(try Office.errors("Action::\"edit\" in Action::\"write\"", level: 1) == [])
    #expect(try Office.errors("false && User::\"a\".admin", level: 0) == [])
    #expect(try Office.errors("principal.nope == User::\"a\".admin", level: 0) == [.unknownAttribute])
    #expect(try Office.findings("permit(principal in Group::\"g\", action, resource);", level: 0).map(\.kind) == [.levelExceeded])
    #expect(try Office.findings("permit(principal in Group::\"g\", action, resource);", level: 1) == [])
  }

  @Test(
    "texts that may deceive are warned of",
    arguments: [
      ("principal.name == \"say_\u{4BB}ello\"", Finding.Kind.mixedScripts),
      ("principal.name like \"*_\u{4BB}ello\"", .mixedScripts),
      ("principal.name == \"a\u{202E}b\"", .bidirectionalText), ("principal == User::\"is\u{200B}Admin\"", .confusableName),
      ("principal == User::\"new\\nline\"", .confusableName), ("{\"\u{456}d\u{4BB}z\": 1} has a || true", .mixedScripts),
      ("principal has \"a\u{2066}b\"", .bidirectionalText), ("principal == User::\"🍌\"", .confusableName),
    ])
  func deceptive(_ condition: String, _ kind: Finding.Kind) throws {
    let found = try Office.findings("permit(principal is User, action == Action::\"edit\", resource) when { \(condition) };")
    #expect(found.map(\.kind).contains(kind))
    #expect(found.allSatisfy { $0.severity == .warning })
  }

  @Test(
    "ordinary texts are not",
    arguments: ["Straße", "привет", "日本語の名前", "한국어 漢字", "naïve café", "tab\\t\\n", "100 %", "ελληνικά", "🍌"])
  func innocent(_ text: String) throws {
    #expect(
      try Office.findings("permit(principal is User, action == Action::\"edit\", resource) when { principal.name == \"\(text)\" };")
        == [])
  }
}
