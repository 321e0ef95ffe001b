import Testing

@testable import Cedar

@Suite("Cedar validator")
struct ValidatorTests {
  struct Rule: CustomTestStringConvertible {
    let accepted: String
    let refused: String
    let kind: Finding.Kind
    var testDescription: String { refused }

    init(_ accepted: String, _ refused: String, _ kind: Finding.Kind) {
      self.accepted = accepted
      self.refused = refused
      self.kind = kind
    }
  }

  @Test(
    "logic: operands are Bool, what can never be reached is not looked at",
    arguments: [
      Rule("principal.admin", "principal.name", .unexpectedType),
      Rule("!principal.admin", "!principal.age", .unexpectedType),
      Rule("principal.admin && context.mfa", "principal.admin && 1", .unexpectedType),
      Rule("false && principal.nope", "true && principal.nope", .unknownAttribute),
      Rule("true || principal.nope", "false || principal.nope", .unknownAttribute),
      Rule("principal.admin && false && principal.nope", "principal.admin && principal.nope && false", .unknownAttribute),
      Rule("principal.admin || true || 1", "principal.admin || 1 || true", .unexpectedType),
      Rule("if true then true else principal.nope", "if principal.admin then true else principal.nope == 1", .unknownAttribute),
      Rule("if false then 1 else true", "if false then true else 1", .unexpectedType),
      Rule("(if principal.admin then principal.age else 1) > 0", "(if principal.admin then 1 else \"a\") == 1", .incompatibleTypes),
      Rule("if principal.admin then 1 == 1 else true", "if 1 then true else false", .unexpectedType),
      Rule("principal == resource && principal.nope", "principal == principal && principal.nope", .unknownAttribute),
    ])
  func logic(_ rule: Rule) throws { try check(rule) }

  @Test(
    "comparison and arithmetic",
    arguments: [
      Rule("principal.age + 1 - 2 * -principal.age > 2", "principal.age + principal.name > 2", .unexpectedType),
      Rule("-principal.age < 0", "-principal.name == 1", .unexpectedType),
      Rule("principal.age <= 3", "principal.name < \"b\"", .unexpectedType),
      Rule("principal.born < datetime(\"2020-01-01\")", "principal.born < principal.shift", .unexpectedType),
      Rule("principal.shift >= duration(\"1h\")", "principal.money > decimal(\"1.0\")", .unexpectedType),
      Rule("principal.name == \"x\"", "principal.name == 1", .incompatibleTypes),
      Rule("\"a\" == 1", "\"a\" != principal.age", .incompatibleTypes),
      Rule("principal == Doc::\"a\"", "principal == principal.name", .incompatibleTypes),
      Rule("{a: 1} == {a: principal.age}", "{a: 1} == {b: 1}", .incompatibleTypes),
      Rule("{a: 1, b: 2} == {b: 2, a: 1}", "{a: 1} == {a: \"x\"}", .incompatibleTypes),
      Rule("principal.address == principal.address", "principal.address == {city: \"Rome\"}", .incompatibleTypes),
      Rule(
        "context == context", "context == {mfa: true, reason: \"x\", who: principal}", .incompatibleTypes),
      Rule("principal.roles == [\"a\"]", "principal.roles == [1]", .incompatibleTypes),
      Rule("principal.name like \"a*\"", "principal.age like \"a*\"", .unexpectedType),
    ])
  func comparison(_ rule: Rule) throws { try check(rule) }

