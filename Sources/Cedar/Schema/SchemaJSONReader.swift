import JSON

extension SchemaDocument {
  /// Reads the JSON format of schemas. Strict: duplicate and unknown members are refused.
  ///
  /// - Parameter file: the name of the document in what `resolved()` reports.
  public static func parse(json: [UInt8], file: String = "schema.json") throws(DataFailure) -> SchemaDocument {
    try withDocument(json, limits: SchemaJSONReader.limits) { root throws(DataFailure) in
      let namespaces = try SchemaJSONReader(root: root).namespaces()
      return SchemaDocument(source: SourceText(name: file, text: String(decoding: json, as: UTF8.self)), namespaces: namespaces)
    }
  }
}

extension Schema {
  /// Reads the JSON format of schemas and looks every name up; of several unknown names the first is reported.
  public static func parse(json: [UInt8]) throws(DataFailure) -> Schema {
    let resolution = try SchemaDocument.parse(json: json).resolution()
    switch resolution {
    case .success(let schema): return schema
    case .failure(let failure):
      guard let first = failure.problems.min(by: { $0.span.start < $1.span.start }) else {
        throw DataFailure(message: "the schema has a mistake", path: "")
      }
      let path = try withDocument(json, limits: SchemaJSONReader.limits) { root in
        root.path(to: SchemaJSONReader.value(at: Int(first.span.start), below: root))
      }
      throw DataFailure(message: first.message + (first.hint.map { " (\($0))" } ?? ""), path: path)
    }
  }
}

/// Reads schemas from a parsed document. What is declared gets the place of its JSON.
struct SchemaJSONReader: DocumentReader {
  let root: JSONCursor

  /// A level of types is one object in a set and two in a record; seven more lead to the first.
  static let limits = JSONLimits(bytes: Limits.schemaJSONBytes, depth: 2 * Limits.schemaTypeDepth + 16)

  /// The value that starts at the byte `offset`.
  static func value(at offset: Int, below root: JSONCursor) -> JSONCursor {
    var found = root
    search: while found.offset < offset {
      for (_, value) in found.members where value.sourceRange.contains(offset) {
        found = value
        continue search
      }
      for value in found.elements where value.sourceRange.contains(offset) {
        found = value
        continue search
      }
      return found
    }
    return found
  }

  func namespaces() throws(DataFailure) -> [NamespaceSyntax] {
    guard root.kind == .object else { throw refusal("expected an object of namespaces by name", root) }
    var result: [NamespaceSyntax] = []
    for (key, json) in root.members {
      let name = try string(key)
      guard name.isEmpty || isTypeName(name) else { throw refusal("`\(name)` is no name of a namespace", json) }
      result.append(try namespace(name, json))
    }
    return result
  }

  private func namespace(_ name: String, _ json: JSONCursor) throws(DataFailure) -> NamespaceSyntax {
    let fields = try fields(["commonTypes", "entityTypes", "actions", "annotations"], json, "a namespace")
    var namespace = NamespaceSyntax(name: name, annotations: try annotations(in: fields["annotations"]))
    if let types = fields["commonTypes"] {
      for (name, json) in try members(types) {
        let name = try identifier(name, json)
        let annotations = try annotations(in: json.member("annotations"))
        let type = try type(json, .commonType, level: 1)
        namespace.types.append(CommonTypeSyntax(name: name, annotations: annotations, type: type, span: span(json)))
      }
    }
    for (name, json) in try members(required("entityTypes", fields)) {
      namespace.entities.append(try entity(identifier(name, json), json))
    }
    for (id, json) in try members(required("actions", fields)) { namespace.actions.append(try action(string(id), json)) }
    return namespace
  }

  // MARK: Declarations

