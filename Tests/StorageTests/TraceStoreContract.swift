import Telemetry
import TestSupport
import Testing

/// Short ways to write batches and steps.
enum Traces {
  static func batch(_ number: Int, bytes: Int = 100) -> RawBatch {
    RawBatch(
      receivedMilliseconds: 1_000 + Int64(number), signal: OTLPSignal.allCases[number % 3],
      encoding: OTLPEncoding.allCases[number % 2],
      compression: BodyCompression.allCases[number % 3], body: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) },
      accepted: Int64(number), rejected: 1, source: "key-\(number)")
  }

  static func step(
    trace: UInt64 = 1, _ span: UInt64, parent: UInt64? = nil, kind: StepKind = .other, start: Int64 = 1_000, end: Int64 = 2_000
  ) throws -> CanonicalStep {
    CanonicalStep(
      traceID: try #require(TraceID(high: 0xA1, low: trace)), spanID: try #require(SpanID(span)),
      parentSpanID: parent.flatMap { SpanID($0) }, kind: kind, name: "step-\(span)", start: start, end: end)
  }

  /// A step with every field set.
  static func fullStep() throws -> CanonicalStep {
    var step = try step(trace: 900, 1, parent: .max, kind: .inference, start: -5, end: .max)
    step.parentIsRemote = true
    step.spanName = "chat é\0"
    step.repairs = [.badParent, .invalidText]
    step.workflow = "w"
    step.workflowFallback = ""
    step.agent = "a"
    step.tool = "t"
    step.provider = "openai"
    step.requestModel = "q"
    step.responseModel = "p"
    step.responseID = "id"
    step.usage = Usage(inputUncached: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5, unsplit: .max)
    step.reportedCostNanoUSD = 6
    step.failed = true
    step.errorType = "e"
    step.user = "u"
    step.session = "s"
    step.environment = "n"
    step.service = "v"
    step.decisionID = "d-1"
    step.run = "r"
    step.step = "m"
    step.attempt = 7
    return step
  }

  /// Steps of a few traces that share runs; parents may come later, or never.
  static func random(_ generator: inout SeededGenerator) throws -> CanonicalStep {
    let trace = UInt64.random(in: 1...6, using: &generator)
    let span = UInt64.random(in: 1...8, using: &generator)
    var step = try step(
      trace: trace, span, parent: span == 1 ? nil : .random(in: 1..<span, using: &generator),
      kind: StepKind.allCases.randomElement(using: &generator) ?? .other, start: .random(in: 0...100, using: &generator),
      end: .random(in: 100...110, using: &generator))
    if Int.random(in: 0...4, using: &generator) == 0 { step.run = "run-\(trace % 3)" }
    if Bool.random(using: &generator) { step.usage = Usage(inputUncached: 10, output: .random(in: 0...5, using: &generator)) }
    step.workflow = ["refund", "triage", nil].randomElement(using: &generator) ?? nil
    step.provider = "openai"
    step.requestModel = ["small", "large"].randomElement(using: &generator)
    step.failed = Int.random(in: 0...5, using: &generator) == 0
    return step
  }

  static let prices = PriceBook([
    Price(
      provider: "openai", model: "small", validFromMilliseconds: 0,
      terms: .free)
  ])
}

/// What every `TraceStore` promises. `store` is new and empty.
struct TraceStoreContract<Store: TraceStore> {
  let store: Store

  func all() throws {
    try startsEmpty()
    try keepsBatches()
    try keepsEveryField()
    try replacesOnlyByLaterCopies()
    try movesStepsBetweenRuns()
  }

  private func startsEmpty() throws {
    #expect(try store.waiting(batchesMax: 10, bytesMax: .max).isEmpty)
    #expect(try store.freshness() == TelemetryFreshness())
    #expect(try store.runs(RunFilter(), after: nil, limit: 10) == RunPage(runs: [], next: nil))
    #expect(try store.run("none", stepsMax: 10) == nil)
    #expect(try store.steps(ofTraces: [], stepsMax: 10).isEmpty)
  }

