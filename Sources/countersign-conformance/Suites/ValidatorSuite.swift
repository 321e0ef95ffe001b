import Cedar
import JSON

/// Verdicts of the validator, strict and permissive.
enum ValidatorSuite {
  static let suites =
    ["corpus.jsonl", "handwritten.jsonl", "usecases.jsonl"].map { file in
      Suite(file: file) { _ in
        { test in
          let policies = try ScenarioSuite.policies(test)
          let schema = try Answers.schema(test.text("schema"))
          let strict = try differences(policies, schema, .strict, label: test.flag("shouldValidate"))
          guard test["permissive"] != nil else { return strict }
          return try strict + differences(policies, schema, .permissive, label: test.flag("permissive"))
        }
      }
    } + [
      Suite(file: "validator-cases.jsonl") { _ in
        { test in
          let policies = try Answers.policies(test.text("policies"))
          let schema = try Answers.schema(test.text("schema"))
          return try differences(test, policies, schema, .strict, "strict")
            + differences(test, policies, schema, .permissive, "permissive")
        }
      },
      Suite(file: "validator-snippets.jsonl") { fixtures in
        guard let text = try fixtures.member("validatorSnippetSchema").stringValue else {
          throw Mismatch("`validatorSnippetSchema` is no string")
        }
        let schema = try Answers.schema(text)
        return { test in try differences(Answers.policies(test.text("policy")), schema, .strict, label: test.flag("valid")) }
      },
    ]

  private static func errors(_ policies: PolicySet, _ schema: Schema, _ mode: Validator.Mode) -> [Finding] {
    Validator(schema, mode: mode).validate(policies).filter { $0.severity == .error }
  }

  /// How the verdict on a whole set differs from its label.
  private static func differences(_ policies: PolicySet, _ schema: Schema, _ mode: Validator.Mode, label: Bool) -> [String] {
    let errors = errors(policies, schema, mode)
    return verdict(errors.isEmpty, label: label, "policies in \(mode) mode", reason: errors.first?.description)
  }

  /// How the verdicts on a set and on each of its policies differ from the labels under `key`.
  private static func differences(
    _ test: JSONValue, _ policies: PolicySet, _ schema: Schema, _ mode: Validator.Mode, _ key: String
  ) throws -> [String] {
    let errors = errors(policies, schema, mode)
    var result = verdict(
      errors.isEmpty, label: try test.flag(key), "policies in \(mode) mode", reason: errors.first?.description)
    let labels = try test.required("perPolicy").objectValue ?? JSONObject()
    let ids = (policies.policies + policies.templates).map(\.id)
    if labels.count != ids.count { throw Mismatch("\(labels.count) policies have labels, \(ids.count) were read") }
    for (id, label) in labels.members {
      let error = errors.first { $0.policy == id }
      result += verdict(error == nil, label: try label.flag(key), "`\(id)` in \(mode) mode", reason: error?.description)
    }
    return result
  }
}
