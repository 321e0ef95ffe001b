import Cedar

/// The inventory as Cedar entities: Agent in Workflow in Team in Organisation; Tool and Model with attributes.
///
/// entities.json may add attributes, tags and parents to them; what the inventory itself states cannot be stated otherwise there.
enum InventoryEntities {
  static func make(
    settings: Settings, workflows: [String: Workflow], models: [String: Model], teams: [String]
  ) -> [Entity] {
    let organisation = EntityUID(type: "Organisation", id: settings.organisation)
    var entities = [Entity(uid: organisation)]
    for team in teams.sorted() { entities.append(Entity(uid: EntityUID(type: "Team", id: team), parents: [organisation])) }
    let ordered = workflows.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    for workflow in ordered { entities.append(entity(workflow)) }
    var agents: [String: [EntityUID]] = [:]
    for workflow in ordered {
      for agent in workflow.agents { agents[agent, default: []].append(EntityUID(type: "Workflow", id: workflow.id)) }
    }
    for (agent, parents) in agents.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      entities.append(Entity(uid: EntityUID(type: "Agent", id: agent), parents: parents))
    }
    entities += tools(ordered)
    for model in models.values.sorted(by: { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }) {
      entities += names(model).map { Entity(uid: EntityUID(type: "Model", id: $0), attributes: attributes(model)) }
    }
    return entities
  }

  private static func entity(_ workflow: Workflow) -> Entity {
    let team = EntityUID(type: "Team", id: workflow.team)
    return Entity(
      uid: EntityUID(type: "Workflow", id: workflow.id),
      attributes: Record([
        ("tier", .long(Int64(workflow.riskTier.rawValue))), ("lifecycle", .string(workflow.lifecycle.rawValue)),
        ("version", .string(workflow.version)), ("purpose", .string(workflow.purpose)),
        ("data_classes", .set(ValueSet(workflow.dataClasses.map { .string($0) }))),
        ("owner", .entity(EntityUID(type: "User", id: workflow.ownerPerson))), ("team", .entity(team)),
      ]), parents: [team])
  }

  /// Every tool that a step uses, with the workflows that use it and the highest tier of those steps.
  private static func tools(_ workflows: [Workflow]) -> [Entity] {
    var uses: [String: (tier: RiskTier, workflows: [Value])] = [:]
    for workflow in workflows {
      for step in workflow.steps {
        guard let tool = step.tool else { continue }
        var use = uses[tool] ?? (.t0, [])
        use.tier = max(use.tier, workflow.tier(of: step))
        use.workflows.append(.entity(EntityUID(type: "Workflow", id: workflow.id)))
        uses[tool] = use
      }
    }
    return uses.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { tool, use in
      Entity(
        uid: EntityUID(type: "Tool", id: tool),
        attributes: Record([("tier", .long(Int64(use.tier.rawValue))), ("workflows", .set(ValueSet(use.workflows)))]))
    }
  }

  /// A request may name a model by its id, the seller's name or an alias: each is an entity with the same attributes.
  private static func names(_ model: Model) -> [String] {
    var names: [String] = []
    for name in [model.id, model.name] + model.aliases where !names.contains(name) { names.append(name) }
    return names
  }

  private static func attributes(_ model: Model) -> Record {
    Record([
      ("id", .string(model.id)), ("provider", .string(model.provider)), ("class", .string(model.modelClass)),
      ("name", .string(model.name)),
    ])
  }

  /// The inventory's entities with what entities.json adds to them, and its own.
  ///
  /// - Parameter conflict: called with an entity that states an attribute of the inventory otherwise.
  static func merge(
    _ inventory: [Entity], with stated: [Entity], conflict: (EntityUID, String) -> Void
  ) -> [Entity] {
    var rest: [EntityUID: Entity] = [:]
    for entity in stated { rest[entity.uid] = entity }
    var merged: [Entity] = []
    var known: Set<EntityUID> = []
    for entity in inventory where known.insert(entity.uid).inserted {
      guard let other = rest.removeValue(forKey: entity.uid) else {
        merged.append(entity)
        continue
      }
      for (key, value) in other.attributes.members {
        if let own = entity.attributes[key], own != value { conflict(entity.uid, key) }
      }
      merged.append(
        Entity(
          uid: entity.uid, attributes: other.attributes.merging(entity.attributes),
          parents: entity.parents + other.parents.filter { !entity.parents.contains($0) }, tags: other.tags))
    }
    return merged + stated.filter { known.insert($0.uid).inserted }
  }
}
