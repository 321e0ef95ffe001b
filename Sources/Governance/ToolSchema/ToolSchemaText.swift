import Cedar

/// Writes the declarations of a tool schema as Cedar text.
struct ToolSchemaText {
  private let options: ToolSchema.Options
  private let margin: String
  private var declarations: [String] = []

  init(_ options: ToolSchema.Options) {
    self.options = options
    margin = options.namespace.isEmpty ? "" : "  "
    var types: [String] = []
    for type in options.principals + [options.resource] where !types.contains(type) { types.append(type) }
    declarations.append("entity " + types.joined(separator: ", ") + ";")
    if let group = options.group { declarations.append("action \(SchemaNames.quoted(group));") }
  }

  /// Declares the action of `tool` with the entity types that its arguments need.
  mutating func add(_ tool: Tool, _ input: RecordType, enumerations: [ToolTypes.Enumeration]) {
    for enumeration in enumerations {
      let values = enumeration.values.map(SchemaNames.quoted).joined(separator: ", ")
      declarations.append("entity \(enumeration.name) enum [\(values)];")
    }
    var text = ""
    if !tool.description.isEmpty {
      let scalars = String.UnicodeScalarView(tool.description.unicodeScalars.prefix(ToolSchema.Limits.descriptionScalars))
      text += "@description(\(SchemaNames.quoted(String(scalars))))\n" + margin
    }
    text += "action \(SchemaNames.quoted(tool.name))"
    if let group = options.group { text += " in \(SchemaNames.quoted(group))" }
    text += " appliesTo {\n"
    text += "\(margin)  principal: [\(options.principals.joined(separator: ", "))],\n"
    text += "\(margin)  resource: [\(options.resource)],\n"
    text += "\(margin)  context: {\n\(margin)    input: \(self.text(.record(input), margin + "    ")),\n\(margin)  },\n\(margin)};"
    declarations.append(text)
  }

  /// The whole text; notes stand above it as comments.
  func finish(_ notes: [ToolSchema.Note]) -> String {
    var text = ""
    for note in notes {
      // One line each, whatever a server put into its names.
      let line = String(
        String.UnicodeScalarView(note.description.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 0x20 ? " " : $0 }))
      text += "// " + line + "\n"
    }
    if !notes.isEmpty { text += "\n" }
    let body = declarations.map { margin + $0 }.joined(separator: "\n\n")
    return text + (options.namespace.isEmpty ? body : "namespace \(options.namespace) {\n\(body)\n}") + "\n"
  }

  /// A type; depth is bounded by that of the mapping.
  private func text(_ type: SchemaType, _ margin: String) -> String {
    switch type {
    case .bool: return "Bool"
    case .long: return "Long"
    case .string: return "String"
    case .entity(let name): return name
    case .extension(let type): return type.rawValue
    case .set(let element): return "Set<\(text(element, margin))>"
    case .record(let record):
      if record.attributes.isEmpty { return "{}" }
      let lines = record.attributes.map { attribute in
        let name = SchemaNames.attribute(attribute.name) + (attribute.isRequired ? "" : "?")
        return "\(margin)  \(name): \(text(attribute.type, margin + "  ")),\n"
      }
      return "{\n" + lines.joined() + margin + "}"
    }
  }
}
