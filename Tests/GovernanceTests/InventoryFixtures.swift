import Foundation

@testable import Governance

/// Policy folders for tests: the shipped one from the disk, and a small right one to be broken.
enum InventoryFixtures {
  /// The repository's own policy folder, read from the disk.
  static func shipped() throws -> [PolicyFile] {
    var root = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path) {
      root.deleteLastPathComponent()
    }
    let folder = root.appendingPathComponent("policies")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return try names.sorted().filter { !$0.hasPrefix(".") }.compactMap { name in
      var isFolder: ObjCBool = false
      let url = folder.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
      return PolicyFile(path: name, bytes: [UInt8](try Data(contentsOf: url)))
    }
  }

  /// A folder without a mistake, small enough that places can be counted by hand.
  static let small: [String: String] = [
    "countersign.yaml": "organisation: acme\nplain_requests: deny\n",
    "budgets.yaml": "organisation:\n  - {window: month, limit: {cost_usd: 5000}}\nteams:\n  care: []\n",
    "models.yaml": """
    models:
      - {id: mid, provider: openai, name: gpt-4o, class: mid}
    prices:
      - {provider: openai, model: gpt-4o, from: 2025-01-01, input: 2.5, output: 10}

    """,
    "workflows/refund.yaml": """
    id: refund
    version: "1"
    purpose: Refund customers
    owner: {person: dana.reyes, team: care}
    risk_tier: T2
    lifecycle: pilot
    agents: [refund-agent]
    steps:
      - {id: draft, kind: model, model: mid, estimate: {tokens_in: 10, tokens_out: 20}}
      - {id: pay, kind: tool, tool: payments.refund, estimate: {tool_calls: 1}}

    """,
    "access/a.cedar": "@id(\"all\")\npermit (principal, action, resource);\n",
  ]

  /// A schema for the small folder.
  static let schema = """
    entity Organisation;
    entity Team in [Organisation];
    entity User = { title?: String };
    entity Workflow in [Team] = {
      tier: Long, lifecycle: String, version: String, purpose: String, data_classes: Set<String>, owner: User, team: Team
    };
    entity Agent in [Workflow];
    entity Tool = { tier: Long, workflows: Set<Workflow>, guarded?: Bool };
    entity Model = { id: String, provider: String, class: String, name: String };
    action "any tool";
    action "tool.call" in "any tool" appliesTo { principal: [Agent], resource: [Tool], context: { note?: String } };

    """

  static func files(_ texts: [String: String]) -> [PolicyFile] {
    texts.map { PolicyFile(path: $0.key, bytes: Array($0.value.utf8)) }
  }
}
