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
    [
      "id": .string(workflow.id), "version": .string(workflow.version), "purpose": .string(workflow.purpose),
      "owner": ["person": .string(workflow.ownerPerson), "team": .string(workflow.team)],
      "risk_tier": .string(workflow.riskTier.text), "lifecycle": .string(workflow.lifecycle.rawValue),
      "data_classes": .array(workflow.dataClasses.map { .string($0) }), "agents": .array(workflow.agents.map { .string($0) }),
      "steps": .array(
        workflow.steps.map { step in
          var item: JSONObject = [
            "id": .string(step.id), "kind": .string(step.kind.rawValue), "risk_tier": .string(workflow.tier(of: step).text),
          ]
          if let tool = step.tool { item["tool"] = .string(tool) }
          if let model = step.model { item["model"] = .string(model) }
          return .object(item)
        }),
    ]
  }
}
