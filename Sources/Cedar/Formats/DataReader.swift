import JSON

/// Reads Cedar values and entities from JSON.
///
/// With a schema the declared type steers the reading: an entity may stand as `{"type", "id"}`, an extension value as the text of its
/// constructor. Whether the result has the declared type is asked afterwards, by `Schema.check`: a value that does not fit is read as if
/// nothing were declared.
struct DataReader: DocumentReader {
  /// Arrays and objects open at once; the reference's reader goes as deep.
  static let depthMax = 127

  let root: JSONCursor
  var schema: Schema?

  // MARK: Entities

  func entities() throws(DataFailure) -> [Entity] {
    guard root.kind == .array else { throw refusal("expected an array of entities", root) }
    var entities: [Entity] = []
    entities.reserveCapacity(root.count)
    for element in root.elements { entities.append(try entity(element)) }
    return entities
  }

  private func entity(_ json: JSONCursor) throws(DataFailure) -> Entity {
    guard json.kind == .object else { throw refusal("an entity is an object", json) }
    let uid = try entityUID(required("uid", json))
    let type = schema?.entityTypes[uid.type]
    let attributes = try members(required("attrs", json)) { type?.shape[$0]?.type }
    let tags = try json.member("tags").map { json throws(DataFailure) in try members(json) { _ in type?.tags } }
    return Entity(
      uid: uid, attributes: attributes, parents: try parents(required("parents", json), of: uid), tags: tags ?? .empty)
  }

  private func parents(_ json: JSONCursor, of uid: EntityUID) throws(DataFailure) -> [EntityUID] {
    guard json.kind == .array else { throw refusal("expected an array", json) }
    if json.count == 0 { return [] }
    var parents: [EntityUID] = []
    parents.reserveCapacity(json.count)
    let isAction = uid.isAction
    for element in json.elements {
      let parent = try entityUID(element)
      if isAction, !parent.isAction { throw refusal("the action `\(uid)` can be in actions only, not in `\(parent)`", element) }
      parents.append(parent)
    }
    return parents
  }

  // MARK: Records

  /// A context of `type`.
  func context(as type: RecordType?) throws(DataFailure) -> Record { try context(root, as: type) }

  /// As above, for a part of a document.
  func context(_ json: JSONCursor, as type: RecordType?) throws(DataFailure) -> Record {
    guard case .record(let record) = try value(json, as: type.map { .record($0) }) else {
      throw refusal("a context is a record", json)
    }
    return record
  }

  private func members(_ json: JSONCursor, typeOf: (String) -> SchemaType?) throws(DataFailure) -> Record {
    guard json.kind == .object else { throw refusal("expected an object", json) }
    var members: [Record.Member] = []
    members.reserveCapacity(json.count)
    for (key, json) in json.members {
      let name = key.stringValue ?? ""
      members.append(Record.Member(name: Name(name), value: try value(json, as: typeOf(name))))
    }
    return Record(unordered: members)
  }

  // MARK: Values

  /// The value that `json` stands for where the schema declares `type`, or nothing.
  func value(_ json: JSONCursor, as type: SchemaType? = nil) throws(DataFailure) -> Value {
    switch type {
    case .entity(let name):
      if let uid = try entityUIDIfAny(json) { return .entity(uid) }
      throw refusal("expected an entity of type `\(name)`, which the strings `type` and `id` name", json)
    case .extension(let type): return try extensionValue(json, of: type)
    case .set(let element) where json.kind == .array: return try set(json, of: element)
    case .record(let type) where json.kind == .object: return .record(try members(json) { type[$0]?.type })
    default: return try untyped(json)
    }
  }

  private func set(_ json: JSONCursor, of type: SchemaType?) throws(DataFailure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(json.count)
    for element in json.elements { values.append(try value(element, as: type)) }
    return .set(ValueSet(values))
  }

  private func untyped(_ json: JSONCursor) throws(DataFailure) -> Value {
    switch json.kind {
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .string: return .string(json.stringValue ?? "")
    case .number: return .long(try long(json))
    case .null: throw refusal("null is no Cedar value", json)
    case .array: return try set(json, of: nil)
    case .object:
      if let value = try escape(json) { return value }
      return .record(try members(json) { _ in nil })
    }
  }

  private func long(_ json: JSONCursor) throws(DataFailure) -> Int64 {
    if let value = json.integerValue { return value }
    throw refusal("`\((json.numberText ?? "").prefix(40))` is no 64-bit integer", json)
  }

  /// Refuses numbers outside the language wherever they stand below `json`, be it in a member that is of no account otherwise.
  private func checkNumbers(_ json: JSONCursor) throws(DataFailure) {
    if let number = json.first(where: { $0.kind == .number && $0.integerValue == nil }) { _ = try long(number) }
  }

  /// `{"__entity": {"type", "id"}}` or `{"__extn": …}` with no other member; nil for every other object, which is a record.
  private func escape(_ json: JSONCursor) throws(DataFailure) -> Value? {
    var members = json.members
    guard let (key, body) = members.next(), members.next() == nil else { return nil }
    try refuseExpression(json)
    let value: Value?
    if key.equals("__entity") {
      value = try typeAndID(body).map { .entity($0) }
    } else if key.equals("__extn") {
      value = try call(body, isSteered: false)
    } else {
      return nil
    }
    if value != nil { try checkNumbers(body) }
    return value
  }

  // MARK: Extension values

  /// The text of the constructor, or a call, bare or under `__extn`; other members are of no account.
  private func extensionValue(_ json: JSONCursor, of type: ExtensionType) throws(DataFailure) -> Value {
    if let text = json.stringValue { return try apply(type.constructor, [.string(text)], json) }
    try refuseExpression(json)
    if let inner = json.member("__extn"), let value = try call(inner, isSteered: true) { return value }
    if let value = try call(json, isSteered: true) { return value }
    throw refusal("expected \(type.rawValue): the text that `\(type.constructor.rawValue)` takes, or a call under `__extn`", json)
  }

  /// `{"fn", "arg"}` or `{"fn", "args": […]}`; nil for anything else. Arguments may be escapes, and where the schema steers the reading
  /// also the forms that the function's own types allow.
  private func call(_ json: JSONCursor, isSteered: Bool) throws(DataFailure) -> Value? {
    guard let name = json.member("fn")?.stringValue else { return nil }
    let arguments: [JSONCursor]
    if let argument = json.member("arg") {
      arguments = [argument]
    } else if let list = json.member("args"), list.kind == .array {
      arguments = Array(list.elements)
    } else {
      return nil
    }
    guard let function = ExtensionFunction(rawValue: name) else { throw refusal("unknown function `\(name.prefix(80))`", json) }
    let types = isSteered ? function.signature.arguments : []
    var values: [Value] = []
    for (index, argument) in arguments.enumerated() {
      if isSteered { try checkNumbers(argument) }
      values.append(try value(argument, as: index < types.count ? types[index] : nil))
    }
    return try apply(function, values, json)
  }

  private func apply(_ function: ExtensionFunction, _ arguments: [Value], _ json: JSONCursor) throws(DataFailure) -> Value {
    do throws(Fault) {
      return try function.apply(arguments, 0)
    } catch {
      throw refusal("`\(function.rawValue)`: " + error.message, json)
    }
  }
}
