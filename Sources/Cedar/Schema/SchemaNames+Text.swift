/// What the JSON format says by name and the text cannot.
extension SchemaNames {
  // MARK: Shapes

  /// The attributes of an entity type stand in its declaration: a shape that names a common type is replaced by what that stands for.
  func withShapesWrittenOut(_ namespaces: [NamespaceSyntax]) -> [NamespaceSyntax] {
    let byName = Dictionary(namespaces.map { ($0.name, $0) }) { first, _ in first }
    return namespaces.map { namespace in
      var written = namespace
      written.entities = namespace.entities.map { entity in
        guard case .standard(let memberOf, let shape?, let tags) = entity.kind else { return entity }
        let kind = EntitySyntax.Kind.standard(memberOf: memberOf, shape: writtenOut(shape, in: namespace.name, byName), tags: tags)
        return EntitySyntax(name: entity.name, annotations: entity.annotations, kind: kind, span: entity.span)
      }
      return written
    }
  }

  private func writtenOut(_ shape: TypeSyntax, in home: String, _ namespaces: [String: NamespaceSyntax]) -> TypeSyntax {
    var shape = shape
    var namespace = home
    var visited = Set<String>()
    while let full = common(shape, in: namespace), visited.insert(full).inserted, let place = types[full],
      let declaration = namespaces[place.namespace]?.types[place.index]
    {
      shape = declaration.type
      namespace = place.namespace
    }
    return namespace == home ? shape : absolute(shape, from: namespace)
  }

  /// The common type that `type` names.
  private func common(_ type: TypeSyntax, in namespace: String) -> String? {
    let found: Found?
    switch type.kind {
    case .named(let name): found = find(name, in: namespace, [.common, .entity])
    case .common(let name): found = find(name, in: namespace, .common)
    default: found = nil
    }
    guard case .common(let full)? = found else { return nil }
    return full
  }

  /// `type` with names that mean from anywhere what they mean in `namespace`.
  private func absolute(_ type: TypeSyntax, from namespace: String) -> TypeSyntax {
    func named(_ name: String, _ kinds: Kinds) -> TypeSyntax.Kind {
      switch find(name, in: namespace, kinds) {
      case .common(let full)?: .common(full)
      case .entity(let full)?: .entity(full)
      case .builtIn(let type)?: .builtIn(type)
      case nil: type.kind
      }
    }
    let kind: TypeSyntax.Kind
    switch type.kind {
    case .builtIn: return type
    case .named(let name): kind = named(name, [.common, .entity])
    case .entity(let name): kind = named(name, .entity)
    case .common(let name): kind = named(name, .common)
    case .set(let element): kind = .set(absolute(element, from: namespace))
    case .record(let attributes):
      kind = .record(
        attributes.map {
          AttributeSyntax(
            name: $0.name, annotations: $0.annotations, type: absolute($0.type, from: namespace), isRequired: $0.isRequired)
        })
    }
    return TypeSyntax(kind: kind, span: type.span)
  }

  // MARK: Common types in the way

  /// New last parts for the common types that a name of the text would not mean, or would mean by mistake.
  func renamed(_ namespaces: [NamespaceSyntax]) -> [String: String] {
    var ambiguous = Set<String>()
    for namespace in namespaces {
      for common in namespace.types { collect(common.type, in: namespace.name, into: &ambiguous) }
      for entity in namespace.entities {
        guard case .standard(_, let shape, let tags) = entity.kind else { continue }
        for type in [shape, tags].compactMap({ $0 }) { collect(type, in: namespace.name, into: &ambiguous) }
      }
      for action in namespace.actions {
        if let context = action.appliesTo?.context { collect(context, in: namespace.name, into: &ambiguous) }
      }
    }
    if ambiguous.isEmpty { return [:] }
    // A last part that nothing else has is free in every namespace.
    var taken = SchemaNames.reservedTypes.union(SchemaNames.builtIns.keys)
    for namespace in namespaces { taken.formUnion(namespace.types.map(\.name) + namespace.entities.map(\.name)) }
    var result: [String: String] = [:]
    for full in ambiguous.sorted() {
      var name = SchemaNames.path(full, renamed: nil)
      while !taken.insert(name).inserted { name += "_" }
      result[full] = name
    }
    return result
  }

  private func collect(_ type: TypeSyntax, in namespace: String, into ambiguous: inout Set<String>) {
    switch type.kind {
    case .builtIn, .named: break
    case .entity(let name):
      // In text a common type goes before an entity type.
      guard case .entity? = find(name, in: namespace, .entity) else { return }
      if case .common(let other)? = find(name, in: namespace, [.common, .entity]) { ambiguous.insert(other) }
    case .common(let name):
      // The type of the actions of this namespace goes before a common type `Action` outside.
      guard case .common(let full)? = find(name, in: namespace, .common) else { return }
      if case .entity? = find(name, in: namespace, [.common, .entity]) { ambiguous.insert(full) }
    case .set(let element): collect(element, in: namespace, into: &ambiguous)
    case .record(let attributes): for attribute in attributes { collect(attribute.type, in: namespace, into: &ambiguous) }
    }
  }

  /// `path` with another last part, or the last part alone.
  static func path(_ path: String, renamed name: String?) -> String {
    let bytes = path.utf8
    let end = bytes.lastIndex(of: UInt8(ascii: ":")).map { bytes.index(after: $0) } ?? bytes.startIndex
    guard let name else { return String(path[end...]) }
    return path[..<end] + name
  }
}
