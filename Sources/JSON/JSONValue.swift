/// A JSON value that keeps what the text said: exact integers, the digits of every other number, the order of members.
///
/// Strings are compared by their UTF-8 bytes, never by canonical equivalence, and the order of members has no meaning for `==`.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits 64 bits; never `-0`.
  case integer(Int64)
  /// Any other number of RFC 8259 section 6, as its text.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue: Equatable {
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameUTF8(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

extension JSONValue {
  /// True for `null`.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The boolean, or nil for any other kind.
  package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The exact integer, or nil for any other kind.
  package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// The string, or nil for any other kind.
  package var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements, or nil for any other kind.
  package var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The object, or nil for any other kind.
  package var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// The member `key` of an object; nil when it is absent or this is no object.
  package subscript(key: String) -> JSONValue? { objectValue?[key] }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
}

extension String {
  /// Equality of the encoded bytes: `==` would also take canonically equivalent strings for equal.
  func hasSameUTF8(as other: String) -> Bool {
    let left = utf8
    let right = other.utf8
    return left.count == right.count && left.elementsEqual(right)
  }
}
