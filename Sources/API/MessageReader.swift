import JSON

/// Reads members of messages and names the field in every refusal.
struct MessageReader {
  let cursor: JSONCursor
  /// Path of the object; empty for the root.
  let path: String

  /// The root of a message; it must be an object.
  init(_ root: JSONCursor) throws(MessageFault) { try self.init(root, path: "") }

  init(_ cursor: JSONCursor, path: String) throws(MessageFault) {
    guard cursor.kind == .object else { throw MessageFault.type(path, "an object") }
    self.cursor = cursor
    self.path = path
  }

  func field(_ name: StaticString) -> String { path.isEmpty ? "\(name)" : "\(path).\(name)" }

  /// The object `name`, which must be there.
  func object(_ name: StaticString) throws(MessageFault) -> MessageReader {
    guard let member = cursor.member(name) else { throw MessageFault.missing(field(name)) }
    return try MessageReader(member, path: field(name))
  }

  /// A copy of the optional object `name`; empty when it is absent or null.
  func properties(_ name: StaticString) throws(MessageFault) -> JSONObject {
    guard let member = cursor.member(name), !member.isNull else { return JSONObject() }
    guard let object = member.object() else { throw MessageFault.type(field(name), "an object") }
    return object
  }

  /// The text `name`, which must be there, not empty, and at most `bytesMax` bytes.
  func text(_ name: StaticString, bytesMax: Int) throws(MessageFault) -> String {
    guard let member = cursor.member(name) else { throw MessageFault.missing(field(name)) }
    return try text(member, name, bytesMax: bytesMax, mayBeEmpty: false)
  }

  /// The optional text `name`; nil when it is absent or null.
  func optionalText(_ name: StaticString, bytesMax: Int) throws(MessageFault) -> String? {
    guard let member = cursor.member(name), !member.isNull else { return nil }
    return try text(member, name, bytesMax: bytesMax, mayBeEmpty: true)
  }

  private func text(_ member: JSONCursor, _ name: StaticString, bytesMax: Int, mayBeEmpty: Bool) throws(MessageFault) -> String {
    guard let bytes = member.stringBytes else { throw MessageFault.type(field(name), "a string") }
    if bytes.isEmpty, !mayBeEmpty { throw MessageFault(field(name), "`\(field(name))` must not be empty") }
    guard bytes.count <= bytesMax else {
      throw MessageFault(field(name), "`\(field(name))` has \(bytes.count) bytes, at most \(bytesMax) are allowed")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Refuses members that are not in `known`: acts of people must not be half understood.
  func refuseUnknown(besides known: [StaticString]) throws(MessageFault) {
    for (key, _) in cursor.members where !known.contains(where: { key.equals($0) }) {
      let field = JSONPath.appending(key: key.stringValue ?? "", to: path)
      throw MessageFault(field, "`\(field)` is unknown; known: \(known.map { "\($0)" }.joined(separator: ", "))")
    }
  }

  /// Parses `body` and hands its root object to `read`.
  static func read<Value>(
    _ body: [UInt8], limits: JSONLimits = .standard, _ read: (MessageReader) throws(MessageFault) -> Value
  ) throws(MessageFault) -> Value {
    try body.span.withUnsafeBytes { bytes throws(MessageFault) in
      let tape = JSONTape()
      return try read(try MessageReader(try tape.root(bytes, limits: limits)))
    }
  }
}

extension JSONTape {
  /// Parses a message body; a refusal is a fault of the message.
  func root(_ body: UnsafeRawBufferPointer, limits: JSONLimits) throws(MessageFault) -> JSONCursor {
    do {
      return try parse(body, limits: limits)
    } catch { throw MessageFault(error) }
  }
}
