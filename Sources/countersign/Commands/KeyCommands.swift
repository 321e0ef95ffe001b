import JSON

/// `countersign key …`
enum KeyCommands {
  static let all = [
    Command(
      "key create", "--role ROLE", "Creates an API key and prints it once.",
      options: [
        Option(name: "role", value: "ROLE", help: "runtime, telemetry, viewer, approver, admin or auditor"),
        Option(name: "label", value: "TEXT", help: "what the key is for"),
      ] + Connection.options, run: create),
    Command("key list", "", "Lists the API keys, never their text.", options: Connection.options, run: list),
    Command("key revoke", "ID", "Revokes an API key at once.", options: Connection.options, run: revoke),
  ]

  private static func create(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    guard let role = arguments["role"] else { throw CommandFailure.usage("--role is missing") }
    let answer = try Connection(arguments).call(
      "POST", "/v1/keys", ["role": .string(role), "label": .string(arguments["label"] ?? "")])
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(answer))
    } else {
      Output.line(answer.cell("key"))
      Output.error("key \(answer.cell("id")) with role \(role): shown this once, the server keeps its digest only")
    }
    return .success
  }

  private static func list(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let answer = try Connection(arguments).call("GET", "/v1/keys")
    return CommandJSON.show(arguments, answer, ["ID", "ROLE", "CREATED (UTC)", "STATE", "LABEL"]) { key in
      [
        key.cell("id"), key.cell("role"), Human.time(key["created"]), key["revoked"]?.boolValue == true ? "revoked" : "active",
        key.cell("label"),
      ]
    }
  }

  private static func revoke(_ arguments: Arguments) throws -> ExitStatus {
    let id = try arguments.one("the key's ID")
    let answer = try Connection(arguments).call("DELETE", "/v1/keys/" + segment(id))
    if arguments.has("json") { Output.json(CommandJSON.bytes(answer)) } else { Output.line("key \(id) is revoked") }
    return .success
  }
}
