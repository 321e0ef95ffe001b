/// A schema with every name resolved: which entities, actions and contexts there are. Immutable, shared between threads without locks.
public final class Schema: Sendable {
  /// One declared entity type.
  public struct EntityType: Sendable {
    /// The full name, such as `Shop::User`.
    public let name: String
    /// The types that an entity of this type may have among its ancestors: the closure of what it may be a member of. It holds the
    /// type itself only when the type may be its own ancestor.
    public let ancestors: Set<String>
    /// Its attributes.
    public let shape: RecordType
    /// The type of its tags; nil when it may have none.
    public let tags: SchemaType?
    /// For an enumerated type the ids that exist; else nil.
    public let enumeration: [String]?
    /// Its annotations; one without a value is empty.
    public let annotations: [String: String]
  }

  /// One declared action.
  public struct Action: Sendable {
    /// The name, such as `Shop::Action::"buy"`.
    public let uid: EntityUID
    /// The actions that it is declared a member of.
    public let parents: [EntityUID]
    /// The closure of `parents`; it never holds the action itself.
    public let ancestors: Set<EntityUID>
    /// What it applies to; nil for an action that only groups others.
    public let appliesTo: AppliesTo?
    /// Its annotations; one without a value is empty.
    public let annotations: [String: String]
  }

  /// The requests that an action admits.
  public struct AppliesTo: Sendable, Equatable {
    /// The entity types of principals, in the order declared, each once.
    public let principals: [String]
    /// The entity types of resources, in the order declared, each once.
    public let resources: [String]
    /// The type of the context.
    public let context: RecordType
  }

  /// All entity types by full name. Names are ASCII, so `String` equality is that of their bytes.
  public let entityTypes: [String: EntityType]
  /// All actions.
  public let actions: [EntityUID: Action]
  /// The types that hold actions, such as `Action` and `Shop::Action`.
  let actionTypes: Set<String>
  /// The ids of each enumerated type.
  let enumerations: [String: Set<Name>]
  /// For each entity type the types whose entities may have one of it among their ancestors.
  private let descendants: [String: Set<String>]

  init(entityTypes: [EntityType], actions: [Action]) {
    self.entityTypes = Dictionary(entityTypes.map { ($0.name, $0) }) { first, _ in first }
    self.actions = Dictionary(actions.map { ($0.uid, $0) }) { first, _ in first }
    actionTypes = Set(actions.map(\.uid.type))
    enumerations = self.entityTypes.compactMapValues { type in type.enumeration.map { Set($0.map { Name($0) }) } }
    var descendants: [String: Set<String>] = [:]
    for type in entityTypes {
      for ancestor in type.ancestors { descendants[ancestor, default: []].insert(type.name) }
    }
    self.descendants = descendants
  }

  /// The types whose entities may have an entity of type `name` among their ancestors.
  public func descendants(of name: String) -> Set<String> { descendants[name] ?? [] }

  /// Every action as an entity with its parents, ordered by name; a store that belongs to the schema holds them.
  public var actionEntities: [Entity] {
    actions.values.sorted { Text.compare($0.uid.description, $1.uid.description) < 0 }
      .map { Entity(uid: $0.uid, parents: $0.parents) }
  }
}
