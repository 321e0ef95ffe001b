import Telemetry

/// What models.yaml says.
struct ModelTable {
  var models: [String: Model] = [:]
  /// Every id that is written under `models`, those of broken entries included: a step that names one has made no mistake of its own.
  var ids: Set<String> = []
  var prices = PriceBook()
}

/// Reads models.yaml: the registered models and the price book.
enum ModelsReader {
  static let path = "models.yaml"
  /// Models of one organisation.
  private static let modelsMax = 2_000
  /// Lines of the price book: a few dates for each model.
  private static let pricesMax = 20_000
  private static let aliasesMax = 50

  static func read(_ file: PolicyFile, _ problems: ProblemList) -> ModelTable? {
    guard let mapping = ManifestValue.document(file, problems)?.mapping(["models", "prices"]) else { return nil }
    var table = ModelTable()
    var places: [String: ManifestValue] = [:]
    var names: [String: String] = [:]
    for item in mapping.required("models")?.list(countMax: modelsMax) ?? [] {
      if let id = item.text(under: "id") { table.ids.insert(id) }
      guard let model = model(item) else { continue }
      if let first = places[model.id] {
        item.report("model `\(model.id)` is defined twice", hint: "first at line \(first.line)")
        continue
      }
      for name in [model.name] + model.aliases {
        if let other = names.updateValue(model.id, forKey: model.provider + "/" + name), other != model.id {
          item.report("`\(name)` of provider `\(model.provider)` already names model `\(other)`", hint: "one name, one model")
        }
      }
      places[model.id] = item
      table.models[model.id] = model
    }
    guard let prices = prices(mapping.optional("prices")) else { return table }
    table.prices = PriceBook(prices)
    for (id, model) in table.models {
      if case .failure(let reason) = table.prices.price(provider: model.provider, responseModel: model.name, at: .max) {
        let hint = "add a line under `prices`; without one, steps from T2 on are denied"
        places[id]?.report("model `\(id)` has no price: \(reason.rawValue)", hint: hint, severity: .warning)
      }
    }
    return table
  }

  private static func model(_ item: ManifestValue) -> Model? {
    guard let mapping = item.mapping(["id", "provider", "name", "aliases", "class"]) else { return nil }
    let id = mapping.required("id")?.identifier(.defined)
    let provider = mapping.required("provider")?.identifier(.foreign)
    let name = mapping.required("name")?.identifier(.foreign)
    let aliases = mapping.optional("aliases").map { $0.identifiers(.foreign, countMax: aliasesMax) ?? [] } ?? []
    let modelClass = mapping.required("class")?.identifier(.defined)
    guard let id, let provider, let name, let modelClass else { return nil }
    return Model(id: id, provider: provider, name: name, aliases: aliases, modelClass: modelClass)
  }

  /// Nil with problems when a line is broken.
  private static func prices(_ value: ManifestValue?) -> [Price]? {
    guard let value else { return [] }
    var prices: [Price]? = []
    var places: [String: Int] = [:]
    for item in value.list(countMax: pricesMax) ?? [] {
      guard let price = price(item) else {
        prices = nil
        continue
      }
      let key = price.version + " " + price.match.rawValue
      if let line = places.updateValue(item.line, forKey: key) {
        item.report("`\(price.model)` has two prices from the same date", hint: "first at line \(line)")
        continue
      }
      prices?.append(price)
    }
    return prices
  }

  private static func price(_ item: ManifestValue) -> Price? {
    let keys = [
      "provider", "model", "match", "from", "input", "cached_input", "cache_write", "output", "reasoning", "free", "source",
    ]
    guard let mapping = item.mapping(keys) else { return nil }
    let provider = mapping.optional("provider")?.identifier(.foreign)
    let model = mapping.required("model")?.identifier(.foreign)
    let match = mapping.optional("match")?.choice([ModelMatch.exact, .prefix], \.rawValue) ?? .exact
    let from = mapping.required("from", hint: "the day from which the price holds, such as 2025-01-31")?.date()
    let source = mapping.optional("source")?.text() ?? ""
    let terms = mapping.optional("free")?.boolean() == true ? free(mapping) : rates(mapping)
    guard let model, let from, let terms else { return nil }
    return Price(provider: provider, model: model, match: match, validFromMilliseconds: from, terms: terms, source: source)
  }

  private static func free(_ mapping: ManifestMapping) -> Price.Terms {
    for key in ["input", "cached_input", "cache_write", "output", "reasoning"] {
      mapping.optional(key)?.report("`\(key)` stands beside `free: true`", hint: "remove one of the two")
    }
    return .free
  }

  private static func rates(_ mapping: ManifestMapping) -> Price.Terms? {
    let input = rate(mapping.required("input", hint: "US dollars per million tokens, or `free: true`"))
    let output = rate(mapping.required("output", hint: "US dollars per million tokens"))
    let cacheRead = rate(mapping.optional("cached_input"))
    let cacheWrite = rate(mapping.optional("cache_write"))
    let reasoning = rate(mapping.optional("reasoning"))
    guard let input, let output else { return nil }
    return .rates(TokenRates(input: input, output: output, cacheRead: cacheRead, cacheWrite: cacheWrite, reasoning: reasoning))
  }

  private static func rate(_ value: ManifestValue?) -> Int64? {
    guard let value, let text = value.scalar("a decimal in US dollars per million tokens") else { return nil }
    if let rate = TokenRates.perToken(usdPerMillionTokens: text) { return rate }
    value.report(
      "\(value.name) is `\(text.prefix(80))`, not a price in US dollars per million tokens",
      hint: "a decimal such as 0.15, with at most 6 decimals, from 0 to 1000000")
    return nil
  }
}
