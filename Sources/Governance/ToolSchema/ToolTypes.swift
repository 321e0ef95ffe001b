import Cedar
import JSON

/// Turns JSON schemas of arguments into Cedar types. What has no Cedar type is left out and noted.
struct ToolTypes {
  /// An entity type whose ids are the values of an enumeration.
  struct Enumeration {
    let name: String
    let values: [String]
  }

  /// A type, and whether the value may also be null, which no Cedar value is.
  private typealias Found = (type: SchemaType, isNullable: Bool)

  private(set) var notes: [ToolSchema.Note] = []
  private var enumerations: [Enumeration] = []
  private var taken: Set<String>
  private var count = 0
  private var tool = Tool(name: "", description: "", input: nil)
  /// References that are being followed.
  private var open: [String] = []

  /// - Parameter taken: entity types that are declared already.
  init(taken: [String]) { self.taken = Set(taken) }

  /// The enumerations met since the last call.
  mutating func takeEnumerations() -> [Enumeration] {
    defer { enumerations = [] }
    return enumerations
  }

  /// The record of a tool's arguments.
  mutating func input(of tool: Tool) -> RecordType {
    self.tool = tool
    guard let input = tool.input else { return .empty }
    guard let found = type(input, [], 0) else { return .empty }
    guard case .record(let record) = found.type else {
      note([], "the arguments are no object: they are left out")
      return .empty
    }
    return record
  }

  private mutating func note(_ path: [String], _ message: String) {
    var text = ""
    for part in path { text += part == "[]" || text.isEmpty ? part : "." + part }
    notes.append(ToolSchema.Note(tool: tool.name, path: text, message: message))
  }

  // MARK: Types

  private mutating func type(_ schema: JSONValue, _ path: [String], _ depth: Int) -> Found? {
    count += 1
    guard depth < ToolSchema.Limits.depth, count <= ToolSchema.Limits.types else {
      let limit =
        depth < ToolSchema.Limits.depth
        ? "more than \(ToolSchema.Limits.types) types" : "nested deeper than \(ToolSchema.Limits.depth) types"
      note(path, limit + ": it is left out")
      return nil
    }
    guard case .object(let object) = schema else {
      note(path, "any value is allowed, which is no Cedar type: it is left out")
      return nil
    }
    if let reference = object["$ref"] { return resolve(reference, path, depth) }
    if let alternatives = object["anyOf"] ?? object["oneOf"] { return alternative(alternatives, path, depth) }
    if let parts = object["allOf"] {
      guard let parts = parts.arrayValue, parts.count == 1 else {
        note(path, "`allOf` has no Cedar type: it is left out")
        return nil
      }
      return type(parts[0], path, depth + 1)
    }
    let isNullable = object["nullable"]?.boolValue ?? false
    if let values = object["enum"]?.arrayValue ?? object["const"].map({ [$0] }) {
      return enumeration(values, path).map { ($0.type, $0.isNullable || isNullable) }
    }
    return named(object, path, depth).map { ($0.type, $0.isNullable || isNullable) }
  }

  /// By `type`: one name, or one beside `null`.
  private mutating func named(_ object: JSONObject, _ path: [String], _ depth: Int) -> Found? {
    var names = object["type"]?.arrayValue?.compactMap(\.stringValue) ?? object["type"]?.stringValue.map { [$0] } ?? []
    let isNullable = names.contains("null")
    names.removeAll { $0 == "null" }
    if names.isEmpty, object["properties"] != nil { names = ["object"] }
    guard names.count == 1 else {
      let what = names.isEmpty ? "any value is allowed" : "several types are allowed (\(names.joined(separator: ", ")))"
      note(path, what + ", which is no Cedar type: it is left out")
      return nil
    }
    switch names[0] {
    case "string": return (.string, isNullable)
    case "integer": return (.long, isNullable)
    case "boolean": return (.bool, isNullable)
    case "number": return (.extension(.decimal), isNullable)
    case "array": return set(object, path, depth).map { ($0, isNullable) }
    case "object": return (.record(record(object, path, depth)), isNullable)
    default:
      note(path, "type `\(names[0].prefix(80))` is unknown: it is left out")
      return nil
    }
  }

