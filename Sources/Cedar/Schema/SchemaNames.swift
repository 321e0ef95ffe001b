/// Everything that a schema declares, by full name, and the rules by which a name finds it.
struct SchemaNames {
  /// Common types with the namespace that their own names are looked up from.
  private(set) var types: [String: (namespace: String, index: Int)] = [:]
  private(set) var entities = Set<String>()
  private(set) var actions = Set<EntityUID>()
  private(set) var actionTypes = Set<String>()

  /// What a name of a type may stand for.
  struct Kinds: OptionSet {
    let rawValue: Int
    /// Common types and the built-in ones, which are common types of the empty namespace unless something there has the name.
    static let common = Kinds(rawValue: 1)
    static let entity = Kinds(rawValue: 2)
  }

  enum Found {
    case common(String)
    case entity(String)
    case builtIn(SchemaType)
  }

  /// The namespace of the built-in types, for a schema that has given their names away.
  static let builtInPrefix = "__cedar::"

  static let builtIns: [String: SchemaType] = {
    var types: [String: SchemaType] = ["Long": .long, "String": .string, "Bool": .bool]
    for type in ExtensionType.allCases { types[type.rawValue] = .extension(type) }
    return types
  }()

  /// Names that no common type may have: they are words of the JSON format.
  static let reservedTypes: Set<String> = ["Bool", "Boolean", "Long", "String", "Set", "Record", "Entity", "Extension"]

  static func full(_ name: String, in namespace: String) -> String { namespace.isEmpty ? name : namespace + "::" + name }

  init(_ namespaces: [NamespaceSyntax]) {
    for namespace in namespaces {
      for (index, type) in namespace.types.enumerated() {
        types[SchemaNames.full(type.name, in: namespace.name)] = (namespace.name, index)
      }
      for entity in namespace.entities { entities.insert(SchemaNames.full(entity.name, in: namespace.name)) }
      let actionType = SchemaNames.full("Action", in: namespace.name)
      for action in namespace.actions { actions.insert(EntityUID(type: actionType, id: action.id)) }
      if !namespace.actions.isEmpty { actionTypes.insert(actionType) }
    }
  }

  /// What `name` may mean in `namespace`, the nearest first: a path is absolute, a bare name is sought here, then in the empty namespace.
  private static func candidates(_ name: String, in namespace: String) -> [String] {
    namespace.isEmpty || name.utf8.contains(UInt8(ascii: ":")) ? [name] : [namespace + "::" + name, name]
  }

  /// The type that `name` means in `namespace`; a common type goes before an entity type of the same name.
  func find(_ name: String, in namespace: String, _ kinds: Kinds) -> Found? {
    for candidate in SchemaNames.candidates(name, in: namespace) {
      if kinds.contains(.common), types[candidate] != nil { return .common(candidate) }
      if kinds.contains(.entity), entities.contains(candidate) || actionTypes.contains(candidate) { return .entity(candidate) }
    }
    guard kinds.contains(.common) else { return nil }
    if name.hasPrefix(SchemaNames.builtInPrefix) {
      return SchemaNames.builtIns[String(name.dropFirst(SchemaNames.builtInPrefix.count))].map { .builtIn($0) }
    }
    return entities.contains(name) ? nil : SchemaNames.builtIns[name].map { .builtIn($0) }
  }

  /// The action that a parent means in `namespace`.
  func find(_ parent: ActionSyntax.Parent, in namespace: String) -> EntityUID? {
    SchemaNames.candidates(parent.type ?? "Action", in: namespace).lazy.map { EntityUID(type: $0, id: parent.id) }
      .first { actions.contains($0) }
  }
}
