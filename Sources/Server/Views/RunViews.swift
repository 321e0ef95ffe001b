import API
import Governance
import JSON
import Journal
import Platform
import Telemetry

/// Runs as lists and pages show them: what spans say, beside what was decided.
struct RunViews {
  let services: Services

  /// Most steps and decisions on one page of a run.
  static let stepsMax = 5_000
  static let decisionsMax = 1_000

  func list(_ query: Query) throws -> JSONValue {
    let limit = try query.number("limit", ReadingRoutes.limitDefault, in: 1...ReadingRoutes.limitMax)
    var cursor: RunCursor?
    if let text = query["after"] {
      let parts = text.split(separator: "~", maxSplits: 1)
      guard parts.count == 2, let start = Int64(parts[0]) else {
        throw Problem(400, "request.invalid", "`after` must be the `next` of the page before", field: "after")
      }
      cursor = RunCursor(startNanoseconds: start, run: String(parts[1]))
    }
    let page = try services.traces.runs(RunFilter(workflow: query["workflow"]), after: cursor, limit: limit)
    var answer: JSONObject = ["items": .array(page.runs.map { .object(Self.json($0)) })]
    if let next = page.next { answer["next"] = .string("\(next.startNanoseconds)~\(next.run)") }
    return .object(answer)
  }

  func one(_ id: String) throws -> JSONValue {
    try services.follower.waitUntilProjected(atLeast: services.journal.durableSize)
    let decisions = try services.views.decisions(workflow: nil, run: id, outcome: nil, before: nil, limit: Self.decisionsMax)
    let found = try services.traces.run(id, stepsMax: Self.stepsMax)
    guard found != nil || !decisions.isEmpty else { throw ProblemMapping.notFound("there is no run `\(id)`") }
    var run: JSONObject = found.map { Self.json($0.summary) } ?? ["run": .string(id), "state": "open"]
    if run["workflow"] == nil, let workflow = decisions.first?.workflow { run["workflow"] = .string(workflow) }
    run["steps"] = .array((found?.steps ?? []).map(Self.json))
    run["decisions"] = .array(decisions.reversed().map(DecisionViews.json))
    return .object(run)
  }

  static func json(_ run: RunSummary) -> JSONObject {
    var item: JSONObject = [
      "run": .string(run.run), "state": .string(run.state.rawValue), "start": .string(time(run.startNanoseconds)),
      "end": .string(time(run.endNanoseconds)), "duration_ms": .integer(run.durationNanoseconds / 1_000_000),
      "steps_count": .integer(run.steps), "tokens_in": .integer(run.usage.input), "tokens_out": .integer(run.usage.output),
      "tokens_cached": .integer(run.usage.cacheRead), "model_calls": .integer(run.modelCalls),
      "tool_calls": .integer(run.toolCalls),
      "errors": .integer(run.errors), "cost_nanousd": .integer(run.costNanoUSD), "unpriced_calls": .integer(run.unpricedCalls),
    ]
    if let workflow = run.workflow { item["workflow"] = .string(workflow) }
    if let agent = run.agent { item["agent"] = .string(agent) }
    item["models"] = .array(
      run.models.map { use in
        [
          "model": .string(use.model ?? "unknown"), "provider": .string(use.provider ?? "unknown"), "calls": .integer(use.calls),
          "tokens_in": .integer(use.usage.input), "tokens_out": .integer(use.usage.output),
          "cost_nanousd": .integer(use.costNanoUSD),
        ]
      })
    return item
  }

  private static func json(_ step: CanonicalStep) -> JSONValue {
    var item: JSONObject = [
      "span": .string(step.spanID.hex), "trace": .string(step.traceID.hex), "kind": .string(step.kind.rawValue),
      "name": .string(step.name), "start": .string(time(step.startNanoseconds)),
      "duration_ms": .integer(step.durationNanoseconds / 1_000_000), "failed": .bool(step.failed),
    ]
    if let parent = step.parentSpanID { item["parent"] = .string(parent.hex) }
    if let tool = step.tool { item["tool"] = .string(tool) }
    if let model = step.model { item["model"] = .string(model) }
    if let usage = step.usage {
      item["tokens_in"] = .integer(usage.input)
      item["tokens_out"] = .integer(usage.output)
    }
    if let error = step.errorType { item["error"] = .string(error) }
    if let decision = step.decisionID { item["decision"] = .string(decision) }
    if let place = step.step { item["step"] = .string(place) }
    return .object(item)
  }

  private static func time(_ nanoseconds: Int64) -> String { UTCTime.format(milliseconds: nanoseconds / 1_000_000) }
}
