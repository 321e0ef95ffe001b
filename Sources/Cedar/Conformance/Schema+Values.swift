extension Schema {
  /// Asks whether `value` is of `type`: sets and records throughout, records closed, references to entities that there can be.
  func check(_ value: Value, as type: SchemaType) throws(DataFailure) {
    switch (type, value) {
    case (.bool, .bool), (.long, .long), (.string, .string): return
    case (.extension(.ipaddr), .ip), (.extension(.decimal), .decimal): return
    case (.extension(.datetime), .datetime), (.extension(.duration), .duration): return
    case (.entity(let name), .entity(let uid)) where uid.type == name: try checkReference(uid)
    case (.set(let element), .set(let set)): for value in set.elements { try check(value, as: element) }
    case (.record(let type), .record(let record)): try check(record, as: type)
    default: throw DataFailure(message: "expected \(CheckedType(type)), found \(value.shortDescription)", path: "")
    }
  }

  /// Asks whether `record` has every required attribute of `type`, and no other than those of `type`.
  func check(_ record: Record, as type: RecordType) throws(DataFailure) {
    var count = 0
    for attribute in type.attributes {
      if let value = record[attribute.name] {
        count += 1
        try DataFailure.inside(attribute.name) { () throws(DataFailure) in try check(value, as: attribute.type) }
      } else if attribute.isRequired {
        throw DataFailure(
          message: "attribute `\(attribute.name)` is missing: a \(CheckedType(attribute.type)) is required", path: "")
      }
    }
    if count == record.count { return }
    guard let (key, _) = record.members.first(where: { type[$0.key] == nil }) else { return }
    let names = type.attributes.map(\.name)
    throw DataFailure(message: "attribute `\(key.prefix(80))` is not declared" + Schema.hint(key, among: names), path: "").inside(
      key)
  }

  /// Asks whether there can be an entity `uid`: one of an enumerated type has a declared id, and an action is declared. An entity of another
  /// type need not exist.
  func checkReference(_ uid: EntityUID) throws(DataFailure) {
    if let ids = enumerations[uid.type], !ids.contains(Name(uid.id)) {
      let hint = Schema.hint(uid.id, among: entityTypes[uid.type]?.enumeration ?? [])
      throw DataFailure(message: "`\(uid.type)` has no id `\(uid.id.prefix(80))`" + hint, path: "")
    }
    if uid.isAction { _ = try declaredAction(uid) }
  }

  /// The declared action `uid`.
  func declaredAction(_ uid: EntityUID) throws(DataFailure) -> Action {
    if let action = actions[uid] { return action }
    throw DataFailure(
      message: "action `\(uid)` is not declared" + Schema.hint(uid.description, among: actions.keys.lazy.map(\.description)),
      path: "")
  }

  /// The declared entity type `name`.
  func declaredType(_ name: String) throws(DataFailure) -> EntityType {
    if let type = entityTypes[name] { return type }
    throw DataFailure(message: "entity type `\(name)` is not declared" + Schema.hint(name, among: entityTypes.keys), path: "")
  }

  /// Names listed in one failure.
  static let namesShownMax = 5

  /// Names that are looked through for a near one: a refusal stays cheap.
  private static let namesComparedMax = 500

  /// What may have been meant by `name`, where one of `names` is near.
  private static func hint(_ name: String, among names: some Collection<String>) -> String {
    guard names.count <= namesComparedMax, let near = NearestName.find(name, among: names) else { return "" }
    return " (there is `\(near)`)"
  }
}

extension Value {
  /// The kind, and of small values the value itself.
  fileprivate var shortDescription: String {
    switch self {
    case .set, .record: kind.description
    case .entity(let uid): "an entity of type `\(uid.type)`"
    case .string(let text): "\(kind) `\(text.prefix(40))`"
    default: "\(kind) `\(self)`"
    }
  }
}
