import Cedar
import Cryptography
import Governance
import JSON

/// `countersign policy check`: every mistake of a policy folder, or of plain Cedar files.
enum PolicyCheckCommand {
  static let command = Command(
    "policy check", "DIR | FILES… | -",
    "Reports every mistake in a policy folder or in Cedar files, with file, line, column and a hint.",
    options: [
      PolicyInput.schema, PolicyInput.entities,
      Option(
        name: "mode", value: "MODE", help: "strict or permissive: how policies are checked against the schema (default: strict)"),
      Option(name: "level", value: "N", help: "refuse policies that follow entities further than N steps from the request"),
    ], run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let mode = try arguments.choice("mode", ["strict", "permissive"]).map { $0 == "strict" ? Validator.Mode.strict : .permissive }
    let level = try arguments.number("level", 0...1000)
    let input = try PolicyInput(arguments)
    switch input {
    case .folder(let files):
      guard mode == nil, level == nil else {
        throw CommandFailure.usage("--mode and --level have no place with a policy folder, which is checked strictly")
      }
      return folder(arguments, PolicyFolder.read(files: files), input.texts)
    case .plain(let files):
      return plain(arguments, files, mode ?? .strict, level, input.texts)
    }
  }

  private static func folder(_ arguments: Arguments, _ result: PolicyFolderResult, _ texts: [PolicyFile]) -> ExitStatus {
    let summary = result.snapshot.map { snapshot in
      "\(snapshot.workflows.count) workflows, \(snapshot.policyFacts.count) policies, \(snapshot.models.count) models, digest \(snapshot.revision.digest.hex)"
        + (snapshot.schema == nil ? "; no schema: policies were not validated" : "")
    }
    return show(arguments, result.problems, texts, summary, refusal: "nothing would be activated")
  }

  private static func plain(
    _ arguments: Arguments, _ files: CedarFiles, _ mode: Validator.Mode, _ level: Int?, _ texts: [PolicyFile]
  ) -> ExitStatus {
    let (sources, problems) = CedarSources.check(files, mode: mode, level: level)
    let summary = sources.map { sources in
      let how = sources.schema == nil ? "no schema: not validated" : "valid"
      return
        "\(sources.policies.policies.count) policies, \(sources.policies.templates.count) templates, \(sources.entities.count) entities, \(how)"
    }
    return show(arguments, problems, texts, summary, refusal: "the policies are refused")
  }

  /// - Parameter summary: nil when there are mistakes.
  private static func show(
    _ arguments: Arguments, _ problems: [PolicyProblem], _ texts: [PolicyFile], _ summary: String?, refusal: String
  ) -> ExitStatus {
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(["ok": .bool(summary != nil), "problems": CommandJSON.problems(problems)]))
    } else {
      for line in PolicyMistakes.lines(problems, in: texts) { Output.line(line) }
      if let summary {
        Output.line("ok: " + summary)
      } else {
        Output.error("\(problems.count { $0.severity == .error }) mistakes: \(refusal)")
      }
    }
    return summary == nil ? .negative : .success
  }
}
