package import Cedar

/// One question to policies, and the answer that they must give.
package struct PolicyTest: Sendable {
  /// What the test says of the policies, in words; unique in its file.
  package let name: String
  /// The file that states it, relative to the folder.
  package let file: String
  /// The line on which it begins, from 1.
  package let line: Int
  /// The question.
  package let request: Cedar.Request
  /// What is known while it is answered: the folder's entities with those of the test and its file over them.
  package let entities: EntityStore
  /// The answer.
  package let decision: Cedar.Decision
  /// The policies that must determine the answer, as ascending positions in the set; nil where the test does not say.
  package let reasons: [Int]?
  /// The policies that must be in error, likewise; none unless the test says so.
  package let errors: [Int]
}

/// What policies answered to a test.
package struct PolicyTestResult: Sendable {
  /// The test.
  package let test: PolicyTest
  /// The answer that was given.
  package let decision: Cedar.Decision
  /// The policies that determined it, as ascending positions in the set.
  package let reasons: [Int]
  /// The policies in error, likewise.
  package let errors: [Int]
  /// How the answer came about; nil for a test that passed.
  package let explanation: Explanation?

  /// Whether the answer is the expected one.
  package var passed: Bool { explanation == nil }
}

/// What running tests gave.
package struct PolicyTestReport: Sendable {
  /// One for each test, by file and in the order of the file.
  package let results: [PolicyTestResult]
  /// What the tests have seen of the policies.
  package let coverage: PolicyCoverage

  /// The tests that did not pass.
  package var failures: [PolicyTestResult] { results.filter { !$0.passed } }
}
