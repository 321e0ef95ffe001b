import JSON

/// A JSON value in requests and answers: properties, arguments, context.
public enum PropertyValue: Sendable, Equatable {
  /// JSON `null`; AuthZEN advises to leave nulls out.
  case null
  /// A boolean.
  case bool(Bool)
  /// A whole number, exact.
  case integer(Int64)
  /// Any other number, as its JSON text.
  case number(String)
  /// Text.
  case string(String)
  /// A list.
  case array([PropertyValue])
  /// Named values in order; a name may occur once.
  case object([(name: String, value: PropertyValue)])

  /// Same kind and content; the order of names in objects has no meaning.
  public static func == (left: PropertyValue, right: PropertyValue) -> Bool { left.json == right.json }

  /// The text, or nil for any other kind.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The whole number, or nil for any other kind.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// The boolean, or nil for any other kind.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The list, or nil for any other kind.
  public var array: [PropertyValue]? { if case .array(let values) = self { values } else { nil } }

  /// The named value of an object, or nil.
  public subscript(name: String) -> PropertyValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension PropertyValue {
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let text): self = .number(text)
    case .string(let text): self = .string(text)
    case .array(let values): self = .array(values.map { PropertyValue($0) })
    case .object(let object): self = .object(object.members.map { (name: $0.key, value: PropertyValue($0.value)) })
    }
  }

  var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let text): .number(text)
    case .string(let text): .string(text)
    case .array(let values): .array(values.map(\.json))
    case .object(let members): .object(JSONObject(members.map { (key: $0.name, value: $0.value.json) }))
    }
  }
}

extension PropertyValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral,
  ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `nil` is `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A boolean literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number literal.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A text literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list literal.
  public init(arrayLiteral elements: PropertyValue...) { self = .array(elements) }
  /// An object literal.
  public init(dictionaryLiteral elements: (String, PropertyValue)...) { self = .object(elements.map { (name: $0.0, value: $0.1) }) }
}