  private func entity(_ name: String, _ json: JSONCursor) throws(DataFailure) -> EntitySyntax {
    let fields = try fields(["memberOfTypes", "shape", "tags", "enum", "annotations"], json, "an entity type")
    let kind: EntitySyntax.Kind
    if let list = fields["enum"] {
      if let other = fields["memberOfTypes"] ?? fields["shape"] ?? fields["tags"] {
        throw refusal("an enumerated entity type has ids and annotations, nothing else", other)
      }
      let ids = try elements(list).map { json throws(DataFailure) in try string(json) }
      if ids.isEmpty { throw refusal("an enumerated entity type has at least one id", list) }
      kind = .enumerated(ids)
    } else {
      kind = .standard(
        memberOf: try fields["memberOfTypes"].map { json throws(DataFailure) in try names(json) } ?? [],
        shape: try fields["shape"].map { json throws(DataFailure) in try type(json, .plain, level: 1) },
        tags: try fields["tags"].map { json throws(DataFailure) in try type(json, .plain, level: 1) })
    }
    return EntitySyntax(name: name, annotations: try annotations(in: fields["annotations"]), kind: kind, span: span(json))
  }

  /// For an action, null stands for a member that is absent.
  private func action(_ id: String, _ json: JSONCursor) throws(DataFailure) -> ActionSyntax {
    let fields = try fields(["attributes", "appliesTo", "memberOf", "annotations"], json, "an action")
    if let attributes = fields["attributes"], !attributes.isNull { throw refusal("actions have no attributes", attributes) }
    var parents: [ActionSyntax.Parent] = []
    if let list = fields["memberOf"], !list.isNull { for json in try elements(list) { parents.append(try parent(json)) } }
    var appliesTo: ActionSyntax.AppliesTo?
    if let json = fields["appliesTo"], !json.isNull {
      let fields = try self.fields(["resourceTypes", "principalTypes", "context"], json, "`appliesTo`")
      appliesTo = ActionSyntax.AppliesTo(
        principals: try names(required("principalTypes", fields)), resources: try names(required("resourceTypes", fields)),
        context: try fields["context"].map { json throws(DataFailure) in try type(json, .plain, level: 1) })
    }
    return ActionSyntax(
      id: id, annotations: try annotations(in: fields["annotations"]), parents: parents, appliesTo: appliesTo, span: span(json))
  }

  private func parent(_ json: JSONCursor) throws(DataFailure) -> ActionSyntax.Parent {
    let fields = try fields(["id", "type"], json, "a parent")
    let type = fields["type"].flatMap { $0.isNull ? nil : $0 }
    return ActionSyntax.Parent(
      type: try type.map { json throws(DataFailure) in try typeName(json) }, id: try string(required("id", fields)),
      span: span(json))
  }

  // MARK: Types

  /// What a type stands for; each place has members of its own.
  private enum Place {
    case plain, commonType, attribute

    var members: [StaticString] {
      switch self {
      case .plain: []
      case .commonType: ["annotations"]
      case .attribute: ["annotations", "required"]
      }
    }
  }

  /// - Parameter level: how many sets and records this type stands in, itself included; it bounds the recursion.
  private func type(_ json: JSONCursor, _ place: Place, level: Int) throws(DataFailure) -> TypeSyntax {
    let nameJSON = try required("type", json)
    let name = try string(nameJSON)
    if level > Limits.schemaTypeDepth + 1 { throw refusal("types nested deeper than \(Limits.schemaTypeDepth)", json) }
    func only(_ keys: [StaticString]) throws(DataFailure) {
      try self.only(["type"] + keys + place.members, json, "a type `\(name.prefix(100))` here")
    }
    let kind: TypeSyntax.Kind
    switch name {
    case "Set":
      try only(["element"])
      kind = .set(try type(required("element", json), .plain, level: level + 1))
    case "Record":
      try only(["attributes", "additionalAttributes"])
      kind = try record(json, level: level)
    case "Entity", "EntityOrCommon":
      try only(["name"])
      let referred = try typeName(required("name", json))
      kind = name == "Entity" ? .entity(referred) : .named(referred)
    case "Extension":
      try only(["name"])
      let nameJSON = try required("name", json)
      guard let type = ExtensionType(rawValue: try string(nameJSON)) else {
        let known = ExtensionType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw refusal("an extension type is one of \(known)", nameJSON)
      }
      kind = .builtIn(.extension(type))
    default:
      try only([])
      switch name {
      case "Long": kind = .builtIn(.long)
      case "String": kind = .builtIn(.string)
      case "Boolean": kind = .builtIn(.bool)
      default: kind = .common(try typeName(nameJSON))
      }
    }
    return TypeSyntax(kind: kind, span: span(json))
  }

