/// Prices per token class in picoUSD (1e-12 USD) per token, so that rates from 1e-12 USD upwards are exact.
package struct TokenRates: Sendable, Equatable, Hashable {
  /// Uncached input.
  package var input: Int64
  /// Output without separately priced reasoning.
  package var output: Int64
  /// nil: cache reads cost what input costs.
  package var cacheRead: Int64?
  /// nil: cache writes cost what input costs.
  package var cacheWrite: Int64?
  /// nil: reasoning costs what output costs.
  package var reasoning: Int64?

  /// Rates in picoUSD per token.
  package init(input: Int64, output: Int64, cacheRead: Int64? = nil, cacheWrite: Int64? = nil, reasoning: Int64? = nil) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.reasoning = reasoning
  }

  /// The cost of `usage` in picoUSD, held at the largest Int64 (nine million USD); `unsplit` tokens are not in it.
  package func picoUSD(_ usage: Usage) -> Int64 {
    let plainOutput = usage.output &- usage.reasoning
    let sum =
      product(usage.inputUncached, input) + product(usage.cacheRead, cacheRead ?? input)
      + product(usage.cacheWrite, cacheWrite ?? input) + product(plainOutput, output)
      + product(usage.reasoning, reasoning ?? output)
    return Int64(clamping: sum)
  }

  /// The largest rate of every class of the two.
  package func maximum(_ other: TokenRates) -> TokenRates {
    TokenRates(
      input: max(input, other.input), output: max(output, other.output),
      cacheRead: max(cacheRead ?? input, other.cacheRead ?? other.input),
      cacheWrite: max(cacheWrite ?? input, other.cacheWrite ?? other.input),
      reasoning: max(reasoning ?? output, other.reasoning ?? other.output))
  }

  /// The largest rate that is believed: one USD per token.
  package static let ratePicoUSDMax: Int64 = 1_000_000_000_000

  /// The rate in picoUSD per token of a plain decimal in USD per million tokens (`0.15`), or nil when it is not one, has more than
  /// six decimals that count, or exceeds `ratePicoUSDMax`.
  package static func perToken(usdPerMillionTokens text: String) -> Int64? {
    var value: Int64 = 0
    var decimals = -1
    var digits = 0
    for character in text.utf8 {
      if character == UInt8(ascii: "."), decimals < 0, digits > 0 {
        decimals = 0
        continue
      }
      guard character >= 0x30, character <= 0x39 else { return nil }
      if decimals >= 6 {
        guard character == 0x30 else { return nil }
        continue
      }
      value = value * 10 + Int64(character - 0x30)
      guard value <= ratePicoUSDMax else { return nil }
      digits += 1
      if decimals >= 0 { decimals += 1 }
    }
    guard digits > 0, decimals != 0 else { return nil }
    for _ in max(decimals, 0)..<6 { value *= 10 }
    return value <= ratePicoUSDMax ? value : nil
  }

  private func product(_ tokens: Int64, _ rate: Int64) -> Int128 { Int128(tokens) * Int128(rate) }
}

/// NanoUSD of an amount in picoUSD, rounded up: a sum never shows less than was used.
package func nanoUSD(picoUSD: Int64) -> Int64 { picoUSD / 1_000 + (picoUSD % 1_000 > 0 ? 1 : 0) }
