/// A Cedar set: its elements without duplicates, kept in one canonical order, so that equal sets are equal arrays.
public struct ValueSet: Sendable, Hashable {
  /// The elements, ordered by kind and content.
  public let elements: [Value]

  /// Makes a set; duplicates collapse. Complexity: O(n log n) comparisons.
  public init(_ elements: [Value]) {
    if elements.count < 2 {
      self.elements = elements
      return
    }
    let sorted = elements.sorted { Value.compare($0, $1) < 0 }
    var unique: [Value] = []
    unique.reserveCapacity(sorted.count)
    for element in sorted {
      if let last = unique.last, Value.compare(last, element) == 0 { continue }
      unique.append(element)
    }
    self.elements = unique
  }

  /// Whether an element equals `value`. Complexity: O(log n) comparisons.
  public func contains(_ value: Value) -> Bool {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      let order = Value.compare(elements[middle], value)
      if order == 0 { return true }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return false
  }

  /// An element that is no entity, or nil. In the order of a set each kind lies together, so that the first or the last is one.
  var stranger: Value? {
    if let first = elements.first, first.kind != .entity { return first }
    if let last = elements.last, last.kind != .entity { return last }
    return nil
  }

  /// Whether the entity called `uid` is an element; there must be no stranger among them. Complexity: O(log n).
  func contains(_ uid: UnownedUID) -> Bool {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if hash(middle) < uid.hash { low = middle + 1 } else { high = middle }
    }
    while low < elements.count, case .entity(let name) = elements[low], name.hash == uid.hash {
      if UnownedUID(name) == uid { return true }
      low += 1
    }
    return false
  }

  /// The hash of the entity at `index`.
  private func hash(_ index: Int) -> UInt64 {
    if case .entity(let uid) = elements[index] { uid.hash } else { .max }
  }

  static func compare(_ left: ValueSet, _ right: ValueSet) -> Int {
    if left.elements.count != right.elements.count { return left.elements.count - right.elements.count }
    for index in left.elements.indices {
      let order = Value.compare(left.elements[index], right.elements[index])
      if order != 0 { return order }
    }
    return 0
  }
}
