extension SchemaDocument {
  /// The schema in the human syntax: what `parse(_:)` reads as a schema that resolves to the same, given that this one resolves.
  ///
  /// The JSON format says a little more than the text can. A built-in type gets its `__cedar` name; a shape that names a common type is
  /// written out; a common type that stands in the way of an entity type of the same name gets an underscore; an `appliesTo` with an empty
  /// list, which admits no request, is left out.
  public var text: String {
    var printer = SchemaPrinter(self)
    return printer.print()
  }
}

/// Writes schemas in the human syntax, one declaration a paragraph, common types before entities before actions.
struct SchemaPrinter {
  private let namespaces: [NamespaceSyntax]
  private let names: SchemaNames
  /// The new names of common types, by their full names.
  private let renamed: [String: String]
  private var text = ""
  private var indent = 0
  /// The namespace at hand.
  private var namespace = ""

  init(_ document: SchemaDocument) {
    // Text has the declarations outside any namespace in one place: at the top.
    let ordered = document.namespaces.filter(\.name.isEmpty) + document.namespaces.filter { !$0.name.isEmpty }
    names = SchemaNames(ordered)
    namespaces = names.withShapesWrittenOut(ordered)
    renamed = names.renamed(namespaces)
  }

  mutating func print() -> String {
    for namespace in namespaces {
      self.namespace = namespace.name
      if namespace.name.isEmpty {
        declarations(namespace)
        continue
      }
      if !text.isEmpty { text += "\n" }
      annotations(namespace.annotations)
      text += "namespace \(namespace.name) {\n"
      indent += 1
      declarations(namespace)
      indent -= 1
      text += "}\n"
    }
    return text
  }

  private mutating func line(_ start: String) { text += String(repeating: "  ", count: indent) + start }

  private mutating func annotations(_ annotations: [AnnotationSyntax]) {
    for annotation in annotations {
      line("@" + annotation.key + (annotation.value.map { "(\(quoted($0)))" } ?? "") + "\n")
    }
  }

  private mutating func declarations(_ namespace: NamespaceSyntax) {
    var isFirst = true
    func separate(_ printer: inout SchemaPrinter) {
      if !isFirst { printer.text += "\n" }
      isFirst = false
    }
    for common in namespace.types {
      separate(&self)
      annotations(common.annotations)
      line("type \(renamed[SchemaNames.full(common.name, in: namespace.name)] ?? common.name) = ")
      type(common.type)
      text += ";\n"
    }
    for entity in namespace.entities {
      separate(&self)
      self.entity(entity)
    }
    for action in namespace.actions {
      separate(&self)
      self.action(action)
    }
  }

  private mutating func entity(_ entity: EntitySyntax) {
    annotations(entity.annotations)
    line("entity \(entity.name)")
    switch entity.kind {
    case .enumerated(let ids): text += " enum [\(ids.map { quoted($0) }.joined(separator: ", "))]"
    case .standard(let memberOf, let shape, let tags):
      if !memberOf.isEmpty { text += " in " + list(memberOf) }
      if let shape {
        text += " = "
        type(shape)
      }
      if let tags {
        text += " tags "
        type(tags)
      }
    }
    text += ";\n"
  }

  private mutating func action(_ action: ActionSyntax) {
    annotations(action.annotations)
    line("action \(SchemaPrinter.name(action.id))")
    if !action.parents.isEmpty {
      let parents = action.parents.map { parent in
        parent.type.map { "\($0)::\(quoted(parent.id))" } ?? SchemaPrinter.name(parent.id)
      }
      text += " in [\(parents.joined(separator: ", "))]"
    }
    if let appliesTo = action.appliesTo, !appliesTo.principals.isEmpty, !appliesTo.resources.isEmpty {
      text += " appliesTo {\n"
      indent += 1
      line("principal: \(list(appliesTo.principals)),\n")
      line("resource: \(list(appliesTo.resources))")
      if let context = appliesTo.context {
        text += ",\n"
        line("context: ")
        type(context)
      }
      indent -= 1
      text += "\n"
      line("}")
    }
    text += ";\n"
  }

  private func list(_ names: [NameSyntax]) -> String { "[" + names.map(\.text).joined(separator: ", ") + "]" }

  /// A name where a quoted one may stand as well.
  private static func name(_ text: String) -> String { isIdentifier(text) ? text : quoted(text) }

  // MARK: Types

  private mutating func type(_ type: TypeSyntax) {
    switch type.kind {
    case .builtIn(let type): text += SchemaPrinter.builtIn(type)
    case .named(let name): self.name(name, [.common, .entity])
    case .entity(let name): self.name(name, .entity)
    case .common(let name): self.name(name, .common)
    case .set(let element):
      text += "Set<"
      self.type(element)
      text += ">"
    case .record(let attributes): record(attributes)
    }
  }

  private mutating func record(_ attributes: [AttributeSyntax]) {
    if attributes.isEmpty {
      text += "{}"
      return
    }
    text += "{\n"
    indent += 1
    for (index, attribute) in attributes.enumerated() {
      annotations(attribute.annotations)
      line(SchemaPrinter.name(attribute.name) + (attribute.isRequired ? ": " : "?: "))
      type(attribute.type)
      text += index == attributes.count - 1 ? "\n" : ",\n"
    }
    indent -= 1
    line("}")
  }

  /// A name of the kinds that the document means, such that the text means the same. One that means nothing stays.
  private mutating func name(_ name: String, _ kinds: SchemaNames.Kinds) {
    switch names.find(name, in: namespace, kinds) {
    case .common(let full)?: text += renamed[full].map { SchemaNames.path(name, renamed: $0) } ?? name
    // The name alone would mean an entity type of this namespace.
    case .builtIn(let type)? where kinds == .common: text += SchemaPrinter.builtIn(type)
    default: text += name
    }
  }

  private static func builtIn(_ type: SchemaType) -> String {
    SchemaNames.builtInPrefix + (SchemaNames.builtIns.first { $0.value == type }?.key ?? "")
  }
}
