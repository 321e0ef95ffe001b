/// What an expression can come to: the truth values, the other kinds of value, or an error. A set of outcomes says at least all that are
/// possible; one that is missing is impossible.
struct Outcomes: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  init(rawValue: UInt16) { self.rawValue = rawValue }

  static let isTrue = Outcomes(rawValue: 1)
  static let isFalse = Outcomes(rawValue: 1 << 1)
  static let error = Outcomes(rawValue: 1 << 2)
  static let long = Outcomes(kind: .long)
  static let string = Outcomes(kind: .string)
  static let entity = Outcomes(kind: .entity)
  static let set = Outcomes(kind: .set)
  static let record = Outcomes(kind: .record)
  static let decimal = Outcomes(kind: .decimal)
  static let datetime = Outcomes(kind: .datetime)
  static let duration = Outcomes(kind: .duration)
  static let ip = Outcomes(kind: .ip)
  static let bool: Outcomes = [.isTrue, .isFalse]
  static let value: Outcomes = [.bool, .long, .string, .entity, .set, .record, .decimal, .datetime, .duration, .ip]

  private init(kind: ValueKind) { rawValue = 1 << (2 + UInt16(kind.rawValue)) }

  /// The outcome of an expression whose value is `value`.
  init(_ value: Value) {
    if case .bool(let truth) = value { self = truth ? .isTrue : .isFalse } else { self = Outcomes(kind: value.kind) }
  }

  /// The outcomes of an expression whose values are of `type`.
  init(_ type: SchemaType) {
    switch type {
    case .bool: self = .bool
    case .long: self = .long
    case .string: self = .string
    case .entity: self = .entity
    case .set: self = .set
    case .record: self = .record
    case .extension(.ipaddr): self = .ip
    case .extension(.decimal): self = .decimal
    case .extension(.datetime): self = .datetime
    case .extension(.duration): self = .duration
    }
  }

  /// The values among the outcomes.
  var values: Outcomes { intersection(.value) }

  /// Whether nothing outside `wanted` can come out.
  func isOnly(_ wanted: Outcomes) -> Bool { isSubset(of: wanted) }

  /// Whether something outside `wanted` can come out, an error included.
  func mayMiss(_ wanted: Outcomes) -> Bool { !isSubset(of: wanted) }
}
