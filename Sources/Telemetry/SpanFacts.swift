/// The attributes of one span (or resource) that mean something, by slot; reused from span to span.
struct SpanFacts {
  private var values: [RawValue]
  private var touched: [Int] = []

  init(slots: Int) { values = Array(repeating: .empty, count: slots) }

  /// The value in `slot`; `.empty` when absent.
  @inline(__always)
  subscript(slot: Int) -> RawValue { values[slot] }

  /// Sets a value; the last one wins.
  @inline(__always)
  mutating func set(_ slot: Int, _ value: RawValue) {
    values[slot] = value
    touched.append(slot)
  }

  /// Forgets everything.
  mutating func reset() {
    for slot in touched { values[slot] = .empty }
    touched.removeAll(keepingCapacity: true)
  }
}
