package import JSON

extension Workflow {
  /// What its manifest says of it, without its steps: the same words in the API and in exports.
  package var json: JSONObject {
    [
      "id": .string(id), "version": .string(version), "purpose": .string(purpose),
      "owner": ["person": .string(ownerPerson), "team": .string(team)],
      "risk_tier": .string(riskTier.text), "lifecycle": .string(lifecycle.rawValue),
      "data_classes": .array(dataClasses.map { .string($0) }), "agents": .array(agents.map { .string($0) }),
    ]
  }

  /// What its manifest says of one of its steps; the tier is the step's own, or else the workflow's.
  package func json(of step: Step) -> JSONObject {
    var item: JSONObject = [
      "id": .string(step.id), "kind": .string(step.kind.rawValue), "risk_tier": .string(tier(of: step).text),
    ]
    if let tool = step.tool { item["tool"] = .string(tool) }
    if let model = step.model { item["model"] = .string(model) }
    return item
  }
}