  @Test(
    "entities: hierarchy and type tests",
    arguments: [
      Rule("principal in Group::\"g\"", "principal in \"g\"", .unexpectedType),
      Rule("principal in Doc::\"d\" && 1", "principal in Org::\"o\" && 1", .unexpectedType),
      Rule("principal in [Group::\"g\", Group::\"h\"]", "principal in [Group::\"g\", Org::\"o\"]", .incompatibleTypes),
      Rule("principal in principal.friends", "principal in principal.roles", .unexpectedType),
      Rule("principal in [Doc::\"d\"] && 1", "User::\"a\" in [principal] && 1", .unexpectedType),
      Rule("action in Action::\"read\" && 1", "action in Action::\"write\" && 1", .unexpectedType),
      Rule("action in [Action::\"read\", Action::\"nobody\"] && 1", "action in [Action::\"edit\"] && 1", .unexpectedType),
      Rule("Action::\"view\" in Action::\"write\" && 1", "Action::\"view\" in Action::\"read\" && 1", .unexpectedType),
      Rule("action == Action::\"view\" && 1", "action == Action::\"edit\" && 1", .unexpectedType),
      Rule("action in Group::\"g\" && 1", "1 in Group::\"g\"", .unexpectedType),
      Rule("principal is Bot && 1", "principal is User && 1", .unexpectedType),
      Rule("principal is Bot in 1", "principal is User in 1", .unexpectedType),
      Rule("principal is User in Group::\"g\"", "principal.name is User", .unexpectedType),
      Rule("principal is User in Doc::\"d\" && 1", "principal is User in Org::\"o\" && 1", .unexpectedType),
      Rule("principal.level == Level::\"low\"", "principal.level == Level::\"middle\"", .unknownEntityID),
      Rule("App::Action::\"do it\" == action", "Action::\"do it\" == action", .unknownAction),
      Rule("principal == User::\"a\"", "principal == Usr::\"a\"", .unknownEntityType),
      Rule("false && principal is Bare", "false && principal is Nothing", .unknownEntityType),
      Rule("false && action == Action::\"read\"", "false && action == Action::\"none\"", .unknownAction),
    ])
  func entities(_ rule: Rule) throws { try check(rule) }

