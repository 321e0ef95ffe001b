import JSON

/// Names of entities.
extension DocumentReader {
  /// `{"type", "id"}`, bare or under `__entity`.
  func entityUID(_ json: JSONCursor) throws(DataFailure) -> EntityUID {
    guard let uid = try entityUIDIfAny(json) else { throw refusal("an entity is named by the strings `type` and `id`", json) }
    return uid
  }

  /// As `entityUID`; nil for what has neither form. Other members are of no account.
  func entityUIDIfAny(_ json: JSONCursor) throws(DataFailure) -> EntityUID? {
    try refuseExpression(json)
    if let inner = json.member("__entity"), let uid = try typeAndID(inner) { return uid }
    return try typeAndID(json)
  }

  /// The entity that an object with the strings `type` and `id` names; nil for anything else.
  func typeAndID(_ json: JSONCursor) throws(DataFailure) -> EntityUID? {
    guard let type = json.member("type"), let id = json.member("id"), type.kind == .string, id.kind == .string else { return nil }
    return EntityUID(type: try typeName(type), id: try string(id))
  }

  func typeName(_ json: JSONCursor) throws(DataFailure) -> String {
    let name = try string(json)
    guard isTypeName(name) else { throw refusal("`\(name.prefix(80))` is no type name", json) }
    return name
  }

  /// Whether `text` is a path of identifiers, none of them reserved, without white space.
  func isTypeName(_ text: String) -> Bool {
    let (tokens, problems) = Lexer.tokens(SourceText(name: "", text: text))
    guard problems.isEmpty, tokens.count % 2 == 0 else { return false }
    var end: Int32 = 0
    for (index, token) in tokens.dropLast().enumerated() {
      guard token.span.start == end, token.kind == (index % 2 == 0 ? .identifier : .doubleColon) else { return false }
      end = token.span.end
    }
    return end == Int32(text.utf8.count)
  }

  /// Refuses the escape that older versions of the format had.
  func refuseExpression(_ json: JSONCursor) throws(DataFailure) {
    if json.member("__expr")?.kind == .string { throw refusal("`__expr` is no longer part of the format", json) }
  }
}
