/// Looks up every name of a schema as written. All mistakes are found that do not follow from others.
struct SchemaResolver {
  /// Every mistake met, at least one.
  struct Failure: Error {
    let problems: [SyntaxProblem]
  }

  /// A type with what it weighs when common types are written out.
  struct Measured {
    let type: SchemaType
    let nodes: Int
    let depth: Int
  }

  let namespaces: [NamespaceSyntax]
  let names: SchemaNames
  var problems: [SyntaxProblem] = []
  /// Common types that are resolved; nil for one with a mistake.
  var common: [String: Measured?] = [:]
  /// The least full name of a type for each last part, for hints; made when the first is needed.
  private(set) lazy var namesByLastPart = makeNamesByLastPart()
  private var nodesSpent = 0

  private init(_ namespaces: [NamespaceSyntax]) {
    self.namespaces = namespaces
    names = SchemaNames(namespaces)
  }

  static func resolve(_ document: SchemaDocument) -> Result<Schema, Failure> {
    var resolver = SchemaResolver(document.namespaces)
    resolver.checkNames()
    resolver.resolveCommonTypes()
    let entities = resolver.entities()
    let actions = resolver.actions()
    if !resolver.problems.isEmpty { return .failure(Failure(problems: resolver.problems)) }
    return .success(Schema(entityTypes: entities, actions: actions))
  }

  /// Notes a mistake; past the number that is shown they would only fill the memory.
  mutating func report(_ span: SourceSpan, _ message: String, hint: String? = nil) {
    if problems.count == Limits.diagnostics { return }
    problems.append(SyntaxProblem(span: span, message: message, hint: hint))
  }

  // MARK: Names

  /// Reserved names, and names of the empty namespace that another one takes again (RFC 70).
  private mutating func checkNames() {
    for namespace in namespaces {
      if namespace.name.isEmpty, let annotation = namespace.annotations.first {
        report(annotation.span, "the empty namespace has no annotations")
      }
      for type in namespace.types {
        if SchemaNames.reservedTypes.contains(type.name) {
          report(type.span, "`\(type.name)` is a word of schemas and no name for a common type")
        }
        checkShadowing(type.name, namespace, type.span)
      }
      for entity in namespace.entities {
        if entity.name == "Action" { report(entity.span, "`Action` is the type of actions and no name for an entity type") }
        checkShadowing(entity.name, namespace, entity.span)
      }
      for action in namespace.actions
      where !namespace.name.isEmpty && names.actions.contains(EntityUID(type: "Action", id: action.id)) {
        report(
          action.span, "action `\(action.id)` is declared outside any namespace as well",
          hint: "rename one: `\(namespace.name)` could not name the other")
      }
    }
  }

  private mutating func checkShadowing(_ name: String, _ namespace: NamespaceSyntax, _ span: SourceSpan) {
    guard !namespace.name.isEmpty, names.types[name] != nil || names.entities.contains(name) else { return }
    report(
      span, "`\(name)` is declared outside any namespace as well", hint: "rename one: `\(namespace.name)` could not name the other")
  }

  // MARK: Entities

