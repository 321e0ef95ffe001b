@testable import Cedar

/// A schema with one of everything: an office with people, machines, documents and folders.
enum Office {
  static func record(_ attributes: [(name: String, type: SchemaType)]) -> RecordType {
    RecordType(
      attributes.map { name, type in
        let isRequired = !name.hasSuffix("?")
        return RecordType.Attribute(name: isRequired ? name : String(name.dropLast()), type: type, isRequired: isRequired)
      })
  }

  private static func type(
    _ name: String, below ancestors: Set<String> = [], _ shape: RecordType = .empty, tags: SchemaType? = nil, ids: [String]? = nil
  ) -> Schema.EntityType {
    Schema.EntityType(name: name, ancestors: ancestors, shape: shape, tags: tags, enumeration: ids, annotations: [:])
  }

  private static func action(
    _ name: String, in parents: [String] = [], _ appliesTo: Schema.AppliesTo? = nil, namespace: String = ""
  ) -> Schema.Action {
    let parents = parents.map { uid("Action", $0) }
    return Schema.Action(
      uid: uid(namespace + "Action", name), parents: parents, ancestors: Set(parents), appliesTo: appliesTo, annotations: [:])
  }

  static let user = record([
    ("name", .string), ("age", .long), ("admin", .bool), ("nick?", .string), ("boss?", .entity("User")),
    ("level", .entity("Level")),
    (
      "address",
      .record(record([("city", .string), ("zip?", .long), ("geo?", .record(record([("lat", .long), ("lon?", .long)])))]))
    ),
    ("roles", .set(.string)), ("friends", .set(.entity("User"))), ("ip", .extension(.ipaddr)), ("money", .extension(.decimal)),
    ("born", .extension(.datetime)), ("shift", .extension(.duration)), ("two words?", .long),
  ])
  static let editContext = record([("mfa", .bool), ("reason?", .string), ("who?", .entity("User"))])

  static let types = [
    type("Org"), type("Group", below: ["Org"]), type("Level", ids: ["low", "high"]),
    type("User", below: ["Group", "Org"], user, tags: .set(.string)),
    type("Bot", below: ["Group", "Org"], record([("name", .string), ("age?", .long), ("model", .string)]), tags: .string),
    type(
      "Doc", below: ["Folder"],
      record([("owner", .entity("User")), ("size", .long), ("public", .bool), ("editors?", .set(.entity("User")))])),
    type("Folder", below: ["Folder"], record([("owner", .entity("User"))])), type("Bare"),
    type("App::Member", record([("x", .long)])), type("App::Thing"),
  ]

  static let schema = Schema(
    entityTypes: types,
    actions: [
      action(
        "view", in: ["read"],
        Schema.AppliesTo(
          principals: ["User", "Bot"], resources: ["Doc", "Folder"],
          context: record([("mfa", .bool), ("from?", .extension(.ipaddr)), ("n", .long)]))),
      action("edit", in: ["write"], Schema.AppliesTo(principals: ["User"], resources: ["Doc"], context: editContext)),
      action("read"), action("write"), action("nobody"),
      action(
        "do it", Schema.AppliesTo(principals: ["App::Member"], resources: ["App::Thing"], context: .empty), namespace: "App::"),
    ])

  /// The findings on a text.
  static func findings(_ text: String, mode: Validator.Mode = .strict, level: Int? = nil) throws -> [Finding] {
    Validator(schema, mode: mode).validate(try policySet(text), level: level)
  }

  /// The kinds of error in a condition over a user who edits a document; or, with `isAnyone`, over anyone who views anything.
  static func errors(
    _ condition: String, mode: Validator.Mode = .strict, level: Int? = nil, isAnyone: Bool = false
  ) throws -> [Finding.Kind] {
    let scope =
      isAnyone ? "principal, action == Action::\"view\", resource" : "principal is User, action == Action::\"edit\", resource"
    return try findings("permit(\(scope)) when { \(condition) };", mode: mode, level: level)
      .filter { $0.severity == .error }.map(\.kind)
  }
}