  private func record(_ json: JSONCursor, level: Int) throws(DataFailure) -> TypeSyntax.Kind {
    if let additional = json.member("additionalAttributes"), additional.boolValue != false {
      throw refusal("records are closed: `additionalAttributes` can only be false", additional)
    }
    var attributes: [AttributeSyntax] = []
    for (key, json) in try members(required("attributes", json)) {
      let type = try type(json, .attribute, level: level + 1)
      var isRequired = true
      if let flag = json.member("required") {
        guard let value = flag.boolValue else { throw refusal("expected a boolean", flag) }
        isRequired = value
      }
      attributes.append(
        AttributeSyntax(
          name: try string(key), annotations: try annotations(in: json.member("annotations")), type: type, isRequired: isRequired))
    }
    return .record(attributes)
  }

  // MARK: Parts

  /// The members of a declaration. The reference also takes them as an array, in the order of `keys`, and so must who agrees with it.
  private struct Fields {
    let keys: [StaticString]
    let json: JSONCursor

    subscript(key: StaticString) -> JSONCursor? {
      if json.kind == .object { return json.member(key) }
      return zip(keys, json.elements).first { name, _ in "\(name)" == "\(key)" }?.1
    }
  }

  private func fields(_ keys: [StaticString], _ json: JSONCursor, _ what: String) throws(DataFailure) -> Fields {
    if json.kind != .array {
      try only(keys, json, what)
    } else if json.count > keys.count {
      throw refusal("\(what) has at most \(keys.count) members", json)
    }
    return Fields(keys: keys, json: json)
  }

  private func required(_ key: StaticString, _ fields: Fields) throws(DataFailure) -> JSONCursor {
    guard let json = fields[key] else { throw refusal("`\(key)` is missing", fields.json) }
    return json
  }

  private func annotations(in json: JSONCursor?) throws(DataFailure) -> [AnnotationSyntax] {
    try json.map { json throws(DataFailure) in try annotations(json) } ?? []
  }

  private func names(_ json: JSONCursor) throws(DataFailure) -> [NameSyntax] {
    try elements(json).map { json throws(DataFailure) in NameSyntax(text: try typeName(json), span: span(json)) }
  }

  /// A path; it may begin with `__cedar`.
  private func typeName(_ json: JSONCursor) throws(DataFailure) -> String {
    let name = try string(json)
    let isBuiltIn = name.utf8.starts(with: SchemaNames.builtInPrefix.utf8)
    guard isTypeName(isBuiltIn ? String(name.dropFirst(SchemaNames.builtInPrefix.count)) : name) else {
      throw refusal("`\(name)` is no type name", json)
    }
    return name
  }

  private func identifier(_ key: JSONCursor, _ json: JSONCursor) throws(DataFailure) -> String {
    let name = try string(key)
    guard isIdentifier(name) else { throw refusal("`\(name)` is no name that can be declared", json) }
    return name
  }

  private func members(_ json: JSONCursor) throws(DataFailure) -> JSONMembers {
    guard json.kind == .object else { throw refusal("expected an object", json) }
    return json.members
  }

  private func elements(_ json: JSONCursor) throws(DataFailure) -> JSONElements {
    guard json.kind == .array else { throw refusal("expected an array", json) }
    return json.elements
  }
}
