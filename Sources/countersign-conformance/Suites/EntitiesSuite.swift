import Cedar
import JSON

/// Entity documents are accepted or refused.
enum EntitiesSuite {
  static let suites = [
    Suite(file: "entities-json.jsonl") { _ in
      { test in
        let failure = refusal { _ = try EntityStore.parse(json: document(test)) }
        return verdict(failure == nil, label: try test.flag("okWithoutSchema"), "entities without schema", reason: failure)
      }
    }
  ]

  /// The entities of a case: as text where the point is the text, else as a value.
  static func document(_ test: JSONValue) throws -> [UInt8] {
    if let text = test["entitiesText"]?.stringValue { return Array(text.utf8) }
    return JSONWriter.encode(try test.required("entities"))
  }
}
