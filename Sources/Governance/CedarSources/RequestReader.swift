package import Cedar
import JSON

/// Reads Cedar requests from JSON: `{"principal": …, "action": …, "resource": …, "context": {…}}`, where an entity is Cedar text
/// (`"User::\"alice\""`) or `{"type": …, "id": …}`.
package enum RequestReader {
  /// Bytes of one request, the context included.
  static let bytesMax = 1 << 20
  private static let keys = ["principal", "action", "resource", "context"]

  /// Why a request was refused.
  package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The mistake in one line, in lower case, with the member in backticks.
    package let description: String
  }

  /// The request in `bytes`.
  package static func read(_ bytes: [UInt8]) throws(Failure) -> Cedar.Request {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONReader.parse(bytes, limits: JSONLimits(bytes: bytesMax, depth: 64))
    } catch {
      throw Failure(description: error.description)
    }
    guard case .object(let object) = json else { throw Failure(description: "a request is an object") }
    for key in object.keys where !keys.contains(key) {
      let hint = NearestName.hint(key, among: keys, plural: "members").map { " (\($0))" } ?? ""
      throw Failure(description: "unknown member `\(key.prefix(80))`" + hint)
    }
    var names: [EntityUID] = []
    for key in keys.dropLast() {
      guard let value = object[key] else { throw Failure(description: "`\(key)` is missing") }
      names.append(try entityUID(value, key))
    }
    return try request(
      principal: names[0], action: names[1], resource: names[2], context: JSONWriter.encode(object["context"] ?? [:]))
  }

  /// A request from its parts; `context` is a JSON object of Cedar's JSON form for data.
  package static func request(
    principal: EntityUID, action: EntityUID, resource: EntityUID, context: [UInt8]
  ) throws(Failure) -> Cedar.Request {
    do throws(DataFailure) {
      let record = try Record.parse(json: context)
      return Cedar.Request(principal: principal, action: action, resource: resource, context: record)
    } catch {
      throw Failure(description: "`context`: \(error)")
    }
  }

  /// The entity that Cedar text names.
  package static func entityUID(_ text: String, _ name: String) throws(Failure) -> EntityUID {
    switch EntityUID.parse(text) {
    case .success(let uid): return uid
    case .failure:
      throw Failure(description: "`\(name)` is `\(text.prefix(80))`, which names no entity (write it as User::\"alice\")")
    }
  }

  private static func entityUID(_ json: JSONValue, _ name: String) throws(Failure) -> EntityUID {
    if let text = json.stringValue { return try entityUID(text, name) }
    guard case .object(let object) = json, object.count == 2, let type = object["type"]?.stringValue,
      let id = object["id"]?.stringValue
    else { throw Failure(description: "`\(name)` must be Cedar text or an object of `type` and `id`") }
    return try entityUID(type + "::" + Value.string(id).description, name)
  }
}
