/// Tokens of model calls in classes that do not overlap; never negative.
package struct Usage: Sendable, Equatable, Hashable {
  /// Input that was neither read from nor written to a cache.
  package var inputUncached: Int64
  /// Input read from a prompt cache.
  package var cacheRead: Int64
  /// Input written to a prompt cache.
  package var cacheWrite: Int64
  /// All output, reasoning included.
  package var output: Int64
  /// The part of `output` that is reasoning; never more than `output`.
  package var reasoning: Int64
  /// Tokens of which only a total is known: neither input nor output.
  package var unsplit: Int64

  /// Usage from its disjoint classes; `reasoning` is a part of `output`.
  package init(
    inputUncached: Int64 = 0, cacheRead: Int64 = 0, cacheWrite: Int64 = 0, output: Int64 = 0, reasoning: Int64 = 0,
    unsplit: Int64 = 0
  ) {
    self.inputUncached = inputUncached
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.output = output
    self.reasoning = reasoning
    self.unsplit = unsplit
  }

  /// All input: uncached, cache reads and cache writes.
  package var input: Int64 { inputUncached &+ cacheRead &+ cacheWrite }

  /// All tokens.
  package var total: Int64 { input &+ output &+ unsplit }

  /// No tokens at all.
  package static let zero = Usage()

  /// The largest number of tokens that one step may claim; a larger claim is not believed. Sums of nine million steps fit in Int64.
  package static let tokensPerStepMax: Int64 = 1_000_000_000_000

  /// The sum class by class, held at the largest Int64 instead of wrapping.
  package static func + (left: Usage, right: Usage) -> Usage {
    Usage(
      inputUncached: saturatingSum(left.inputUncached, right.inputUncached),
      cacheRead: saturatingSum(left.cacheRead, right.cacheRead),
      cacheWrite: saturatingSum(left.cacheWrite, right.cacheWrite), output: saturatingSum(left.output, right.output),
      reasoning: saturatingSum(left.reasoning, right.reasoning), unsplit: saturatingSum(left.unsplit, right.unsplit))
  }

  /// Adds class by class.
  package static func += (left: inout Usage, right: Usage) { left = left + right }
}

/// `left + right`, held at the largest Int64. Both are at least zero.
func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
  let (sum, overflow) = left.addingReportingOverflow(right)
  return overflow ? .max : sum
}