  private func keepsBatches() throws {
    let batches = (1...6).map { Traces.batch($0, bytes: $0 == 4 ? 0 : 100) }
    let ids = try batches.map { try store.append($0) }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == 6)
    let stored = zip(ids, batches).map { StoredBatch(id: $0, batch: $1) }
    #expect(try store.waiting(batchesMax: 100, bytesMax: .max) == stored)
    for (batchesMax, bytesMax, count) in [(1, .max, 1), (4, .max, 4), (9, 0, 1), (9, 250, 2), (9, 300, 4), (9, 499, 5)] {
      #expect(try store.waiting(batchesMax: batchesMax, bytesMax: bytesMax) == Array(stored.prefix(count)))
    }
    #expect(
      try store.freshness()
        == TelemetryFreshness(lastReceivedMilliseconds: 1_006, waitingBatches: 6, acceptedItems: 21, rejectedItems: 6))
    var result = ProcessedBatches(batches: [ids[0], ids[2], 9_999], steps: [], unreadable: [ids[1]: "no protobuf"])
    #expect(try store.commit(result, prices: Traces.prices) == CommitOutcome())
    #expect(try store.waiting(batchesMax: 100, bytesMax: .max) == Array(stored[3...]))
    #expect(try store.commit(result, prices: Traces.prices) == CommitOutcome())
    var freshness = TelemetryFreshness(lastReceivedMilliseconds: 1_006, lastProcessedMilliseconds: 1_003, waitingBatches: 3)
    (freshness.acceptedItems, freshness.rejectedItems) = (21, 6)
    #expect(try store.freshness() == freshness)
    result = ProcessedBatches(batches: Array(ids[3...]), steps: [])
    #expect(try store.commit(result, prices: Traces.prices) == CommitOutcome())
    #expect(try store.freshness().waitingBatches == 0)
  }

  private func commit(_ steps: [CanonicalStep]) throws -> CommitOutcome {
    try store.commit(ProcessedBatches(batches: [], steps: steps), prices: Traces.prices)
  }

  private func keepsEveryField() throws {
    let steps = [try Traces.fullStep(), try Traces.step(trace: 901, 1)]
    #expect(try commit(steps) == CommitOutcome(inserted: 2, runs: ["r", steps[1].traceID.hex].sorted()))
    for step in steps {
      #expect(try store.steps(ofTraces: [step.traceID], stepsMax: 10) == [step])
      let run = try #require(try store.run(step.run ?? step.traceID.hex, stepsMax: 10))
      #expect(run.steps == [step])
      #expect(run.summary == RunAssembler.summary(run: step.run ?? step.traceID.hex, steps: [step], prices: Traces.prices))
    }
  }

  private func replacesOnlyByLaterCopies() throws {
    var step = try Traces.step(trace: 902, 1, end: 5_000)
    var earlier = step
    earlier.endNanoseconds = 4_000
    earlier.name = "earlier"
    let run = step.traceID.hex
    #expect(try commit([step]) == CommitOutcome(inserted: 1, runs: [run]))
    #expect(try commit([step, earlier]) == CommitOutcome(repeated: 2))
    #expect(try store.run(run, stepsMax: 1)?.steps == [step])
    step.endNanoseconds = 6_000
    step.failed = true
    #expect(try commit([earlier, step, step]) == CommitOutcome(revised: 1, repeated: 2, runs: [run]))
    #expect(try store.run(run, stepsMax: 1)?.steps == [step])
    #expect(try store.run(run, stepsMax: 1)?.summary.state == .error)
  }

  private func movesStepsBetweenRuns() throws {
    let child = try Traces.step(trace: 903, 2, parent: 1, kind: .tool)
    var root = try Traces.step(trace: 903, 1, kind: .orchestration, start: 500, end: 9_000)
    root.run = "named"
    let other = try Traces.step(trace: 904, 1)
    var joined = other
    joined.endNanoseconds = 3_000
    joined.run = "named"
    #expect(try commit([child, other]).runs == [child.traceID.hex, other.traceID.hex].sorted())
    #expect(try store.run(child.traceID.hex, stepsMax: 9)?.summary.state == .open)
    #expect(try commit([root]).runs == ["named"])
    #expect(try store.run(child.traceID.hex, stepsMax: 9) == nil)
    #expect(try store.run("named", stepsMax: 9)?.steps == [root, child])
    #expect(try store.run("named", stepsMax: 1)?.steps == [root])
    #expect(try commit([joined]).runs == ["named"])
    #expect(try store.run("named", stepsMax: 9)?.steps == [root, child, joined])
    #expect(try store.run("named", stepsMax: 9)?.summary.steps == 3)
    #expect(try store.run(other.traceID.hex, stepsMax: 9) == nil)
    #expect(try store.steps(ofTraces: [root.traceID, joined.traceID], stepsMax: 1).count == 2)
    #expect(try store.steps(ofTraces: [root.traceID], stepsMax: 1) == [root])
  }
}

