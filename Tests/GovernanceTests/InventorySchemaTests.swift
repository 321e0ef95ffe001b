import Cedar
import Testing

@testable import Governance

@Suite("the schema of a policy folder")
struct InventorySchemaTests {
  private func folder(_ changes: [String: String]) -> PolicyFolderResult {
    var texts = InventoryFixtures.small
    texts["schema.cedarschema"] = InventoryFixtures.schema
    for (path, text) in changes { texts[path] = text }
    return PolicyFolder.read(files: InventoryFixtures.files(texts))
  }

  @Test("policies are validated strictly against it, entities conform to it, and its actions are in the store")
  func good() throws {
    let result = folder([
      "access/a.cedar":
        "@id(\"a\")\npermit (principal, action in Action::\"any tool\", resource)\nwhen { context has note && context.note == \"x\" };\n",
      "entities.json": #"[{"uid": {"type": "Tool", "id": "payments.refund"}, "attrs": {"guarded": true}, "parents": []}]"#,
    ])
    #expect(result.problems == [])
    let snapshot = try #require(result.snapshot)
    #expect(snapshot.schema != nil)
    let request = Cedar.Request(
      principal: EntityUID(type: "Agent", id: "refund-agent"), action: EntityUID(type: "Action", id: "tool.call"),
      resource: EntityUID(type: "Tool", id: "payments.refund"), context: Record([("note", .string("x"))]))
    #expect(Authorizer.authorize(request, policies: snapshot.policies, entities: snapshot.entities).decision == .allow)
  }

  @Test(
    "what it does not allow is a mistake with its place, and the folder is refused",
    arguments: [
      (
        "access/a.cedar", "@id(\"a\")\npermit (principal, action, resource)\nwhen { context.note == \"x\" };\n",
        "access/a.cedar:3:8: error: "
      ),
      (
        "access/a.cedar", "@id(\"a\")\npermit (principal is Agnet, action, resource);\n",
        "access/a.cedar:2:9: error: the schema has no entity type `Agnet`"
      ),
      (
        "entities.json",
        "[\n {\"uid\": {\"type\": \"Tool\", \"id\": \"payments.refund\"}, \"attrs\": {\"guarded\": 1}, \"parents\": []}]",
        "entities.json:2:74: error: entity `Tool::\"payments.refund\"` does not conform to the schema: "
      ),
      (
        "entities.json", "[{\"uid\": {\"type\": \"Group\", \"id\": \"g\"}, \"attrs\": {}, \"parents\": []}]",
        "entities.json:1:10: error: entity `Group::\"g\"` does not conform to the schema: "
      ),
      ("schema.cedarschema", InventoryFixtures.schema + "entity X in [Nothing];\n", "schema.cedarschema:12:14: error: "),
      (
        "schema.cedarschema", InventoryFixtures.schema.replacingFirst("tier: Long, lifecycle", with: "tier: String, lifecycle"),
        "schema.cedarschema:1:1: error: entity `Workflow::\"refund\"` does not conform to the schema: "
      ),
    ])
  func bad(path: String, text: String, problem: String) {
    let result = folder([path: text])
    #expect(result.snapshot == nil)
    #expect(result.problems.contains { "\($0)".hasPrefix(problem) }, "\(result.problems)")
  }

  @Test("a policy that can never apply is a warning and does not stand in the way")
  func warning() {
    let result = folder(["access/a.cedar": "@id(\"a\")\npermit (principal, action, resource)\nwhen { false };\n"])
    #expect(result.snapshot != nil && result.problems.map(\.severity) == [.warning])
  }

  @Test("a folder that is in force stays so, whatever its schema says now")
  func restored() {
    var texts = InventoryFixtures.small
    texts["schema.cedarschema"] = "entity A;"
    let files = InventoryFixtures.files(texts)
    #expect(PolicyFolder.read(files: files).snapshot == nil)
    let restored = PolicyFolder.restore(files: files)
    #expect(restored.problems == [] && restored.snapshot?.files.count == files.count)
    #expect(restored.snapshot?.revision.digest == PolicyDigest.of(files))
    texts["schema.cedarschema"] = "no schema at all"
    #expect(PolicyFolder.restore(files: InventoryFixtures.files(texts)).snapshot != nil)
  }

