/// Collects the findings of one policy, each once, whatever the number of requests that it fails for.
struct FindingLog {
  private struct Entry: Hashable {
    let kind: Finding.Kind
    let start: Int32
    let message: String
  }

  let policy: String
  let text: SourceText
  /// The kind of request at hand; nil for what does not depend on it.
  var environment: RequestEnvironment?
  private(set) var findings: [(start: Int32, finding: Finding)] = []
  /// What is wrong with the level: of interest only in a policy without errors.
  private var levelFindings: [(start: Int32, finding: Finding)] = []
  private var seen: Set<Entry> = []
  /// Names that may still be looked for.
  private(set) var nearestLeft: Int

  init(policy: String, text: SourceText, nearestLeft: Int) {
    self.policy = policy
    self.text = text
    self.nearestLeft = nearestLeft
  }

  private var errorCount = 0

  var hasErrors: Bool { errorCount > 0 }
  /// Whether further errors are dropped.
  var isFull: Bool { errorCount >= ValidationLimits.policyFindings }

  mutating func report(_ kind: Finding.Kind, _ span: SourceSpan, _ message: String, hint: String? = nil) {
    let isError = kind.severity == .error
    // Warnings never take the place of errors.
    let count = isError ? errorCount : findings.count - errorCount
    guard count < ValidationLimits.policyFindings, let finding = finding(kind, span, message, hint) else { return }
    findings.append(finding)
    if isError { errorCount += 1 }
  }

  mutating func reportLevel(_ kind: Finding.Kind, _ span: SourceSpan, _ message: String, hint: String? = nil) {
    if levelFindings.count < ValidationLimits.policyFindings, let finding = finding(kind, span, message, hint) {
      levelFindings.append(finding)
    }
  }

  private mutating func finding(
    _ kind: Finding.Kind, _ span: SourceSpan, _ message: String, _ hint: String?
  ) -> (start: Int32, finding: Finding)? {
    guard seen.insert(Entry(kind: kind, start: span.start, message: message)).inserted else { return nil }
    let (line, column) = text.position(span.start)
    let finding = Finding(
      policy: policy, kind: kind, message: message, file: text.name, line: line, column: column, hint: hint,
      environment: environment)
    return (span.start, finding)
  }

  /// Everything found, in the order of the text.
  mutating func close() -> [Finding] {
    if !hasErrors { findings += levelFindings }
    return findings.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element.finding)
  }

  /// Bytes of an expression quoted in a hint, and of the text that it was read from.
  private static let quotedMax = 100
  private static let writtenMax = 1_000

  /// The advice to test `expression` first.
  static func guarding(_ expression: Expression?) -> String {
    guard let expression, expression.span.end - expression.span.start <= writtenMax else { return "test for it first" }
    var printer = PolicyPrinter()
    printer.expression(expression)
    return printer.text.utf8.count <= quotedMax ? "guard it with `\(printer.text)`" : "test for it first"
  }

  /// What `find` finds, as long as not too much was looked for.
  mutating func hint(_ find: () -> String?) -> String? {
    guard nearestLeft > 0, !isFull else { return nil }
    nearestLeft -= 1
    return find()
  }
}
