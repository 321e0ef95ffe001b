/// How much harm a step can do, from T0 (none that matters) to T4 (irreversible harm to people or the company).
package enum RiskTier: UInt8, CaseIterable, Comparable, Sendable {
  /// Internal, read-only, reversible at once.
  case t0 = 0
  /// Low: wrong output is seen and mended before it matters.
  case t1 = 1
  /// Moderate: money or customers are touched within tight limits.
  case t2 = 2
  /// High: a person agrees before it happens, unless the settings say otherwise.
  case t3 = 3
  /// Critical.
  case t4 = 4

  /// The name in manifests and entries: `T0` … `T4`.
  package var text: String { "T\(rawValue)" }

  /// The tier with this name, or nil.
  package init?(text: String) {
    guard let tier = RiskTier.allCases.first(where: { $0.text == text }) else { return nil }
    self = tier
  }

  /// Whether `left` is the milder tier.
  package static func < (left: RiskTier, right: RiskTier) -> Bool { left.rawValue < right.rawValue }
}
