/// What a true condition says of the value of one term, as far as claims about one term can be held against each other.
enum Claim {
  /// The value is one of these.
  case oneOf(Set<Value>)
  /// The value is none of these.
  case noneOf(Set<Value>)
  /// The value is a Long from `low` to `high`; empty when `low` is greater.
  case range(low: Int64, high: Int64)
  /// The value is an entity of this type.
  case isType(String)
  /// The value is an entity of another type.
  case isNotType(String)
  /// The value is an entity that is, or is below, one of these.
  case isBelow(Set<EntityUID>)
}

/// All that is claimed of one term by conditions that hold together.
struct Domain {
  private var allowed: Set<Value>?
  private var excluded = Set<Value>()
  private var range: ClosedRange<Int64>?
  private var type: String?
  private var excludedTypes = Set<String>()
  private var ancestors: [Set<EntityUID>] = []
  private var isImpossible = false

  /// Holds `claim` together with what is claimed already.
  mutating func add(_ claim: Claim) {
    switch claim {
    case .oneOf(let values): allowed = allowed?.intersection(values) ?? values
    case .noneOf(let values): excluded.formUnion(values)
    case .range(let low, let high):
      let low = max(low, range?.lowerBound ?? Int64.min)
      let high = min(high, range?.upperBound ?? Int64.max)
      if low > high { isImpossible = true } else { range = low...high }
    case .isType(let name):
      if let type, type != name { isImpossible = true }
      type = name
    case .isNotType(let name): excludedTypes.insert(name)
    case .isBelow(let uids): ancestors.append(uids)
    }
    narrow()
  }

  /// Whether no value fulfils all claims.
  var isEmpty: Bool { isImpossible }

  private mutating func narrow() {
    if let allowed {
      let left = allowed.filter { admits($0) }
      self.allowed = left
      if left.isEmpty { isImpossible = true }
    }
    let isEntity = type != nil || !excludedTypes.isEmpty || !ancestors.isEmpty
    if isEntity, range != nil { isImpossible = true }
    if let type, excludedTypes.contains(type) { isImpossible = true }
  }

  /// Whether the term may have `value`.
  private func admits(_ value: Value) -> Bool {
    if excluded.contains(value) { return false }
    if let allowed, !allowed.contains(value) { return false }
    if let range {
      guard case .long(let number) = value, range.contains(number) else { return false }
    }
    if type == nil, excludedTypes.isEmpty, ancestors.isEmpty { return true }
    guard case .entity(let uid) = value else { return false }
    return (type == nil || type == uid.type) && !excludedTypes.contains(uid.type)
  }

  /// Whether `claim` is certain when these claims hold; the term is then read without an error.
  func implies(_ claim: Claim) -> Bool {
    switch claim {
    case .oneOf(let values): return allowed?.isSubset(of: values) ?? false
    case .noneOf(let values): return values.allSatisfy { !admits($0) }
    case .range(let low, let high):
      if let range, range.lowerBound >= low, range.upperBound <= high { return true }
      return isAlways { if case .long(let number) = $0 { low <= number && number <= high } else { false } }
    case .isType(let name): return type == name || isAlwaysEntity { $0.type == name }
    case .isNotType(let name):
      if let type { return type != name }
      return isAlwaysEntity { $0.type != name }
    case .isBelow(let uids):
      return ancestors.contains { $0.isSubset(of: uids) } || isAlwaysEntity { uids.contains($0) }
    }
  }

  private func isAlways(_ test: (Value) -> Bool) -> Bool { allowed?.allSatisfy(test) ?? false }

  private func isAlwaysEntity(_ test: (EntityUID) -> Bool) -> Bool {
    isAlways { if case .entity(let uid) = $0 { test(uid) } else { false } }
  }

  /// One mark for each way in which these claims can imply another of the same term: where a set lies in another, any of its members does.
  func marks(_ term: Name) -> [PolicyDemands.Mark] {
    var marks: [PolicyDemands.Mark] = []
    if let first = allowed?.first {
      marks.append(.value(term, first))
      if case .entity(let uid) = first { marks += [.below(term, uid), .ofType(term, uid.type)] }
    }
    if let type { marks.append(.ofType(term, type)) }
    for uids in ancestors { if let first = uids.first { marks.append(.below(term, first)) } }
    return marks
  }
}
