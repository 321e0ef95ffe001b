import Cedar

/// What may stand as a name in a Cedar schema.
enum SchemaNames {
  /// Names that Cedar gives a meaning, or that would hide one.
  private static let reserved: Set<String> = [
    "Action", "Bool", "Boolean", "Long", "String", "Set", "Record", "Entity", "Extension", "ipaddr", "decimal", "datetime",
    "duration",
  ]

  /// Whether `text` is identifiers joined by `::`.
  static func isPath(_ text: String) -> Bool {
    guard case .success(let uid) = EntityUID.parse(text + "::\"\"") else { return false }
    return uid.type.utf8.elementsEqual(text.utf8)
  }

  /// Whether `text` is one identifier.
  static func isIdentifier(_ text: String) -> Bool { !text.utf8.contains(0x3A) && isPath(text) }

  /// Whether an entity type may be declared under `text`.
  static func isEntityType(_ text: String) -> Bool { isIdentifier(text) && !reserved.contains(text) }

  /// `text` as a Cedar string.
  static func quoted(_ text: String) -> String { Value.string(text).description }

  /// An attribute's name: bare where that is possible.
  static func attribute(_ text: String) -> String { isIdentifier(text) ? text : quoted(text) }

  /// `parts` as one identifier: `create_issue` and `priority` become `CreateIssuePriority`.
  static func identifier(_ parts: [String]) -> String {
    var result = ""
    for part in parts {
      var isStart = true
      for byte in part.utf8 {
        let isLetter = (0x61...0x7A).contains(byte | 0x20)
        guard isLetter || (0x30...0x39).contains(byte) else {
          isStart = true
          continue
        }
        result.unicodeScalars.append(Unicode.Scalar(isStart && isLetter ? byte & ~0x20 : byte))
        isStart = false
      }
    }
    guard let first = result.utf8.first else { return "Choice" }
    return first < 0x3A ? "Choice" + result : result
  }
}
