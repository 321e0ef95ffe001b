import Cedar
import JSON

/// Single expressions: true, false, an error, or refused by the parser.
enum ExpressionSuite {
  static let suites = [
    Suite(file: "eval.jsonl") { fixtures in
      let fixture = try fixtures.member("eval")
      let entities = try Answers.entities(fixture.required("entities"))
      let request = try Answers.request(fixture.required("request"))
      return { test in
        let label = try test.text("result")
        let found = try outcome(test.text("expr"), request, entities)
        // The class of an error helps its finder; only that there is one is part of the language.
        if found == label || (found.hasPrefix("error:") && label.hasPrefix("error:")) { return [] }
        return ["found \(found), label \(label)"]
      }
    }
  ]

  private static func outcome(_ expression: String, _ request: Request, _ entities: EntityStore) -> String {
    let text = "permit(principal,action,resource) when { \(expression) };"
    guard case .success(let policies) = PolicySet.parse([(name: "eval", text: text)], naming: .byPosition) else {
      return "parseError"
    }
    let response = Authorizer.authorize(request, policies: policies, entities: entities)
    if let failure = response.errors.first { return "error:" + failure.error.kind.rawValue }
    return response.decision == .allow ? "true" : "false"
  }
}
