import Cryptography
import JSON

/// What an approval is bound to: SHA-256 over the canonical JSON of exactly the step that a reviewer sees.
enum StepDigest {
  /// - Throws: when the request holds a number that has no exact canonical form.
  static func of(_ request: DecisionRequest, _ placed: PlacedStep, tenant: String) throws(JSONError) -> SHA256Digest {
    let facts = request.step
    var members: JSONObject = [
      "action": .string(request.action),
      "data_labels": .array(placed.workflow.dataClasses.map { .string($0) }),
      "resource": entity(request.resource),
      "run": .string(facts?.run ?? ""),
      "step": .string(facts?.step ?? ""),
      "subject": entity(request.subject),
      "tenant": .string(tenant),
      "workflow": .string(placed.workflow.id),
      "workflow_version": .string(placed.workflow.version),
    ]
    if !request.actionProperties.members.isEmpty { members["action_properties"] = .object(request.actionProperties) }
    if let arguments = facts?.arguments { members["arguments"] = arguments }
    return SHA256.hash(try CanonicalJSON.encode(.object(members), numbers: .doubles))
  }

  private static func entity(_ entity: RequestEntity) -> JSONValue {
    ["id": .string(entity.id), "properties": .object(entity.properties), "type": .string(entity.type)]
  }
}
