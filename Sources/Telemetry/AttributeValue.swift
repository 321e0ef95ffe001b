/// A value of an attribute: OTLP `AnyValue`, with nothing lost.
package indirect enum AttributeValue: Sendable {
  /// No member of the oneof was set: a valid, empty value.
  case empty
  case string(String)
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  case array([AttributeValue])
  case map([Attribute])
  case bytes([UInt8])
}

extension AttributeValue: Equatable {
  /// Equality of bits: two NaN of the same bits are equal, 0.0 and -0.0 are not, so that what was encoded can be compared.
  package static func == (left: AttributeValue, right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.empty, .empty): true
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern
    case (.array(let left), .array(let right)): left == right
    case (.map(let left), .map(let right)): left == right
    case (.bytes(let left), .bytes(let right)): left == right
    default: false
    }
  }
}

/// A key and its value. Keys should be unique in a list; readers take the last one when they are not.
package struct Attribute: Sendable, Equatable {
  /// The key as it came; may be empty.
  package var key: String
  /// The value.
  package var value: AttributeValue

  /// An attribute.
  package init(_ key: String, _ value: AttributeValue) {
    self.key = key
    self.value = value
  }
}

extension [Attribute] {
  /// The value under `key`; the last one when it occurs more than once.
  package subscript(key: String) -> AttributeValue? { last { $0.key == key }?.value }
}
