import Budgets
import Cedar
import Governance
import Telemetry
import Testing

@Suite("the shipped policy folder")
struct InventoryShippedTests {
  let files: [PolicyFile]
  let result: PolicyFolderResult

  init() throws {
    files = try InventoryFixtures.shipped()
    result = PolicyFolder.read(files: files)
  }

  @Test("loads without a single problem, warnings included")
  func loads() throws {
    #expect(files.count >= 14)
    #expect(result.problems == [])
    let snapshot = try #require(result.snapshot)
    #expect(
      snapshot.workflows.keys.sorted() == [
        "client-health", "contract-review", "invoice-matching", "refund", "support-triage", "usage-digest",
      ])
    #expect(snapshot.models.count == 6)
    #expect(snapshot.policyFacts.count == 10)
    #expect(Set(snapshot.workflows.values.map(\.riskTier)).count == 4)
  }
}
