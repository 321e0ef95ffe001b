import Cedar

/// Gathers the mistakes of a folder while it is read. Confined to one reading, and so to one thread.
final class ProblemList {
  /// Past this many a list helps nobody; the rest is counted.
  static let countMax = 1_000

  private var problems: [PolicyProblem] = []
  private var dropped = 0
  /// Whether the folder cannot be put in force.
  private(set) var hasError = false

  /// Whether further problems are only counted: to search hints for them would be wasted work.
  var isFull: Bool { problems.count >= ProblemList.countMax }

  func add(_ problem: PolicyProblem) {
    if problem.severity == .error { hasError = true }
    if problems.count < ProblemList.countMax { problems.append(problem) } else { dropped += 1 }
  }

  func add(
    _ file: String, line: Int = 1, column: Int = 1, _ message: String, hint: String? = nil,
    severity: PolicyProblem.Severity = .error
  ) {
    add(PolicyProblem(file: file, line: line, column: column, message: message, hint: hint, severity: severity))
  }

  /// All problems by file, line and column; of one place in the order found.
  var ordered: [PolicyProblem] {
    var ordered = problems.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.file != b.file { return a.file.utf8.lexicographicallyPrecedes(b.file.utf8) }
      return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
    }.map(\.element)
    if dropped > 0 {
      ordered.append(
        PolicyProblem(file: "", line: 1, column: 1, message: "\(dropped) more mistakes are not shown", hint: "mend these first"))
    }
    return ordered
  }
}

extension ProblemList {
  /// Every mistake of a Cedar text.
  func add(_ failure: ParseFailure) { for problem in PolicyProblem.problems(failure) { add(problem) } }

  /// A mistake of data in JSON, at the value that it names.
  func add(_ file: PolicyFile, _ failure: DataFailure, hint: String? = nil) {
    add(PolicyProblem.problem(file, failure, hint: hint))
  }
}
