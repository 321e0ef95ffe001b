import Cedar
import Telemetry

/// Reads policy folders; reading the disk is the caller's work.
package enum PolicyFolder {
  /// Entities that do not conform and are reported: each costs a walk over the document.
  private static let nonconformingMax = 20

  /// Reads a whole folder: a snapshot at version 0, or every mistake of every file.
  ///
  /// Nothing is half read: with one error anywhere there is no snapshot. Limits: 2 000 files, 1 MiB a file, 16 MiB in all. Tests of
  /// policies decide nothing: they are neither kept nor part of the digest.
  package static func read(files: [PolicyFile]) -> PolicyFolderResult { read(files, isInForce: false) }

  /// Reads the files of an activation that is in force. They were held against their schema when they were activated, by rules that may
  /// have been others: what is in force stays so. The schema's actions belong to what decides, so they are read as they were then; nothing is
  /// refused for the schema's sake.
  package static func restore(files: [PolicyFile]) -> PolicyFolderResult { read(files, isInForce: true) }

  private static func read(_ files: [PolicyFile], isInForce: Bool) -> PolicyFolderResult {
    let files = files.filter { !PolicyTestReader.isTest($0.path) }
    let problems = ProblemList()
    let snapshot = FolderFiles(files, problems).flatMap { read($0, all: files, isInForce: isInForce, problems) }
    return PolicyFolderResult(snapshot: problems.hasError ? nil : snapshot, problems: problems.ordered)
  }

  private static func read(
    _ files: FolderFiles, all: [PolicyFile], isInForce: Bool, _ problems: ProblemList
  ) -> PolicySnapshot? {
    let settings = files.settings.flatMap { SettingsReader.read($0, problems) }
    let models = files.has(ModelsReader.path) ? files.models.flatMap { ModelsReader.read($0, problems) } : ModelTable()
    let budgets = files.has(BudgetsReader.path) ? files.budgets.flatMap { BudgetsReader.read($0, problems) } : BudgetTable()
    var reader = WorkflowReader(models: models?.ids, teams: budgets.map { Set($0.teams.keys) }, problems: problems)
    for file in files.workflows { reader.read(file) }
    let access = AccessReader.read(files.access, problems)
    let schema = files.schema.flatMap { SchemaReader(problems: isInForce ? ProblemList() : problems).read($0) }
    if let access, let schema, !isInForce { SchemaReader(problems: problems).validate(access.policies, schema) }
    let stated = files.has(EntitiesReader.path) ? files.entities.flatMap { EntitiesReader.read($0, problems) } : []
    guard let settings, let models, let budgets, let access, let stated, !problems.hasError else { return nil }
    let inventory = InventoryEntities.make(
      settings: settings, workflows: reader.workflows, models: models.models, teams: Array(budgets.teams.keys))
    guard let entities = entities(inventory, stated, schema, isInForce: isInForce, files, problems), !problems.hasError else {
      return nil
    }
    return PolicySnapshot(
      revision: PolicyRevision(version: 0, digest: PolicyDigest.of(all)), settings: settings, workflows: reader.workflows,
      models: models.models, prices: models.prices, organisationBudgets: budgets.organisation, teamBudgets: budgets.teams,
      policies: access.policies, policyFacts: access.facts, entities: entities,
      schema: schema, files: all.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
  }

  /// The entities of both sources, and the schema's actions, with their hierarchy; nil with a problem at the entity that contradicts, does
  /// not conform or closes a cycle.
  private static func entities(
    _ inventory: [Entity], _ stated: [Entity], _ schema: Schema?, isInForce: Bool, _ files: FolderFiles, _ problems: ProblemList
  ) -> EntityStore? {
    let file = files.entities ?? PolicyFile(path: EntitiesReader.path, bytes: [])
    func report(_ uid: EntityUID, at path: String = "", _ message: String, hint: String?) {
      let index = stated.firstIndex { $0.uid == uid } ?? 0
      let place = TextPlace(of: "[\(index)]" + (path.isEmpty || path.hasPrefix("[") ? "" : ".") + path, in: file.bytes)
      problems.add(file.path, line: place.line, column: place.column, message, hint: hint)
    }
    var merged = InventoryEntities.merge(inventory, with: stated) { uid, attribute in
      report(uid, "attribute `\(attribute)` of `\(uid)` is stated otherwise by the inventory", hint: "remove it here")
    }
    if let schema {
      var count = 0
      for entity in merged where !isInForce && count < nonconformingMax {
        do throws(DataFailure) {
          try schema.check(entity)
        } catch {
          count += 1
          let message = "entity `\(entity.uid)` does not conform to the schema: \(error)"
          if stated.contains(where: { $0.uid == entity.uid }) {
            report(entity.uid, at: error.path, message, hint: nil)
          } else {
            problems.add(FolderFiles.schemaPath, message, hint: "it is an entity of the inventory: declare what it has")
          }
        }
      }
      merged = merged.filter { schema.actions[$0.uid] == nil } + schema.actionEntities
    }
    do throws(EntityStore.Failure) {
      return try EntityStore(merged)
    } catch {
      switch error {
      case .duplicate(let uid): report(uid, error.description, hint: "state it once")
      case .cycle(let uid): report(uid, error.description, hint: "break the circle of `parents`")
      case .hierarchyTooLarge(let uid): report(uid, error.description, hint: "make the hierarchy flatter")
      }
      return nil
    }
  }
}
