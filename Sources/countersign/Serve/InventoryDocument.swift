import Cryptography
import Governance
import JSON

/// The inventory in force as an export carries it.
enum InventoryDocument {
  static func json(_ snapshot: PolicySnapshot) -> JSONValue {
    [
      "policy_version": .integer(Int64(clamping: snapshot.revision.version)),
      "policy_digest": .string(snapshot.revision.digest.hex), "organisation": .string(snapshot.settings.organisation),
      "workflows": .array(snapshot.workflows.values.sorted { $0.id < $1.id }.map(workflow)),
      "models": .array(
        snapshot.models.values.sorted { $0.id < $1.id }.map { model in
          [
            "id": .string(model.id), "provider": .string(model.provider), "name": .string(model.name),
            "class": .string(model.modelClass),
          ]
        }),
    ]
  }

  private static func workflow(_ workflow: Workflow) -> JSONValue {
    var item = workflow.json
    item["steps"] = .array(workflow.steps.map { .object(workflow.json(of: $0)) })
    return .object(item)
  }
}
