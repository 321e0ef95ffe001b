/// Work that may still be done. A policy and a schema from outside can make checking one against the other as long as they like.
struct StepBudget {
  private(set) var left: Int

  /// Whether all of it is used up: what was to be done after that was left out.
  var isExhausted: Bool { left <= 0 }

  /// Accounts for `count` steps; false when there are too few left.
  mutating func spend(_ count: Int = 1) -> Bool {
    left = left < count ? 0 : left - count
    return left > 0
  }
}
