import JSON

/// What the list and show commands print for people.
enum Views {
  static let runHeading = ["RUN", "WORKFLOW", "STATE", "STARTED (UTC)", "DURATION", "TOKENS IN", "TOKENS OUT", "COST"]

  static func runRow(_ run: JSONValue) -> [String] {
    ["run", "workflow", "state"].map { run.cell($0) } + [
      Human.time(run["start"]), Human.duration(run["duration_ms"]), Human.count(run["tokens_in"]), Human.count(run["tokens_out"]),
      cost(run),
    ]
  }

  static let decisionHeading = ["ID", "TIME (UTC)", "OUTCOME", "REASON", "WORKFLOW", "RUN", "STEP", "ATTEMPT"]

  static func decisionRow(_ item: JSONValue) -> [String] {
    [item.cell("id"), Human.time(item["time"])] + ["outcome", "reason", "workflow", "run", "step", "attempt"].map { item.cell($0) }
  }

  static func budgets(_ accounts: [JSONValue], margin: String = "") {
    let rows = accounts.map { item in
      let currency = item.cell("currency")
      return [item.cell("node"), Human.window(item.cell("account")), Human.currency(currency)]
        + ["limit", "settled", "held", "available", "overrun"].map { Human.amount(item[$0], of: currency) }
    }
    Output.table(["ACCOUNT", "WINDOW", "CURRENCY", "LIMIT", "SPENT", "HELD", "AVAILABLE", "OVERRUN"], rows, margin: margin)
  }

  /// A run: what it was, its steps in order, and what was decided about each.
  static func run(_ run: JSONValue) {
    facts([
      ("run", run.cell("run")), ("workflow", run.cell("workflow")), ("state", run.cell("state")),
      ("started", Human.time(run["start"]) + " UTC"), ("duration", Human.duration(run["duration_ms"])),
      ("tokens", "\(Human.count(run["tokens_in"])) in, \(Human.count(run["tokens_out"])) out"), ("cost", cost(run)),
      ("calls", "\(run.cell("model_calls")) of models, \(run.cell("tool_calls")) of tools, \(run.cell("errors")) failed"),
    ])
    Output.line("\nsteps")
    let steps = (run["steps"]?.arrayValue ?? []).map { step in
      [
        step.cell("step"), step.cell("kind"), step["model"]?.stringValue ?? step.cell("name"),
        step["failed"]?.boolValue == true ? "failed" : "ok", Human.duration(step["duration_ms"]), Human.count(step["tokens_in"]),
        Human.count(step["tokens_out"]), step.cell("decision"),
      ]
    }
    Output.table(["STEP", "KIND", "CALLED", "STATE", "DURATION", "TOKENS IN", "TOKENS OUT", "DECISION"], steps, margin: "  ")
    Output.line("\ndecisions")
    let decisions = (run["decisions"]?.arrayValue ?? []).map { item in
      [item.cell("id"), Human.time(item["time"])] + ["step", "attempt", "outcome", "reason"].map { item.cell($0) }
    }
    Output.table(["ID", "TIME (UTC)", "STEP", "ATTEMPT", "OUTCOME", "REASON"], decisions, margin: "  ")
  }

  /// The last day in one screen; the whole answer is behind `--json`.
  static func overview(_ answer: JSONValue) {
    let runs = answer["runs"]
    let decisions = answer["decisions"]
    let inventory = answer["inventory"]?.arrayValue ?? []
    let halted = inventory.filter { $0["halted"]?.boolValue == true }.map { $0.cell("id") }
    facts([
      ("since", Human.time(answer["since"]) + " UTC"),
      (
        "decisions",
        "\(Human.count(decisions?["permit"])) permitted, \(Human.count(decisions?["escalate"])) escalated, \(Human.count(decisions?["deny"])) denied"
      ),
      (
        "runs",
        "\(Human.count(runs?["count"])) finished, of them \(Human.count(runs?["failed"])) failed; \(Human.count(runs?["unpriced"])) with calls that have no price"
      ),
      ("approvals", "\(Human.count(answer["approvals_pending"])) waiting"),
      ("halted", halted.isEmpty ? "nothing" : halted.count == inventory.count ? "everything" : halted.joined(separator: ", ")),
      (
        "telemetry",
        "\(Human.count(answer["telemetry"]?["accepted"])) spans accepted, \(Human.count(answer["telemetry"]?["rejected"])) rejected"
      ),
      ("journal", "\(Human.count(answer["journal"]?["entries"])) entries, policy version \(answer.cell("policy_version"))"),
    ])
    Output.line("\nworkflows (median and 90th percentile of their runs)")
    workflows(inventory, runs?["by_workflow"]?.arrayValue ?? [])
    Output.line("\nlatest runs")
    Output.table(runHeading, (runs?["latest"]?.arrayValue ?? []).map(runRow), margin: "  ")
    Output.line("\nbudgets nearest to their limits (all: countersign budget list)")
    budgets(nearest(answer["budgets"]?.arrayValue ?? []), margin: "  ")
  }

  private static func workflows(_ inventory: [JSONValue], _ runs: [JSONValue]) {
    let rows = inventory.map { workflow in
      let measured = runs.first { $0["workflow"] == workflow["id"] }
      return ["id", "risk_tier", "lifecycle", "halted"].map { workflow.cell($0) }
        + [measured.map { Human.count($0["count"]) } ?? "0", measured.map { Human.count($0["failed"]) } ?? "0"]
        + ["p50", "p90"].map { Human.dollars(measured?["cost_nanousd"]?[$0]?["value"]) }
        + ["p50", "p90"].map { Human.duration(measured?["duration_ms"]?[$0]?["value"]) }
    }
    Output.table(
      ["ID", "TIER", "STAGE", "HALTED", "RUNS", "FAILED", "COST", "COST P90", "DURATION", "DURATION P90"], rows, margin: "  ")
  }

  /// The five limits of which the largest part is spent or held.
  private static func nearest(_ accounts: [JSONValue]) -> [JSONValue] {
    func used(_ item: JSONValue) -> Double {
      guard let limit = item["limit"]?.integerValue, limit > 0, let available = item["available"]?.integerValue else { return 0 }
      return 1 - Double(available) / Double(limit)
    }
    return Array(accounts.filter { used($0) > 0 }.sorted { used($0) > used($1) }.prefix(5))
  }

  private static func cost(_ run: JSONValue) -> String {
    let unpriced = run["unpriced_calls"]?.integerValue ?? 0
    return unpriced > 0 ? "no price" : Human.dollars(run["cost_nanousd"])
  }

  private static func facts(_ facts: [(name: String, text: String)]) {
    for fact in facts { Output.line((fact.name + ":").padded(to: 11) + fact.text) }
  }
}
