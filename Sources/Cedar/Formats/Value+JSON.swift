package import JSON

extension Value {
  /// Request data as a Cedar value; nil for null.
  ///
  /// Integers become Longs, arrays sets and objects records; null members and elements are dropped. Other numbers become decimals when they
  /// are written with one to four fraction digits, without exponent, and fit; else they stay as their text. No escape is read: a caller cannot
  /// name entities this way.
  package init?(json: JSONValue) {
    switch json {
    case .null: return nil
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .long(value)
    case .string(let value): self = .string(value)
    case .number("-0"): self = .long(0)
    case .number(let text): self = DecimalValue(text).map { .decimal($0) } ?? .string(text)
    case .array(let elements): self = .set(ValueSet(elements.compactMap { Value(json: $0) }))
    case .object(let object): self = .record(Record(json: object))
    }
  }
}

extension Record {
  /// The members of request data; see `Value(json:)`.
  package init(json: JSONObject) {
    var members: [Member] = []
    members.reserveCapacity(json.members.count)
    for (key, json) in json.members {
      if let value = Value(json: json) { members.append(Member(name: Name(key), value: value)) }
    }
    self.init(unordered: members)
  }
}
