import Cedar
import Testing

/// The table of differences in Docs/cedar.md: what the reference accepts, writes or names otherwise.
@Suite("documented differences")
struct DocumentedDifferencesTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test("no unknowns in policies and data")
  func unknowns() throws {
    let policy = #"permit (principal, action, resource) when { unknown("x") };"#
    #expect(throws: ParseFailure.self) { try PolicySet.parse(policy).get() }
    let entity = #"[{"uid": {"type": "User", "id": "a"}, "attrs": {"x": VALUE}, "parents": []}]"#
    func parse(_ value: String) throws -> EntityStore {
      try EntityStore.parse(json: bytes(entity.split(separator: "VALUE").joined(separator: value)))
    }
    #expect(try parse(#"{"__extn": {"fn": "ip", "arg": "::1"}}"#).count == 1)
    #expect(throws: DataFailure.self) { try parse(#"{"__extn": {"fn": "unknown", "arg": "u"}}"#) }
  }

  @Test(
    "no arrays for objects in policy JSON",
    arguments: [
      (#"{"effect": "permit", "principal": ALL, "action": ALL, "resource": ALL, "conditions": []}"#, true),
      (#"["permit", ALL, ALL, ALL, []]"#, false),
      (
        #"{"effect": "permit", "principal": ALL, "action": ALL, "resource": ALL, "conditions": [["when", {"Value": true}]]}"#, false
      ),
      (
        #"{"effect": "permit", "principal": {"op": "==", "entity": ["User", "a"]}, "action": ALL, "resource": ALL, "conditions": []}"#,
        false
      ),
    ])
  func arrays(policy: String, isGood: Bool) {
    let json = #"{"staticPolicies": {"p": POLICY}, "templates": {}, "templateLinks": []}"#
      .split(separator: "POLICY").joined(separator: policy.split(separator: "ALL").joined(separator: #"{"op": "All"}"#))
    #expect(((try? PolicySet.parse(json: bytes(json))) != nil) == isGood)
  }

  @Test("no link to a static policy")
  func staticLink() throws {
    let policies = try PolicySet.parse(#"@id("p") permit (principal, action, resource);"#).get()
    #expect(throws: LinkFailure.unknownTemplate("p")) { try policies.linking([TemplateLink(templateID: "p", id: "l")]) }
    let links = #"[{"templateId": "p", "newId": "l", "values": {}}]"#
    let json = String(decoding: policies.json, as: UTF8.self)
    let linked = json.split(separator: #""templateLinks":[]"#).joined(separator: #""templateLinks":"# + links)
    #expect(linked != json)
    #expect(throws: DataFailure.self) { try PolicySet.parse(json: bytes(linked)) }
  }

  @Test("a long path behind `has` stays a list in policy JSON, a short one becomes a chain", arguments: [(3, false), (60, true)])
  func paths(count: Int, isList: Bool) throws {
    let path = (0..<count).map { "a\($0)" }
    let text = "permit (principal, action, resource) when { context has \(path.joined(separator: ".")) };"
    let json = String(decoding: try PolicySet.parse(text).get().json, as: UTF8.self)
    #expect(json.contains(#""attr":["a0""#) == isList)
  }

  @Test("ids are those of `@id`, or by position on demand")
  func ids() throws {
    let text = #"permit (principal, action, resource); @id("named") forbid (principal, action, resource);"#
    #expect(try PolicySet.parse(text).get().policies.map(\.id) == ["policy0", "named"])
    #expect(try PolicySet.parse(text, naming: .byPosition).get().policies.map(\.id) == ["policy0", "policy1"])
  }
}
