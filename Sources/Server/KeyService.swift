package import Governance
import Journal

/// Makes API keys and keeps the table of valid ones in step with the journal.
package struct KeyService: Sendable {
  private let services: Services

  /// Makes keys in the journal of `services`.
  package init(services: Services) { self.services = services }

  /// A new key; it works as soon as this returns.
  ///
  /// - Throws: a `Problem` or a `JournalFailure` when its entry could not be made durable.
  package func create(role: Role, label: String, actor: Actor) throws -> IssuedKey {
    let issued = IssuedKey(role: role)
    do {
      if case .refused(let refusal) = try services.journal.submitAndWait(.createKey(issued.entry, label: label, by: actor)) {
        throw ProblemMapping.problem(refusal)
      }
    } catch let failure as JournalFailure {
      throw ProblemMapping.problem(failure)
    }
    try publish()
    return issued
  }

  /// Publishes the keys as the journal has them now.
  package func publish() throws {
    services.keys.publish(
      try services.follower.withState(atLeast: services.journal.durableSize) { KeyTable($0.state.keys.values) })
  }
}
