import API
import JSON

/// What a step uses or has used; nil says nothing, 0 says none.
public struct Usage: Sendable, Equatable {
  /// Tokens that went into models, cached ones included.
  public var tokensIn: Int64?
  /// Tokens that models produced.
  public var tokensOut: Int64?
  /// Cost in billionths of a US dollar.
  public var costNanoUSD: Int64?
  /// Steps.
  public var steps: Int64?
  /// Calls of tools.
  public var toolCalls: Int64?

  /// Usage; nothing is said unless given.
  public init(
    tokensIn: Int64? = nil, tokensOut: Int64? = nil, costNanoUSD: Int64? = nil, steps: Int64? = nil, toolCalls: Int64? = nil
  ) {
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costNanoUSD = costNanoUSD
    self.steps = steps
    self.toolCalls = toolCalls
  }

  /// True when nothing is said.
  public var isEmpty: Bool { message.named.isEmpty }

  var message: AmountsMessage {
    AmountsMessage(tokensIn: tokensIn, tokensOut: tokensOut, costNanoUSD: costNanoUSD, steps: steps, toolCalls: toolCalls)
  }

  var value: PropertyValue { PropertyValue(.object(message.json)) }
}
