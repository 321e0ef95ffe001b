import Cedar
import JSON

/// Policy texts are accepted or refused.
enum PolicyTextSuite {
  static let suites = [
    Suite(file: "policy-parse.jsonl") { _ in
      { test in
        let failure = refusal { _ = try Answers.policies(test.text("text")) }
        return verdict(failure == nil, label: try test.flag("ok"), "text", reason: failure)
      }
    }
  ]
}
