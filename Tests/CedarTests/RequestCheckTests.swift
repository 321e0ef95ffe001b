import Testing

@testable import Cedar

@Suite("requests and contexts of a schema")
struct RequestCheckTests {
  private static let allowed = #"User::"u""#

  private static func request(
    principal: String = #"{"type":"User","id":"u"}"#, action: String = #"{"type":"Action","id":"view"}"#,
    resource: String = #"{"type":"Team","id":"t"}"#, context: String = #"{"mfa":true}"#
  ) -> String {
    #"{"principal":\#(principal),"action":\#(action),"resource":\#(resource),"context":\#(context)}"#
  }

  private static func name(_ type: String, _ id: String) -> String { #"{"type":"\#(type)","id":"\#(id)"}"# }

  @Test(
    "what a schema admits",
    arguments: [
      (request(), nil), (request(principal: name("Level", "low")), nil),
      (
        request(principal: name("Level", "lo")), "`Level` has no id `lo` (there is `low`) in `principal`"
      ),
      (
        request(principal: name("Team", "t")),
        #"action `Action::"view"` applies to no principal of type `Team` (it applies to `User`, `Level`) in `principal`"#
      ),
      (request(principal: name("Usr", "t")), "entity type `Usr` is not declared (there is `User`) in `principal`"),
      (
        request(resource: name("User", "t")),
        #"action `Action::"view"` applies to no resource of type `User` (it applies to `Team`) in `resource`"#
      ),
      (request(resource: name("Action", "view")), "entity type `Action` is not declared in `resource`"),
      (request(action: name("Action", "vew")), #"action `Action::"vew"` is not declared (there is `Action::"view"`) in `action`"#),
      (
        request(action: name("Shop::Action", "view")),
        #"action `Shop::Action::"view"` is not declared (there is `Shop::Action::"buy"`) in `action`"#
      ),
      (request(action: name("User", "u")), #"action `User::"u"` is not declared in `action`"#),
      (request(action: name("Action", "all")), #"action `Action::"all"` applies to no request: it only groups others in `action`"#),
      (request(action: name("Shop::Action", "buy"), resource: name("Shop::Item", "i"), context: "{}"), nil),
      (
        request(action: name("Shop::Action", "buy"), resource: name("Shop::Item", "i"), context: #"{"a":1}"#),
        "attribute `a` is not declared in `context.a`"
      ),
      (request(context: "{}"), "attribute `mfa` is missing: a Bool is required in `context`"),
      (request(context: #"{"mfa":1}"#), "expected Bool, found Long `1` in `context.mfa`"),
      (request(context: #"{"mfa":true,"ip":"::1","who":{"type":"User","id":"x"},"more":{"a":1}}"#), nil),
      (request(context: #"{"mfa":true,"ip":"x"}"#), "`ip`: the text is no ip in `context.ip`"),
      (
        request(context: #"{"mfa":true,"level":{"type":"Level","id":"x"}}"#),
        "`Level` has no id `x` in `context.level`"
      ),
      (request(context: #"{"mfa":true,"more":{"a":1,"b":1}}"#), "attribute `b` is not declared (there is `a`) in `context.more.b`"),
      (request(context: #"{"mfa":true,"mfa":true}"#), "duplicate key at byte 135 in `context.mfa`"),
      (request(context: "[]"), "a context is a record in `context`"),
      (request(context: "null"), "null is no Cedar value in `context`"),
    ] as [(String, String?)])
  func admitted(_ json: String, _ message: String?) { #expect(failure(json, Club.schema) == message) }

  private func failure(_ json: String, _ schema: Schema?) -> String? {
    do throws(DataFailure) {
      _ = try Request.parse(json: Array(json.utf8), schema: schema)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(
    "the forms of a request",
    arguments: [
      (#"{"principal":"User::\"u\"","action":"Action::\"view\"","resource":"Shop::Item::\"i\""}"#, nil),
      (#"{"principal":{"__entity":{"type":"User","id":"u"}},"action":"Action::\"view\"","resource":"T::\"\"","context":{}}"#, nil),
      (
        #"{"principal":"User","action":"Action::\"view\"","resource":"T::\"\""}"#,
        #"`User` names no entity (write it as User::"alice") in `principal`"#
      ),
      (
        #"{"principal":5,"action":"Action::\"view\"","resource":"T::\"\""}"#,
        "an entity is named by the strings `type` and `id` in `principal`"
      ),
      (#"{"principal":"User::\"u\"","resource":"T::\"\""}"#, "`action` is missing"),
      (
        #"{"principal":"User::\"u\"","action":"Action::\"view\"","resource":"T::\"\"","contxt":{}}"#,
        "a request has no member `contxt` in `contxt`"
      ),
      ("[]", "a request is an object"), ("", "the document is empty at byte 0"),
    ] as [(String, String?)])
  func forms(_ json: String, _ message: String?) { #expect(failure(json, nil) == message) }

  @Test("a request is what its JSON says")
  func parts() throws {
    let json =
      #"{"principal":"User::\"u\"","action":"Action::\"view\"","resource":{"type":"Team","id":"t"},"context":{"mfa":true,"ip":"::1"}}"#
    let request = try Request.parse(json: Array(json.utf8), schema: Club.schema)
    #expect(request.principal == uid("User", "u"))
    #expect(request.action == uid("Action", "view"))
    #expect(request.resource == uid("Team", "t"))
    #expect(request.context == ["mfa": .bool(true), "ip": .ip(IPAddressValue("::1")!)])
    let plain = try Request.parse(json: Array(json.utf8))
    #expect(plain.context["ip"]?.stringValue == "::1")
    #expect(plain.context["mfa"]?.boolValue == true)
  }

  @Test("a context is read for its action")
  func contexts() throws {
    func context(_ json: String, _ action: String = "view", schema: Schema? = Club.schema) throws(DataFailure) -> Record {
      try Record.parse(json: Array(json.utf8), schema: schema, action: uid("Action", action))
    }
    #expect(try context(#"{"mfa":true,"who":{"type":"User","id":"x"}}"#)["who"]?.entityValue == uid("User", "x"))
    #expect(try context(#"{"who":{"type":"User","id":"x"}}"#, schema: nil)["who"]?.recordValue?.count == 2)
    #expect(try context("{}", "all").count == 0)
    #expect(throws: DataFailure(message: "attribute `a` is not declared", path: "a")) { try context(#"{"a":1}"#, "all") }
    #expect(throws: DataFailure.self) { try context("{}") }
    #expect(throws: DataFailure.self) { try context("{}", "nope") }
    #expect(throws: DataFailure(message: "a context is a record", path: "")) { try context("[]") }
  }
}
