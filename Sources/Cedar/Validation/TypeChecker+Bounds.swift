extension TypeChecker {
  /// The narrowest type that holds the values of both; nil when there is none. Strict mode joins only what differs in constants;
  /// permissive mode joins entity types, too, and keeps of two records what they share.
  mutating func upperBound(_ left: CheckedType, _ right: CheckedType) -> CheckedType? {
    guard budget.spend() else { return .failed }
    switch (left, right) {
    case (.failed, _), (_, .failed): return .failed
    case (.never, let other), (let other, .never): return other
    case (.bool(let left), .bool(let right)): return .bool(left == right ? left : nil)
    case (.long, .long): return .long
    case (.string, .string): return .string
    case (.extension(let left), .extension(let right)): return left == right ? .extension(left) : nil
    case (.set(let left), .set(let right)): return upperBound(left, right).map { .set($0) }
    case (.entity(let left), .entity(let right)):
      if left == right { return .entity(left) }
      guard !isStrict, budget.spend(left.count + right.count) else { return nil }
      return .entity(Set(left).union(right).sorted())
    case (.record(let left), .record(let right)): return upperBound(left, right).map { .record($0) }
    default: return nil
    }
  }

  /// Steps that one member of a record counts: about what its join costs in visits of terms.
  private static let memberSteps = 8

  private mutating func upperBound(_ left: RecordShape, _ right: RecordShape) -> RecordShape? {
    // One declaration, used twice, needs no look inside; it could be far larger than the schema's text.
    if case .declared(let left) = left, case .declared(let right) = right, left.isIdentical(to: right) { return .declared(left) }
    if isStrict, left.count != right.count { return nil }
    guard budget.spend(left.count * TypeChecker.memberSteps) else { return left }
    var fields: [Name: RecordShape.Field] = [:]
    for name in left.names {
      guard let leftField = left[name], let rightField = right[name] else {
        if isStrict { return nil }
        continue
      }
      if isStrict, leftField.isRequired != rightField.isRequired { return nil }
      guard let type = upperBound(leftField.type, rightField.type) else {
        if isStrict { return nil }
        continue
      }
      fields[name] = RecordShape.Field(type: type, isRequired: leftField.isRequired && rightField.isRequired)
    }
    let isOpen = left.isOpen || right.isOpen || fields.count < left.count || fields.count < right.count
    return .made(fields, isOpen: isOpen)
  }
}

extension RecordType {
  /// Whether both are the same attributes in memory.
  fileprivate func isIdentical(to other: RecordType) -> Bool {
    attributes.withUnsafeBufferPointer { left in
      other.attributes.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress && left.count == $0.count }
    }
  }
}
