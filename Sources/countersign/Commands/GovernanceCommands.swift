import JSON

/// Halts, approvals, workflows, budgets: what owners and reviewers do.
enum GovernanceCommands {
  private static let reason = Option(name: "reason", value: "TEXT", help: "why; kept in the payload beside the entry")
  private static let halting = [reason, Option(name: "all", value: nil, help: "the whole organisation")] + Connection.options
  private static let workflow = Option(name: "workflow", value: "ID", help: "only this workflow")
  private static let limit = Option(name: "limit", value: "N", help: "at most this many, up to 1000 (default 50)")
  private static let runFilters = [workflow, limit]
  private static let decisionFilters = [
    workflow, Option(name: "run", value: "ID", help: "only this run"),
    Option(name: "outcome", value: "NAME", help: "only permit, escalate or deny"), limit,
  ]
  private static let everyAccount = Option(name: "all", value: nil, help: "amounts without a limit too")

  static let all = [
    Command("halt", "WORKFLOW | --all", "Stops a workflow, or everything, before its next step.", options: halting) {
      try halt($0, "halt")
    },
    Command("resume", "WORKFLOW | --all", "Ends a halt.", options: halting) { try halt($0, "resume") },
    Command("approval list", "", "Lists approvals, newest first.", options: Connection.options, run: approvals),
    Command("approval show", "ID", "Shows what is to be approved.", options: Connection.options) { try show($0, "/v1/approvals/") },
    Command("approval approve", "ID", "Approves exactly this step, once.", options: [reason] + Connection.options) {
      try decide($0, "approve")
    },
    Command("approval reject", "ID", "Rejects this step.", options: [reason] + Connection.options) { try decide($0, "reject") },
    Command("workflow list", "", "Lists the inventory.", options: Connection.options, run: workflows),
    Command("workflow show", "ID", "Shows one workflow.", options: Connection.options) { try show($0, "/v1/workflows/") },
    Command(
      "budget list", "", "Lists the limits, with what is held and spent.", options: [everyAccount] + Connection.options,
      run: budgets),
    Command("run list", "", "Lists runs with tokens, cost and duration.", options: runFilters + Connection.options, run: runs),
    Command("run show", "ID", "Shows one run: its steps and decisions.", options: Connection.options) {
      try show($0, "/v1/runs/", Views.run)
    },
    Command("decision list", "", "Lists decisions, newest first.", options: decisionFilters + Connection.options, run: decisions),
    Command("decision show", "ID", "Shows a decision: what was asked, what was answered, why.", options: Connection.options) {
      try show($0, "/v1/decisions/")
    },
    Command("overview", "", "Shows what the dashboard's first page shows.", options: Connection.options, run: overview),
  ]

  private static func halt(_ arguments: Arguments, _ verb: String) throws -> ExitStatus {
    let path: String
    if arguments.has("all") {
      try arguments.none()
      path = "/v1/" + verb
    } else {
      path = "/v1/workflows/" + segment(try arguments.one("the workflow's ID (or --all)")) + "/" + verb
    }
    let answer = try Connection(arguments).call("POST", path, ["reason": .string(arguments["reason"] ?? "")])
    if arguments.has("json") { Output.json(CommandJSON.bytes(answer)) } else { Output.line(answer.cell("state")) }
    return .success
  }

  private static func decide(_ arguments: Arguments, _ verb: String) throws -> ExitStatus {
    let id = try arguments.one("the approval's ID")
    let answer = try Connection(arguments).call(
      "POST", "/v1/approvals/" + segment(id) + "/" + verb, ["reason": .string(arguments["reason"] ?? "")])
    if arguments.has("json") { Output.json(CommandJSON.bytes(answer)) } else { Output.line("\(id) is \(answer.cell("status"))") }
    return .success
  }

  private static func show(
    _ arguments: Arguments, _ path: String, _ view: (JSONValue) -> Void = { Outline.print($0) }
  ) throws -> ExitStatus {
    let id = try arguments.one("the ID")
    let answer = try Connection(arguments).call("GET", path + segment(id))
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(answer))
    } else {
      view(answer)
    }
    return .success
  }

  private static func approvals(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    return CommandJSON.show(
      arguments, try Connection(arguments).call("GET", "/v1/approvals"),
      ["ID", "STATUS", "WORKFLOW", "RUN", "STEP", "TIER", "GROUP", "EXPIRES (UTC)"]
    ) { item in
      ["id", "status", "workflow", "run", "step", "tier", "group"].map { item.cell($0) } + [Human.time(item["expires_at"])]
    }
  }

  private static func workflows(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    return CommandJSON.show(
      arguments, try Connection(arguments).call("GET", "/v1/workflows"),
      ["ID", "VERSION", "TIER", "STAGE", "OWNER", "TEAM", "HALTED", "PURPOSE"]
    ) { item in
      ["id", "version", "risk_tier", "lifecycle"].map { item.cell($0) } + [
        item.cell("owner", "person"), item.cell("owner", "team"), item.cell("halted"), item.cell("purpose"),
      ]
    }
  }

  private static func budgets(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/budgets")
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(answer))
    } else {
      Views.budgets(arguments.has("all") ? answer.items : answer.items.filter { $0["limit"]?.integerValue != nil })
    }
    return .success
  }

  private static func query(_ arguments: Arguments, _ names: [String]) -> String {
    let parts = names.compactMap { name in arguments[name].map { "\(name)=\(segment($0))" } }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  private static func runs(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/runs" + query(arguments, ["workflow", "limit"]))
    return CommandJSON.show(arguments, answer, Views.runHeading, Views.runRow)
  }

  private static func decisions(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/decisions" + query(arguments, ["workflow", "run", "outcome", "limit"]))
    return CommandJSON.show(arguments, answer, Views.decisionHeading, Views.decisionRow)
  }

  private static func overview(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/overview")
    if arguments.has("json") { Output.json(CommandJSON.bytes(answer)) } else { Views.overview(answer) }
    return .success
  }
}
