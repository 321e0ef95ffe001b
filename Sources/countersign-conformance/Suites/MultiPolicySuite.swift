import Cedar
import JSON

/// Several policies at once, without entities.
enum MultiPolicySuite {
  static let suites = [
    Suite(file: "multi-policy.jsonl") { fixtures in
      let policies = try Answers.policies(fixtures.member("multiPolicy").text("policies"))
      return { test in try Answers.differences(test, Answers.request(test.required("request")), policies, .empty) }
    }
  ]
}
