import Cedar
import JSON

/// Policy texts are accepted or refused, and an accepted one has the JSON form of its label.
enum PolicyTextSuite {
  static let suites = [
    Suite(file: "policy-parse.jsonl") { _ in
      { test in
        let text = try test.text("text")
        let failure = refusal { _ = try Answers.policies(text) }
        let differences = verdict(failure == nil, label: try test.flag("ok"), "text", reason: failure)
        guard failure == nil, let label = test["est"] else { return differences }
        return differences + (try PolicyForms.json(Answers.policies(text)) == label ? [] : ["another JSON form than the label"])
      }
    }
  ]
}
