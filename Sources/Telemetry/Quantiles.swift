/// Exact quantiles of a list: the value of rank ⌊q(n−1)⌋ in ascending order.
package struct Quantiles: Sendable, Equatable {
  /// One quantile of the list.
  package enum Rank: Sendable, CaseIterable {
    case p50
    case p90
    case p99

    /// How many values are needed before the quantile says anything about what comes: with fewer, pages say "too few". From here on
    /// the chance that all values lie on one side of the true quantile is below 2.5 % (0.5⁶, 0.9³⁶, 0.99³⁶⁸).
    package var countMin: Int {
      switch self {
      case .p50: 6
      case .p90: 36
      case .p99: 368
      }
    }

    fileprivate var percent: Int {
      switch self {
      case .p50: 50
      case .p90: 90
      case .p99: 99
      }
    }
  }

  private let ascending: [Int64]

  /// The quantiles of `values`, in any order.
  package init(_ values: [Int64]) { ascending = values.sorted() }

  /// The quantile, or nil when there are no values. Exact; whether it is worth showing says `isEnough`.
  package func value(_ rank: Rank) -> Int64? {
    guard !ascending.isEmpty else { return nil }
    return ascending[rank.percent * (ascending.count - 1) / 100]
  }

  /// Whether there are enough values for this quantile.
  package func isEnough(_ rank: Rank) -> Bool { ascending.count >= rank.countMin }
}
