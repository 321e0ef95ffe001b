import Testing

@testable import Telemetry

@Suite struct PriceBookTests {
  private static func price(
    _ provider: String?, _ model: String, _ input: Int64, match: ModelMatch = .exact, from: Int64 = 0
  ) -> Price {
    Price(
      provider: provider, model: model, match: match, validFromMilliseconds: from,
      terms: .rates(TokenRates(input: input, output: input * 4)), source: "test")
  }

  static let book = PriceBook([
    price("openai", "gpt-4o-mini", 1), price("openai", "gpt-4o-mini", 2, from: 1_000), price("openai", "gpt-4o", 10),
    price("azure.ai.openai", "gpt-4o", 12), price("anthropic", "claude-sonnet-4", 20),
    price("anthropic", "claude", 99, match: .prefix),
    price("anthropic", "claude-haiku", 98, match: .prefix), price(nil, "shared", 30), price("a", "same", 7), price("b", "same", 7),
    price("mistral_ai", "mistral-large-latest", 40), price("openai", "o1-2024-12-17", 50), price("openai", "o1", 51),
    Price(provider: "local", model: "llama", validFromMilliseconds: 0, terms: .free),
  ])

  struct Row: Sendable, CustomTestStringConvertible {
    var provider: String?
    var response: String?
    var request: String?
    var at: Int64 = 500
    var input: Int64?
    var reason: UnpricedReason?
    var testDescription: String { "\(provider ?? "-") \(response ?? "-") \(request ?? "-") at \(at)" }
  }

  @Test(
    "a model is looked up from the most faithful name to the least",
    arguments: [
      Row(provider: "openai", response: "gpt-4o-mini", input: 1),
      Row(provider: "openai", response: "gpt-4o-mini", at: 1_000, input: 2),
      Row(provider: "openai", response: "gpt-4o-mini", at: -1, reason: .notListed),
      Row(provider: "OpenAI", response: "GPT-4o-mini", input: 1), Row(provider: nil, response: "gpt-4o-mini", input: 1),
      Row(provider: "proxy", response: "gpt-4o-mini", input: 1),
      Row(provider: "openai", response: "gpt-4o-mini-2024-07-18", input: 1),
      Row(provider: "openai", response: "openai/gpt-4o-mini", input: 1),
      Row(provider: "azure.ai.openai", response: "gpt-4o", input: 12),
      Row(provider: nil, response: "gpt-4o", reason: .ambiguousProvider), Row(provider: nil, response: "same", input: 7),
      Row(provider: "aws.bedrock", response: "us.anthropic.claude-sonnet-4-20250514-v1:0", input: 20),
      Row(provider: "gcp.vertex_ai", response: "claude-sonnet-4@20250514", input: 20),
      Row(provider: "anthropic", response: "claude-opus-9", input: 99),
      Row(provider: "anthropic", response: "claude-haiku-4-5", input: 98),
      Row(provider: "anthropic", response: "claudette", reason: .notListed), Row(provider: nil, response: "claude-x", input: 99),
      Row(provider: "openai", response: "gpt-4o-mini-turbo", reason: .notListed),
      Row(provider: "whoever", response: "shared", input: 30),
      Row(provider: "mistral_ai", response: "mistral-large-latest", input: 40),
      Row(provider: "openai", response: "o1-2024-12-17", input: 50), Row(provider: "openai", response: "o1-2025-01-01", input: 51),
      Row(provider: "openai", response: "ft:custom:1", request: "gpt-4o", input: 10),
      Row(provider: "openai", response: nil, request: "gpt-4o", input: 10), Row(provider: "openai", reason: .modelUnknown),
      Row(provider: "openai", response: "", request: "", reason: .modelUnknown),
      Row(provider: "x", response: "unknown", reason: .notListed),
    ])
  func lookUp(_ row: Row) {
    let result = Self.book.price(provider: row.provider, responseModel: row.response, requestModel: row.request, at: row.at)
    switch result {
    case .success(let price):
      guard case .rates(let rates) = price.terms else {
        Issue.record("free")
        return
      }
      #expect(rates.input == row.input)
    case .failure(let reason): #expect(reason == row.reason)
    }
  }

  @Test("free, priced and unpriced are three things")
  func three() {
    let usage = Usage(inputUncached: 1_000, output: 100)
    let free = Self.book.cost(usage, provider: "local", responseModel: "llama", at: 0)
    #expect(free.nanoUSD == 0)
    #expect(free.price?.version == "local/llama@0")
    #expect(Self.book.cost(usage, provider: "local", responseModel: "other", at: 0) == .unpriced(.notListed))
    #expect(Self.book.cost(usage, provider: "local", responseModel: "other", at: 0).nanoUSD == nil)
    #expect(Self.book.cost(Usage(unsplit: 5), provider: "openai", responseModel: "gpt-4o", at: 0) == .unpriced(.tokensUnsplit))
    #expect(Self.book.cost(usage, provider: "openai", responseModel: "gpt-4o", at: 0).nanoUSD == 14)
  }

  @Test("each class has its rate, and a missing one that of input or output")
  func classes() {
    let usage = Usage(inputUncached: 1_000, cacheRead: 2_000, cacheWrite: 300, output: 500, reasoning: 200)
    #expect(TokenRates(input: 10, output: 100).picoUSD(usage) == 10 * 3_300 + 100 * 500)
    let full = TokenRates(input: 10, output: 100, cacheRead: 1, cacheWrite: 13, reasoning: 7)
    #expect(full.picoUSD(usage) == 10_000 + 2_000 + 3_900 + 30_000 + 1_400)
    #expect(TokenRates(input: .max, output: 0).picoUSD(Usage(inputUncached: .max)) == .max)
  }

  @Test(
    "amounts in picoUSD become nano-USD rounded up",
    arguments: [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (.max, 9_223_372_036_854_776)])
  func rounding(_ picoUSD: Int64, _ expected: Int64) {
    #expect(nanoUSD(picoUSD: picoUSD) == expected)
  }

  @Test(
    "prices per million tokens are read exactly",
    arguments: [
      ("0.15", 150_000), ("15", 15_000_000), ("0.01", 10_000), ("0.000001", 1), ("0.0000001", nil), ("1.1500000", 1_150_000),
      ("1000000", 1_000_000_000_000), ("1000000.1", nil), ("0", 0), ("", nil), (".5", nil), ("1.", nil), ("-1", nil), ("1e3", nil),
      ("99999999999999999999", nil), (" 1", nil), ("1.2.3", nil),
    ] as [(String, Int64?)])
  func decimals(_ text: String, _ expected: Int64?) {
    #expect(TokenRates.perToken(usdPerMillionTokens: text) == expected)
  }

  @Test("the ceiling is the dearest rate of every class among the lines in force")
  func ceiling() {
    #expect(Self.book.ceiling(at: 0)?.input == 99)
    let book = PriceBook([
      Self.price("a", "m", 100), Self.price("a", "m", 5, from: 10),
      Price(provider: "a", model: "n", validFromMilliseconds: 0, terms: .rates(TokenRates(input: 1, output: 2, reasoning: 50))),
      Price(provider: "a", model: "f", validFromMilliseconds: 0, terms: .free),
    ])
    #expect(book.ceiling(at: 9)?.input == 100)
    #expect(book.ceiling(at: 10) == TokenRates(input: 5, output: 20, cacheRead: 5, cacheWrite: 5, reasoning: 50))
    #expect(PriceBook().ceiling(at: 0) == nil)
  }
}
