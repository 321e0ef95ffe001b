import Cryptography

/// The last keyed decisions in order of arrival, so that a repetition finds its answer; the oldest leave first.
struct RecentKeys: Sendable {
  struct Known: Sendable, Equatable {
    var body: SHA256Digest
    var index: UInt64
    var outcome: Outcome
  }

  /// How many keyed decisions are remembered: about 100 MB at most, half a minute at full load and a day at ten a second.
  static let countMax = 1_000_000

  let countMax: Int
  private(set) var known: [SHA256Digest: Known] = [:]
  private var order: [SHA256Digest] = []
  private var oldest = 0

  init(countMax: Int = RecentKeys.countMax) { self.countMax = countMax }

  subscript(key: SHA256Digest) -> Known? { known[key] }

  mutating func remember(_ key: SHA256Digest, _ value: Known) {
    if known.updateValue(value, forKey: key) == nil {
      if order.count < countMax {
        order.append(key)
      } else {
        known[order[oldest]] = nil
        order[oldest] = key
        oldest = (oldest + 1) % countMax
      }
    }
  }

  /// Oldest first.
  var entries: [(key: SHA256Digest, known: Known)] {
    (0..<order.count).compactMap { offset in
      let key = order[(oldest + offset) % order.count]
      return known[key].map { (key, $0) }
    }
  }
}

/// The runs that were finished last; a step of one is refused.
struct FinishedRuns: Sendable {
  /// How many finished runs are remembered: a step that comes later than a million finished runs is refused by its budget window.
  static let countMax = 1_000_000

  private(set) var names: Set<String> = []
  private(set) var order: [String] = []
  private var oldest = 0

  func contains(_ run: String) -> Bool { names.contains(run) }

  mutating func insert(_ run: String) {
    guard names.insert(run).inserted else { return }
    if order.count < Self.countMax {
      order.append(run)
    } else {
      names.remove(order[oldest])
      order[oldest] = run
      oldest = (oldest + 1) % Self.countMax
    }
  }

  var inOrder: [String] { (0..<order.count).map { order[(oldest + $0) % order.count] } }
}