  @Test("a folder decides after a restart as it did when it was activated: the schema's action groups are in force")
  func restoredGroups() throws {
    var texts = InventoryFixtures.small
    texts["schema.cedarschema"] = InventoryFixtures.schema
    texts["access/a.cedar"] = "@id(\"a\")\nforbid (principal, action in Action::\"any tool\", resource);\n"
    let files = InventoryFixtures.files(texts)
    let activated = try #require(PolicyFolder.read(files: files).snapshot)
    let restored = try #require(PolicyFolder.restore(files: files).snapshot)
    #expect(Set(restored.entities.entities.map(\.uid)) == Set(activated.entities.entities.map(\.uid)))
    let request = Cedar.Request(
      principal: EntityUID(type: "Agent", id: "refund-agent"), action: EntityUID(type: "Action", id: "tool.call"),
      resource: EntityUID(type: "Tool", id: "payments.refund"))
    for snapshot in [activated, restored] {
      let response = Authorizer.authorize(request, policies: snapshot.policies, entities: snapshot.entities)
      #expect(response.reasons.map { snapshot.policies.policies[$0].id } == ["a"])
    }
  }
}

@Suite("plain Cedar files")
struct CedarSourcesTests {
  private func files(_ texts: [String: String]) -> CedarFiles { CedarFiles(InventoryFixtures.files(texts)) }

  @Test("names say what a file holds")
  func kinds() {
    let sorted = files([
      "a.cedar": "", "b/c.json": "", "x.cedarschema": "", "y.cedarschema.json": "", "schema.json": "", "entities.json": "",
      "d/my.entities.json": "", "note.txt": "", "t.yaml": "",
    ])
    #expect(sorted.policies.map(\.path) == ["a.cedar", "b/c.json"])
    #expect(sorted.schemas.map(\.path) == ["schema.json", "x.cedarschema", "y.cedarschema.json"])
    #expect(sorted.entities.map(\.path) == ["d/my.entities.json", "entities.json"])
    #expect(sorted.others.map(\.path) == ["note.txt", "t.yaml"])
  }

  @Test("text and JSON become one set, in which every id stands once")
  func joining() throws {
    let text = "@id(\"a\") permit (principal, action, resource);"
    let json =
      #"{"staticPolicies":{"ID":{"effect":"forbid","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}},"templates":{},"templateLinks":[]}"#
    let good = CedarSources.read(files(["a.cedar": text, "b.json": json.replacingFirst("ID", with: "b")]))
    #expect(good.problems == [])
    #expect(try #require(good.sources).policies.policies.map(\.id) == ["a", "b"])
    let clash = CedarSources.read(files(["a.cedar": text, "b.json": json.replacingFirst("ID", with: "a")]))
    #expect(clash.sources == nil && clash.problems.map(\.message) == ["the id `a` is in use"])
  }

  @Test(
    "mistakes of every file are named",
    arguments: [
      (["a.cedar": "permit"], "a.cedar:1:7: error: "), (["a.json": "{}"], "a.json:1:1: error: "),
      ([:], ":1:1: error: there is no policy file"),
      (["a.cedar": "", "entities.json": "[1]"], "entities.json:1:2: error: "),
      (["a.cedar": "", "entities.json": "[", "x": ""], "entities.json:1:2: error: "),
      (["a.cedar": "", "a.cedarschema": "", "b.cedarschema": ""], "b.cedarschema:1:1: error: a second schema"),
      (["a.cedar": "", "entities.json": "[]", "b.entities.json": "[]"], "entities.json:1:1: error: a second entities file"),
      (["a.cedar": "", "a.cedarschema": "entity"], "a.cedarschema:1:7: error: "),
    ] as [([String: String], String)])
  func mistakes(texts: [String: String], problem: String) {
    let result = CedarSources.read(files(texts))
    #expect(result.sources == nil)
    #expect(result.problems.contains { "\($0)".hasPrefix(problem) }, "\(result.problems)")
  }
}
