import Cedar

/// Puts tests to policies.
package enum PolicyTestRunner {
  /// Answers every test by `sources`.
  package static func run(_ tests: [PolicyTest], _ sources: CedarSources) -> PolicyTestReport {
    var coverage = PolicyCoverage()
    var results: [PolicyTestResult] = []
    results.reserveCapacity(tests.count)
    for test in tests {
      let explanation = Authorizer.explain(test.request, policies: sources.policies, entities: test.entities)
      coverage.add(explanation)
      results.append(result(of: test, explanation, sources))
    }
    return PolicyTestReport(results: results, coverage: coverage)
  }

  private static func result(of test: PolicyTest, _ explanation: Explanation, _ sources: CedarSources) -> PolicyTestResult {
    let response = explanation.response
    let decision = sources.decision(response)
    let reasons = decision == response.decision ? Array(response.reasons) : []
    let errors = response.errors.map(\.policy)
    let isExpected = decision == test.decision && errors == test.errors && test.reasons.map { $0 == reasons } ?? true
    return PolicyTestResult(
      test: test, decision: decision, reasons: reasons, errors: errors, explanation: isExpected ? nil : explanation)
  }
}
