extension Value {
  /// The truth value, or nil for any other kind.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The integer, or nil for any other kind.
  public var longValue: Int64? { if case .long(let value) = self { value } else { nil } }

  /// The text, or nil for any other kind.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The name of the entity, or nil for any other kind.
  public var entityValue: EntityUID? { if case .entity(let value) = self { value } else { nil } }

  /// The elements of the set, or nil for any other kind.
  public var setValue: ValueSet? { if case .set(let value) = self { value } else { nil } }

  /// The record, or nil for any other kind.
  public var recordValue: Record? { if case .record(let value) = self { value } else { nil } }
}

extension Record: ExpressibleByDictionaryLiteral {
  /// Makes a record; of two members with the same key the later one stays.
  public init(dictionaryLiteral members: (String, Value)...) { self.init(members.map { (key: $0.0, value: $0.1) }) }
}
