import TestSupport
import Testing

@testable import Cedar

extension Worlds {
  /// A policy of so few parts that many of a dozen contradict themselves or cover each other.
  mutating func closePolicy() -> String {
    let principal = pick(["principal", "principal", "principal == User::\"a\"", "principal is User", "principal in Group::\"a\""])
    let action = pick(["action", "action == Action::\"view\"", "action in [Action::\"view\", Action::\"edit\"]"])
    let resource = pick(["resource", "resource", "resource is Doc", "resource == Doc::\"b\"", "resource is Doc in Group::\"b\""])
    var text = "\(pick(["permit", "permit", "forbid"]))(\(principal), \(action), \(resource))"
    for _ in 0..<(random.next() % 3) { text += " \(pick(["when", "when", "unless"])) { \(closeCondition(2)) }" }
    return text + ";\n"
  }

  private mutating func closeCondition(_ depth: Int) -> String {
    if depth > 0 {
      let left = closeCondition(depth - 1)
      switch random.next() % 5 {
      case 0, 1: return "(\(left)) && (\(closeCondition(depth - 1)))"
      case 2: return "(\(left)) || (\(closeCondition(depth - 1)))"
      case 3: return "!(\(left))"
      default: return left
      }
    }
    if chance(30) { return "context.n \(pick(["==", "!=", "<", "<=", ">", ">="])) \(pick(["1", "2", "3"]))" }
    return pick([
      "context.n \(pick(["==", "!=", "<", "<=", ">", ">="])) \(pick(["1", "2", "3"]))",
      "\(pick(["1", "2", "3"])) \(pick(["==", "<", ">="])) context.n", "context.flag", "principal has n",
      "principal.n == context.n",
      "context.n == principal.n", "principal is \(pick(["User", "Doc"]))", "context.other == \(name())", "context.other is User",
      "principal in Group::\"a\"", "resource has other.n", "[1, 2].contains(context.n)", "context has absent", "true",
      "principal.n",
      "principal is User in Group::\"a\"", "resource == Doc::\"b\"", "context.n == \"x\"", "resource.flag", "1 + 1 == 2",
      "context.n < \"a\"",
    ])
  }
}

@Suite("Cedar analysis, properties")
struct AnalysisPropertyTests {
  @Test("no request contradicts a finding", arguments: Array(301...306) as [UInt64])
  func confirmed(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var counts: [LintFinding.Kind: Int] = [:]
    for _ in 0..<5 {
      let text = (0..<30).map { _ in worlds.closePolicy() }.joined()
      let policies = try policySet(text)
      let positions = Dictionary(uniqueKeysWithValues: policies.policies.enumerated().map { ($1.id, $0) })
      let findings = PolicyAnalysis(policies).findings
      for finding in findings { counts[finding.kind, default: 0] += 1 }
      for _ in 0..<6 {
        let entities = worlds.entities()
        for _ in 0..<8 {
          let outcomes = try outcomes(of: policies, worlds.request(), entities)
          for finding in findings {
            let policy = outcomes[try #require(positions[finding.policy])]
            let other = try finding.other.map { outcomes[try #require(positions[$0])] }
            #expect(agrees(finding.kind, policy, other), "seed \(seed): \(finding)\n\(text)")
          }
        }
      }
    }
    for kind in [LintFinding.Kind.neverApplies, .shadowedByForbid, .subsumed, .duplicate] {
      #expect(counts[kind] ?? 0 > 0, "seed \(seed) never finds \(kind)")
    }
  }

  private enum Outcome { case satisfied, not, error, outOfScope }

  /// What each policy comes to, alone, by the evaluator that knows no analysis.
  private func outcomes(of policies: PolicySet, _ request: Request, _ entities: [Entity]) throws -> [Outcome] {
    let store = try EntityStore(entities)
    let explanation = Authorizer.explain(request, policies: policies, entities: store)
    return explanation.policies.map { policy in
      switch policy.outcome {
      case .satisfied: .satisfied
      case .error: .error
      case .outOfScope: .outOfScope
      case .notSatisfied: .not
      }
    }
  }

  private func agrees(_ kind: LintFinding.Kind, _ policy: Outcome, _ other: Outcome?) -> Bool {
    switch kind {
    case .neverApplies: policy != .satisfied
    case .alwaysErrs: policy == .error || policy == .outOfScope
    case .permitsEverything, .forbidsEverything: policy == .satisfied
    case .shadowedByForbid, .subsumed: policy != .satisfied || other == .satisfied
    case .duplicate: (policy == .satisfied) == (other == .satisfied)
    case .neverMatched: false
    }
  }
}
