/// The name of one entity: its type (`User`, `Shop::Order`) and its id (any text).
///
/// Two names are equal when both parts hold the same scalars; no normalisation takes place. A value is one reference wide.
public struct EntityUID: Hashable, Sendable {
  let storage: EntityUIDStorage

  /// Makes the name `type::"id"`. The type is taken as it is: readers of outside text check its grammar first.
  public init(type: String, id: String) { storage = EntityUIDStorage(type: type, id: id) }

  /// The type name, with its namespaces joined by `::`.
  public var type: String { storage.type }
  /// The id, unescaped.
  public var id: String { storage.id }

  @inline(__always) var hash: UInt64 { storage.hash }
  @inline(__always) var typeHash: UInt64 { storage.typeHash }

  /// Whether both names hold the same bytes.
  @inline(__always)
  public static func == (left: EntityUID, right: EntityUID) -> Bool {
    if left.storage === right.storage { return true }
    return left.storage.hash == right.storage.hash && Text.equal(left.storage.id, right.storage.id)
      && Text.equal(left.storage.type, right.storage.type)
  }

  /// Feeds the precomputed hash of both parts.
  public func hash(into hasher: inout Hasher) { hasher.combine(storage.hash) }

  /// Whether this entity's type is exactly `name`.
  @inline(__always)
  func isOfType(_ name: Name) -> Bool { storage.typeHash == name.hash && Text.equal(storage.type, name.text) }

  /// A total order: by hash, then type and id by bytes.
  static func compare(_ left: EntityUID, _ right: EntityUID) -> Int {
    if left.storage === right.storage { return 0 }
    if left.hash != right.hash { return left.hash < right.hash ? -1 : 1 }
    let byType = Text.compare(left.type, right.type)
    return byType != 0 ? byType : Text.compare(left.id, right.id)
  }
}

extension EntityUID: CustomStringConvertible {
  /// The name as Cedar text, its id escaped: `User::"alice"`.
  public var description: String { "\(type)::\(quoted(id))" }
}

/// The shared part of an entity name: both texts and their hashes, computed once.
final class EntityUIDStorage: Sendable {
  let type: String
  let id: String
  let typeHash: UInt64
  let hash: UInt64

  init(type: String, id: String) {
    self.type = type
    self.id = id
    self.typeHash = Text.hash(type)
    self.hash = Text.mix(typeHash ^ 0x5895_89B1_8D4C_61C3, Text.hash(id) | 1)
  }
}

/// The Cedar string literal for `text`.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\0": result += "\\0"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7F {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
