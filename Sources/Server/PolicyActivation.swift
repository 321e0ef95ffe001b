import API
import Cryptography
package import Governance
import JSON
import Journal
import Platform

/// Puts policy folders in force: checked, written as one entry, then published to evaluation.
package struct PolicyActivation: Sendable {
  /// What an activation did.
  package struct Result: Sendable {
    /// The version in force, counted from 1.
    package let version: UInt64
    /// Index of the entry; nil when the folder was in force already.
    package let index: UInt64?
    /// One line for each change against the version before, for people.
    package let changes: [String]
    /// What evaluation reads from now on.
    package let snapshot: PolicySnapshot
  }

  /// The folder has mistakes; nothing was activated.
  package struct Mistakes: Error, Sendable {
    /// All of them with their places, warnings included.
    package let problems: [PolicyProblem]
  }

  private let services: Services

  /// Activates in the journal of `services`.
  package init(services: Services) { self.services = services }

  /// Activates a folder as one version, or nothing.
  ///
  /// - Throws: `Mistakes`, or a `JournalFailure` when the entry could not be made durable.
  package func activate(_ files: [PolicyFile], author: String, note: String, actor: Actor) throws -> Result {
    let checked = PolicyFolder.read(files: files)
    guard let snapshot = checked.snapshot else { throw Mistakes(problems: checked.problems) }
    let before = services.policies.current
    let activation = Activation(
      digest: snapshot.revision.digest, files: snapshot.files, author: author.isEmpty ? actor.id : author, note: note, actor: actor)
    let outcome = Lock(Swift.Result<Governance.Answer, JournalFailure>?.none)
    let done = WaitSignal()
    services.journal.submit(.activate(activation)) { [services] result in
      // On the journal's thread and before the answers behind it, so that whoever was refused as stale finds the new snapshot.
      if case .success(.done(_, let version)) = result { services.policies.publish(snapshot.activated(version: version)) }
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    switch outcome.withLock({ $0 }) {
    case .success(.done(let index, let version))?:
      services.log.write(
        .info, "policy.activated", ["version": .integer(Int64(clamping: version)), "digest": .string(snapshot.revision.digest.hex)])
      return Result(
        version: version, index: index, changes: PolicyFolder.diff(from: before, to: snapshot).map(\.description),
        snapshot: snapshot)
    case .failure(let failure)?: throw failure
    default: return Result(version: before.revision.version, index: nil, changes: [], snapshot: before)
    }
  }
}
