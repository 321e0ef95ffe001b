import Cedar
import JSON

/// How a decision came about, for people and as JSON.
enum ExplanationOutput {
  /// The lines of one policy: its outcome, its scope, its conditions with their operands.
  static func lines(_ explained: PolicyExplanation) -> [String] {
    let policy = explained.policy
    var lines = ["\(policy.effect.rawValue) \(policy.id) (\(policy.file):\(policy.line)): \(text(explained.outcome))"]
    for part in explained.scope { lines.append("  \(part.holds ? "holds" : "fails")  \(part.text)") }
    for clause in explained.clauses {
      let keyword = clause.isUnless ? "unless" : "when"
      if clause.operands.isEmpty {
        lines.append("  \(keyword), line \(clause.body.line)")
        lines += term(clause.body)
      } else {
        lines.append("  \(keyword), line \(clause.body.line): \(word(clause.body.truth))")
        for operand in clause.operands { lines += term(operand) }
      }
    }
    return lines
  }

  private static func term(_ term: PolicyExplanation.Term) -> [String] {
    let line = "    \(word(term.truth).padded(to: 5))  \(term.text)"
    guard case .error(let error) = term.truth else { return [line] }
    return [line, "           \(error.line):\(error.column): \(error.message)"]
  }

  private static func word(_ truth: PolicyExplanation.Truth) -> String {
    switch truth {
    case .isTrue: "true"
    case .isFalse: "false"
    case .error: "error"
    case .notReached: "-"
    }
  }

  private static func text(_ outcome: PolicyExplanation.Outcome) -> String {
    switch outcome {
    case .outOfScope: "does not apply"
    case .satisfied: "satisfied"
    case .notSatisfied: "not satisfied"
    case .error(let error): "error: \(error.message)"
    }
  }

  // MARK: JSON

  static func json(_ explained: PolicyExplanation) -> JSONValue {
    var object: JSONObject = [
      "id": .string(explained.policy.id), "effect": .string(explained.policy.effect.rawValue),
      "file": .string(explained.policy.file), "line": .integer(Int64(explained.policy.line)),
      "outcome": .string(name(explained.outcome)),
      "scope": .array(explained.scope.map { ["text": .string($0.text), "holds": .bool($0.holds)] }),
    ]
    if case .error(let error) = explained.outcome { object["error"] = json(error) }
    object["conditions"] = .array(
      explained.clauses.map { clause in
        var members: JSONObject = ["kind": .string(clause.isUnless ? "unless" : "when")]
        members.members += json(clause.body).members
        members["operands"] = .array(clause.operands.map { .object(json($0)) })
        return .object(members)
      })
    return .object(object)
  }

  static func json(_ error: EvaluationError) -> JSONValue {
    [
      "kind": .string(error.kind.rawValue), "message": .string(error.message), "file": .string(error.file),
      "line": .integer(Int64(error.line)), "column": .integer(Int64(error.column)),
    ]
  }

  private static func json(_ term: PolicyExplanation.Term) -> JSONObject {
    var object: JSONObject = [
      "text": .string(term.text), "line": .integer(Int64(term.line)), "column": .integer(Int64(term.column)),
      "result": .string(name(term.truth)),
    ]
    if case .error(let error) = term.truth { object["error"] = json(error) }
    return object
  }

  private static func name(_ truth: PolicyExplanation.Truth) -> String {
    if case .notReached = truth { "not_reached" } else { word(truth) }
  }

  private static func name(_ outcome: PolicyExplanation.Outcome) -> String {
    switch outcome {
    case .outOfScope: "out_of_scope"
    case .satisfied: "satisfied"
    case .notSatisfied: "not_satisfied"
    case .error: "error"
    }
  }
}
