/// A type as a schema declares it, with every name resolved: common types are replaced by what they stand for.
public indirect enum SchemaType: Sendable, Equatable {
  /// A truth value.
  case bool
  /// A 64-bit signed integer.
  case long
  /// Text.
  case string
  /// A reference to an entity of the type with this full name.
  case entity(String)
  /// A set of elements of one type.
  case set(SchemaType)
  /// A closed record: nothing but the attributes named.
  case record(RecordType)
  /// A value of an extension type.
  case `extension`(ExtensionType)
}

/// The extension types of the language, by their names in schemas.
public enum ExtensionType: String, Sendable, Equatable, CaseIterable {
  /// An IP address or range.
  case ipaddr
  /// A number with four fraction digits.
  case decimal
  /// A moment.
  case datetime
  /// A span of time.
  case duration

  /// The function that makes a value of the type from text.
  var constructor: ExtensionFunction {
    switch self {
    case .ipaddr: .ip
    case .decimal: .decimal
    case .datetime: .datetime
    case .duration: .duration
    }
  }
}

/// The attributes of a record, an entity or a context.
public struct RecordType: Sendable, Equatable {
  /// One attribute.
  public struct Attribute: Sendable, Equatable {
    /// Any text; compared by its bytes.
    public let name: String
    /// What its values are.
    public let type: SchemaType
    /// Whether every record of the type has it.
    public let isRequired: Bool

    /// Makes an attribute.
    public init(name: String, type: SchemaType, isRequired: Bool = true) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
    }

    /// Whether name, type and requiredness are the same.
    public static func == (left: Attribute, right: Attribute) -> Bool {
      left.isRequired == right.isRequired && Text.equal(left.name, right.name) && left.type == right.type
    }
  }

  /// The record type without attributes.
  public static let empty = RecordType([])

  /// Ordered by the bytes of their names, each name once.
  public let attributes: [Attribute]

  /// Makes a record type; of two attributes with one name the later stays.
  public init(_ attributes: [Attribute]) {
    let ordered = attributes.enumerated().sorted { left, right in
      let order = Text.compare(left.element.name, right.element.name)
      return order == 0 ? left.offset < right.offset : order < 0
    }
    var kept: [Attribute] = []
    kept.reserveCapacity(ordered.count)
    for (_, attribute) in ordered {
      if let last = kept.last, Text.equal(last.name, attribute.name) { kept.removeLast() }
      kept.append(attribute)
    }
    self.attributes = kept
  }

  /// The attribute called `name`, or nil. Complexity: O(log n) comparisons.
  public subscript(name: String) -> Attribute? {
    var low = 0
    var high = attributes.count
    while low < high {
      let middle = (low + high) / 2
      let order = Text.compare(attributes[middle].name, name)
      if order == 0 { return attributes[middle] }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
