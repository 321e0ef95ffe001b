package import Cedar

/// Policies with what belongs to them, from a policy folder or from plain Cedar files.
package struct CedarSources: Sendable {
  /// The policies, compiled.
  package let policies: PolicySet
  /// What is known whatever the request: entities.json, and in a policy folder the inventory.
  package let entities: EntityStore
  /// What they are validated against; nil without a schema.
  package let schema: Schema?
  /// Whether they come from a policy folder, where a forbid in error denies.
  package let isGoverned: Bool

  /// The answer that counts: Cedar skips a policy in error, a policy folder denies when a forbid is.
  package func decision(_ response: Response) -> Cedar.Decision {
    let isBroken = isGoverned && response.errors.contains { policies.policies[$0.policy].effect == .forbid }
    return isBroken ? .deny : response.decision
  }

  /// What reading gave: no sources when there is an error among the problems.
  package typealias Result = (sources: CedarSources?, problems: [PolicyProblem])

  /// Reads a folder: with countersign.yaml as a policy folder, else as plain Cedar.
  package static func read(folder files: [PolicyFile]) -> Result {
    guard isPolicyFolder(files) else {
      return read(CedarFiles(files.filter { !$0.path.hasPrefix(PolicyTestReader.folder) }))
    }
    let result = PolicyFolder.read(files: files)
    let sources = result.snapshot.map {
      CedarSources(policies: $0.policies, entities: $0.entities, schema: $0.schema, isGoverned: true)
    }
    return (sources, result.problems)
  }

  /// Reads plain Cedar files.
  package static func read(_ files: CedarFiles) -> Result {
    let problems = ProblemList()
    let sources = PlainCedarReader(problems: problems).read(files)
    return (problems.hasError ? nil : sources, problems.ordered)
  }

  /// Reads plain Cedar files, among which there may be no policies, and validates the policies against the schema, if there is one.
  package static func check(_ files: CedarFiles, mode: Validator.Mode, level: Int?) -> Result {
    let problems = ProblemList()
    let sources = PlainCedarReader(problems: problems).read(files, needsPolicies: files.schemas.isEmpty && files.entities.isEmpty)
    if let sources, let schema = sources.schema {
      SchemaReader(problems: problems).validate(sources.policies, schema, mode: mode, level: level)
    }
    return (problems.hasError ? nil : sources, problems.ordered)
  }

  /// Whether these are the files of a policy folder.
  package static func isPolicyFolder(_ files: [PolicyFile]) -> Bool { files.contains { $0.path == SettingsReader.path } }
}
