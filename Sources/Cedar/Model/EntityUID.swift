/// The name of one entity: its type (`User`, `Shop::Order`) and its id (any text).
///
/// Two names are equal when both parts hold the same scalars; no normalisation takes place. A value is one reference wide.
public struct EntityUID: Hashable, Sendable {
  let storage: EntityUIDStorage

  init(storage: EntityUIDStorage) { self.storage = storage }

  /// Makes the name `type::"id"`. The type is taken as it is: readers of outside text check its grammar first.
  public init(type: String, id: String) { storage = EntityUIDStorage(type: type, id: id) }

  /// The type name, with its namespaces joined by `::`.
  public var type: String { storage.type.text }
  /// The id, unescaped.
  public var id: String { storage.id }

  @inline(__always) var hash: UInt64 { storage.hash }

  /// Whether the last part of the type is `Action`: only such names can stand for actions.
  var isAction: Bool { type == "Action" || type.utf8.suffix(8).elementsEqual("::Action".utf8) }

  /// Whether both names hold the same bytes.
  @inline(__always)
  public static func == (left: EntityUID, right: EntityUID) -> Bool {
    if left.storage === right.storage { return true }
    return left.storage.equals(right.storage)
  }

  /// Feeds the precomputed hash of both parts.
  public func hash(into hasher: inout Hasher) { hasher.combine(storage.hash) }

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

extension EntityUID {
  /// Reads a name from Cedar text such as `Shop::User::"alice"`; `file` stands for the text in mistakes.
  public static func parse(_ text: String, file: String = "entity") -> Result<EntityUID, ParseFailure> {
    Parser.whole(SourceText(name: file, text: text)) { parser throws(SyntaxProblem) in try parser.entityUID() }
  }
}

/// The shared part of an entity name: both texts, their hashes computed once.
final class EntityUIDStorage: Sendable {
  let hash: UInt64
  let type: Name
  private let inlineID: InlineText
  let id: String

  init(type: String, id: String) {
    self.type = Name(type)
    self.id = id
    inlineID = InlineText(id)
    hash = Text.mix(self.type.hash ^ 0x5895_89B1_8D4C_61C3, Text.hash(id) | 1)
  }

  @inline(__always)
  func equals(_ other: EntityUIDStorage) -> Bool {
    hash == other.hash && (InlineText.compare(inlineID, other.inlineID) ?? Text.equal(id, other.id)) && type == other.type
  }
}

/// An entity name that someone else keeps alive: comparing it touches no reference count.
struct UnownedUID: @unchecked Sendable {
  // Safe to share: the storage is immutable; the owner of the name outlives this value (each use says who that is).
  let hash: UInt64
  private let storage: Unmanaged<EntityUIDStorage>

  init(_ uid: EntityUID) {
    hash = uid.hash
    storage = Unmanaged.passUnretained(uid.storage)
  }

  @inline(__always)
  static func == (left: UnownedUID, right: UnownedUID) -> Bool {
    if left.hash != right.hash { return false }
    if left.storage.toOpaque() == right.storage.toOpaque() { return true }
    return left.storage._withUnsafeGuaranteedRef { left in right.storage._withUnsafeGuaranteedRef { left.equals($0) } }
  }

  @inline(__always)
  func isOfType(_ name: UnsafePointer<Name>) -> Bool { storage._withUnsafeGuaranteedRef { $0.type.matches(name) } }

  @inline(__always)
  var typeHash: UInt64 { storage._withUnsafeGuaranteedRef { $0.type.hash } }

  /// The name with an owner's share in it.
  var uid: EntityUID { EntityUID(storage: storage.takeUnretainedValue()) }
}
