import Cryptography
import Governance
import JSON
import Platform

/// `countersign policy …` and `countersign apply`.
enum PolicyCommands {
  static let all = [
    PolicyCheckCommand.command, PolicyFormatCommand.command, PolicyTranslateCommand.command,
    PolicyLintCommand.command, PolicyTestCommand.command, PolicyExplainCommand.command, PolicySchemaCommand.command,
    Command(
      "apply", "DIR", "Checks a policy folder and activates it as one version, or not at all.",
      options: [
        Option(name: "author", value: "NAME", help: "who made the change (default: the API key)"),
        Option(name: "note", value: "TEXT", help: "what the change is for"),
      ] + Connection.options, run: apply),
  ]

  private static func apply(_ arguments: Arguments) throws -> ExitStatus {
    let result = PolicyFolder.read(files: try PolicyFiles.read(try arguments.one("the policy folder")))
    guard let files = result.snapshot?.files else {
      for problem in result.problems { Output.error("\(problem)") }
      throw CommandFailure(.negative, "the folder has mistakes: nothing was activated")
    }
    let body: JSONValue = [
      "files": .array(files.map { ["path": .string($0.path), "text": .string(String(decoding: $0.bytes, as: UTF8.self))] }),
      "author": .string(arguments["author"] ?? ""), "note": .string(arguments["note"] ?? ""),
    ]
    let answer = try Connection(arguments).call("POST", "/v1/policies", body)
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(answer))
    } else {
      for change in answer["changes"]?.arrayValue ?? [] { Output.line(change.cell()) }
      Output.line("version \(answer.cell("version")) is active, digest \(answer.cell("digest"))")
    }
    return .success
  }
}