  private mutating func entities() -> [Schema.EntityType] {
    var declared: [(name: String, namespace: String, syntax: EntitySyntax)] = []
    for namespace in namespaces {
      for entity in namespace.entities {
        declared.append((SchemaNames.full(entity.name, in: namespace.name), namespace.name, entity))
      }
    }
    let indices = Dictionary(declared.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let parents = declared.map { entity -> [Int] in
      guard case .standard(let memberOf, _, _) = entity.syntax.kind else { return [] }
      return entityNames(memberOf, in: entity.namespace).compactMap { indices[$0] }
    }
    let closure = closure(parents) { declared[$0].syntax.span }
    return zip(declared, closure).map { entity, ancestors in
      entityType(entity.name, entity.namespace, entity.syntax, Set(ancestors.map { declared[$0].name }))
    }
  }

  private mutating func entityType(
    _ name: String, _ namespace: String, _ syntax: EntitySyntax, _ ancestors: Set<String>
  ) -> Schema.EntityType {
    var shape = RecordType.empty
    var tags: SchemaType?
    var enumeration: [String]?
    switch syntax.kind {
    case .enumerated(let ids): enumeration = ids
    case .standard(_, let shapeSyntax, let tagsSyntax):
      if let shapeSyntax { shape = record(shapeSyntax, in: namespace, "the shape of `\(name)`") }
      if let tagsSyntax { tags = resolve(tagsSyntax, in: namespace) }
    }
    return Schema.EntityType(
      name: name, ancestors: ancestors, shape: shape, tags: tags, enumeration: enumeration,
      annotations: SchemaResolver.values(syntax.annotations))
  }

  /// The full names of entity types, each once.
  private mutating func entityNames(_ list: [NameSyntax], in namespace: String) -> [String] {
    var result: [String] = []
    var seen = Set<String>()
    for name in list {
      guard case .entity(let full)? = names.find(name.text, in: namespace, .entity), names.entities.contains(full) else {
        reportUnknown(name.text, in: namespace, name.span, wanted: .entity)
        continue
      }
      if seen.insert(full).inserted { result.append(full) }
    }
    return result
  }

  // MARK: Actions

  private mutating func actions() -> [Schema.Action] {
    var declared: [(uid: EntityUID, namespace: String, syntax: ActionSyntax, parents: [EntityUID])] = []
    for namespace in namespaces {
      let type = SchemaNames.full("Action", in: namespace.name)
      for action in namespace.actions {
        declared.append((EntityUID(type: type, id: action.id), namespace.name, action, parents(action, in: namespace.name)))
      }
    }
    let indices = Dictionary(declared.enumerated().map { ($1.uid, $0) }) { first, _ in first }
    let edges = declared.map { $0.parents.compactMap { indices[$0] } }
    for index in DependencyOrder(edges).cyclic {
      report(declared[index].syntax.span, "action `\(declared[index].uid)` is above itself")
    }
    let closure = closure(edges) { declared[$0].syntax.span }
    return zip(declared, closure).map { action, ancestors in
      Schema.Action(
        uid: action.uid, parents: action.parents, ancestors: Set(ancestors.map { declared[$0].uid }),
        appliesTo: appliesTo(action.syntax, in: action.namespace), annotations: SchemaResolver.values(action.syntax.annotations))
    }
  }

  private mutating func parents(_ action: ActionSyntax, in namespace: String) -> [EntityUID] {
    var result: [EntityUID] = []
    var seen = Set<EntityUID>()
    for parent in action.parents {
      if let uid = names.find(parent, in: namespace) {
        if seen.insert(uid).inserted { result.append(uid) }
      } else {
        let uid = EntityUID(type: parent.type ?? SchemaNames.full("Action", in: namespace), id: parent.id)
        report(parent.span, "unknown action `\(uid)`", hint: uid.isAction ? nil : "the last part of an action's type is `Action`")
      }
    }
    return result
  }

  /// What an action applies to; nothing when a list is empty, which the JSON format can say: no request is admitted either way.
  private mutating func appliesTo(_ action: ActionSyntax, in namespace: String) -> Schema.AppliesTo? {
    guard let appliesTo = action.appliesTo else { return nil }
    let principals = entityNames(appliesTo.principals, in: namespace)
    let resources = entityNames(appliesTo.resources, in: namespace)
    let context = appliesTo.context.map { record($0, in: namespace, "the context of `\(action.id)`") } ?? .empty
    if principals.isEmpty || resources.isEmpty { return nil }
    return Schema.AppliesTo(principals: principals, resources: resources, context: context)
  }

  private static func values(_ annotations: [AnnotationSyntax]) -> [String: String] {
    Dictionary(annotations.map { ($0.key, $0.value ?? "") }) { first, _ in first }
  }

  // MARK: Limits

  /// For each node the nodes that can be reached from it in one step or more; empty for all nodes behind the one that exceeds the limit.
  private mutating func closure(_ edges: [[Int]], _ span: (Int) -> SourceSpan) -> [[Int]] {
    var result = [[Int]](repeating: [], count: edges.count)
    // For each node the start that last reached it.
    var seen = [Int](repeating: -1, count: edges.count)
    var count = 0
    for start in edges.indices {
      var found: [Int] = []
      var next = -1
      while next < found.count {
        for target in edges[next < 0 ? start : found[next]] where seen[target] != start {
          seen[target] = start
          found.append(target)
        }
        next += 1
      }
      count += found.count
      if count > Limits.schemaAncestors {
        report(span(start), "the hierarchy has more than \(Limits.schemaAncestors) pairs of a member and what it is in")
        break
      }
      result[start] = found
    }
    return result
  }

  /// Counts what a type weighs; false once the schema is too large.
  mutating func spend(_ nodes: Int, _ span: SourceSpan) -> Bool {
    let isWithin = nodesSpent <= Limits.schemaTypeNodes
    nodesSpent += min(nodes, Limits.schemaTypeNodes + 1)
    if isWithin, nodesSpent > Limits.schemaTypeNodes {
      report(span, "the types are larger than \(Limits.schemaTypeNodes) attributes and elements when common types are written out")
    }
    return nodesSpent <= Limits.schemaTypeNodes
  }
}
