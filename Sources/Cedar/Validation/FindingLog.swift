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

  var hasErrors: Bool { findings.contains { $0.finding.severity == .error } }

  mutating func report(_ kind: Finding.Kind, _ span: SourceSpan, _ message: String, hint: String? = nil) {
    if let finding = finding(kind, span, message, hint), findings.count < ValidationLimits.policyFindings {
      findings.append(finding)
    }
  }

  mutating func reportLevel(_ kind: Finding.Kind, _ span: SourceSpan, _ message: String, hint: String? = nil) {
    if levelFindings.count < ValidationLimits.policyFindings, let finding = finding(kind, span, message, hint) {
      levelFindings.append(finding)
    }
  }

  private mutating func finding(
    _ kind: Finding.Kind, _ span: SourceSpan, _ message: String, _ hint: String?
  ) -> (start: Int32, finding: Finding)? {
    guard seen.count < 4 * ValidationLimits.policyFindings,
      seen.insert(Entry(kind: kind, start: span.start, message: message)).inserted
    else { return nil }
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

  /// Bytes of an expression quoted in a hint.
  private static let quotedMax = 100

  /// The advice to test `expression` first.
  func guarding(_ expression: Expression?) -> String {
    guard let expression else { return "test for it first" }
    var printer = PolicyPrinter()
    printer.expression(expression)
    return printer.text.utf8.count <= FindingLog.quotedMax ? "guard it with `\(printer.text)`" : "test for it first"
  }

  /// The declared name that is nearest to `name`, if one is near.
  mutating func nearest(_ name: String, among names: some Sequence<String>) -> String? {
    guard nearestLeft > 0 else { return nil }
    nearestLeft -= 1
    return NearestName.find(name, among: names)
  }
}
