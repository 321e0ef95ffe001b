import JSON
import Platform

/// `countersign demo …`: worked scenarios against a running server, over the wire that every runtime uses.
enum DemoCommands {
  static let all = [
    Command(
      "demo client-health", "", "Runs the client health score: five sources, one model call, a result for the account team.",
      options: Connection.options, run: clientHealth),
    Command(
      "demo refund", "", "Runs refunds: permitted, escalated and approved, forbidden, and a runaway loop that its budget stops.",
      options: Connection.options, run: refund),
  ]

  // MARK: Client health score

  private static let sourceNames: JSONValue = ["crm", "usage", "support", "billing", "survey"]

  private static func clientHealth(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let runtime = try DemoRuntime(workflow: "client-health", arguments: arguments)
    let sources = runtime.steps.filter { $0.id.hasPrefix("source-") }
    guard sources.count == 5, let score = runtime.steps.first(where: { $0.kind == "model" }),
      let publish = runtime.steps.first(where: { $0.id == "publish" })
    else {
      throw CommandFailure(.fault, "the active policies do not hold the shipped workflow client-health: apply the folder policies/")
    }
    let passed = try completeRun(runtime, sources, score, publish)
    let stopped = try failedSource(runtime, sources, score)
    return passed && stopped ? .success : .negative
  }

  /// All five sources answer: one model call, and the result goes to the account team alone.
  private static func completeRun(
    _ runtime: DemoRuntime, _ sources: [DemoRuntime.Step], _ score: DemoRuntime.Step, _ publish: DemoRuntime.Step
  ) throws -> Bool {
    let started = WallClock.system.milliseconds()
    Output.line("client health score")
    runtime.begin()
    for source in sources {
      let answer = try runtime.ask(source)
      guard answer["decision"]?.boolValue == true else { return false }
      runtime.record(source, answer, milliseconds: 40)
    }
    let permit = try runtime.ask(score, arguments: ["sources": sourceNames], estimate: ["tokens_in": 18_000, "tokens_out": 1_700])
    guard permit["decision"]?.boolValue == true else { return false }
    runtime.record(
      score, permit, milliseconds: 2_600, tokensIn: 17_600, tokensOut: 1_640, model: DemoModel.name, provider: DemoModel.provider)
    let leak = try runtime.ask(publish, attempt: 1, arguments: ["audience": "all-staff"])
    let answer = try runtime.ask(publish, attempt: 2, arguments: ["audience": "account-team"])
    runtime.record(publish, answer, attempt: 2, milliseconds: 30)
    try runtime.finish()
    let shown = try runtime.export()
    let seconds = Double(WallClock.system.milliseconds() - started) / 1000
    Output.line(
      "  \(shown.cell("tokens_in")) tokens in, \(shown.cell("tokens_out")) out, \(dollars(shown["cost_nanousd"]?.integerValue)), \(seconds) s"
    )
    return answer["decision"]?.boolValue == true && leak["decision"]?.boolValue == false && seconds < 30
  }

  /// One source fails: the run is finished, and a score from the rest is refused.
  private static func failedSource(_ runtime: DemoRuntime, _ sources: [DemoRuntime.Step], _ score: DemoRuntime.Step) throws -> Bool
  {
    Output.line("client health score with a source that fails: no partial score")
    runtime.begin()
    for source in sources.dropLast(3) {
      runtime.record(source, try runtime.ask(source), milliseconds: 40)
    }
    let failing = sources[2]
    runtime.record(failing, try runtime.ask(failing), milliseconds: 900, error: "timeout")
    Output.line("  \(failing.id) failed: the run stops")
    try runtime.finish()
    let partial = try runtime.ask(
      score, arguments: ["sources": ["crm", "usage"]], estimate: ["tokens_in": 18_000, "tokens_out": 1_700])
    _ = try runtime.export(error: true)
    return partial["decision"]?.boolValue == false
  }

  // MARK: Refund

  private static func refund(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let runtime = try DemoRuntime(workflow: "refund", arguments: arguments)
    guard let load = runtime.steps.first(where: { $0.id == "load-order" }),
      let draft = runtime.steps.first(where: { $0.kind == "model" }),
      let issue = runtime.steps.first(where: { $0.id == "issue-refund" })
    else { throw CommandFailure(.fault, "the active policies do not hold the shipped workflow refund: apply the folder policies/") }
    let small = try refundRun(runtime, load, draft, issue, cents: 2_000, title: "a refund of $20: within the limit")
    let large = try refundRun(runtime, load, draft, issue, cents: 12_000, title: "a refund of $120: a second person agrees")
    let forbidden = try refundRun(
      runtime, load, draft, issue, cents: 200_000, title: "a refund of $2 000: forbidden, whoever agrees")
    let stopped = try runaway(runtime, load)
    return small && large && !forbidden && stopped ? .success : .negative
  }

  /// - Returns: whether the refund was issued.
  private static func refundRun(
    _ runtime: DemoRuntime, _ load: DemoRuntime.Step, _ draft: DemoRuntime.Step, _ issue: DemoRuntime.Step, cents: Int64,
    title: String
  ) throws -> Bool {
    Output.line(title)
    runtime.begin()
    runtime.record(load, try runtime.ask(load), milliseconds: 35)
    let drafting = try runtime.ask(draft, estimate: ["tokens_in": 1_500, "tokens_out": 400])
    runtime.record(
      draft, drafting, milliseconds: 1_200, tokensIn: 1_310, tokensOut: 355, model: DemoModel.name, provider: DemoModel.provider)
    let order: JSONValue = ["order": "o-1042", "amount_cents": .integer(cents)]
    var answer = try runtime.ask(issue, arguments: order)
    if let approval = answer["context"]?["access_request"]?["id"]?.stringValue {
      try runtime.approve(approval, reason: "order checked, customer charged twice")
      answer = try runtime.ask(issue, attempt: 2, arguments: order)
    }
    let issued = answer["decision"]?.boolValue == true
    if issued { runtime.record(issue, answer, attempt: 2, milliseconds: 80) }
    try runtime.finish()
    _ = try runtime.export(error: !issued)
    return issued
  }

  /// A loop that retries for ever: the run's budget ends it.
  private static func runaway(_ runtime: DemoRuntime, _ load: DemoRuntime.Step) throws -> Bool {
    Output.line("a runaway retry loop: the run's budget stops it")
    runtime.begin()
    for attempt in 1...1_000 as ClosedRange<Int64> {
      let answer = try runtime.ask(load, attempt: attempt, quiet: true)
      guard answer["decision"]?.boolValue == true else {
        let reason = answer["context"]?["reasons"]?.arrayValue?.last
        Output.line("  attempt \(attempt) denied: \(reason?.cell("code") ?? "-"), \(reason?.cell("text_admin") ?? "-")")
        _ = try runtime.export(error: true)
        return reason?.cell("code") == "budget.exhausted"
      }
      runtime.record(load, answer, attempt: attempt, milliseconds: 5, error: "timeout")
    }
    return false
  }
}

/// The model that the demos say they called; it stands in the shipped price book.
enum DemoModel {
  static let provider = "anthropic"
  static let name = "claude-sonnet-4-5"
}
