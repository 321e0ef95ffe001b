/// A Cedar value. Equality is structural and total: values of different kinds are unequal, never an error.
public enum Value: Sendable, Hashable {
  /// A truth value.
  case bool(Bool)
  /// A 64-bit signed integer.
  case long(Int64)
  /// Text, compared scalar by scalar without normalisation.
  case string(String)
  /// A reference to an entity, which need not exist in any store.
  case entity(EntityUID)
  /// An unordered collection without duplicates; its elements may be of different kinds.
  case set(ValueSet)
  /// Named values.
  case record(Record)
  /// A number with exactly four fraction digits.
  case decimal(DecimalValue)
  /// A moment in UTC, in milliseconds.
  case datetime(DateTimeValue)
  /// A span of time, in milliseconds.
  case duration(DurationValue)
  /// An IPv4 or IPv6 address with a prefix length.
  indirect case ip(IPAddressValue)

  /// Whether both values are of the same kind and content.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.bool(let left), .bool(let right)): left == right
    case (.long(let left), .long(let right)): left == right
    case (.string(let left), .string(let right)): Text.equal(left, right)
    case (.entity(let left), .entity(let right)): left == right
    case (.set(let left), .set(let right)): left == right
    case (.record(let left), .record(let right)): left == right
    case (.decimal(let left), .decimal(let right)): left == right
    case (.datetime(let left), .datetime(let right)): left == right
    case (.duration(let left), .duration(let right)): left == right
    case (.ip(let left), .ip(let right)): left == right
    default: false
    }
  }

  /// Feeds the kind and the content.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    switch self {
    case .bool(let value): hasher.combine(value)
    case .long(let value): hasher.combine(value)
    case .string(let value): hasher.combine(Text.hash(value))
    case .entity(let value): hasher.combine(value)
    case .set(let value): hasher.combine(value)
    case .record(let value): hasher.combine(value)
    case .decimal(let value): hasher.combine(value)
    case .datetime(let value): hasher.combine(value)
    case .duration(let value): hasher.combine(value)
    case .ip(let value): hasher.combine(value)
    }
  }

  /// The kind of this value.
  var kind: ValueKind {
    switch self {
    case .bool: .bool
    case .long: .long
    case .string: .string
    case .entity: .entity
    case .set: .set
    case .record: .record
    case .decimal: .decimal
    case .datetime: .datetime
    case .duration: .duration
    case .ip: .ip
    }
  }

  /// A total order over all values, by kind and then content; it gives sets one canonical form.
  static func compare(_ left: Value, _ right: Value) -> Int {
    switch (left, right) {
    case (.bool(let left), .bool(let right)): order(left ? 1 : 0, right ? 1 : 0)
    case (.long(let left), .long(let right)): order(left, right)
    case (.string(let left), .string(let right)): Text.compare(left, right)
    case (.entity(let left), .entity(let right)): EntityUID.compare(left, right)
    case (.set(let left), .set(let right)): ValueSet.compare(left, right)
    case (.record(let left), .record(let right)): Record.compare(left, right)
    case (.decimal(let left), .decimal(let right)): order(left.scaled, right.scaled)
    case (.datetime(let left), .datetime(let right)): order(left.milliseconds, right.milliseconds)
    case (.duration(let left), .duration(let right)): order(left.milliseconds, right.milliseconds)
    case (.ip(let left), .ip(let right)): IPAddressValue.compare(left, right)
    default: order(Int64(left.kind.rawValue), Int64(right.kind.rawValue))
    }
  }

  @inline(__always)
  private static func order(_ left: Int64, _ right: Int64) -> Int { left < right ? -1 : (left == right ? 0 : 1) }
}

/// The kinds of value, as error texts name them.
enum ValueKind: UInt8, Sendable, CustomStringConvertible {
  case bool, long, string, entity, set, record, decimal, datetime, duration, ip

  var description: String {
    switch self {
    case .bool: "Bool"
    case .long: "Long"
    case .string: "String"
    case .entity: "entity"
    case .set: "Set"
    case .record: "Record"
    case .decimal: "decimal"
    case .datetime: "datetime"
    case .duration: "duration"
    case .ip: "ipaddr"
    }
  }
}

extension Value: CustomStringConvertible {
  /// The value as a Cedar expression; set elements and record members in a fixed order.
  public var description: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .long(let value): String(value)
    case .string(let value): quoted(value)
    case .entity(let value): value.description
    case .set(let value): "[" + value.elements.map(\.description).joined(separator: ", ") + "]"
    case .record(let value):
      "{" + value.members.map { "\(quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
    case .decimal(let value): "decimal(\"\(value)\")"
    case .datetime(let value): "datetime(\"\(value)\")"
    case .duration(let value): "duration(\"\(value)\")"
    case .ip(let value): "ip(\"\(value)\")"
    }
  }
}
