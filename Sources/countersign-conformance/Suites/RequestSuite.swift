import Cedar
import JSON

/// Requests are admitted by a schema or not.
enum RequestSuite {
  static let suites = [
    Suite(file: "request-validation.jsonl") { fixtures in
      let schema = try Answers.schema(fixtures.member("requestValidationSchema").stringValue ?? "")
      return { test in try verdict(test.required("request"), schema, label: test.flag("valid")) }
    },
    Suite(file: "validator-cases.jsonl") { _ in
      { test in
        let schema = try Answers.schema(test.text("schema"))
        return try (test["requests"]?.arrayValue ?? []).flatMap { try verdict($0, schema, label: $0.flag("valid")) }
      }
    },
  ]

  private static func verdict(_ request: JSONValue, _ schema: Schema, label: Bool) throws -> [String] {
    let failure = refusal { _ = try Answers.request(request, schema: schema) }
    return countersign_conformance.verdict(failure == nil, label: label, "request", reason: failure)
  }
}
