/// A type as the checker infers it: finer than a schema's, as it knows constants, and wider, as the permissive mode joins types.
indirect enum CheckedType {
  /// What could not be typed, for a reason already reported: nothing more is said about it.
  case failed
  /// The element of an empty set: part of every type.
  case never
  /// A truth value; its constant, if it is always the same.
  case bool(Bool?)
  case long
  case string
  /// An entity of one of these types: at least one, ascending, each once.
  case entity([String])
  case set(CheckedType)
  case record(RecordShape)
  case `extension`(ExtensionType)

  init(_ type: SchemaType) {
    switch type {
    case .bool: self = .bool(nil)
    case .long: self = .long
    case .string: self = .string
    case .entity(let name): self = .entity([name])
    case .set(let element): self = .set(CheckedType(element))
    case .record(let record): self = .record(.declared(record))
    case .extension(let type): self = .extension(type)
    }
  }

  var isFalse: Bool {
    if case .bool(false?) = self { return true }
    return false
  }

  var isTrue: Bool {
    if case .bool(true?) = self { return true }
    return false
  }

  var isFailed: Bool {
    if case .failed = self { return true }
    return false
  }
}

/// The attributes of a record. Those of a declared record stay as the schema holds them until one is asked for: schemas share what
/// they repeat, and a copy in full could be far larger than the schema.
enum RecordShape {
  case declared(RecordType)
  /// A literal, or the join of two records; `isOpen` when there may be attributes beyond these.
  case made([Name: Field], isOpen: Bool)

  struct Field {
    let type: CheckedType
    let isRequired: Bool
  }

  var count: Int {
    switch self {
    case .declared(let record): record.attributes.count
    case .made(let fields, _): fields.count
    }
  }

  var isOpen: Bool {
    if case .made(_, isOpen: true) = self { return true }
    return false
  }

  var names: [Name] {
    switch self {
    case .declared(let record): record.attributes.map { Name($0.name) }
    case .made(let fields, _): Array(fields.keys)
    }
  }

  subscript(name: Name) -> Field? {
    switch self {
    case .declared(let record): record[name.text].map { Field($0) }
    case .made(let fields, _): fields[name]
    }
  }
}

extension RecordShape.Field {
  init(_ attribute: RecordType.Attribute) {
    self.init(type: CheckedType(attribute.type), isRequired: attribute.isRequired)
  }
}

extension CheckedType: CustomStringConvertible {
  /// The type as a schema would write it, cut where it gets long.
  var description: String { text(depth: 2) }

  /// Attributes named of one record.
  private static let membersMax = 4

  private func text(depth: Int) -> String {
    switch self {
    case .failed, .never: return "unknown"
    case .bool(nil): return "Bool"
    case .bool(let value?): return value ? "True" : "False"
    case .long: return "Long"
    case .string: return "String"
    case .entity(let names): return names.prefix(CheckedType.membersMax).joined(separator: " or ")
    case .set(let element): return depth == 0 ? "Set" : "Set<\(element.text(depth: depth - 1))>"
    case .extension(let type): return type.rawValue
    case .record(let shape):
      if depth == 0 { return "{ … }" }
      let names = shape.names.sorted { Text.compare($0.text, $1.text) < 0 }
      var members = names.prefix(CheckedType.membersMax).compactMap { name in
        shape[name].map { "\(name.text)\($0.isRequired ? "" : "?"): \($0.type.text(depth: depth - 1))" }
      }
      if shape.isOpen || names.count > members.count { members.append("…") }
      return members.isEmpty ? "{}" : "{ " + members.joined(separator: ", ") + " }"
    }
  }
}
