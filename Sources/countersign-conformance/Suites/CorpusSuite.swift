import Cedar
import JSON

/// Decisions, reasons and errors of the generated corpus, whose entities and requests conform to its schemas.
enum CorpusSuite {
  static let suites = [
    Suite(file: "corpus.jsonl") { _ in
      { test in
        let policies = try Answers.policies(test.text("policies"))
        let schema = try Answers.schema(test.text("schema"))
        let entities = try Answers.entities(test.required("entities"), schema: schema)
        let requests = try test.list("requests")
        if requests.isEmpty { throw Mismatch("the case has no request") }
        return try requests.enumerated().flatMap { index, request in
          try Answers.differences(request, Answers.request(request, schema: schema), policies, entities).map {
            "request \(index): \($0)"
          }
        }
      }
    }
  ]
}

/// Reads requests, policies and entities of cases and compares answers with labels.
enum Answers {
  /// The policies of `text`, which must be free of mistakes; ids by position.
  static func policies(_ text: String) throws -> PolicySet {
    switch PolicySet.parse([(name: "policies.cedar", text: text)], naming: .byPosition) {
    case .success(let policies): return policies
    case .failure(let failure): throw Mismatch("policies refused: " + refusal(failure))
    }
  }

  /// Why a text was refused, in one line.
  static func refusal(_ failure: ParseFailure) -> String { failure.diagnostics.map(\.description).joined(separator: "; ") }

  /// The schema of `text`, which must be free of mistakes.
  static func schema(_ text: String) throws -> Schema {
    switch Schema.parse(text) {
    case .success(let schema): return schema
    case .failure(let failure): throw Mismatch("schema refused: " + refusal(failure))
    }
  }

  static func entities(_ json: JSONValue, schema: Schema? = nil) throws -> EntityStore {
    try EntityStore.parse(json: JSONWriter.encode(json), schema: schema)
  }

  /// A name given as `{"type", "id"}`.
  static func uid(_ json: JSONValue) throws -> EntityUID { EntityUID(type: try json.text("type"), id: try json.text("id")) }

  /// The request of a case, which also holds what is expected of it; with a schema one that the schema admits.
  static func request(_ json: JSONValue, schema: Schema? = nil) throws -> Request {
    let members = ["principal", "action", "resource", "context"].compactMap { key in json[key].map { (key: key, value: $0) } }
    return try Request.parse(json: JSONWriter.encode(.object(JSONObject(members))), schema: schema)
  }

  /// How the answer to `request` differs from `label`: decision, reasons and errors, ids as sets.
  static func differences(_ label: JSONValue, _ request: Request, _ policies: PolicySet, _ entities: EntityStore) throws -> [String]
  {
    let response = Authorizer.authorize(request, policies: policies, entities: entities)
    let wanted = try (decision: label.text("decision"), reasons: ids(label, "reason"), errors: ids(label, "errors"))
    let reasons = Set(response.reasons.map { policies.policies[$0].id })
    let errors = Set(response.errors.map { policies.policies[$0.policy].id })
    if response.decision.rawValue == wanted.decision, reasons == wanted.reasons, errors == wanted.errors { return [] }
    let causes = response.errors.map { "\($0.error)" }
    return [
      "found \(response.decision) by \(reasons.sorted()), errors \(errors.sorted()) \(causes); "
        + "label \(wanted.decision) by \(wanted.reasons.sorted()), errors \(wanted.errors.sorted())"
    ]
  }

  private static func ids(_ label: JSONValue, _ key: String) throws -> Set<String> {
    Set(try label.list(key).compactMap(\.stringValue))
  }
}
