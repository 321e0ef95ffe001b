import JSON

extension EntityStore {
  /// The largest entities document, in bytes.
  public static let documentBytesMax = 64 * 1024 * 1024

  /// Reads the entities format of Cedar, without a schema: an array of objects with `uid`, `attrs`, `parents` and optional `tags`.
  ///
  /// Values are booleans, 64-bit integers, strings, arrays (sets), objects (records) and the escapes `{"__entity": {"type", "id"}}` and
  /// `{"__extn": {"fn", "arg"}}`. Duplicate keys, null, other numbers, unknown functions and cycles are refused.
  public static func parse(json: [UInt8]) throws(DataFailure) -> EntityStore {
    try EntityStore(parsing: EntityStore.parseEntities(json: json))
  }

  /// Reads the same format into entities without computing their hierarchy.
  public static func parseEntities(json: [UInt8]) throws(DataFailure) -> [Entity] {
    let document = try DataReader.document(json, bytesMax: documentBytesMax)
    guard case .array(let elements) = document else { throw DataFailure(message: "expected an array of entities", path: "") }
    var entities: [Entity] = []
    entities.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() { entities.append(try DataReader.entity(element, "[\(index)]")) }
    return entities
  }

  /// As `init`, with failures as those of a document.
  private convenience init(parsing entities: [Entity]) throws(DataFailure) {
    do throws(Failure) {
      try self.init(entities)
    } catch {
      throw DataFailure(message: error.description, path: "")
    }
  }
}

extension Record {
  /// The largest context document, in bytes.
  public static let documentBytesMax = 1024 * 1024

  /// Reads a context: a JSON object whose values follow the rules of `EntityStore.parse(json:)`.
  public static func parse(json: [UInt8]) throws(DataFailure) -> Record {
    guard case .record(let record) = try DataReader.value(DataReader.document(json, bytesMax: documentBytesMax), "") else {
      throw DataFailure(message: "a context is a record", path: "")
    }
    return record
  }
}

/// Reads Cedar values and entities from JSON, strictly.
enum DataReader {
  static func document(_ bytes: [UInt8], bytesMax: Int) throws(DataFailure) -> JSONValue {
    do throws(JSONError) {
      return try JSONReader.parse(bytes, limits: JSONLimits(bytes: bytesMax, depth: 64))
    } catch {
      throw DataFailure(message: error.description, path: "")
    }
  }

  static func entity(_ json: JSONValue, _ path: String) throws(DataFailure) -> Entity {
    guard case .object(let object) = json else { throw DataFailure(message: "an entity is an object", path: path) }
    guard let uid = object["uid"] else { throw DataFailure(message: "`uid` is missing", path: path) }
    guard let attributes = object["attrs"] else { throw DataFailure(message: "`attrs` is missing", path: path) }
    guard let parents = object["parents"] else { throw DataFailure(message: "`parents` is missing", path: path) }
    guard case .array(let parentList) = parents else { throw DataFailure(message: "expected an array", path: path + ".parents") }
    let name = try entityUID(uid, path + ".uid")
    var parentNames: [EntityUID] = []
    for (index, parent) in parentList.enumerated() { parentNames.append(try entityUID(parent, "\(path).parents[\(index)]")) }
    let tags = try object["tags"].map { json throws(DataFailure) in try members(json, path + ".tags") } ?? .empty
    return Entity(uid: name, attributes: try members(attributes, path + ".attrs"), parents: parentNames, tags: tags)
  }

  private static func members(_ json: JSONValue, _ path: String) throws(DataFailure) -> Record {
    guard case .object(let object) = json else { throw DataFailure(message: "expected an object", path: path) }
    return try record(object, path)
  }

  private static func record(_ object: JSONObject, _ path: String) throws(DataFailure) -> Record {
    var members: [Record.Member] = []
    members.reserveCapacity(object.members.count)
    for (key, json) in object.members {
      members.append(Record.Member(name: Name(key), value: try value(json, path.isEmpty ? key : path + "." + key)))
    }
    return Record(unordered: members)
  }

  /// `{"type", "id"}`, bare or under `__entity`.
  static func entityUID(_ json: JSONValue, _ path: String) throws(DataFailure) -> EntityUID {
    var inner = json
    if case .object(let object) = json, let escaped = object["__entity"] { inner = escaped }
    guard case .object(let object) = inner, case .string(let type)? = object["type"], case .string(let id)? = object["id"] else {
      throw DataFailure(message: "an entity is named by the strings `type` and `id`", path: path)
    }
    guard isTypeName(type) else { throw DataFailure(message: "`\(type)` is no type name", path: path) }
    return EntityUID(type: type, id: id)
  }

  /// Whether `text` is a path of identifiers, none of them reserved, without white space.
  static func isTypeName(_ text: String) -> Bool {
    let (tokens, problems) = Lexer.tokens(SourceText(name: "", text: text))
    guard problems.isEmpty, tokens.count % 2 == 0 else { return false }
    var end: Int32 = 0
    for (index, token) in tokens.dropLast().enumerated() {
      guard token.span.start == end, token.kind == (index % 2 == 0 ? .identifier : .doubleColon) else { return false }
      end = token.span.end
    }
    return end == Int32(text.utf8.count)
  }

  static func value(_ json: JSONValue, _ path: String) throws(DataFailure) -> Value {
    switch json {
    case .bool(let value): return .bool(value)
    case .integer(let value): return .long(value)
    case .string(let value): return .string(value)
    case .array(let elements):
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() { values.append(try value(element, "\(path)[\(index)]")) }
      return .set(ValueSet(values))
    case .object(let object):
      if object["__entity"] != nil { return .entity(try entityUID(json, path)) }
      if let call = object["__extn"] { return try extensionValue(call, path + ".__extn") }
      if object["__expr"] != nil { throw DataFailure(message: "`__expr` is no longer part of the format", path: path) }
      return .record(try record(object, path))
    case .null: throw DataFailure(message: "null is no Cedar value", path: path)
    case .number(let text):
      throw DataFailure(message: "`\(text.prefix(40))` is no 64-bit integer", path: path)
    }
  }

  /// `{"fn", "arg"}` or `{"fn", "args": […]}`; arguments may themselves be escapes.
  private static func extensionValue(_ json: JSONValue, _ path: String) throws(DataFailure) -> Value {
    guard case .object(let object) = json, case .string(let name)? = object["fn"] else {
      throw DataFailure(message: "an extension value has a function `fn`", path: path)
    }
    guard let function = ExtensionFunction(rawValue: name) else {
      throw DataFailure(message: "unknown function `\(name)`", path: path)
    }
    var arguments: [Value] = []
    if let argument = object["arg"] {
      arguments = [try value(argument, path + ".arg")]
    } else if case .array(let list)? = object["args"] {
      for (index, argument) in list.enumerated() { arguments.append(try value(argument, "\(path).args[\(index)]")) }
    } else {
      throw DataFailure(message: "an extension value has `arg` or `args`", path: path)
    }
    do throws(Fault) {
      return try function.apply(arguments, 0)
    } catch {
      throw DataFailure(message: "`\(name)`: " + error.message, path: path)
    }
  }
}
