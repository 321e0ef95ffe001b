import Governance
import Testing

@Suite("differences between policy folders")
struct InventoryDiffTests {
  private func snapshot(_ texts: [String: String]) throws -> PolicySnapshot {
    try #require(PolicyFolder.read(files: InventoryFixtures.files(texts)).snapshot)
  }

  @Test(
    "each change is named",
    arguments: [
      ("countersign.yaml", "deny", "allow", ["settings changed: plain_requests deny → allow"]),
      ("workflows/refund.yaml", "risk_tier: T2", "risk_tier: T3", ["workflow `refund` changed: risk_tier T2 → T3"]),
      ("workflows/refund.yaml", "version: \"1\"", "version: \"2\"", ["workflow `refund` changed: version 1 → 2"]),
      ("workflows/refund.yaml", "tokens_in: 10", "tokens_in: 11", ["workflow `refund` changed: steps"]),
      ("workflows/refund.yaml", "agents: [", "agents: [more, ", ["workflow `refund` changed: agents"]),
      ("workflows/refund.yaml", "id: refund\n", "id: refunds\n", ["workflow `refund` removed", "workflow `refunds` added"]),
      ("access/a.cedar", "permit", "forbid", ["policy `all` changed"]),
      ("access/a.cedar", "\"all\"", "\"any\"", ["policy `all` removed", "policy `any` added"]),
      ("access/a.cedar", "resource);\n", "resource);\n@id(\"b\") forbid (principal, action, resource);", ["policy `b` added"]),
      ("access/a.cedar", "resource);", "resource) // see below\n// more\n;", ["policy `all` changed"]),
      ("access/a.cedar", "@id", "// a comment\n\n@id", []),
      ("models.yaml", "class: mid", "class: heavy", ["model `mid` changed"]),
      ("models.yaml", "output: 10}", "output: 11}", ["prices changed: 1 → 1 lines"]),
      ("budgets.yaml", "5000", "6000", ["organisation budget changed"]),
      ("budgets.yaml", "care: []", "care: [{window: day, limit: {steps: 1}}]", ["team budget `care` changed"]),
      ("budgets.yaml", "  care: []", "  care: []\n  more: []", ["team budget `more` added"]),
      ("entities.json", "", "[]", ["entities added"]),
      ("schema.cedarschema", "", InventoryFixtures.schema, ["schema added"]),
    ] as [(String, String, String, [String])])
  func changes(_ file: String, _ from: String, _ to: String, _ expected: [String]) throws {
    var texts = InventoryFixtures.small
    texts[file] = from.isEmpty ? to : (texts[file] ?? "").replacingFirst(from, with: to)
    let changes = PolicyFolder.diff(from: try snapshot(InventoryFixtures.small), to: try snapshot(texts))
    #expect(changes.map(\.description) == expected)
  }

  @Test("a folder does not differ from itself, whatever its version")
  func same() throws {
    let snapshot = try #require(PolicyFolder.read(files: try InventoryFixtures.shipped()).snapshot)
    #expect(PolicyFolder.diff(from: snapshot, to: snapshot.activated(version: 3)) == [])
  }

  @Test("from nothing, everything is added")
  func first() throws {
    let snapshot = try #require(PolicyFolder.read(files: try InventoryFixtures.shipped()).snapshot)
    let changes = PolicyFolder.diff(from: .empty, to: snapshot)
    #expect(changes.filter { $0.subject == .workflow && $0.kind == .added }.count == 6)
    #expect(changes.filter { $0.subject == .policy && $0.kind == .added }.count == 11)
    #expect(changes.filter { $0.subject == .model && $0.kind == .added }.count == 6)
  }
}
