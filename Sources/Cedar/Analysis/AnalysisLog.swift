/// The findings of one analysis with their places.
struct AnalysisLog {
  private let policies: PolicySet
  private var findings: [(policy: Int, finding: LintFinding)] = []

  init(_ policies: PolicySet) { self.policies = policies }

  /// The id of the policy at `index`.
  func id(_ index: Int) -> String { policies.policies[index].id }

  /// Where the policy at `index` stands, for people.
  func place(_ index: Int) -> String { "\(policies.policies[index].file):\(policies.policies[index].line)" }

  mutating func add(_ kind: LintFinding.Kind, _ index: Int, _ message: String, other: Int? = nil, hint: String?) {
    let source = policies.source(of: index)
    let (line, column) = source.text.position(source.syntax.span.start)
    findings.append(
      (
        index,
        LintFinding(
          policy: id(index), other: other.map { id($0) }, kind: kind, message: message, file: source.text.name, line: line,
          column: column, hint: hint)
      ))
  }

  mutating func addUnconditional(_ demands: PolicyDemands) {
    switch demands.effect {
    case .permit:
      add(
        .permitsEverything, demands.policy, "this permit allows everything that no forbid denies; other permits change nothing",
        hint: "say in its scope or in a condition whom it is for")
    case .forbid:
      add(
        .forbidsEverything, demands.policy, "this forbid denies every request, whatever the permits say",
        hint: "say in its scope or in a condition what it forbids")
    }
  }

  mutating func addDuplicate(_ index: Int, of other: Int) {
    add(
      .duplicate, index, "this policy is satisfied by the same requests as `\(id(other))`", other: other,
      hint: "see \(place(other)); one of them can go")
  }

  mutating func addShadowed(_ index: Int, by forbid: Int) {
    add(
      .shadowedByForbid, index,
      "this permit never allows anything: whenever it is satisfied, the forbid `\(id(forbid))` is, too", other: forbid,
      hint: "see \(place(forbid))")
  }

  mutating func addSubsumed(_ index: Int, by other: Int) {
    let effect = policies.policies[index].effect.rawValue
    add(
      .subsumed, index, "this \(effect) changes no decision: whenever it is satisfied, `\(id(other))` is, too", other: other,
      hint: "see \(place(other))")
  }

  /// By policy, then in the order found.
  var ordered: [LintFinding] {
    findings.enumerated().sorted { ($0.element.policy, $0.offset) < ($1.element.policy, $1.offset) }.map(\.element.finding)
  }
}
