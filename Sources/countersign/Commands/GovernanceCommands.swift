import JSON

/// Halts, approvals, workflows, budgets: what owners and reviewers do.
enum GovernanceCommands {
  private static let reason = Option(name: "reason", value: "TEXT", help: "why; kept in the payload beside the entry")
  private static let halting = [reason, Option(name: "all", value: nil, help: "the whole organisation")] + Connection.options
  private static let filters = [
    Option(name: "workflow", value: "ID", help: "only this workflow"), Option(name: "run", value: "ID", help: "only this run"),
    Option(name: "outcome", value: "NAME", help: "only permit, escalate or deny"),
    Option(name: "limit", value: "N", help: "at most this many (default 50)"),
  ]

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
    Command("budget list", "", "Lists accounts with what is held and spent.", options: Connection.options, run: budgets),
    Command("run list", "", "Lists runs with tokens, cost and duration.", options: filters + Connection.options, run: runs),
    Command("run show", "ID", "Shows one run: its steps and decisions.", options: Connection.options) { try show($0, "/v1/runs/") },
    Command("decision list", "", "Lists decisions, newest first.", options: filters + Connection.options, run: decisions),
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

  private static func show(_ arguments: Arguments, _ path: String) throws -> ExitStatus {
    let answer = try Connection(arguments).call("GET", path + segment(try arguments.one("the ID")))
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(answer))
    } else {
      Outline.print(answer)
    }
    return .success
  }

  private static func approvals(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    return CommandJSON.show(
      arguments, try Connection(arguments).call("GET", "/v1/approvals"),
      ["ID", "STATUS", "WORKFLOW", "RUN", "STEP", "TIER", "GROUP", "EXPIRES"]
    ) { item in ["id", "status", "workflow", "run", "step", "tier", "group", "expires_at"].map { item.cell($0) } }
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
    return CommandJSON.show(
      arguments, try Connection(arguments).call("GET", "/v1/budgets"),
      ["ACCOUNT", "CURRENCY", "LIMIT", "SPENT", "HELD", "AVAILABLE", "OVERRUN"]
    ) { item in ["account", "currency", "limit", "settled", "held", "available", "overrun"].map { item.cell($0) } }
  }

  private static func query(_ arguments: Arguments, _ names: [String]) -> String {
    let parts = names.compactMap { name in arguments[name].map { "\(name)=\(segment($0))" } }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  private static func runs(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/runs" + query(arguments, ["workflow", "limit"]))
    return CommandJSON.show(
      arguments, answer, ["RUN", "WORKFLOW", "STATE", "STARTED", "DURATION", "TOKENS IN", "TOKENS OUT", "COST"]
    ) { run in
      ["run", "workflow", "state", "start"].map { run.cell($0) }
        + [
          run.cell("duration_ms") + " ms", run.cell("tokens_in"), run.cell("tokens_out"),
          dollars(run["cost_nanousd"]?.integerValue),
        ]
    }
  }

  private static func decisions(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/decisions" + query(arguments, ["workflow", "run", "outcome", "limit"]))
    return CommandJSON.show(arguments, answer, ["ID", "TIME", "OUTCOME", "REASON", "WORKFLOW", "RUN", "STEP", "ATTEMPT"]) { item in
      ["id", "time", "outcome", "reason", "workflow", "run", "step", "attempt"].map { item.cell($0) }
    }
  }

  private static func overview(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/overview")
    if arguments.has("json") { Output.json(CommandJSON.bytes(answer)) } else { Outline.print(answer) }
    return .success
  }
}

/// A JSON document as an indented outline.
enum Outline {
  static func print(_ value: JSONValue, indent: Int = 0) {
    let margin = String(repeating: "  ", count: indent)
    switch value {
    case .object(let object):
      for member in object.members { nested(margin + member.key + ":", member.value, indent) }
    case .array(let items):
      for item in items { nested(margin + "-", item, indent) }
    default: Output.line(margin + value.cell())
    }
  }

  private static func nested(_ label: String, _ value: JSONValue, _ indent: Int) {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      Output.line(label)
      print(value, indent: indent + 1)
    case .array(let items) where items.contains { if case .object = $0 { true } else { false } }:
      Output.line(label)
      print(value, indent: indent + 1)
    default: Output.line(label + " " + value.cell())
    }
  }
}
