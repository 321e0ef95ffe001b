/// One namespace as written; the empty name is that of what stands outside any.
struct NamespaceSyntax: Sendable {
  var name: String
  var annotations: [AnnotationSyntax] = []
  var types: [CommonTypeSyntax] = []
  var entities: [EntitySyntax] = []
  var actions: [ActionSyntax] = []

  /// Whether there is nothing in it.
  var isEmpty: Bool { types.isEmpty && entities.isEmpty && actions.isEmpty && annotations.isEmpty }
}

/// `@key("value")` or `@key`.
typealias AnnotationSyntax = (key: String, value: String?, span: SourceSpan)

/// A name that is looked up when the schema is resolved.
struct NameSyntax: Sendable {
  let text: String
  let span: SourceSpan
}

/// A type under a name of its own.
struct CommonTypeSyntax: Sendable {
  let name: String
  let annotations: [AnnotationSyntax]
  let type: TypeSyntax
  let span: SourceSpan
}

/// One entity type.
struct EntitySyntax: Sendable {
  enum Kind: Sendable {
    case standard(memberOf: [NameSyntax], shape: TypeSyntax?, tags: TypeSyntax?)
    case enumerated([String])
  }

  let name: String
  let annotations: [AnnotationSyntax]
  let kind: Kind
  let span: SourceSpan
}

/// One action.
struct ActionSyntax: Sendable {
  /// A parent; without a type it is an action of the same namespace, or else of the empty one.
  struct Parent: Sendable {
    let type: String?
    let id: String
    let span: SourceSpan
  }

  struct AppliesTo: Sendable {
    let principals: [NameSyntax]
    let resources: [NameSyntax]
    let context: TypeSyntax?
  }

  let id: String
  let annotations: [AnnotationSyntax]
  let parents: [Parent]
  let appliesTo: AppliesTo?
  let span: SourceSpan
}

/// A type as written.
struct TypeSyntax: Sendable {
  indirect enum Kind: Sendable {
    /// A built-in type whatever is declared: the JSON format has names for them.
    case builtIn(SchemaType)
    /// A common type, an entity type or a built-in one: all that the text can say, and `EntityOrCommon` of the JSON format.
    case named(String)
    /// An entity type, of the JSON format.
    case entity(String)
    /// A common or a built-in type, of the JSON format.
    case common(String)
    case set(TypeSyntax)
    case record([AttributeSyntax])
  }

  let kind: Kind
  let span: SourceSpan
}

/// One attribute of a record.
struct AttributeSyntax: Sendable {
  let name: String
  let annotations: [AnnotationSyntax]
  let type: TypeSyntax
  let isRequired: Bool
}

extension Limits {
  /// Bytes of one schema as text: many times the largest known, and short enough to be read while someone waits.
  static let schemaBytes = 4 * 1024 * 1024
  /// Bytes of one schema as JSON, which takes about four for one of the text.
  static let schemaJSONBytes = 4 * schemaBytes
  /// Bytes of the declarations of a text when each name of `entity A, B …` is written out: the list must not multiply a large body.
  static let schemaDeclaredBytes = 4 * schemaBytes
  /// Sets and records inside each other, common types replaced by what they stand for; readers of types recurse this deep.
  static let schemaTypeDepth = 100
  /// Types and attributes of a schema, common types replaced by what they stand for: common types that name each other twice would
  /// otherwise double with each step.
  static let schemaTypeNodes = 1_000_000
  /// Pairs of an entity type and what it may be below, in the closure of `in`; as many of actions.
  static let schemaAncestors = 250_000
}
