package import Cedar

/// What requests have seen of policies: which were satisfied, and which way each condition came out.
package struct PolicyCoverage: Sendable {
  /// One `when` or `unless` clause.
  package struct Clause: Sendable {
    /// Whether the policy goes on when the expression is false.
    package let isUnless: Bool
    /// The expression on one line.
    package let text: String
    /// The line of its first token, from 1.
    package let line: Int
    /// Whether a request made it true.
    package fileprivate(set) var seenTrue = false
    /// Whether a request made it false.
    package fileprivate(set) var seenFalse = false
  }

  /// One policy.
  package struct Policy: Sendable {
    /// The policy.
    package let policy: PolicySet.Policy
    /// Requests that its scope held for.
    package fileprivate(set) var evaluated = 0
    /// Requests that it was satisfied by.
    package fileprivate(set) var satisfied = 0
    /// Its conditions in the order of the text.
    package fileprivate(set) var clauses: [Clause]
  }

  /// A part of a whole.
  package struct Share: Sendable, Equatable {
    /// How many were seen.
    package let covered: Int
    /// How many there are.
    package let total: Int

    /// Rounded down, so that 100 means all; 100 of nothing.
    package var percent: Int { total == 0 ? 100 : covered * 100 / total }
  }

  /// Every policy in the order of the set; empty before the first request.
  package private(set) var policies: [Policy] = []

  /// Policies that were satisfied at least once.
  package var satisfied: Share { Share(covered: policies.count { $0.satisfied > 0 }, total: policies.count) }

  /// Outcomes of conditions, two for each: seen true, seen false.
  package var outcomes: Share {
    let clauses = policies.flatMap(\.clauses)
    return Share(covered: clauses.count { $0.seenTrue } + clauses.count { $0.seenFalse }, total: clauses.count * 2)
  }

  /// Counts one request; every explanation is of the same set.
  package mutating func add(_ explanation: Explanation) {
    if policies.isEmpty { policies = explanation.policies.map(Policy.init) }
    for (index, explained) in explanation.policies.enumerated() where explained.outcome != .outOfScope {
      policies[index].evaluated += 1
      if explained.outcome == .satisfied { policies[index].satisfied += 1 }
      for (position, clause) in explained.clauses.enumerated() {
        if clause.body.truth == .isTrue { policies[index].clauses[position].seenTrue = true }
        if clause.body.truth == .isFalse { policies[index].clauses[position].seenFalse = true }
      }
    }
  }
}

extension PolicyCoverage.Policy {
  fileprivate init(_ explanation: PolicyExplanation) {
    self.init(
      policy: explanation.policy,
      clauses: explanation.clauses.map {
        PolicyCoverage.Clause(isUnless: $0.isUnless, text: $0.body.text, line: $0.body.line)
      })
  }
}
