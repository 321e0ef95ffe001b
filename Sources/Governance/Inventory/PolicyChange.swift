/// One difference between two policy folders, for the person who applies the second.
package struct PolicyChange: Sendable, Equatable {
  /// What became of the thing.
  package enum Kind: String, Sendable {
    case added, removed, changed
  }

  /// What kind of thing it is; the raw value is its name in words.
  package enum Subject: String, CaseIterable, Sendable {
    case settings, workflow, policy, model, prices
    case organisationBudget = "organisation budget"
    case teamBudget = "team budget"
    case entities, schema
  }

  /// Added, removed or changed.
  package let kind: Kind
  /// What kind of thing it is.
  package let subject: Subject
  /// The id of the workflow, policy, model or team; empty where there is only one such thing.
  package let name: String
  /// The fields that differ, such as `risk_tier T1 → T2`; empty where the kind says it all.
  package let details: [String]
}

extension PolicyChange: CustomStringConvertible {
  /// One line: ``workflow `refund` changed: version 1 → 2, risk_tier T2 → T3``.
  package var description: String {
    let thing = name.isEmpty ? subject.rawValue : "\(subject.rawValue) `\(name)`"
    return "\(thing) \(kind.rawValue)" + (details.isEmpty ? "" : ": " + details.joined(separator: ", "))
  }
}
