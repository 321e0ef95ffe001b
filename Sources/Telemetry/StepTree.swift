/// The parent of every step among the given ones; links that would close a circle are cut, so every walk ends.
struct StepTree {
  /// Index of the parent, or -1.
  private(set) var parents: [Int]
  /// All indices, parents before their children.
  private(set) var order: [Int]

  /// How many ancestors a rule looks at: nested instrumentations of one call are a few deep, and a hostile chain must not cost n².
  static let ancestorsMax = 64

  init(_ steps: [CanonicalStep]) {
    var indices: [StepKey: Int] = Dictionary(minimumCapacity: steps.count)
    for (index, step) in steps.enumerated() { indices[step.key] = index }
    parents = steps.map { step in
      step.parentSpanID.flatMap { indices[StepKey(step.traceID, $0)] } ?? -1
    }
    order = []
    order.reserveCapacity(steps.count)
    arrange()
  }

  /// Fills `order`, cutting circles at the step from which they were entered.
  private mutating func arrange() {
    var placed = [Bool](repeating: false, count: parents.count)
    var onPath = placed
    var path: [Int] = []
    for start in parents.indices where !placed[start] {
      var index = start
      while index >= 0, !placed[index], !onPath[index] {
        onPath[index] = true
        path.append(index)
        index = parents[index]
      }
      if index >= 0, onPath[index], let last = path.last { parents[last] = -1 }
      while let next = path.popLast() {
        onPath[next] = false
        placed[next] = true
        order.append(next)
      }
    }
  }

  /// The nearest ancestors of `index`, at most `ancestorsMax` of them.
  func ancestors(of index: Int) -> some Sequence<Int> {
    sequence(first: parents[index]) { $0 < 0 ? nil : parents[$0] }.prefix(Self.ancestorsMax).lazy.filter { $0 >= 0 }
  }
}
