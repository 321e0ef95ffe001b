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
    defer { runtime.end() }
    let sources = runtime.steps.filter { $0.id.hasPrefix("source-") }
    guard sources.count == 5, let score = runtime.steps.first(where: { $0.kind == "model" }),
      let publish = runtime.steps.first(where: { $0.id == "publish" })
    else {
      throw CommandFailure(.fault, "the active policies do not hold the shipped workflow client-health: apply the folder policies/")
    }
    let passed = try completeRun(runtime, sources, score, publish)
    let last = runtime.run
    let stopped = try failedSource(runtime, sources, score)
    Output.line("\nLook closer: countersign run show \(last)")
    return passed && stopped ? .success : .negative
  }

  /// All five sources answer: one model call, and the result goes to the account team alone.
  private static func completeRun(
    _ runtime: DemoRuntime, _ sources: [DemoRuntime.Step], _ score: DemoRuntime.Step, _ publish: DemoRuntime.Step
  ) throws -> Bool {
    let started = WallClock.system.milliseconds()
    runtime.begin("All five sources answer: one model call, and the result goes to the account team alone")
    for source in sources {
      let answer = try runtime.ask(source)
      guard answer["decision"]?.boolValue == true else { return false }
      runtime.record(source, answer, milliseconds: 40)
    }
    let permit = try runtime.ask(score, arguments: ["sources": sourceNames], estimate: ["tokens_in": 18_000, "tokens_out": 1_700])
    guard permit["decision"]?.boolValue == true else { return false }
    runtime.record(
      score, permit, milliseconds: 2_600, tokensIn: 17_600, tokensOut: 1_640, model: DemoModel.name, provider: DemoModel.provider)
    let leak = try runtime.ask(publish, attempt: 1, arguments: ["audience": "all-staff"], note: "to all staff")
    let answer = try runtime.ask(publish, attempt: 2, arguments: ["audience": "account-team"], note: "to the account team")
    runtime.record(publish, answer, attempt: 2, milliseconds: 30)
    try runtime.finish()
    let shown = try runtime.export()
    let seconds = Double(WallClock.system.milliseconds() - started) / 1000
    Output.line(
      "  settled: \(Human.count(shown["tokens_in"])) tokens in and \(Human.count(shown["tokens_out"])) out cost \(Human.dollars(shown["cost_nanousd"])); deciding and settling took \(seconds) s (the steps' own time is made up)"
    )
    return answer["decision"]?.boolValue == true && leak["decision"]?.boolValue == false && seconds < 30
  }

  /// One source fails: a score from the rest is refused, and the run is finished.
  private static func failedSource(_ runtime: DemoRuntime, _ sources: [DemoRuntime.Step], _ score: DemoRuntime.Step) throws -> Bool
  {
    runtime.begin("A source fails: the run stops, and there is no score from the rest")
    for source in sources.dropLast(3) {
      runtime.record(source, try runtime.ask(source), milliseconds: 40)
    }
    let failing = sources[2]
    runtime.record(failing, try runtime.ask(failing), milliseconds: 900, error: "timeout")
    Output.line("         \(failing.id) failed with a timeout")
    let partial = try runtime.ask(
      score, arguments: ["sources": ["crm", "usage"]], estimate: ["tokens_in": 18_000, "tokens_out": 1_700],
      note: "from two sources")
    try runtime.finish()
    let shown = try runtime.export(error: true)
    Output.line("  settled: \(Human.count(shown["tokens_in"])) tokens, \(Human.dollars(shown["cost_nanousd"]))")
    return partial["decision"]?.boolValue == false
  }

  // MARK: Refund

  private static func refund(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let runtime = try DemoRuntime(workflow: "refund", arguments: arguments)
    defer { runtime.end() }
    guard let load = runtime.steps.first(where: { $0.id == "load-order" }),
      let draft = runtime.steps.first(where: { $0.kind == "model" }),
      let issue = runtime.steps.first(where: { $0.id == "issue-refund" })
    else { throw CommandFailure(.fault, "the active policies do not hold the shipped workflow refund: apply the folder policies/") }
    let small = try refundRun(runtime, load, draft, issue, cents: 2_000, title: "A refund of $20: within the limit")
    let large = try refundRun(runtime, load, draft, issue, cents: 12_000, title: "A refund of $120: a second person must agree")
    let forbidden = try refundRun(
      runtime, load, draft, issue, cents: 200_000, title: "A refund of $2,000: forbidden, whoever agrees")
    let stopped = try runaway(runtime, load)
    Output.line(
      "\nLook closer: countersign run show \(runtime.run); countersign approval list; countersign decision list --outcome deny")
    return small && large && !forbidden && stopped ? .success : .negative
  }

  /// - Returns: whether the refund was issued.
  private static func refundRun(
    _ runtime: DemoRuntime, _ load: DemoRuntime.Step, _ draft: DemoRuntime.Step, _ issue: DemoRuntime.Step, cents: Int64,
    title: String
  ) throws -> Bool {
    runtime.begin(title)
    runtime.record(load, try runtime.ask(load), milliseconds: 35)
    let drafting = try runtime.ask(draft, estimate: ["tokens_in": 1_500, "tokens_out": 400])
    runtime.record(
      draft, drafting, milliseconds: 1_200, tokensIn: 1_310, tokensOut: 355, model: DemoModel.name, provider: DemoModel.provider)
    let order: JSONValue = ["order": "o-1042", "amount_cents": .integer(cents)]
    var attempt: Int64 = 1
    var answer = try runtime.ask(issue, arguments: order)
    if let approval = answer["context"]?["access_request"]?["id"]?.stringValue {
      try runtime.approve(approval, reason: "order checked, customer charged twice")
      attempt = 2
      answer = try runtime.ask(issue, attempt: attempt, arguments: order, note: "again")
    }
    let issued = answer["decision"]?.boolValue == true
    if issued { runtime.record(issue, answer, attempt: attempt, milliseconds: 80) }
    try runtime.finish()
    _ = try runtime.export(error: !issued)
    return issued
  }

  /// A loop that retries for ever: the run's budget ends it.
  private static func runaway(_ runtime: DemoRuntime, _ load: DemoRuntime.Step) throws -> Bool {
    runtime.begin("A loop retries for ever: the run's own budget stops it")
    for attempt in 1...1_000 as ClosedRange<Int64> {
      let answer = try runtime.ask(load, attempt: attempt, quiet: true)
      guard answer["decision"]?.boolValue == true else {
        let reason = answer["context"]?["reasons"]?.arrayValue?.last
        Output.line("         \(load.id) was permitted \(attempt - 1) times and failed each time")
        runtime.say(load, "attempt \(attempt)", answer)
        Output.line("         \(reason?.cell("code") ?? "-"): \(reason?.cell("text_admin") ?? "-")")
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
