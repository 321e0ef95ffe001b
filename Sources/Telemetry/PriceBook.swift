/// How a listed model name is compared with an asked one.
package enum ModelMatch: String, Sendable {
  /// The whole name.
  case exact
  /// The name, or the name followed by a delimiter (`-`, `.`, `:`, `@`, `/`) and anything: only where the list says so, because
  /// `gpt-4o-mini` is no `gpt-4o`.
  case prefix
}

/// One line of a price list.
package struct Price: Sendable, Equatable {
  /// Free is a price; an unlisted model is not free.
  package enum Terms: Sendable, Equatable {
    case free
    case rates(TokenRates)
  }

  /// Who sells; nil for a line that holds whoever does.
  package var provider: String?
  /// The name as listed.
  package var model: String
  /// How an asked name is compared with `model`.
  package var match: ModelMatch
  /// UTC, milliseconds since the Unix epoch: in force from then until a later line of the same provider, model and match.
  package var validFromMilliseconds: Int64
  /// What it costs.
  package var terms: Terms
  /// Where the line was read.
  package var source: String

  /// A line.
  package init(
    provider: String?, model: String, match: ModelMatch = .exact, validFromMilliseconds: Int64, terms: Terms, source: String = ""
  ) {
    self.provider = provider
    self.model = model
    self.match = match
    self.validFromMilliseconds = validFromMilliseconds
    self.terms = terms
    self.source = source
  }

  /// Names this line among all versions of its list: `provider/model@milliseconds`.
  package var version: String { "\(provider ?? "*")/\(model)@\(validFromMilliseconds)" }
}

/// What tokens cost, with the line that says so.
package enum Cost: Sendable, Equatable {
  /// Listed as free.
  case free(Price)
  /// In picoUSD.
  case priced(picoUSD: Int64, price: Price)
  /// Not known. Never read it as zero.
  case unpriced(UnpricedReason)

  /// In nano-USD, rounded up; nil when not known.
  package var nanoUSD: Int64? {
    switch self {
    case .free: 0
    case .priced(let picoUSD, _): Telemetry.nanoUSD(picoUSD: picoUSD)
    case .unpriced: nil
    }
  }

  /// The line that decided; nil when not known.
  package var price: Price? {
    switch self {
    case .free(let price), .priced(_, let price): price
    case .unpriced: nil
    }
  }
}

/// Why there is no cost.
package enum UnpricedReason: String, Sendable, Equatable {
  case modelUnknown = "the model is not named"
  case notListed = "no line of the price book matches the model"
  case ambiguousProvider = "several providers list the model at different prices and the provider is not named"
  case tokensUnsplit = "only a total of tokens is known"
}

/// The price list: immutable, in memory. Look-up as in the genai-semconv dossier, section 4.
package struct PriceBook: Sendable {
  /// All lines, as given.
  package let prices: [Price]
  private let exact: [String: [Price]]
  private let prefixes: [Price]

  /// A book of these lines. Names are compared without regard to the case of ASCII letters.
  package init(_ prices: [Price] = []) {
    self.prices = prices
    let newestFirst = prices.sorted { $0.validFromMilliseconds > $1.validFromMilliseconds }
    exact = Dictionary(grouping: newestFirst) { $0.model.lowercased() }
    prefixes = newestFirst.filter { $0.match == .prefix }.sorted {
      $0.model.utf8.count == $1.model.utf8.count
        ? $0.validFromMilliseconds > $1.validFromMilliseconds : $0.model.utf8.count > $1.model.utf8.count
    }
  }

  /// The cost of `usage` at `milliseconds` (UTC): by the response model, else by the request model.
  package func cost(
    _ usage: Usage, provider: String?, responseModel: String?, requestModel: String? = nil, at milliseconds: Int64
  ) -> Cost {
    switch price(provider: provider, responseModel: responseModel, requestModel: requestModel, at: milliseconds) {
    case .failure(let reason): return .unpriced(reason)
    case .success(let price):
      guard case .rates(let rates) = price.terms else { return .free(price) }
      guard usage.unsplit == 0 else { return .unpriced(.tokensUnsplit) }
      return .priced(picoUSD: rates.picoUSD(usage), price: price)
    }
  }

  /// The line in force at `milliseconds` for the response model, else for the request model.
  package func price(
    provider: String?, responseModel: String?, requestModel: String? = nil, at milliseconds: Int64
  ) -> Result<Price, UnpricedReason> {
    var reason = UnpricedReason.modelUnknown
    for model in [responseModel, requestModel] {
      guard let model, !model.isEmpty else { continue }
      switch find(provider: provider?.lowercased(), model: model.lowercased(), at: milliseconds) {
      case .success(let price): return .success(price)
      case .failure(let failure): if reason != .ambiguousProvider { reason = failure }
      }
    }
    return .failure(reason)
  }

  /// The dearest rate of every class among the lines in force: what an unlisted model is held to. nil when nothing is priced.
  package func ceiling(at milliseconds: Int64) -> TokenRates? {
    var ceiling: TokenRates?
    for price in prices where price.validFromMilliseconds <= milliseconds && isInForce(price, at: milliseconds) {
      guard case .rates(let rates) = price.terms else { continue }
      ceiling = ceiling.map { $0.maximum(rates) } ?? rates
    }
    return ceiling
  }

  private func isInForce(_ price: Price, at milliseconds: Int64) -> Bool {
    let rivals = exact[price.model.lowercased()] ?? []
    return !rivals.contains {
      $0.validFromMilliseconds > price.validFromMilliseconds && $0.validFromMilliseconds <= milliseconds && $0.match == price.match
        && $0.provider?.lowercased() == price.provider?.lowercased()
    }
  }

  private func find(provider: String?, model: String, at milliseconds: Int64) -> Result<Price, UnpricedReason> {
    var isAmbiguous = false
    let names = ModelName.candidates(model)
    for name in names {
      let lines = (exact[name] ?? []).filter { $0.validFromMilliseconds <= milliseconds }
      if let provider, let line = lines.first(where: { $0.provider?.lowercased() == provider }) { return .success(line) }
      if let line = lines.first(where: { $0.provider == nil }) { return .success(line) }
      let newest = newestPerProvider(lines)
      if let line = newest.first {
        if newest.allSatisfy({ $0.terms == line.terms }) { return .success(line) }
        isAmbiguous = true
      }
    }
    for name in names {
      let lines = prefixes.filter {
        $0.validFromMilliseconds <= milliseconds && ModelName.isPrefix($0.model.lowercased(), of: name)
      }
      if let provider, let line = lines.first(where: { $0.provider?.lowercased() == provider }) { return .success(line) }
      if let line = lines.first(where: { $0.provider == nil }) { return .success(line) }
      if provider == nil, let line = lines.first { return .success(line) }
    }
    return .failure(isAmbiguous ? .ambiguousProvider : .notListed)
  }

  private func newestPerProvider(_ newestFirst: [Price]) -> [Price] {
    var seen: Set<String> = []
    return newestFirst.filter { seen.insert($0.provider?.lowercased() ?? "").inserted }
  }
}

extension UnpricedReason: Error {}
