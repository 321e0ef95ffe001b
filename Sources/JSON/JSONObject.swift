/// The members of a JSON object in the order in which they were written.
///
/// Look-up is linear: objects of requests and answers are small. Keys are compared by their UTF-8 bytes.
package struct JSONObject: Sendable {
  /// Key and value of each member. Whoever sets this guarantees that no key occurs twice; `CanonicalJSON` refuses it.
  package var members: [(key: String, value: JSONValue)]

  /// An object with these members; no key may occur twice.
  package init(_ members: [(key: String, value: JSONValue)] = []) { self.members = members }

  /// How many members there are.
  package var count: Int { members.count }

  /// True when there is no member.
  package var isEmpty: Bool { members.isEmpty }

  /// The keys in order.
  package var keys: [String] { members.map(\.key) }

  /// Reads a member; writing replaces it in its place, appends a new one, or removes it with nil.
  package subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil): members.remove(at: position)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  private func position(of key: String) -> Int? { members.firstIndex { $0.key.hasSameUTF8(as: key) } }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { (key: $0.0, value: $0.1) })
  }
}

extension JSONObject: Equatable {
  /// Same keys with equal values, in any order.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    let inOrder = zip(left.members, right.members).allSatisfy { $0.key.hasSameUTF8(as: $1.key) }
    if inOrder { return zip(left.members, right.members).allSatisfy { $0.value == $1.value } }
    return zip(left.sortedByBytes(), right.sortedByBytes()).allSatisfy { $0.key.hasSameUTF8(as: $1.key) && $0.value == $1.value }
  }

  private func sortedByBytes() -> [(key: String, value: JSONValue)] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