/// Any spread, order and repetition of the same steps give what the pure functions give over all of them at once. `store` is empty.
struct TraceStoreProperty<Store: TraceStore> {
  let store: Store
  let seed: UInt64

  func all() throws {
    var random = SeededGenerator(seed: seed)
    var expected: [StepKey: CanonicalStep] = [:]
    for _ in 0..<12 {
      let steps = try (0..<Int.random(in: 0...12, using: &random)).map { _ in try Traces.random(&random) }
      for step in steps where expected[step.key].map({ step.supersedes($0) }) ?? true { expected[step.key] = step }
      let outcome = try store.commit(ProcessedBatches(batches: [], steps: steps), prices: Traces.prices)
      #expect(outcome.inserted + outcome.revised + outcome.repeated == steps.count)
    }
    let runs = summaries(Array(expected.values))
    try compare(runs)
    #expect(runs.count >= 2, "seed \(seed)")
  }

  private func summaries(_ steps: [CanonicalStep]) -> [RunSummary] {
    var byRun: [String: [CanonicalStep]] = [:]
    for steps in Dictionary(grouping: steps, by: \.traceID).values {
      for (step, run) in zip(steps, RunAssembler.assign(steps)) { byRun[run, default: []].append(step) }
    }
    return byRun.map { RunAssembler.summary(run: $0.key, steps: $0.value, prices: Traces.prices) }.sorted { left, right in
      left.startNanoseconds == right.startNanoseconds ? left.run < right.run : left.startNanoseconds > right.startNanoseconds
    }
  }

  private func compare(_ all: [RunSummary]) throws {
    for summary in all { #expect(try store.run(summary.run, stepsMax: 1_000)?.summary == summary, "seed \(seed)") }
    for workflow in [nil, "refund", "none"] {
      for state in [nil, RunState.open, .success, .error] {
        for (from, before) in [(nil, nil), (10, nil), (nil, 30), (5, 60)] as [(Int64?, Int64?)] {
          let filter = RunFilter(workflow: workflow, state: state, fromNanoseconds: from, beforeNanoseconds: before)
          let expected = all.filter { run in
            (workflow == nil || run.workflow == workflow) && (state == nil || run.state == state)
              && from.map { run.startNanoseconds >= $0 } ?? true && before.map { run.startNanoseconds < $0 } ?? true
          }
          for limit in [1, 2, 1_000] { #expect(try pages(filter, limit) == expected, "seed \(seed), \(filter)") }
        }
      }
    }
  }

  private func pages(_ filter: RunFilter, _ limit: Int) throws -> [RunSummary] {
    var runs: [RunSummary] = []
    var cursor: RunCursor?
    repeat {
      let page = try store.runs(filter, after: cursor, limit: limit)
      #expect(page.runs.count <= limit)
      #expect(page.next == nil || page.runs.count == limit)
      runs += page.runs
      cursor = page.next
    } while cursor != nil
    return runs
  }
}
