import Foundation
import JSON

@testable import Cedar

/// Stands in for the schema in the few files that need one: the implicit forms that they use and their action groups.
enum SchemaForms {
  /// The attributes that the schemas of those files declare with an extension type, and whose data is a bare string.
  private static let extensionAttributes = [
    "source_ip": "ip", "confidence_score": "decimal", "releaseDate": "datetime", "datetime": "datetime",
    "localTimeOffset": "duration",
  ]

  /// The same data with every implicit form made explicit.
  static func explicit(_ json: JSONValue) -> JSONValue {
    switch json {
    case .array(let elements): return .array(elements.map { explicit($0) })
    case .object(let object):
      if object["__entity"] != nil || object["__extn"] != nil { return json }
      if object.count == 2, object["type"] != nil, object["id"] != nil { return ["__entity": json] }
      if object.count == 2, object["fn"] != nil, object["arg"] != nil { return ["__extn": json] }
      let members = object.members.map { member in
        guard let function = extensionAttributes[member.key], case .string = member.value else {
          return (key: member.key, value: explicit(member.value))
        }
        return (key: member.key, value: ["__extn": ["fn": .string(function), "arg": member.value]] as JSONValue)
      }
      return .object(JSONObject(members))
    default: return json
    }
  }

  /// The entities of a test, completed with the action groups of its schema.
  static func entities(_ test: JSONValue) throws -> EntityStore {
    var entities = try (test["entities"]?.arrayValue ?? []).map { try DataReader.entity(explicit($0), "") }
    for (action, groups) in actionGroups(test["schema"]?.stringValue ?? "") {
      entities.append(Entity(uid: uid("Action", action), parents: groups.map { uid("Action", $0) }))
    }
    return try EntityStore(entities)
  }

  /// `action a, b in [g, h]` in the text of a schema without namespaces.
  private static func actionGroups(_ schema: String) -> [(action: String, groups: [String])] {
    let pattern = /action\s+([^\[\]{};]*?)\s+in\s+\[([^\]]*)\]/
    func names(_ text: Substring) -> [String] {
      text.split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\n\"")) }.filter { !$0.isEmpty }
    }
    return schema.matches(of: pattern).flatMap { match in names(match.1).map { ($0, names(match.2)) } }
  }

  static func link(_ json: JSONValue) throws -> TemplateLink {
    func value(_ slot: String) throws -> EntityUID? { try json["values"]?[slot].map { try DataReader.entityUID($0, slot) } }
    return TemplateLink(
      templateID: json["templateId"]?.stringValue ?? "", id: json["newId"]?.stringValue ?? "", principal: try value("?principal"),
      resource: try value("?resource"))
  }

  /// The policies of a test with its links; a link may name its template by annotation.
  static func policies(_ test: JSONValue) throws -> PolicySet {
    let policies = try policySet(test["policies"]?.stringValue ?? "")
    let links = try (test["templateLinks"]?.arrayValue ?? []).map { json in
      let link = try link(json)
      let template = policies.templates.first { $0.annotations["id"] == link.templateID }
      return TemplateLink(
        templateID: template?.id ?? link.templateID, id: link.id, principal: link.principal, resource: link.resource)
    }
    return try policies.linking(links)
  }
}
