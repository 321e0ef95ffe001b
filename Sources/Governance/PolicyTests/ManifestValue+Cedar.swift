import Cedar
import JSON
import YAML

/// Cedar data written in YAML. A plain scalar means what it says as Cedar text (`true`, `12`, `User::"alice"`, `ip("10.0.0.1")`); any other
/// scalar, and every quoted one, is a string.
extension ManifestValue {
  private static let constructors = ["ip", "decimal", "datetime", "duration"]
  /// Members of an entity.
  private static let entityKeys = ["uid", "attrs", "parents", "tags"]

  /// The name of an entity, such as `User::"alice"`.
  func entityUID() -> EntityUID? {
    guard let text = scalar("an entity such as User::\"alice\"") else { return nil }
    switch EntityUID.parse(text) {
    case .success(let uid): return uid
    case .failure:
      report("\(name) is `\(text.prefix(80))`, which names no entity", hint: "write it as User::\"alice\"")
      return nil
    }
  }

  /// The value as Cedar's JSON for data, or nil with a problem.
  func cedarJSON() -> JSONValue? {
    switch node.value {
    case .scalar(let text, let isQuoted): return isQuoted ? .string(text) : plain(text)
    case .sequence:
      guard let items = list(countMax: .max) else { return nil }
      let values = items.compactMap { $0.cedarJSON() }
      return values.count == items.count ? .array(values) : nil
    case .mapping:
      guard let pairs = pairs() else { return nil }
      let members = pairs.compactMap { pair in pair.value.cedarJSON().map { (key: pair.key, value: $0) } }
      return members.count == pairs.count ? .object(JSONObject(members)) : nil
    }
  }

  /// An entity in Cedar's JSON form; attributes and parents may be left out.
  func entityJSON() -> JSONValue? {
    guard let mapping = mapping(ManifestValue.entityKeys), let uid = mapping.required("uid")?.entityUID() else { return nil }
    var object: JSONObject = ["uid": ManifestValue.json(uid), "attrs": [:], "parents": []]
    for key in ["attrs", "parents", "tags"] {
      guard let value = mapping.optional(key) else { continue }
      guard let json = value.cedarJSON() else { return nil }
      object[key] = json
    }
    return .object(object)
  }

  /// Leaves a problem of data at the value that its path names, or at the nearest above it.
  func report(_ failure: DataFailure, _ prefix: String = "") { descendant(failure.path[...]).report(prefix + failure.message) }

  private func plain(_ text: String) -> JSONValue? {
    if isNull {
      report("\(name) is nothing, which is no Cedar value", hint: "leave it out, or write \"\" for an empty string")
      return nil
    }
    if text == "true" || text == "false" { return .bool(text == "true") }
    if ManifestValue.isNumeric(text) { return integer(text) }
    if text.utf8.last == 0x22, text.contains("::") {  // a quote at the end: `Type::"id"`
      return entityUID().map(ManifestValue.json)
    }
    for function in ManifestValue.constructors where text.hasPrefix(function + "(\"") && text.hasSuffix("\")") {
      let argument = text.dropFirst(function.utf8.count + 2).dropLast(2)
      return ["__extn": ["fn": .string(function), "arg": .string(String(argument))]]
    }
    return .string(text)
  }

  private func integer(_ text: String) -> JSONValue? {
    if let value = Int64(text), String(value) == text { return .integer(value) }
    report("\(name) is `\(text.prefix(80))`, which is no 64-bit integer", hint: "quote it to make it a string")
    return nil
  }

  /// Digits, with a sign or without.
  private static func isNumeric(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func json(_ uid: EntityUID) -> JSONValue {
    ["__entity": ["type": .string(uid.type), "id": .string(uid.id)]]
  }

  /// The value at `path`, such as `items[3].price`, as far down as there is one.
  private func descendant(_ path: Substring) -> ManifestValue {
    let path = path.hasPrefix(".") ? path.dropFirst() : path
    switch node.value {
    case .scalar: return self
    case .sequence:
      guard path.hasPrefix("["), let end = path.firstIndex(of: "]"),
        let index = Int(path[path.index(after: path.startIndex)..<end]), let items = list(countMax: .max),
        items.indices.contains(index)
      else { return self }
      return items[index].descendant(path[path.index(after: end)...])
    case .mapping:
      for pair in pairs() ?? [] {
        let step = JSONPath.appending(key: pair.key, to: "")
        guard path.hasPrefix(step) else { continue }
        let rest = path.dropFirst(step.count)
        if rest.isEmpty || rest.hasPrefix(".") || rest.hasPrefix("[") { return pair.value.descendant(rest) }
      }
      return self
    }
  }
}
