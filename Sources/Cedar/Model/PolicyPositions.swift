/// Positions of policies in `PolicySet.policies`, ascending, each once.
///
/// The first eight lie inside the value, so that an ordinary answer allocates nothing.
public struct PolicyPositions: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
  private var first = SIMD8<Int32>()
  private var rest: [Int32] = []
  /// The number of positions.
  public private(set) var count = 0

  init() {}

  /// Makes the collection of `positions`, in order and without repetitions.
  public init(_ positions: some Sequence<Int>) {
    for position in positions { append(position) }
    order()
  }

  /// Makes the collection of the positions given.
  public init(arrayLiteral positions: Int...) { self.init(positions) }

  /// The index of the first position: 0.
  public var startIndex: Int { 0 }
  /// The index behind the last position.
  public var endIndex: Int { count }

  /// The position at `index`.
  public subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count, "index out of range")
    return Int(index < first.scalarCount ? first[index] : rest[index - first.scalarCount])
  }

  /// Adds `position` at the end; `order` must follow unless positions come ascending.
  mutating func append(_ position: Int) {
    if count < first.scalarCount { first[count] = Int32(position) } else { rest.append(Int32(position)) }
    count += 1
  }

  /// Sorts and drops repetitions.
  mutating func order() {
    if zip(self, dropFirst()).allSatisfy({ $0 < $1 }) { return }
    if rest.isEmpty { return orderFirst() }
    let ordered = Set(self).sorted()
    self = PolicyPositions()
    for position in ordered { append(position) }
  }

  /// As `order`, by insertion, for what lies inside the value.
  private mutating func orderFirst() {
    var kept = 0
    for index in 0..<count {
      let position = first[index]
      var place = kept
      while place > 0, first[place - 1] > position { place -= 1 }
      if place > 0, first[place - 1] == position { continue }
      for moved in stride(from: kept, to: place, by: -1) { first[moved] = first[moved - 1] }
      first[place] = position
      kept += 1
    }
    count = kept
  }
}

extension PolicyPositions: Equatable, CustomStringConvertible {
  /// Whether both hold the same positions.
  public static func == (left: PolicyPositions, right: PolicyPositions) -> Bool { left.elementsEqual(right) }

  /// Whether the positions are those of `right`.
  public static func == (left: PolicyPositions, right: [Int]) -> Bool { left.elementsEqual(right) }

  /// The positions as an array literal.
  public var description: String { Array(self).description }
}
