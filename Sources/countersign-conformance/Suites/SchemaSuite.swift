import Cedar
import JSON

/// Schemas in both formats: accepted or refused, the same as their rendering in the other, and unchanged by reading and writing.
enum SchemaSuite {
  static let suites = [
    Suite(file: "schema-cedar.jsonl") { _ in
      { test in try differences(test) { try text(test.text("schema")) } }
    },
    Suite(file: "schema-json.jsonl") { _ in
      { test in
        try differences(test) { try SchemaDocument.parse(json: JSONWriter.encode(test.required("schema"))) }
      }
    },
    Suite(file: "corpus.jsonl") { _ in { test in try unstable(text(test.text("schema"))) } },
    // The same schema as that of the corpus test in text.
    Suite(file: "corpus-schema-json.jsonl") { fixtures in
      let cases = try fixtures.cases(of: "corpus.jsonl").map { (try $0.text("id"), try $0.text("schema")) }
      let texts = Dictionary(cases) { first, _ in first }
      return { test in
        let document = try SchemaDocument.parse(json: JSONWriter.encode(test.required("schemaJson")))
        guard let schema = texts[try test.text("id")] else { throw Mismatch("the corpus has no test of this id") }
        let isSame = try resolved(text(schema)) == resolved(document)
        return try (isSame ? [] : ["another schema than the text of the corpus"]) + unstable(document)
      }
    },
  ]

  /// How the verdict on a schema, and what the schema says, differ from the labels.
  private static func differences(_ test: JSONValue, _ read: () throws -> SchemaDocument) throws -> [String] {
    let failure = refusal { _ = try resolved(read()) }
    let differences = verdict(failure == nil, label: try test.flag("ok"), "schema", reason: failure)
    guard differences.isEmpty, failure == nil else { return differences }
    let document = try read()
    guard let rendering = test["asCedar"] else { return try unstable(document) }
    let isSame = try resolved(text(rendering.stringValue ?? "")) == resolved(document)
    return try (isSame ? [] : ["another schema than the label's text"]) + unstable(document)
  }

  /// What changes on the way through either format.
  static func unstable(_ document: SchemaDocument) throws -> [String] {
    let schema = try resolved(document)
    let fromText = try text(document.text)
    let fromJSON = try SchemaDocument.parse(json: document.json)
    let throughJSON = try SchemaDocument.parse(json: fromText.json)
    var differences: [String] = []
    if try resolved(fromText) != schema { differences.append("another schema on the way through text") }
    if try resolved(fromJSON) != schema { differences.append("another schema on the way through JSON") }
    if fromJSON.json != document.json { differences.append("JSON changes when it is read and written") }
    if fromText.text != document.text { differences.append("text changes when it is read and written") }
    if throughJSON.text != document.text { differences.append("text changes on the way through JSON") }
    return differences
  }

  static func text(_ text: String) throws -> SchemaDocument { try success(SchemaDocument.parse(text)) }

  static func resolved(_ document: SchemaDocument) throws -> Schema { try success(document.resolved()) }

  private static func success<Value>(_ result: Result<Value, ParseFailure>) throws -> Value {
    switch result {
    case .success(let value): return value
    case .failure(let failure): throw Mismatch("schema refused: " + Answers.refusal(failure))
    }
  }
}
