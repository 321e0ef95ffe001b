extension Evaluator {
  // MARK: Logic

  /// The operands are read from left to right until one is false; each that is read must be a Bool.
  func and(_ node: Node) throws(Fault) -> Bool {
    for position in node.a..<(node.a + node.b) where try !truth(lists[Int(position)]) { return false }
    return true
  }

  func or(_ node: Node) throws(Fault) -> Bool {
    for position in node.a..<(node.a + node.b) where try truth(lists[Int(position)]) { return true }
    return false
  }

  // MARK: Comparison

  func equal(_ node: Node) throws(Fault) -> Bool {
    if let left = named(at: node.a), let right = named(at: node.b) { return left == right }
    let left = try value(node.a)
    let second = nodes[Int(node.b)]
    if second.op == .constant {
      if let uid = constantEntities[Int(second.a)] {
        guard case .entity(let left) = left else { return false }
        return UnownedUID(left) == uid
      }
      return constants[Int(second.a)] == left
    }
    let right = try value(node.b)
    return left == right
  }

  func less(_ left: Int32, _ right: Int32, _ index: Int32) throws(Fault) -> Bool {
    let first = try value(left)
    let second = try value(right)
    switch (first, second) {
    case (.long(let first), .long(let second)): return first < second
    case (.datetime(let first), .datetime(let second)): return first < second
    case (.duration(let first), .duration(let second)): return first < second
    default: throw notComparable(first, second, index)
    }
  }

  func lessEqual(_ left: Int32, _ right: Int32, _ index: Int32) throws(Fault) -> Bool {
    let first = try value(left)
    let second = try value(right)
    switch (first, second) {
    case (.long(let first), .long(let second)): return first <= second
    case (.datetime(let first), .datetime(let second)): return first <= second
    case (.duration(let first), .duration(let second)): return first <= second
    default: throw notComparable(first, second, index)
    }
  }

  /// Names the operand that no order takes, or the second when each would do alone.
  private func notComparable(_ first: Value, _ second: Value, _ index: Int32) -> Fault {
    switch first {
    case .long, .datetime, .duration: wrongType(.comparable, second, index)
    default: wrongType(.comparable, first, index)
    }
  }

  // MARK: Arithmetic

  func long(_ value: Value, _ index: Int32) throws(Fault) -> Int64 {
    guard case .long(let number) = value else { throw wrongType(.long, value, index) }
    return number
  }

  func sum(_ node: Node, _ index: Int32) throws(Fault) -> Int64 {
    var left = try value(node.a)
    var leftIndex = node.a
    var total: Int64 = 0
    for position in node.b..<(node.b + node.c) {
      let entry = lists[Int(position)]
      let right = try value(entry >> 1)
      let first = try long(left, leftIndex)
      let second = try long(right, entry >> 1)
      let (result, overflow) = entry & 1 == 1 ? first.subtractingReportingOverflow(second) : first.addingReportingOverflow(second)
      if overflow { throw Fault(cause: .overflow, node: index) }
      total = result
      left = .long(result)
      leftIndex = index
    }
    return total
  }

  func product(_ node: Node, _ index: Int32) throws(Fault) -> Int64 {
    var total: Int64 = 1
    var left: Value?
    for position in node.a..<(node.a + node.b) {
      let operand = lists[Int(position)]
      let right = try value(operand)
      guard let first = left else {
        left = right
        continue
      }
      let (result, overflow) = try long(first, index).multipliedReportingOverflow(by: long(right, operand))
      if overflow { throw Fault(cause: .overflow, node: index) }
      total = result
      left = .long(result)
    }
    return total
  }

  func negate(_ node: Node, _ index: Int32) throws(Fault) -> Int64 {
    let (result, overflow) = try Int64(0).subtractingReportingOverflow(long(value(node.a), node.a))
    if overflow { throw Fault(cause: .overflow, node: index) }
    return result
  }

  // MARK: Sets and records

  func set(_ node: Node) throws(Fault) -> Value {
    var elements: [Value] = []
    elements.reserveCapacity(Int(node.b))
    for position in node.a..<(node.a + node.b) { elements.append(try value(lists[Int(position)])) }
    return .set(ValueSet(elements))
  }

  func record(_ node: Node) throws(Fault) -> Value {
    var members: [Record.Member] = []
    members.reserveCapacity(Int(node.b))
    for pair in 0..<node.b {
      let position = Int(node.a + pair * 2)
      let value = try value(lists[position + 1])
      members.append(Record.Member(name: names[Int(lists[position])], value: value))
    }
    return .record(Record(unordered: members))
  }

  func containsAll(_ node: Node) throws(Fault) -> Bool {
    let left = try set(at: node.a)
    let right = try set(at: node.b)
    return right.elements.allSatisfy { left.contains($0) }
  }

  func containsAny(_ node: Node) throws(Fault) -> Bool {
    let left = try set(at: node.a)
    let right = try set(at: node.b)
    let (few, many) = left.elements.count < right.elements.count ? (left, right) : (right, left)
    return few.elements.contains { many.contains($0) }
  }
}
