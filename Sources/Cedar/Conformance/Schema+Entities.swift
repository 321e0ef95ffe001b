extension Schema {
  /// Asks whether `entity` conforms to this schema, taken by itself.
  ///
  /// Its type is declared; attributes and tags are as declared, throughout; every parent is of a type that it may be in; ids of enumerated
  /// types are declared, its own included. An action is declared, has no attributes and tags, and its parents are all the ancestors that it
  /// has in the schema. No other entity needs to exist.
  /// - Throws: the first thing that does not conform; its path begins with `uid`, `attrs`, `parents` or `tags`.
  public func check(_ entity: Entity) throws(DataFailure) {
    if entity.uid.isAction { return try checkAction(entity, ancestors: Set(entity.parents)) }
    let type = try DataFailure.inside("uid") { () throws(DataFailure) in
      try checkReference(entity.uid)
      return try declaredType(entity.uid.type)
    }
    try DataFailure.inside("attrs") { () throws(DataFailure) in try check(entity.attributes, as: type.shape) }
    try DataFailure.inside("tags") { () throws(DataFailure) in try check(tags: entity.tags, as: type.tags, of: type.name) }
    try DataFailure.inside("parents") { () throws(DataFailure) in
      for (index, parent) in entity.parents.enumerated() {
        try DataFailure.inside(index) { () throws(DataFailure) in try check(parent: parent, of: type) }
      }
    }
  }

  private func check(parent: EntityUID, of type: EntityType) throws(DataFailure) {
    if type.ancestors.contains(parent.type) { return try checkReference(parent) }
    let groups = type.ancestors.sorted { Text.compare($0, $1) < 0 }.prefix(Schema.namesShownMax).map { "`\($0)`" }
    let hint = groups.isEmpty ? "it can be in none" : "it can be in \(groups.joined(separator: ", "))"
    throw DataFailure(message: "`\(type.name)` cannot be in `\(parent.type)` (\(hint))", path: "")
  }

  private func check(tags: Record, as type: SchemaType?, of name: String) throws(DataFailure) {
    if tags.count == 0 { return }
    guard let type else { throw DataFailure(message: "entities of type `\(name)` have no tags", path: "") }
    for tag in tags.members { try DataFailure.inside(tag.key) { () throws(DataFailure) in try check(tag.value, as: type) } }
  }

  /// Asks whether the action `entity`, which has these ancestors, is as declared.
  func checkAction(_ entity: Entity, ancestors: Set<EntityUID>) throws(DataFailure) {
    let action = try DataFailure.inside("uid") { () throws(DataFailure) in try declaredAction(entity.uid) }
    if entity.attributes.count > 0 { throw DataFailure(message: "an action has no attributes", path: "attrs") }
    if entity.tags.count > 0 { throw DataFailure(message: "an action has no tags", path: "tags") }
    if ancestors == action.ancestors { return }
    let order: (EntityUID, EntityUID) -> Bool = { Text.compare($0.description, $1.description) < 0 }
    if let missing = action.ancestors.subtracting(ancestors).min(by: order) {
      throw DataFailure(message: "action `\(entity.uid)` is in `\(missing)` by the schema, but not here", path: "parents")
    }
    let surplus = ancestors.subtracting(action.ancestors).min(by: order).map { "`\($0)`" } ?? "others"
    throw DataFailure(message: "action `\(entity.uid)` is in \(surplus) here, but not by the schema", path: "parents")
  }
}

extension EntityStore {
  /// Makes the store of `entities`, which conform to `schema`, and of all the schema's actions.
  ///
  /// An action among `entities` must have exactly the ancestors that it has in the schema; parents of its parents count where they are
  /// given too.
  /// - Throws: what `Schema.check` of an entity throws, behind the entity's index, and what `init(_:)` throws.
  public convenience init(_ entities: [Entity], schema: Schema) throws(DataFailure) {
    var actions: [(index: Int, entity: Entity)] = []
    var others: [Entity] = []
    others.reserveCapacity(entities.count + schema.actions.count)
    for (index, entity) in entities.enumerated() {
      if entity.uid.isAction {
        actions.append((index, entity))
        continue
      }
      try DataFailure.inside(index) { () throws(DataFailure) in try schema.check(entity) }
      others.append(entity)
    }
    // No hierarchy holds actions and other entities, so each is computed by itself.
    let stated = try EntityStore(parsing: actions.map(\.entity))
    for (index, entity) in actions {
      let ancestors = Set(stated.ancestors(of: entity.uid))
      try DataFailure.inside(index) { () throws(DataFailure) in try schema.checkAction(entity, ancestors: ancestors) }
    }
    try self.init(parsing: others + schema.actionEntities)
  }
}