  private mutating func set(_ object: JSONObject, _ path: [String], _ depth: Int) -> SchemaType? {
    let path = path + ["[]"]
    guard let items = object["items"], object["prefixItems"] == nil else {
      note(path, "the type of the elements is not stated as one: the list is left out")
      return nil
    }
    guard let element = type(items, path, depth + 1) else { return nil }
    if element.isNullable { note(path, "elements may be null, which is no Cedar value: nulls are left out") }
    return .set(element.type)
  }

  private mutating func record(_ object: JSONObject, _ path: [String], _ depth: Int) -> RecordType {
    let required = Set((object["required"]?.arrayValue ?? []).compactMap { $0.stringValue.map { Array($0.utf8) } })
    let properties = object["properties"]?.objectValue ?? [:]
    switch object["additionalProperties"] {
    case nil where properties.isEmpty && !path.isEmpty, .bool(true)?, .object?:
      note(path, "members beyond the named ones are allowed: they are left out")
    default: break
    }
    if object["patternProperties"] != nil { note(path, "`patternProperties` has no Cedar type: they are left out") }
    var attributes: [RecordType.Attribute] = []
    for (key, value) in properties.members {
      guard let found = type(value, path + [key], depth + 1) else { continue }
      let isRequired = required.contains(Array(key.utf8)) && !found.isNullable
      attributes.append(RecordType.Attribute(name: key, type: found.type, isRequired: isRequired))
    }
    return RecordType(attributes)
  }

  // MARK: Enumerations, alternatives, references

  /// Strings become the ids of an entity type of their own; numbers and truth values their type.
  private mutating func enumeration(_ values: [JSONValue], _ path: [String]) -> Found? {
    let isNullable = values.contains(where: \.isNull)
    let values = values.filter { !$0.isNull }
    guard !values.isEmpty else {
      note(path, "`enum` allows no value: it is left out")
      return nil
    }
    if values.allSatisfy({ $0.integerValue != nil }) { return (.long, isNullable) }
    if values.allSatisfy({ $0.boolValue != nil }) { return (.bool, isNullable) }
    let texts = values.compactMap(\.stringValue)
    guard texts.count == values.count else {
      note(path, "`enum` mixes types, which is no Cedar type: it is left out")
      return nil
    }
    var seen: Set<[UInt8]> = []
    let name = unique(SchemaNames.identifier([tool.name] + path))
    enumerations.append(Enumeration(name: name, values: texts.filter { seen.insert(Array($0.utf8)).inserted }))
    return (.entity(name), isNullable)
  }

  private mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !SchemaNames.isEntityType(candidate) || !taken.insert(candidate).inserted {
      candidate = name + "_\(number)"
      number += 1
    }
    return candidate
  }

  /// One alternative, or one beside null, stands for itself.
  private mutating func alternative(_ json: JSONValue, _ path: [String], _ depth: Int) -> Found? {
    let all = json.arrayValue ?? []
    let rest = all.filter { $0["type"]?.stringValue != "null" }
    guard rest.count == 1 else {
      note(path, "one of several types is allowed, which is no Cedar type: it is left out")
      return nil
    }
    return type(rest[0], path, depth + 1).map { ($0.type, $0.isNullable || rest.count < all.count) }
  }

  /// A reference within the tool's own schema, as a JSON pointer.
  private mutating func resolve(_ json: JSONValue, _ path: [String], _ depth: Int) -> Found? {
    guard let reference = json.stringValue, reference.hasPrefix("#"), let input = tool.input else {
      note(path, "`$ref` leads out of the schema: it is left out")
      return nil
    }
    guard !open.contains(where: { $0.utf8.elementsEqual(reference.utf8) }) else {
      note(path, "`$ref` leads back to itself, which no Cedar type does: it is left out")
      return nil
    }
    var target: JSONValue? = input
    for part in reference.dropFirst().split(separator: "/") { target = target?[ToolTypes.unescaped(part)] }
    guard let target else {
      note(path, "`$ref` leads nowhere: `\(reference.prefix(80))`")
      return nil
    }
    open.append(reference)
    defer { open.removeLast() }
    return type(target, path, depth + 1)
  }

  /// `~1` and `~0` of a JSON pointer.
  private static func unescaped(_ part: Substring) -> String {
    var result: [UInt8] = []
    var isEscape = false
    for byte in part.utf8 {
      if isEscape {
        result.append(byte == 0x31 ? 0x2F : 0x7E)
        isEscape = false
      } else if byte == 0x7E {
        isEscape = true
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
