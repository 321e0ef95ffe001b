import JSON
import TestSupport
import Testing

@testable import Cedar

/// One policy around `condition`, as a document.
private func document(condition: String) -> [UInt8] {
  Array(
    #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":\#(condition)}]}"#
      .utf8)
}

/// A set of one static policy `a`, one template `t`, and links.
private func set(_ policy: String, template: String? = nil, links: String = "") -> [UInt8] {
  let templates = template.map { #""t":\#($0)"# } ?? ""
  return Array(#"{"staticPolicies":{"a":\#(policy)},"templates":{\#(templates)},"templateLinks":[\#(links)]}"#.utf8)
}

private func scoped(
  principal: String = #"{"op":"All"}"#, action: String = #"{"op":"All"}"#, resource: String = #"{"op":"All"}"#, more: String = ""
) -> String {
  #"{"effect":"permit","principal":\#(principal),"action":\#(action),"resource":\#(resource),"conditions":[]\#(more)}"#
}

private func failure(_ json: [UInt8]) -> DataFailure? {
  do throws(DataFailure) {
    _ = try PolicySet.parse(json: json)
    return nil
  } catch {
    return error
  }
}

private func json(_ text: String) throws -> String {
  let whole = String(decoding: try policySet(text).json, as: UTF8.self)
  return whole
}

@Suite("policies in JSON")
struct PolicyJSONTests {
  static let expressions: [(text: String, json: String)] = [
    ("true", #"{"Value":true}"#), ("-9223372036854775808", #"{"Value":-9223372036854775808}"#),
    ("--1", #"{"neg":{"arg":{"Value":-1}}}"#),
    ("-(1)", #"{"neg":{"arg":{"Value":1}}}"#), (#""a\n\u{e9}""#, #"{"Value":"a\né"}"#),
    (#"A::B::"c""#, #"{"Value":{"__entity":{"type":"A::B","id":"c"}}}"#), ("context", #"{"Var":"context"}"#),
    ("!true", #"{"!":{"arg":{"Value":true}}}"#),
    ("1 > 2", #"{">":{"left":{"Value":1},"right":{"Value":2}}}"#), ("1 != 2", #"{"!=":{"left":{"Value":1},"right":{"Value":2}}}"#),
    (
      "1 + 2 - 3",
      #"{"-":{"left":{"+":{"left":{"Value":1},"right":{"Value":2}}},"right":{"Value":3}}}"#
    ),
    (
      "true && false && true",
      #"{"&&":{"left":{"&&":{"left":{"Value":true},"right":{"Value":false}}},"right":{"Value":true}}}"#
    ),
    (
      "2 * (3 * 4)", #"{"*":{"left":{"Value":2},"right":{"*":{"left":{"Value":3},"right":{"Value":4}}}}}"#
    ),
    (#"context["a b"].c"#, #"{".":{"left":{".":{"left":{"Var":"context"},"attr":"a b"}},"attr":"c"}}"#),
    (#"context has "a b""#, #"{"has":{"left":{"Var":"context"},"attr":"a b"}}"#),
    (
      "context has a.b",
      #"{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":"a"}},"right":{"has":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}}}}"#
    ),
    (
      #""x" like "a*\*""#,
      #"{"like":{"left":{"Value":"x"},"pattern":[{"Literal":"a"},"Wildcard",{"Literal":"*"}]}}"#
    ),
    ("principal is A::B", #"{"is":{"left":{"Var":"principal"},"entity_type":"A::B"}}"#),
    (
      #"principal is A in B::"c""#,
      #"{"is":{"left":{"Var":"principal"},"in":{"Value":{"__entity":{"type":"B","id":"c"}}},"entity_type":"A"}}"#
    ),
    (
      "if true then 1 else 2",
      #"{"if-then-else":{"if":{"Value":true},"then":{"Value":1},"else":{"Value":2}}}"#
    ),
    ("[1, [2]]", #"{"Set":[{"Value":1},{"Set":[{"Value":2}]}]}"#),
    (#"{a: 1, "if": {}}"#, #"{"Record":{"a":{"Value":1},"if":{"Record":{}}}}"#),
    (#"ip("::1").isLoopback()"#, #"{"isLoopback":[{"ip":[{"Value":"::1"}]}]}"#),
    ("[1].contains(1)", #"{"contains":{"left":{"Set":[{"Value":1}]},"right":{"Value":1}}}"#),
    ("[].isEmpty()", #"{"isEmpty":{"arg":{"Set":[]}}}"#),
    (#"resource.getTag("a")"#, #"{"getTag":{"left":{"Var":"resource"},"right":{"Value":"a"}}}"#),
  ]

  @Test("an expression has one form in JSON, and that form is the expression", arguments: expressions)
  func expression(_ text: String, _ form: String) throws {
    let policies = try policySet("permit(principal, action, resource) when { \(text) };")
    var writer = PolicyJSONWriter()
    writer.expression(policies.sources[0].syntax.conditions[0].body)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == form)
    let read = try PolicySet.parse(json: document(condition: form))
    #expect(read.json == policies.json)
  }

  @Test("scopes, annotations and conditions have one form in JSON")
  func policy() throws {
    let text =
      #"@a @b("c") @if("") forbid(principal is A in B::"b", action in [Action::"x", N::Action::"y"], resource in C::"d") when { true } unless { false };"#
    let form =
      #"{"effect":"forbid","principal":{"op":"is","entity_type":"A","in":{"entity":{"type":"B","id":"b"}}},"action":{"op":"in","entities":[{"type":"Action","id":"x"},{"type":"N::Action","id":"y"}]},"resource":{"op":"in","entity":{"type":"C","id":"d"}},"conditions":[{"kind":"when","body":{"Value":true}},{"kind":"unless","body":{"Value":false}}],"annotations":{"a":null,"b":"c","if":""}}"#
    #expect(try json(text) == #"{"staticPolicies":{"policy0":\#(form)},"templates":{},"templateLinks":[]}"#)
    let read = try PolicySet.parse(json: Array(form.utf8))
    #expect(read.policies[0].annotations == ["a": "", "b": "c", "if": ""])
    #expect(String(decoding: read.json, as: UTF8.self) == (try json(text)))
    for (scope, form) in [
      ("action", #"{"op":"All"}"#), (#"action == Action::"x""#, #"{"op":"==","entity":{"type":"Action","id":"x"}}"#),
      (#"action in Action::"x""#, #"{"op":"in","entity":{"type":"Action","id":"x"}}"#),
      ("action in []", #"{"op":"in","entities":[]}"#),
      (#"action in [Action::"x"]"#, #"{"op":"in","entity":{"type":"Action","id":"x"}}"#),
    ] {
      #expect(try json("permit(principal, \(scope), resource);").contains(#""action":\#(form),"#), "\(scope)")
    }
  }

  @Test("templates and links keep their ids, slots and values")
  func templates() throws {
    let text = #"permit(principal == ?principal, action, resource is D in ?resource); permit(principal, action, resource);"#
    let linked = try policySet(text).linking([
      TemplateLink(templateID: "policy0", id: "l", principal: uid("U", "a"), resource: uid("F", "r"))
    ])
    let read = try PolicySet.parse(json: linked.json)
    #expect(read.json == linked.json)
    #expect(read.policies.map(\.id) == ["policy1", "l"])
    #expect(read.policies[1].templateID == "policy0")
    #expect(read.links == linked.links)
  }

  @Test("a template without slots applies once it is linked")
  func slotless() throws {
    let request = Request(principal: uid("U", "a"), action: uid("Action", "v"), resource: uid("R", "r"))
    let forbid = scoped().replacing("permit", with: "forbid")
    let open = try PolicySet.parse(json: set(scoped(), template: forbid))
    #expect(open.templates.map(\.id) == ["t"])
    #expect(Authorizer.authorize(request, policies: open, entities: .empty).decision == .allow)
    let linked = try PolicySet.parse(json: set(scoped(), template: forbid, links: #"{"templateId":"t","newId":"l","values":{}}"#))
    #expect(Authorizer.authorize(request, policies: linked, entities: .empty).decision == .deny)
    #expect(try PolicySet.parse(json: linked.json).json == linked.json)
  }

  @Test("a template goes after its links, a policy at once, and nothing else changes")
  func removal() throws {
    let bare = try policySet("permit(principal == ?principal, action, resource); forbid(principal, action, resource);")
    let linked = try bare.linking([TemplateLink(templateID: "policy0", id: "l", principal: uid("U", "a"))])
    #expect(throws: RemovalFailure.linked(template: "policy0")) { try linked.removing("policy0") }
    #expect(throws: RemovalFailure.unknown("l")) { try linked.removing("l") }
    #expect(throws: RemovalFailure.unknown("policy1")) { try linked.unlinking("policy1") }
    #expect(try linked.unlinking("l").json == bare.json)
    #expect(try linked.removing("policy1").policies.map(\.id) == ["l"])
    let rest = try linked.unlinking("l").removing("policy0")
    #expect(rest.templates.isEmpty && rest.policies.map(\.id) == ["policy1"])
  }

  @Test("escapes in values are read as such only in their exact form")
  func escapes() throws {
    func text(_ value: String) throws -> String { try PolicySet.parse(json: document(condition: #"{"Value":\#(value)}"#)).text }
    for (value, form) in [
      (#"{"__entity":{"type":"A","id":"x","more":1}}"#, #"A::"x""#), (#"{"__extn":{"fn":"ip","arg":"bad"}}"#, #"ip("bad")"#),
      (
        #"{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2020-01-01"}},1]}}"#,
        #"datetime("2020-01-01").offset(1)"#
      ),
      (#"{"__entity":{"type":"A","id":"x"},"z":1}"#, #"{ __entity: { type: "A", id: "x" }, z: 1 }"#),
      (#"{"__entity":1}"#, "{ __entity: 1 }"),
      (#"{"__extn":{"fn":"ip"}}"#, #"{ __extn: { fn: "ip" } }"#), (#"{"type":"A","id":"x"}"#, #"{ type: "A", id: "x" }"#),
      (#"[1,{"a":[true,"b"]}]"#, #"[1, { a: [true, "b"] }]"#),
    ] {
      #expect(try text(value) == "permit (principal, action, resource)\nwhen { \(form) };\n", "\(value)")
    }
  }

  @Test("errors of evaluation point into the document")
  func places() throws {
    let json = Array(
      """
      {"staticPolicies": {"a": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body":
          {"&&": {"left": {"Value": true}, "right": {"<": {"left": {"Value": "é"}, "right": {"Value": 1}}}}}}]}},
       "templates": {}, "templateLinks": []}
      """.utf8)
    let policies = try PolicySet.parse(json: json, file: "p.json")
    #expect(policies.policies.map(\.line) == [1])
    let request = Request(principal: uid("U", "a"), action: uid("Action", "v"), resource: uid("R", "r"))
    let response = Authorizer.authorize(request, policies: policies, entities: .empty)
    #expect(
      response.errors.map(\.error.description) == ["p.json:3:47: expected two Longs, two datetimes or two durations, found String"])
  }
}

@Suite("policies in JSON that are refused")
struct PolicyJSONRefusalTests {
  static let conditions: [(condition: String, message: String, path: String)] = [
    (#"{"Value":null}"#, "null is no Cedar value", "conditions[0].body.Value"),
    (#"{"Value":{"a":[1.5]}}"#, "not a 64-bit integer", "conditions[0].body.Value.a[0]"),
    (#"{"Value":9223372036854775808}"#, "not a 64-bit integer", "conditions[0].body.Value"),
    (#"{"Value":{"__expr":"1"}}"#, "`__expr` is no longer part of the format", "conditions[0].body.Value"),
    (#"{"Value":{"__extn":{"fn":"nope","arg":"1"}}}"#, "unknown function `nope`", "conditions[0].body.Value.__extn.fn"),
    (#"{"Value":{"__entity":{"type":"A ","id":"x"}}}"#, "`A ` is no type name", "conditions[0].body.Value.__entity.type"),
    (#"{"Value":1,"Var":"principal"}"#, "an expression is an object with one member, the operator", "conditions[0].body"),
    ("[]", "an expression is an object with one member, the operator", "conditions[0].body"),
    (#"{"frob":[]}"#, "unknown operator `frob`", "conditions[0].body"),
    (#"{"Slot":"?principal"}"#, "unknown operator `Slot`", "conditions[0].body"),
    (#"{"Var":"subject"}"#, "a variable is one of `principal`, `action`, `resource`, `context`", "conditions[0].body.Var"),
    (#"{"!":{"arg":{"Value":true},"x":1}}"#, "an operator with one operand has no member `x`", #"conditions[0].body["!"].x"#),
    (#"{"==":{"left":{"Value":1}}}"#, "`right` is missing", #"conditions[0].body["=="]"#),
    (
      #"{"&&":{"left":{"&&":{"left":{"Value":true},"right":7}},"right":{"Value":true}}}"#,
      "an expression is an object with one member, the operator", #"conditions[0].body["&&"].left["&&"].right"#
    ),
    (#"{"&&":[]}"#, "an operator with two operands is an object", #"conditions[0].body["&&"]"#),
    (
      #"{"has":{"left":{"Var":"context"},"attr":[]}}"#, "expected an attribute name or an array of names",
      "conditions[0].body.has.attr"
    ),
    (#"{".":{"left":{"Var":"context"},"attr":["a"]}}"#, "expected a string", #"conditions[0].body["."].attr"#),
    (
      #"{"like":{"left":{"Value":"a"},"pattern":"a*"}}"#, "a pattern is an array of `Wildcard` and literals",
      "conditions[0].body.like.pattern"
    ),
    (
      #"{"like":{"left":{"Value":"a"},"pattern":["*"]}}"#, "a part of a pattern is `Wildcard` or an object with `Literal`",
      "conditions[0].body.like.pattern[0]"
    ),
    (#"{"is":{"left":{"Var":"context"},"entity_type":"if"}}"#, "`if` is no type name", "conditions[0].body.is.entity_type"),
    (#"{"ip":{"Value":"::1"}}"#, "expected an array of expressions", "conditions[0].body.ip"),
    (#"{"if-then-else":{"if":{"Value":true},"then":{"Value":true}}}"#, "`else` is missing", "conditions[0].body.if-then-else"),
  ]

  @Test("a condition is refused with what and where", arguments: conditions)
  func condition(_ condition: String, _ message: String, _ path: String) {
    #expect(failure(document(condition: condition)) == DataFailure(message: message, path: path))
  }

  static let policies: [(json: String, message: String, path: String)] = [
    (scoped(principal: #"{"op":"==","slot":"?principal"}"#), "a static policy has no slot", "staticPolicies.a.principal"),
    (scoped(principal: #"{"op":"==","slot":"?resource"}"#), "the slot here is `?principal`", "staticPolicies.a.principal.slot"),
    (scoped(principal: #"{"op":"=="}"#), "`entity` or `slot` is missing", "staticPolicies.a.principal"),
    (scoped(principal: "{}"), "`op` is missing", "staticPolicies.a.principal"),
    (
      scoped(principal: #"{"op":"is","entity_type":"A","x":1}"#), "an `is` constraint has no member `x`",
      "staticPolicies.a.principal.x"
    ),
    (scoped(principal: #"{"op":"ALL"}"#), "a constraint is one of `All`, `==`, `in`, `is`", "staticPolicies.a.principal.op"),
    (
      scoped(action: #"{"op":"==","entity":{"type":"User","id":"a"}}"#),
      "`User::\"a\"` is no action: the last part of an action's type is `Action`", "staticPolicies.a.action.entity"
    ),
    (
      scoped(action: #"{"op":"is","entity_type":"Action"}"#), "a constraint on the action is one of `All`, `==`, `in`",
      "staticPolicies.a.action.op"
    ),
    (scoped(more: #","annotations":{"a b":"x"}"#), "`a b` is no annotation name", #"staticPolicies.a.annotations["a b"]"#),
    (scoped(more: #","annotations":{"a":1}"#), "expected a string", "staticPolicies.a.annotations.a"),
    (scoped(more: #","body":1"#), "a policy has no member `body`", "staticPolicies.a.body"),
    (scoped().replacing("permit", with: "Permit"), "an effect is `permit` or `forbid`", "staticPolicies.a.effect"),
    (
      #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"}}"#, "`conditions` is missing",
      "staticPolicies.a"
    ),
    (#""x""#, "a policy is an object", "staticPolicies.a"),
  ]

  @Test("a policy is refused with what and where", arguments: policies)
  func policy(_ json: String, _ message: String, _ path: String) {
    #expect(failure(set(json)) == DataFailure(message: message, path: path))
  }

  @Test("a set is refused as a whole")
  func sets() {
    let template = scoped(principal: #"{"op":"in","slot":"?principal"}"#)
    func refused(_ links: String) -> DataFailure? { failure(set(scoped(), template: template, links: links)) }
    let user = #"{"?principal":{"type":"U","id":"u"}}"#
    #expect(refused(#"{"templateId":"t","newId":"l","values":\#(user)}"#) == nil)
    #expect(refused(#"{"templateId":"t","newId":"l","values":{}}"#)?.message == "slot `?principal` has no value")
    #expect(refused(#"{"templateId":"a","newId":"l","values":{}}"#)?.message == "there is no template `a`")
    #expect(refused(#"{"templateId":"t","newId":"a","values":\#(user)}"#)?.message == "the id `a` is in use")
    #expect(
      refused(#"{"templateId":"t","newId":"l","values":{"?x":{}}}"#)
        == DataFailure(message: "the object of values has no member `?x`", path: #"templateLinks[0].values["?x"]"#))
    #expect(failure(Array(#"{"staticPolicies":{},"templates":{}}"#.utf8))?.message == "`templateLinks` is missing")
    #expect(
      failure(Array(#"{"staticPolicies":{"a":\#(scoped())},"templates":{"a":\#(template)},"templateLinks":[]}"#.utf8))?.message
        == "the id `a` is in use")
    #expect(
      failure(Array(#"{"staticPolicies":{"a":\#(scoped()),"a":\#(scoped())},"templates":{},"templateLinks":[]}"#.utf8))?.path
        == "staticPolicies.a")
    #expect(failure([])?.message == "the document is empty at byte 0")
    #expect(failure(Array("[]".utf8))?.message == "expected a policy set or a policy")
  }
}
