import Cedar
import JSON

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
    var entities = try EntityStore.parseEntities(json: JSONWriter.encode(explicit(test.required("entities"))))
    for (action, groups) in actionGroups(try test.text("schema")) {
      let parents = groups.map { EntityUID(type: "Action", id: $0) }
      entities.append(Entity(uid: EntityUID(type: "Action", id: action), parents: parents))
    }
    return try EntityStore(entities)
  }

  /// `action a, b in [g, h]` in the text of a schema without namespaces.
  private static func actionGroups(_ schema: String) -> [(action: String, groups: [String])] {
    let pattern = /action\s+([^\[\]{};]*?)\s+in\s+\[([^\]]*)\]/
    func names(_ text: Substring) -> [String] {
      text.split(separator: ",").compactMap { name in
        name.firstMatch(of: /^[ \t\n"]*(.*?)[ \t\n"]*$/).map { String($0.1) }.flatMap { $0.isEmpty ? nil : $0 }
      }
    }
    return schema.matches(of: pattern).flatMap { match in names(match.1).map { ($0, names(match.2)) } }
  }
}
