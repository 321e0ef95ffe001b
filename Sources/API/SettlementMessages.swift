package import JSON

/// Amounts by currency as they stand on the wire; absent is not zero.
package struct AmountsMessage: Sendable, Equatable {
  package var tokensIn: Int64?
  package var tokensOut: Int64?
  package var costNanoUSD: Int64?
  package var steps: Int64?
  package var toolCalls: Int64?

  /// Amounts, in tokens, nano-dollars and counts.
  package init(
    tokensIn: Int64? = nil, tokensOut: Int64? = nil, costNanoUSD: Int64? = nil, steps: Int64? = nil, toolCalls: Int64? = nil
  ) {
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costNanoUSD = costNanoUSD
    self.steps = steps
    self.toolCalls = toolCalls
  }

  /// Name on the wire and value of every amount that is there, in the order of the currencies.
  package var named: [(name: String, value: Int64)] {
    let all: [(String, Int64?)] = [
      ("tokens_in", tokensIn), ("tokens_out", tokensOut), ("cost_nanousd", costNanoUSD), ("steps", steps),
      ("tool_calls", toolCalls),
    ]
    return all.compactMap { name, value in value.map { (name, $0) } }
  }

  /// The amounts as a JSON object.
  package var json: JSONObject { JSONObject(named.map { (key: $0.name, value: .integer($0.value)) }) }

  init(_ reader: MessageReader) throws(MessageFault) {
    try reader.refuseUnknown(besides: ["tokens_in", "tokens_out", "cost_nanousd", "steps", "tool_calls"])
    tokensIn = try reader.amount("tokens_in")
    tokensOut = try reader.amount("tokens_out")
    costNanoUSD = try reader.amount("cost_nanousd")
    steps = try reader.amount("steps")
    toolCalls = try reader.amount("tool_calls")
  }
}

extension MessageReader {
  /// An optional whole number that is not negative.
  func amount(_ name: StaticString) throws(MessageFault) -> Int64? {
    guard let member = cursor.member(name) else { return nil }
    guard let value = member.integerValue, value >= 0 else {
      throw MessageFault(
        field(name), "`\(field(name))` must be a whole number from 0 to \(Int64.max)", code: "budget.amount_invalid")
    }
    return value
  }
}

/// Body of `POST /v1/reservations/{id}/settle`.
package struct SettleMessage: Sendable, Equatable {
  /// What was really used.
  package var actual: AmountsMessage
  /// Where the numbers come from, for the record: at most 64 bytes.
  package var source: String?

  /// Longest source, in bytes.
  package static let sourceBytesMax = 64

  /// A settlement.
  package init(actual: AmountsMessage, source: String? = nil) {
    self.actual = actual
    self.source = source
  }

  /// Reads a body; unknown members are refused: a misspelt currency would settle at zero.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    self = try MessageReader.read(body) { root throws(MessageFault) in
      try root.refuseUnknown(besides: ["actual", "source"])
      return SettleMessage(
        actual: try AmountsMessage(try root.object("actual")),
        source: try root.optionalText("source", bytesMax: SettleMessage.sourceBytesMax))
    }
  }

  /// The body.
  package func encoded() -> [UInt8] {
    var object: JSONObject = ["actual": .object(actual.json)]
    if let source { object["source"] = .string(source) }
    return JSONWriter.encode(.object(object))
  }
}

/// Answer to a settlement or a release.
package struct SettlementAnswer: Sendable, Equatable {
  /// The reservation, which has the id of its decision.
  package var reservation: String
  /// `settled`, `confirmed`, `corrected` or `released`.
  package var effect: String
  /// What was used beyond the reservation; empty when it sufficed.
  package var overrun: JSONObject

  /// An answer.
  package init(reservation: String, effect: String, overrun: JSONObject = [:]) {
    self.reservation = reservation
    self.effect = effect
    self.overrun = overrun
  }

  /// Reads an answer.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    self = try MessageReader.read(body) { root throws(MessageFault) in
      SettlementAnswer(
        reservation: try root.text("reservation", bytesMax: 256), effect: try root.text("effect", bytesMax: 64),
        overrun: try root.properties("overrun"))
    }
  }

  /// The body.
  package func encoded() -> [UInt8] {
    JSONWriter.encode(["reservation": .string(reservation), "effect": .string(effect), "overrun": .object(overrun)])
  }
}