  @Test(
    "attributes: declared, and required or guarded",
    arguments: [
      Rule("principal.name == \"x\"", "principal.nope == 1", .unknownAttribute),
      Rule("principal[\"name\"] == \"x\"", "principal.name.length == 1", .unexpectedType),
      Rule("principal has nick && principal.nick == \"x\"", "principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "principal has nick && principal[\"nick\"] == \"x\"", "principal has nick || principal.nick == \"x\"", .unguardedAttribute),
      Rule("!(principal has nick) || true", "!(principal has nick) || principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "if principal has nick then principal.nick == \"x\" else false",
        "if principal has nick then true else principal.nick == \"x\"",
        .unguardedAttribute),
      Rule(
        "(principal has nick || (principal has nick && principal.admin)) && principal.nick == \"x\"",
        "(principal has nick || principal.admin) && principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "(principal has nick && principal has boss || principal has nick) && principal.nick == \"x\"",
        "(principal has boss || principal has nick) && principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "(if principal.admin then principal has nick else principal has nick) && principal.nick == \"x\"",
        "(if principal.admin then principal has nick else true) && principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "(if principal.admin then principal has nick else principal has nick && context.mfa) && principal.nick == \"x\"",
        "(if principal has nick then true else false) && principal.nick == \"x\"", .unguardedAttribute),
      Rule(
        "(false || principal has nick) && principal.nick == \"x\"", "(true || principal has nick) && principal.nick == \"x\"",
        .unguardedAttribute),
      Rule(
        "resource.owner has nick && resource.owner.nick == \"x\"", "principal has nick && resource.owner.nick == \"x\"",
        .unguardedAttribute),
      Rule(
        "principal has boss.nick && principal.boss.nick == \"x\"", "principal has boss && principal.boss.nick == \"x\"",
        .unguardedAttribute),
      Rule(
        "principal has boss && principal.boss has boss && principal has boss.boss.nick && principal.boss.boss.nick == \"x\"",
        "principal has boss.nick.length", .unexpectedType),
      Rule("principal has nope && principal.nope", "principal has admin && principal.nope", .unknownAttribute),
      Rule("principal.address has zip && principal.address.zip > 1", "principal.address.zip > 1", .unguardedAttribute),
      Rule("!(principal.address has city) && 1", "!(principal has name) && 1", .unexpectedType),
      Rule(
        "principal has address.geo.lat && principal.address.geo.lat > 1",
        "principal has address.geo && principal.address.geo.lon > 1",
        .unguardedAttribute),
      Rule("{a: 1}.a == 1", "{a: 1}.b == 1", .unknownAttribute),
      Rule("!({a: 1} has a) && 1", "{a: 1} has a && 1", .unexpectedType),
      Rule("{a: principal, \"b\": 1} has a && {b: 1, a: principal}.a.admin", "1 has a", .unexpectedType),
      Rule("context has reason && context.reason like \"a*\"", "context.reason like \"a*\"", .unguardedAttribute),
      Rule("context has who && context.who == principal", "context.nope", .unknownAttribute),
      Rule(
        "User::\"a\" has nick && User::\"a\".nick == \"x\"", "User::\"a\" has nick && User::\"b\".nick == \"x\"",
        .unguardedAttribute),
      Rule("!(action has x)", "action.x", .unknownAttribute),
    ])
  func attributes(_ rule: Rule) throws { try check(rule) }

  @Test(
    "tags: declared and guarded by the same expressions",
    arguments: [
      Rule(
        "principal.hasTag(\"a\") && principal.getTag(\"a\").contains(\"x\")", "principal.getTag(\"a\").contains(\"x\")",
        .unguardedTag),
      Rule(
        "principal.hasTag(principal.name) && principal.getTag(principal.name).contains(\"x\")",
        "principal.hasTag(\"a\") && principal.getTag(\"b\").contains(\"x\")", .unguardedTag),
      Rule(
        "principal.hasTag(\"name\") && true", "principal has name && principal.getTag(\"name\").contains(\"x\")", .unguardedTag),
      Rule("principal.hasTag(\"a\") || true", "principal.hasTag(\"a\") && principal.getTag(\"a\") == \"x\"", .incompatibleTypes),
      Rule("resource.hasTag(\"a\") && 1", "principal.hasTag(\"a\") && 1", .unexpectedType),
      Rule("principal.hasTag(\"a\")", "principal.hasTag(1)", .unexpectedType),
      Rule("true || resource.getTag(\"a\") == 1", "resource.getTag(\"a\") == 1", .noTags),
      Rule("principal.hasTag(\"a\")", "\"a\".hasTag(\"a\")", .unexpectedType),
    ])
  func tags(_ rule: Rule) throws { try check(rule) }

  @Test(
    "sets, records and extension functions",
    arguments: [
      Rule("[1, 2].contains(principal.age)", "[].contains(1)", .emptySet),
      Rule("[[1], [2]].contains([1])", "[1, \"a\"].contains(1)", .incompatibleTypes),
      Rule("[principal, User::\"a\"].contains(principal)", "[principal, resource].contains(principal)", .incompatibleTypes),
      Rule("[true, principal.admin].contains(false)", "principal.roles.contains(1)", .incompatibleTypes),
      Rule("principal.roles.containsAll([\"a\"])", "principal.roles.containsAll(\"a\")", .unexpectedType),
      Rule("principal.roles.containsAny(principal.roles)", "principal.roles.containsAny([1])", .incompatibleTypes),
      Rule("principal.roles.isEmpty()", "principal.name.isEmpty()", .unexpectedType),
      Rule("[principal] == [principal]", "principal.name.contains(\"a\")", .unexpectedType),
      Rule("principal.ip.isInRange(ip(\"10.0.0.0/8\"))", "principal.ip.isInRange(\"10.0.0.0/8\")", .unexpectedType),
      Rule("principal.ip.isLoopback()", "principal.money.isLoopback()", .unexpectedType),
      Rule("principal.ip.isIpv4()", "principal.ip.isIpv4(1)", .wrongArgumentCount),
      Rule("ip(\"1.1.1.1\").isIpv4()", "ip(\"1.1.1.1\", \"2\").isIpv4()", .wrongArgumentCount),
      Rule("principal.ip == ip(\"::1\")", "principal.ip == \"::1\"", .incompatibleTypes),
      Rule("principal.money.lessThan(decimal(\"1.0\"))", "principal.money.lessThan(decimal(\"1\"))", .badLiteral),
      Rule("false && decimal(\"x\") == principal.money", "ip(principal.name) == principal.ip", .literalRequired),
      Rule("decimal(\"1.5\") == principal.money", "decimal(1) == principal.money", .unexpectedType),
      Rule("principal.born.toTime() < duration(\"12h\")", "principal.born.toTime() < duration(\"12x\")", .badLiteral),
      Rule(
        "principal.born.offset(principal.shift) > principal.born", "principal.born.offset(principal.born) > principal.born",
        .unexpectedType),
      Rule(
        "principal.born.durationSince(principal.born).toDays() > 3", "principal.shift.toDate() == principal.born", .unexpectedType),
    ])
  func values(_ rule: Rule) throws { try check(rule) }

  private func check(_ rule: Rule) throws {
    #expect(try Office.errors(rule.accepted) == [], "\(rule.accepted)")
    #expect(try Office.errors(rule.refused).first == rule.kind, "\(rule.refused)")
  }

  @Test(
    "permissive mode accepts what strict mode refuses for breadth, and nothing else",
    arguments: [
      "[].isEmpty()", "[1, true].contains(1)", "[principal, resource].contains(principal)", "principal.name == 1",
      "principal in [Group::\"g\", Org::\"o\"]", "principal.roles.contains(1)", "ip(principal.name).isIpv4()",
      "(if context.mfa then principal else resource.owner).age > 1",
      "(if context.mfa then User::\"a\" else Bot::\"b\").name == \"x\"",
      "(if context.mfa then {a: 1, b: 2} else {a: 3}).a > 1", "(if context.mfa then {a: 1, b: 2} else {a: 3}) has b",
      "(if context.mfa then principal else resource) is User", "principal.address == {city: \"Rome\"}",
      "(if context.mfa then principal else resource) has size || true",
    ])
  func permissive(_ condition: String) throws {
    // A set of a number and a truth value joins in no mode.
    if condition == "[1, true].contains(1)" {
      #expect(try Office.errors(condition, mode: .permissive) == [.incompatibleTypes])
    } else {
      #expect(try Office.errors(condition, mode: .permissive) == [], "\(condition)")
    }
  }

  @Test(
    "permissive mode still refuses what may fail",
    arguments: [
      ("(if context.mfa then User::\"a\" else Bot::\"b\").age > 1", Finding.Kind.unguardedAttribute),
      ("(if context.mfa then User::\"a\" else Bot::\"b\").model == \"x\"", .unknownAttribute),
      ("(if context.mfa then {a: 1, b: 2} else {a: 3}).b > 1", .unknownAttribute),
      ("(if context.mfa then {a: 1} else {a: \"x\"}).a == 1", .unknownAttribute),
      ("(if context.mfa then principal else 1) == 1", .incompatibleTypes), ("ip(\"x\").isIpv4()", .badLiteral),
      ("principal.nick == \"x\"", .unguardedAttribute), ("principal.name < 1", .unexpectedType),
    ])
  func permissiveRefusals(_ condition: String, _ kind: Finding.Kind) throws {
    #expect(try Office.errors(condition, mode: .permissive).first == kind)
  }

  @Test("every kind of request must pass; a test of the type narrows them")
  func environments() throws {
    #expect(try Office.errors("principal.admin", isAnyone: true) == [.unknownAttribute])
    #expect(try Office.errors("principal is User && principal.admin", isAnyone: true) == [])
    #expect(try Office.errors("principal.age > 1", isAnyone: true) == [.unguardedAttribute])
    #expect(try Office.errors("principal has age && principal.age > 1", isAnyone: true) == [])
    #expect(try Office.errors("resource is Doc && resource.public", isAnyone: true) == [])
    #expect(
      try Office.errors("principal.hasTag(\"k\") && principal.getTag(\"k\") == \"v\"", isAnyone: true) == [.incompatibleTypes])
    #expect(try Office.findings("permit(principal is User, action, resource) when { context.n > 1 };").count == 1)
    #expect(
      try Office.findings("permit(principal is User, action, resource) when { action == Action::\"view\" && context.n > 1 };") == []
    )
  }
}
