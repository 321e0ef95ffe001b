internal import JSON

/// Token counts as an emitter claims them, before they are split into classes that do not overlap.
struct UsageClaim {
  var input: Int64?
  var output: Int64?
  var cacheRead: Int64?
  var cacheWrite: Int64?
  var reasoning: Int64?
  var total: Int64?
  /// The emitter is known to report input without its cached part.
  var inputExcludesCache = false

  /// The usage in disjoint classes, or nil when nothing was claimed.
  ///
  /// Input includes cache reads and writes by the conventions; where they exceed it, or the dialect says so, it does not, and they are
  /// added. Reasoning is part of output; where it exceeds output it is not, and is added. A lone total of an embedding is input.
  func usage(isEmbedding: Bool) -> Usage? {
    guard input != nil || output != nil else {
      guard let total else {
        return cacheRead == nil && cacheWrite == nil && reasoning == nil ? nil : split()
      }
      return isEmbedding ? Usage(inputUncached: total) : Usage(unsplit: total)
    }
    return split()
  }

  private func split() -> Usage {
    let claimed = input ?? 0
    let read = cacheRead ?? 0
    let write = cacheWrite ?? 0
    let isExclusive = inputExcludesCache || read + write > claimed
    let reasoning = self.reasoning ?? 0
    let output = self.output ?? 0
    return Usage(
      inputUncached: isExclusive ? claimed : claimed - read - write, cacheRead: read, cacheWrite: write,
      output: reasoning > output ? output + reasoning : output, reasoning: reasoning)
  }

  /// Takes from a usage object what no attribute gave. Source: genai-semconv dossier, section 2, Langfuse and LangSmith.
  mutating func fill(from details: JSONValue) {
    if input == nil {
      input = Self.first(details, [["prompt_tokens"], ["input_tokens"]])
      if input == nil, let uncached = Self.first(details, [["input"]]) {
        input = uncached
        inputExcludesCache = true
      }
    }
    output = output ?? Self.first(details, [["output"], ["completion_tokens"], ["output_tokens"]])
    cacheRead =
      cacheRead
      ?? Self.first(
        details,
        [
          ["cache_read_input_tokens"], ["input_cached_tokens"], ["prompt_tokens_details", "cached_tokens"],
          ["input_tokens_details", "cached_tokens"], ["input_token_details", "cache_read"], ["cache_read"],
        ])
    cacheWrite =
      cacheWrite
      ?? Self.first(details, [["cache_creation_input_tokens"], ["input_token_details", "cache_creation"], ["cache_creation"]])
    reasoning =
      reasoning
      ?? Self.first(
        details,
        [
          ["output_reasoning_tokens"], ["completion_tokens_details", "reasoning_tokens"],
          ["output_tokens_details", "reasoning_tokens"], ["output_token_details", "reasoning"],
        ])
    total = total ?? Self.first(details, [["total"], ["total_tokens"]])
  }

  private static func first(_ details: JSONValue, _ paths: [[String]]) -> Int64? {
    for path in paths {
      var value: JSONValue? = details
      for member in path { value = value?[member] }
      let found: Int64?
      switch value {
      case .integer(let integer): found = integer
      case .number(let text), .string(let text): found = count(text)
      default: found = nil
      }
      if let found, found >= 0, found <= Usage.tokensPerStepMax { return found }
    }
    return nil
  }

  /// The whole part of a number in text, or nil.
  static func count(_ text: String) -> Int64? { Int64(text) ?? Double(text).flatMap { count($0) } }

  /// The whole part of `value`, or nil when it is no count.
  static func count(_ value: Double) -> Int64? {
    value.isFinite && value >= 0 && value <= Double(Usage.tokensPerStepMax) ? Int64(value) : nil
  }
}
