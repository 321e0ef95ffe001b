import Cedar
import JSON

/// Entity documents are accepted or refused, with and without a schema, and written as the reference writes them.
enum EntitiesSuite {
  static let suites = [
    Suite(file: "entities-json.jsonl") { fixtures in
      let main = try fixtures.member("mainEntitySchema").stringValue ?? ""
      return { test in
        let text = try test.text("schema")
        let schema = try Answers.schema(text == "@main" ? main : text)
        return try verdicts(test, nil, "okWithoutSchema", "canonicalWithoutSchema")
          + verdicts(test, schema, "okWithSchema", "canonicalWithSchema")
      }
    },
    // Each entity by itself.
    Suite(file: "validator-cases.jsonl") { _ in
      { test in
        let schema = try Answers.schema(test.text("schema"))
        let labels = test["perEntityOk"]?.objectValue ?? JSONObject()
        return try (test["entities"]?.arrayValue ?? []).flatMap { entity -> [String] in
          let named = try entity.required("uid")
          let uid = try Answers.uid(named["__entity"] ?? named)
          let name = uid.type + "::" + uid.id
          guard let label = labels[name]?.boolValue else { throw Mismatch("`perEntityOk` has no `\(name)`") }
          let failure = refusal { _ = try Answers.entities([entity], schema: schema) }
          return verdict(failure == nil, label: label, "entity `\(name)`", reason: failure)
        }
      }
    },
  ]

  private static func verdicts(_ test: JSONValue, _ schema: Schema?, _ label: String, _ canonical: String) throws -> [String] {
    let document = try document(test)
    let failure = refusal { _ = try EntityStore.parse(json: document, schema: schema) }
    let differences = verdict(failure == nil, label: try test.flag(label), label, reason: failure)
    guard failure == nil, differences.isEmpty else { return differences }
    let store = try EntityStore.parse(json: document, schema: schema)
    let rereads = try [
      ("written", EntityStore.parse(json: store.json)), ("written", EntityStore.parse(json: store.json, schema: schema)),
    ]
    let labelled = try test[canonical].map { [(canonical, try Answers.entities($0))] } ?? []
    return (rereads + labelled).filter { !isSame($0.1, store) }.map { "\(label): the entities are others than \($0.0)" }
  }

  /// Whether both stores hold the same entities with the same ancestors; the reference writes ancestors as parents.
  private static func isSame(_ left: EntityStore, _ right: EntityStore) -> Bool {
    left.count == right.count
      && left.entities.allSatisfy { entity in
        guard let other = right.entity(entity.uid) else { return false }
        return entity.attributes == other.attributes && entity.tags == other.tags
          && Set(left.ancestors(of: entity.uid)) == Set(right.ancestors(of: entity.uid))
      }
  }

  /// The entities of a case: as text where the point is the text, else as a value.
  private static func document(_ test: JSONValue) throws -> [UInt8] {
    if let text = test["entitiesText"]?.stringValue { return Array(text.utf8) }
    return JSONWriter.encode(try test.required("entities"))
  }
}
