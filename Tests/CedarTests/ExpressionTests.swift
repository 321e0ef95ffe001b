import Testing

@testable import Cedar

@Suite("Cedar expressions")
struct ExpressionTests {
  @Test(
    "logic and conditionals",
    arguments: [
      ("true && true", "true"), ("false && 1", "false"), ("true && 1", "typeError"), ("1 && true", "typeError"),
      ("true || 1", "true"),
      ("false || 1", "typeError"), ("!false", "true"), ("!!!!true", "true"), ("!!!!!true", "refused"), ("!1", "typeError"),
      ("if true then true else 1", "true"), ("if false then 1 else true", "true"), ("if 1 then true else true", "typeError"),
      ("if true then 1 else 2 == 2", "typeError"), ("(if true then 1 else 2) == 1", "true"),
      ("true && if true then true else true", "refused"),
      ("1", "typeError"), ("false && context.missing", "false"), ("context.missing && false", "missingAttribute"),
    ])
  func logic(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "arithmetic, with overflow as an error",
    arguments: [
      ("1 + 2 * 3 == 7", "true"), ("10 - 3 - 2 == 5", "true"), ("2 * 3 * 7 == 42", "true"), ("1 + true == 2", "typeError"),
      ("9223372036854775807 + 1 == 0", "overflow"), ("9223372036854775807 + 1 - 1 == 9223372036854775807", "overflow"),
      ("-9223372036854775808 - 1 == 0", "overflow"), ("-9223372036854775808 * -1 == 0", "overflow"),
      ("-9223372036854775808 < 0", "true"), ("--9223372036854775808 == 0", "overflow"), ("- 9223372036854775808 < 0", "true"),
      ("-(9223372036854775808) < 0", "refused"), ("0-9223372036854775808 < 0", "refused"), ("9223372036854775808 > 0", "refused"),
      ("-9223372036854775809 < 0", "refused"), ("----1 == 1", "true"), ("-----1 == 1", "refused"), ("!-1", "refused"),
      ("-!true", "refused"),
      ("007 == 7", "true"), ("1 / 2 == 0", "refused"), ("5 % 2 == 1", "refused"), ("-context.n == -7", "true"),
      ("resource.max + 1 > 0", "overflow"),
    ])
  func arithmetic(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "equality is total, order is not",
    arguments: [
      ("1 == \"1\"", "false"), ("1 != \"1\"", "true"), ("[1, 2, 2] == [2, 1]", "true"), ("[[1], [2]] == [[2], [1]]", "true"),
      ("{a: 1, b: [2]} == {\"b\": [2], a: 1}", "true"), ("{a: 1} == {a: 1, b: 2}", "false"),
      ("principal == User::\"alice\"", "true"),
      ("principal == principal.name", "false"), ("\"\u{E9}\" == \"e\u{301}\"", "false"), ("\"\u{E9}\" == \"\\u{e9}\"", "true"),
      ("1 < 2", "true"), ("2 <= 2", "true"), ("3 > 3", "false"), ("3 >= 3", "true"), ("\"a\" < \"b\"", "typeError"),
      ("1 < 2 < 3", "refused"), ("1 == 1 == true", "refused"), ("1 < decimal(\"2.0\")", "typeError"),
      ("principal < 1", "typeError"),
      ("principal[\"e\u{301}\"] == 1", "true"), ("principal has \"\u{E9}\"", "false"),
    ])
  func comparison(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "hierarchy and types",
    arguments: [
      ("principal in Group::\"eng\"", "true"), ("principal in Group::\"all\"", "true"), ("principal in principal", "true"),
      ("principal in Group::\"ops\"", "false"), ("principal in [Group::\"ops\", Group::\"all\"]", "true"),
      ("principal in []", "false"),
      ("principal in [principal, 1]", "typeError"), ("principal in 1", "typeError"), ("1 in principal", "typeError"),
      ("User::\"ghost\" in User::\"ghost\"", "true"), ("User::\"ghost\" in Group::\"all\"", "false"),
      ("action in Action::\"read\"", "true"),
      ("principal is User", "true"), ("principal is Group", "false"), ("1 is User", "typeError"),
      ("principal is Group in 1", "false"),
      ("principal is User in 1", "typeError"), ("principal is User in Group::\"all\"", "true"),
      ("principal.boss in Group::\"ops\"", "true"),
      ("principal is User == true", "refused"), ("principal in Group::\"eng\" is User", "refused"),
      ("principal in Group", "refused"),
    ])
  func hierarchy(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "attributes and tags",
    arguments: [
      ("principal.name == \"Alice\"", "true"), ("principal[\"name\"] == \"Alice\"", "true"),
      ("principal.address.geo.lat == 59", "true"),
      ("principal.boss.name == \"Bob\"", "true"), ("principal.missing == 1", "missingAttribute"),
      ("User::\"ghost\".name == 1", "missingEntity"),
      ("context.missing == 1", "missingAttribute"), ("1.name == 1", "typeError"), ("principal.name.x == 1", "typeError"),
      ("principal has name", "true"), ("principal has missing", "false"), ("User::\"ghost\" has name", "false"),
      ("1 has name", "typeError"),
      ("principal has address.geo.lat", "true"), ("principal has address.geo.long", "false"), ("principal has boss.name", "true"),
      ("principal has boss.age", "false"), ("principal has name.x", "typeError"), ("principal has missing.x.y", "false"),
      ("principal.if == 7", "refused"), ("principal[\"if\"] == 7", "true"), ("principal has if", "refused"),
      ("principal has \"if\"", "true"),
      ("principal[\"a\" + \"b\"] == 1", "refused"), ("{if: 1} == {}", "refused"), ("{a: 1, \"\\u{61}\": 2} == {}", "refused"),
      ("principal.hasTag(\"dept\")", "true"), ("principal.hasTag(\"name\")", "false"),
      ("principal.getTag(\"dept\") == \"eng\"", "true"),
      ("principal.getTag(\"\") == \"empty\"", "true"), ("principal.getTag(\"x\") == 1", "missingTag"),
      ("User::\"ghost\".getTag(\"x\") == 1", "missingEntity"), ("User::\"ghost\".hasTag(\"x\")", "false"),
      ("principal.hasTag(1)", "typeError"),
      ("context.hasTag(\"x\")", "typeError"), ("principal.hasTag()", "refused"),
    ])
  func attributes(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "sets and patterns",
    arguments: [
      ("principal.nums.contains(2)", "true"), ("[1, \"x\"].contains(\"x\")", "true"), ("context.list.contains(true)", "true"),
      ("principal.contains(1)", "typeError"), ("principal.nums.containsAll([])", "true"),
      ("principal.nums.containsAll([1, 3])", "true"),
      ("principal.nums.containsAll([1, 4])", "false"), ("principal.nums.containsAny([4, 3])", "true"),
      ("principal.nums.containsAny([])", "false"),
      ("principal.nums.containsAny(1)", "typeError"), ("principal.empty.isEmpty()", "true"), ("principal.nums.isEmpty()", "false"),
      ("[1, 2].contains(1, 2)", "refused"), ("principal.friends.contains(User::\"ghost\")", "true"), ("[1,].contains(1)", "true"),
      ("[context.missing].isEmpty()", "missingAttribute"), ("\"abc\" like \"a*\"", "true"), ("\"abc\" like \"*b*\"", "true"),
      ("\"abc\" like \"a?c\"", "false"), ("\"\" like \"*\"", "true"), ("\"\" like \"\"", "true"), ("\"a\" like \"\"", "false"),
      ("context.s like \"hello\\*world\"", "true"), ("\"helloXworld\" like \"hello\\*world\"", "false"),
      ("\"a\\nb\" like \"a*b\"", "true"), ("\"abc\" like \"\\x2a\"", "true"), ("\"abc\" like \"\\u{2a}c\"", "true"),
      ("\"aab\" like \"*ab\"", "true"), ("\"\u{1F600}x\" like \"*x\"", "true"), ("1 like \"*\"", "typeError"),
      ("\"a\" like 1", "refused"),
      ("\"a\\*\" == \"a\"", "refused"), ("\"mississippi\" like \"*is*ip*\"", "true"), ("\"mississippi\" like \"*is*ix*\"", "false"),
    ])
  func sets(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test(
    "extension functions",
    arguments: [
      ("decimal(\"1.0\") == decimal(\"1.0000\")", "true"), ("decimal(\"1.5\").lessThan(decimal(\"1.6\"))", "true"),
      ("decimal(\"1.5\").greaterThanOrEqual(decimal(\"1.6\"))", "false"), ("decimal(\"1.5\").lessThan(1)", "typeError"),
      ("decimal(\"x\") == 1", "extension"), ("decimal(1) == 1", "typeError"), ("decimal() == 1", "arity"),
      ("decimal(\"1.0\", \"2.0\") == 1", "arity"),
      ("ip(\"10.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))", "true"), ("ip(\"::1\").isInRange(ip(\"10.0.0.0/8\"))", "false"),
      ("ip(\"127.0.0.1\").isLoopback()", "true"), ("ip(\"127.0.0.0/7\").isLoopback()", "false"),
      ("ip(\"10.0.0.1/24\") == ip(\"10.0.0.0/24\")", "false"),
      ("ip(\"ff02::1\").isMulticast()", "true"), ("ip(\"1.1.1.1\").isIpv6()", "false"), ("1.isIpv4()", "typeError"),
      ("datetime(\"2024-01-01\") < datetime(\"2024-01-02T00:00:00Z\")", "true"),
      ("datetime(\"2024-01-01\").offset(duration(\"1d\")) == datetime(\"2024-01-02\")", "true"),
      ("datetime(\"1969-12-31T23:00:00Z\").toDate() == datetime(\"1969-12-31\")", "true"),
      ("datetime(\"1969-12-31T23:00:00Z\").toTime() == duration(\"23h\")", "true"),
      ("datetime(\"2024-01-02\").durationSince(datetime(\"2024-01-01\")).toHours() == 24", "true"),
      ("duration(\"-1500ms\").toSeconds() == -1", "true"), ("duration(\"36h\").toDays() == 1", "true"),
      ("context.now.toTime() > duration(\"11h\")", "true"), ("context.now + 1 == 1", "typeError"),
      ("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate() == 1", "extension"),
      ("isIpv4(principal)", "refused"), ("principal.ip(\"1.1.1.1\")", "refused"), ("foo::ip(\"1.1.1.1\").isIpv4()", "refused"),
      ("principal.lessThan == 1", "missingAttribute"), ("decimal(principal.name) == 1", "extension"),
    ])
  func extensions(_ expression: String, _ wanted: String) throws { #expect(try outcome(expression) == wanted, "\(expression)") }

  @Test("extension literals at their bounds")
  func literals() {
    let good: [(ExtensionFunction, String)] = [
      (.decimal, "922337203685477.5807"), (.decimal, "-922337203685477.5808"), (.decimal, "00.1"), (.decimal, "-0.0"),
      (.ip, "0.0.0.0/0"),
      (.ip, "255.255.255.255/32"), (.ip, "::"), (.ip, "::/0"), (.ip, "1:2:3:4:5:6:7::"),
      (.ip, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:FFFF/128"),
      (.datetime, "0000-01-01T00:00:00+2359"), (.datetime, "9999-12-31T23:59:59.999-2359"), (.datetime, "2024-02-29"),
      (.datetime, "2000-02-29"),
      (.duration, "-9223372036854775808ms"), (.duration, "9223372036854775807ms"), (.duration, "1d2h3m4s5ms"), (.duration, "1m1ms"),
      (.duration, "0s"),
    ]
    for (function, text) in good { #expect(function.construct(text) != nil, "\(function) \(text)") }
    let bad: [(ExtensionFunction, String)] = [
      (.decimal, "922337203685477.5808"), (.decimal, "-922337203685477.5809"), (.decimal, "1"), (.decimal, "1."), (.decimal, ".1"),
      (.decimal, "1.00000"), (.decimal, "+1.0"), (.decimal, " 1.0"), (.decimal, "1e1"), (.decimal, "\u{661}.0"), (.ip, "1.1.1"),
      (.ip, "01.1.1.1"),
      (.ip, "256.1.1.1"), (.ip, "1.1.1.1/33"), (.ip, "1.1.1.1/08"), (.ip, "1.1.1.1/"), (.ip, "::ffff:1.2.3.4"), (.ip, ":::"),
      (.ip, "1::2::3"),
      (.ip, "1:2:3:4:5:6:7:8::"), (.ip, "12345::"), (.ip, "fe80::1%eth0"), (.ip, "[::1]"), (.ip, "::/129"), (.ip, ""),
      (.datetime, "2023-02-29"),
      (.datetime, "1900-02-29"), (.datetime, "2024-1-01"), (.datetime, "2024-01-01T00:00:00"), (.datetime, "2024-01-01T24:00:00Z"),
      (.datetime, "2024-01-01T00:00:60Z"), (.datetime, "2024-01-01T00:00:00.1Z"), (.datetime, "2024-01-01T00:00:00+01:00"),
      (.datetime, "2024-01-01t00:00:00Z"), (.datetime, "2024-00-01"), (.datetime, "2024-01-01T00:00:00+2400"), (.duration, ""),
      (.duration, "-"),
      (.duration, "1"), (.duration, "1ms1s"), (.duration, "1s1s"), (.duration, "9223372036854775808ms"),
      (.duration, "-9223372036854775809ms"),
      (.duration, "1.5h"), (.duration, "1h "), (.duration, "18446744073709551616ms"), (.duration, "106751991168d"),
    ]
    for (function, text) in bad { #expect(function.construct(text) == nil, "\(function) \(text)") }
  }
}
