extension Evaluator {
  /// The arguments are read from left to right, whatever their number.
  func call(_ node: Node, _ index: Int32) throws(Fault) -> Value {
    let function = Code.functions[Int(node.a)]
    // The usual numbers of arguments take no array.
    if node.c == 1 { return try function.apply(value(lists[Int(node.b)]), index) }
    if node.c == 2 { return try function.apply(value(lists[Int(node.b)]), value(lists[Int(node.b + 1)]), index) }
    var arguments: [Value] = []
    for position in node.b..<(node.b + node.c) { arguments.append(try value(lists[Int(position)])) }
    return try function.apply(arguments, index)
  }
}

extension ExtensionFunction {
  /// The result for `arguments`: their number is checked first, then their kinds. `index` names the caller's node in a fault.
  func apply(_ arguments: [Value], _ index: Int32) throws(Fault) -> Value {
    guard arguments.count == argumentCount else { throw Fault(cause: .arity(self, found: arguments.count), node: index) }
    return try arguments.count == 1 ? unary(arguments[0], index) : binary(arguments[0], arguments[1], index)
  }

  /// As above for one argument, without an array.
  func apply(_ argument: Value, _ index: Int32) throws(Fault) -> Value {
    guard argumentCount == 1 else { throw Fault(cause: .arity(self, found: 1), node: index) }
    return try unary(argument, index)
  }

  /// As above for two arguments, without an array.
  func apply(_ first: Value, _ second: Value, _ index: Int32) throws(Fault) -> Value {
    guard argumentCount == 2 else { throw Fault(cause: .arity(self, found: 2), node: index) }
    return try binary(first, second, index)
  }

  private func wrongType(_ expected: Fault.Expected, _ found: Value, _ node: Int32) -> Fault {
    Fault(cause: .wrongType(expected: expected, found: found.kind), node: node)
  }

  private func unary(_ argument: Value, _ index: Int32) throws(Fault) -> Value {
    switch self {
    case .ip, .decimal, .datetime, .duration:
      guard case .string(let text) = argument else { throw wrongType(.string, argument, index) }
      guard let value = construct(text) else { throw Fault(cause: .badLiteral(self), node: index) }
      return value
    case .isIpv4, .isIpv6, .isLoopback, .isMulticast:
      guard case .ip(let address) = argument else { throw wrongType(.ipaddr, argument, index) }
      return .bool(test(address))
    case .toDate, .toTime:
      guard case .datetime(let moment) = argument else { throw wrongType(.datetime, argument, index) }
      if self == .toTime { return .duration(moment.time) }
      guard let date = moment.date else { throw Fault(cause: .outOfRange(self), node: index) }
      return .datetime(date)
    default:
      guard case .duration(let span) = argument else { throw wrongType(.duration, argument, index) }
      return .long(span.milliseconds / millisecondsPerUnit)
    }
  }

  private func binary(_ left: Value, _ right: Value, _ index: Int32) throws(Fault) -> Value {
    switch self {
    case .isInRange:
      guard case .ip(let address) = left else { throw wrongType(.ipaddr, left, index) }
      guard case .ip(let range) = right else { throw wrongType(.ipaddr, right, index) }
      return .bool(address.isInRange(range))
    case .offset:
      guard case .datetime(let moment) = left else { throw wrongType(.datetime, left, index) }
      guard case .duration(let span) = right else { throw wrongType(.duration, right, index) }
      guard let result = moment.offset(by: span) else { throw Fault(cause: .outOfRange(self), node: index) }
      return .datetime(result)
    case .durationSince:
      guard case .datetime(let moment) = left else { throw wrongType(.datetime, left, index) }
      guard case .datetime(let other) = right else { throw wrongType(.datetime, right, index) }
      guard let result = moment.durationSince(other) else { throw Fault(cause: .outOfRange(self), node: index) }
      return .duration(result)
    default:
      guard case .decimal(let first) = left else { throw wrongType(.decimal, left, index) }
      guard case .decimal(let second) = right else { throw wrongType(.decimal, right, index) }
      return .bool(compare(first, second))
    }
  }
}

extension ExtensionFunction {
  /// The value that a constructor makes of `text`; nil for a bad text, and for functions that are no constructors.
  func construct(_ text: String) -> Value? {
    switch self {
    case .ip: IPAddressValue(text).map { .ip($0) }
    case .decimal: DecimalValue(text).map { .decimal($0) }
    case .datetime: DateTimeValue(text).map { .datetime($0) }
    case .duration: DurationValue(text).map { .duration($0) }
    default: nil
    }
  }

  private func test(_ address: IPAddressValue) -> Bool {
    switch self {
    case .isIpv4: address.isIPv4
    case .isIpv6: address.isIPv6
    case .isLoopback: address.isLoopback
    default: address.isMulticast
    }
  }

  private func compare(_ left: DecimalValue, _ right: DecimalValue) -> Bool {
    switch self {
    case .lessThan: left < right
    case .lessThanOrEqual: left <= right
    case .greaterThan: left > right
    default: left >= right
    }
  }

  /// What one unit of a `to…` function is worth. Division truncates toward zero.
  private var millisecondsPerUnit: Int64 {
    switch self {
    case .toSeconds: 1000
    case .toMinutes: 60_000
    case .toHours: 3_600_000
    case .toDays: 86_400_000
    default: 1
    }
  }
}
