/// One amount per currency, inline: no allocation, integers only, arithmetic that reports overflow.
package struct Amounts: Hashable, Sendable {
  /// The largest amount of one currency in one reservation or settlement: 2^53 - 1, the largest integer that every JSON reader
  /// keeps exactly (entries of the journal are JSON).
  package static let maximum: Int64 = (1 << 53) - 1

  /// Nothing of anything.
  package static let zero = Amounts()

  /// Tokens sent to a model.
  package var tokensIn: Int64
  /// Tokens written by a model.
  package var tokensOut: Int64
  /// Cost in nano US dollars.
  package var costNanoUSD: Int64
  /// Steps taken.
  package var steps: Int64
  /// Tool calls made.
  package var toolCalls: Int64

  /// Amounts by currency; those not named are zero.
  @inlinable
  package init(tokensIn: Int64 = 0, tokensOut: Int64 = 0, costNanoUSD: Int64 = 0, steps: Int64 = 0, toolCalls: Int64 = 0) {
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costNanoUSD = costNanoUSD
    self.steps = steps
    self.toolCalls = toolCalls
  }

  /// The amount of one currency.
  package subscript(currency: Currency) -> Int64 {
    get {
      switch currency {
      case .tokensIn: tokensIn
      case .tokensOut: tokensOut
      case .costNanoUSD: costNanoUSD
      case .steps: steps
      case .toolCalls: toolCalls
      }
    }
    set {
      switch currency {
      case .tokensIn: tokensIn = newValue
      case .tokensOut: tokensOut = newValue
      case .costNanoUSD: costNanoUSD = newValue
      case .steps: steps = newValue
      case .toolCalls: toolCalls = newValue
      }
    }
  }

  /// True when every amount is zero.
  package var isZero: Bool { self == .zero }

  /// True when every amount lies in 0...`maximum`: what a reservation or a settlement may name.
  package var isValid: Bool {
    let range = 0...Amounts.maximum
    return range.contains(tokensIn) && range.contains(tokensOut) && range.contains(costNanoUSD) && range.contains(steps)
      && range.contains(toolCalls)
  }

  /// Calls `body` for each currency in the order of `Currency`, zeros included.
  package func forEach(_ body: (Currency, Int64) throws -> Void) rethrows {
    try body(.tokensIn, tokensIn)
    try body(.tokensOut, tokensOut)
    try body(.costNanoUSD, costNanoUSD)
    try body(.steps, steps)
    try body(.toolCalls, toolCalls)
  }

  /// The sum by currency, or nil when any of the five overflows.
  package func adding(_ other: Amounts) -> Amounts? {
    combined(other) { $0.addingReportingOverflow($1) }
  }

  /// The difference by currency, or nil when any of the five overflows. It may be negative.
  package func subtracting(_ other: Amounts) -> Amounts? {
    combined(other) { $0.subtractingReportingOverflow($1) }
  }

  private func combined(_ other: Amounts, _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)) -> Amounts? {
    let a = operation(tokensIn, other.tokensIn)
    let b = operation(tokensOut, other.tokensOut)
    let c = operation(costNanoUSD, other.costNanoUSD)
    let d = operation(steps, other.steps)
    let e = operation(toolCalls, other.toolCalls)
    if a.overflow || b.overflow || c.overflow || d.overflow || e.overflow { return nil }
    return Amounts(
      tokensIn: a.partialValue, tokensOut: b.partialValue, costNanoUSD: c.partialValue, steps: d.partialValue,
      toolCalls: e.partialValue)
  }

  /// The amounts with every one passed through `body`.
  func mapped(_ body: (Int64) -> Int64) -> Amounts {
    Amounts(
      tokensIn: body(tokensIn), tokensOut: body(tokensOut), costNanoUSD: body(costNanoUSD), steps: body(steps),
      toolCalls: body(toolCalls))
  }

  /// The part above zero, by currency.
  var positivePart: Amounts { mapped { max($0, 0) } }
}

extension Amounts: CustomStringConvertible {
  /// The non-zero amounts as `name=value`, separated by spaces; `0` when there is none.
  package var description: String {
    var parts: [String] = []
    forEach { currency, value in if value != 0 { parts.append("\(currency.name)=\(value)") } }
    return parts.isEmpty ? "0" : parts.joined(separator: " ")
  }
}
