import Cedar
import Governance
import JSON

/// `countersign policy test`: the tests beside the policies, and what they cover.
enum PolicyTestCommand {
  static let command = Command(
    "policy test", "DIR", "Runs the tests of a folder (tests/*.yaml) and says what they cover.",
    options: [
      Option(name: "verbose", value: nil, help: "name the tests that pass too"),
      Option(name: "coverage-min", value: "PERCENT", help: "fail when less of the policies or of their conditions is covered"),
    ], run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let folder = try arguments.one("the folder")
    let minimum = try arguments.number("coverage-min", 0...100) ?? 0
    let files = try PolicyFiles.read(folder)
    let (sources, problems) = CedarSources.read(folder: files)
    guard let sources else { return mistakes(arguments, problems, "the folder has mistakes: no test was run") }
    let (tests, testProblems) = PolicyTestReader.read(folder: files, sources)
    guard testProblems.isEmpty else { return mistakes(arguments, testProblems, "the tests have mistakes: none was run") }
    guard !tests.isEmpty else {
      let text = "`\(folder)` has no tests: state some in \(folder)/\(PolicyTestReader.folder)NAME.yaml, see Docs/policies.md"
      return mistakes(arguments, [], text)
    }
    let report = PolicyTestRunner.run(tests, sources)
    let isCovered = report.coverage.satisfied.percent >= minimum && report.coverage.outcomes.percent >= minimum
    let isGood = report.failures.isEmpty && isCovered
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(json(report, sources, isGood)))
    } else {
      for result in report.results where arguments.has("verbose") || !result.passed { show(result, sources) }
      show(report.coverage)
      Output.line("\(tests.count) tests, \(report.failures.count) failed")
      if !isCovered { Output.error("countersign: coverage is below \(minimum) %") }
    }
    return isGood ? .success : .negative
  }

  private static func mistakes(_ arguments: Arguments, _ problems: [PolicyProblem], _ message: String) -> ExitStatus {
    if arguments.has("json") {
      Output.json(
        CommandJSON.bytes(["ok": false, "problems": CommandJSON.problems(problems), "message": .string(message)]))
    } else {
      for problem in problems { Output.line("\(problem)") }
      Output.error("countersign: " + message)
    }
    return .negative
  }

  // MARK: Text

  private static func show(_ result: PolicyTestResult, _ sources: CedarSources) {
    let test = result.test
    Output.line("\(result.passed ? "ok  " : "FAIL") \(test.file):\(test.line) \(test.name)")
    guard let explanation = result.explanation else { return }
    let expected = answer(test.decision, test.reasons, test.errors, sources)
    let found = answer(result.decision, test.reasons == nil ? nil : result.reasons, result.errors, sources)
    Output.line("     expected: \(expected)")
    Output.line("     found:    \(found)")
    let concerned = Set((test.reasons ?? []) + test.errors)
    for (index, policy) in explanation.policies.enumerated()
    where policy.outcome != .outOfScope || concerned.contains(index) {
      for line in ExplanationOutput.lines(policy) { Output.line("     " + line) }
    }
  }

  /// `deny by a, b; in error: c`
  private static func answer(
    _ decision: Cedar.Decision, _ reasons: [Int]?, _ errors: [Int], _ sources: CedarSources
  ) -> String {
    func names(_ positions: [Int]) -> String {
      positions.isEmpty ? "no policy" : positions.map { sources.policies.policies[$0].id }.joined(separator: ", ")
    }
    return decision.rawValue + (reasons.map { " by " + names($0) } ?? "") + (errors.isEmpty ? "" : "; in error: " + names(errors))
  }

  private static func show(_ coverage: PolicyCoverage) {
    var rows: [[String]] = []
    for policy in coverage.policies {
      let unseen = policy.clauses.flatMap { clause in
        let keyword = (clause.isUnless ? "unless" : "when") + " in line \(clause.line)"
        return (clause.seenTrue ? [] : [keyword + " never true"]) + (clause.seenFalse ? [] : [keyword + " never false"])
      }
      let missing = (policy.satisfied == 0 ? ["never satisfied"] : []) + unseen
      let outcomes = policy.clauses.count { $0.seenTrue } + policy.clauses.count { $0.seenFalse }
      rows.append([
        policy.policy.id, String(policy.evaluated), String(policy.satisfied), "\(outcomes)/\(policy.clauses.count * 2)",
        missing.isEmpty ? "-" : missing.joined(separator: "; "),
      ])
    }
    Output.table(["POLICY", "EVALUATED", "SATISFIED", "OUTCOMES", "MISSING"], rows)
    Output.line(
      "coverage: policies \(text(coverage.satisfied)), outcomes of conditions \(text(coverage.outcomes))")
  }

  private static func text(_ share: PolicyCoverage.Share) -> String { "\(share.covered)/\(share.total) (\(share.percent) %)" }

  // MARK: JSON

  private static func json(_ report: PolicyTestReport, _ sources: CedarSources, _ isGood: Bool) -> JSONValue {
    [
      "ok": .bool(isGood), "tests": .integer(Int64(report.results.count)), "failed": .integer(Int64(report.failures.count)),
      "results": .array(report.results.map { json($0, sources) }),
      "coverage": [
        "policies": json(report.coverage.satisfied), "conditions": json(report.coverage.outcomes),
        "by_policy": .array(report.coverage.policies.map(json)),
      ],
    ]
  }

  private static func json(_ result: PolicyTestResult, _ sources: CedarSources) -> JSONValue {
    func names(_ positions: [Int]) -> JSONValue { .array(positions.map { .string(sources.policies.policies[$0].id) }) }
    func answer(_ decision: Cedar.Decision, _ reasons: [Int]?, _ errors: [Int]) -> JSONValue {
      ["decision": .string(decision.rawValue), "reasons": reasons.map(names) ?? .null, "errors": names(errors)]
    }
    let test = result.test
    var object: JSONObject = [
      "file": .string(test.file), "line": .integer(Int64(test.line)), "name": .string(test.name), "passed": .bool(result.passed),
      "expected": answer(test.decision, test.reasons, test.errors),
      "found": answer(result.decision, result.reasons, result.errors),
    ]
    if let explanation = result.explanation {
      object["policies"] = .array(explanation.policies.filter { $0.outcome != .outOfScope }.map(ExplanationOutput.json))
    }
    return .object(object)
  }

  private static func json(_ share: PolicyCoverage.Share) -> JSONValue {
    ["covered": .integer(Int64(share.covered)), "total": .integer(Int64(share.total)), "percent": .integer(Int64(share.percent))]
  }

  private static func json(_ policy: PolicyCoverage.Policy) -> JSONValue {
    [
      "id": .string(policy.policy.id), "file": .string(policy.policy.file), "line": .integer(Int64(policy.policy.line)),
      "evaluated": .integer(Int64(policy.evaluated)), "satisfied": .integer(Int64(policy.satisfied)),
      "conditions": .array(
        policy.clauses.map { clause in
          [
            "kind": .string(clause.isUnless ? "unless" : "when"), "line": .integer(Int64(clause.line)),
            "text": .string(clause.text),
            "seen_true": .bool(clause.seenTrue), "seen_false": .bool(clause.seenFalse),
          ]
        }),
    ]
  }
}
