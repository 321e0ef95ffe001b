extension SchemaResolver {
  // MARK: Common types

  /// Resolves common types, each after those that it names.
  mutating func resolveCommonTypes() {
    var declared: [(name: String, namespace: String, syntax: CommonTypeSyntax)] = []
    for namespace in namespaces {
      for type in namespace.types { declared.append((SchemaNames.full(type.name, in: namespace.name), namespace.name, type)) }
    }
    let indices = Dictionary(declared.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let edges = declared.map { type in
      var found: [String] = []
      collect(type.syntax.type, in: type.namespace, into: &found)
      return found.compactMap { indices[$0] }
    }
    let order = DependencyOrder(edges)
    for index in order.cyclic {
      report(declared[index].syntax.span, "common type `\(declared[index].name)` contains itself", hint: "only entity types may")
    }
    for index in order.nodes {
      let type = declared[index]
      // Set, not assigned: nil is what a common type with a mistake has.
      common.updateValue(measure(type.syntax.type, in: type.namespace), forKey: type.name)
    }
  }

  /// The common types that `type` names. Types as written are at most `Limits.schemaTypeDepth` deep.
  private func collect(_ type: TypeSyntax, in namespace: String, into found: inout [String]) {
    switch type.kind {
    case .builtIn, .entity: break
    case .named(let name): if case .common(let full)? = names.find(name, in: namespace, [.common, .entity]) { found.append(full) }
    case .common(let name): if case .common(let full)? = names.find(name, in: namespace, .common) { found.append(full) }
    case .set(let element): collect(element, in: namespace, into: &found)
    case .record(let attributes): for attribute in attributes { collect(attribute.type, in: namespace, into: &found) }
    }
  }

  // MARK: Types

  /// The type that `syntax` stands for; any type after a mistake.
  mutating func resolve(_ syntax: TypeSyntax, in namespace: String) -> SchemaType { measure(syntax, in: namespace)?.type ?? .bool }

  /// As `resolve`, for a place where a record belongs: `what` names it.
  mutating func record(_ syntax: TypeSyntax, in namespace: String, _ what: String) -> RecordType {
    guard let measured = measure(syntax, in: namespace) else { return .empty }
    if case .record(let record) = measured.type { return record }
    report(syntax.span, "\(what) is no record")
    return .empty
  }

  /// The type with its weight; nil after a mistake.
  private mutating func measure(_ syntax: TypeSyntax, in namespace: String) -> Measured? {
    guard let measured = lookUp(syntax, in: namespace), spend(measured.nodes, syntax.span) else { return nil }
    if measured.depth > Limits.schemaTypeDepth {
      report(syntax.span, "types nested deeper than \(Limits.schemaTypeDepth) when common types are written out")
      return nil
    }
    return measured
  }

  private mutating func lookUp(_ syntax: TypeSyntax, in namespace: String) -> Measured? {
    switch syntax.kind {
    case .builtIn(let type): return Measured(type: type, nodes: 1, depth: 0)
    case .named(let name): return find(name, in: namespace, [.common, .entity], syntax.span)
    case .entity(let name): return find(name, in: namespace, .entity, syntax.span)
    case .common(let name): return find(name, in: namespace, .common, syntax.span)
    case .set(let element):
      return lookUp(element, in: namespace).map { Measured(type: .set($0.type), nodes: $0.nodes + 1, depth: $0.depth + 1) }
    case .record(let attributes):
      var resolved: [RecordType.Attribute] = []
      resolved.reserveCapacity(attributes.count)
      var nodes = 1
      var depth = 0
      var isWhole = true
      for attribute in attributes {
        guard let type = lookUp(attribute.type, in: namespace) else {
          isWhole = false
          continue
        }
        nodes = min(nodes + type.nodes, Limits.schemaTypeNodes + 1)
        depth = max(depth, type.depth)
        resolved.append(RecordType.Attribute(name: attribute.name, type: type.type, isRequired: attribute.isRequired))
      }
      return isWhole ? Measured(type: .record(RecordType(resolved)), nodes: nodes, depth: depth + 1) : nil
    }
  }

  private mutating func find(
    _ name: String, in namespace: String, _ kinds: SchemaNames.Kinds, _ span: SourceSpan
  ) -> Measured? {
    switch names.find(name, in: namespace, kinds) {
    case .builtIn(let type)?: return Measured(type: type, nodes: 1, depth: 0)
    case .entity(let full)?: return Measured(type: .entity(full), nodes: 1, depth: 0)
    // What a cycle keeps from being resolved has been reported there.
    case .common(let full)?: return common[full] ?? nil
    case nil:
      reportUnknown(name, in: namespace, span, wanted: kinds)
      return nil
    }
  }

  // MARK: Mistakes

  /// Names from other places that people write for built-in types.
  private static let strangers = [
    "Boolean": "Bool", "bool": "Bool", "boolean": "Bool", "Int": "Long", "int": "Long", "Integer": "Long", "long": "Long",
    "string": "String", "Decimal": "decimal", "ip": "ipaddr", "Datetime": "datetime", "DateTime": "datetime",
    "Duration": "duration",
    "set": "Set<…>", "Set": "Set<…>", "Record": "{ … }",
  ]

  mutating func reportUnknown(_ name: String, in namespace: String, _ span: SourceSpan, wanted: SchemaNames.Kinds) {
    if problems.count == Limits.diagnostics { return }
    let what = wanted == .entity ? "entity type" : wanted == .common ? "common type" : "type"
    var hint: String?
    switch names.find(name, in: namespace, [.common, .entity]) {
    case .common?: hint = "`\(name)` is a common type; only entity types can stand here"
    case .builtIn?: hint = "`\(name)` is a built-in type; only entity types can stand here"
    case .entity(let full)?:
      hint = names.entities.contains(full) ? "`\(name)` is an entity type" : "`\(name)` is the type of actions"
    case nil:
      let elsewhere = namesByLastPart[SchemaNames.path(name, renamed: nil)]
      hint = (elsewhere ?? SchemaResolver.strangers[name]).map { "did you mean `\($0)`?" }
    }
    report(span, "unknown \(what) `\(name)`", hint: hint)
  }

  func makeNamesByLastPart() -> [String: String] {
    let full = Array(names.types.keys) + Array(names.entities)
    return Dictionary(full.map { (SchemaNames.path($0, renamed: nil), $0) }) { min($0, $1) }
  }
}
