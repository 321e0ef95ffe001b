import Cryptography
import Governance
import JSON
import Platform

/// `countersign policy check` and `countersign apply`.
enum PolicyCommands {
  static let all = [
    Command(
      "policy check", "DIR", "Reports every mistake in a policy folder, with file, line, column and a hint.", run: check),
    Command(
      "apply", "DIR", "Checks a policy folder and activates it as one version, or not at all.",
      options: [
        Option(name: "author", value: "NAME", help: "who made the change (default: the API key)"),
        Option(name: "note", value: "TEXT", help: "what the change is for"),
      ] + Connection.options, run: apply),
  ]

  private static func check(_ arguments: Arguments) throws -> ExitStatus {
    let files = try PolicyFiles.read(try arguments.one("the policy folder"))
    let result = PolicyFolder.read(files: files)
    if arguments.has("json") {
      let problems = result.problems.map { problem -> JSONValue in
        [
          "file": .string(problem.file), "line": .integer(Int64(problem.line)), "column": .integer(Int64(problem.column)),
          "severity": .string(problem.severity.rawValue), "message": .string(problem.message),
          "hint": problem.hint.map { .string($0) } ?? .null,
        ]
      }
      Output.json(CommandJSON.bytes(["ok": .bool(result.snapshot != nil), "problems": .array(problems)]))
    } else {
      for problem in result.problems { Output.line(PolicyFiles.text(problem)) }
      if let snapshot = result.snapshot {
        Output.line(
          "ok: \(snapshot.workflows.count) workflows, \(snapshot.policyFacts.count) policies, \(snapshot.models.count) models, digest \(snapshot.revision.digest.hex)"
        )
      } else {
        Output.error("\(result.problems.filter { $0.severity == .error }.count) mistakes: nothing would be activated")
      }
    }
    return result.snapshot == nil ? .negative : .success
  }

  private static func apply(_ arguments: Arguments) throws -> ExitStatus {
    let files = try PolicyFiles.read(try arguments.one("the policy folder"))
    let result = PolicyFolder.read(files: files)
    guard result.snapshot != nil else {
      for problem in result.problems { Output.error(PolicyFiles.text(problem)) }
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

/// Policy folders on disk.
enum PolicyFiles {
  /// Deepest folder that is read; manifests lie one level down.
  private static let depthMax = 8
  /// Largest file, bytes; `PolicyFolder` has its own limit and says so with the file's name.
  private static let fileBytesMax = 4 << 20
  private static let countMax = 10_000

  static func read(_ folder: String) throws(CommandFailure) -> [PolicyFile] {
    guard Files.isDirectory(folder) else { throw CommandFailure(.usage, "`\(folder)` is no folder") }
    var files: [PolicyFile] = []
    try collect(folder, prefix: "", depth: 0, into: &files)
    return files
  }

  static func text(_ problem: PolicyProblem) -> String {
    "\(problem.file):\(problem.line):\(problem.column): \(problem.severity.rawValue): \(problem.message)"
      + (problem.hint.map { " (\($0))" } ?? "")
  }

  private static func collect(_ folder: String, prefix: String, depth: Int, into files: inout [PolicyFile]) throws(CommandFailure) {
    guard depth <= depthMax else { throw CommandFailure(.usage, "`\(folder)` lies more than \(depthMax) folders deep") }
    do {
      for name in try Files.list(folder) where !name.hasPrefix(".") {
        let path = folder + "/" + name
        if Files.isDirectory(path) {
          try collect(path, prefix: prefix + name + "/", depth: depth + 1, into: &files)
        } else if [".yaml", ".cedar", ".cedarschema", ".json"].contains(where: { name.hasSuffix($0) }) {
          files.append(PolicyFile(path: prefix + name, bytes: try Files.read(path, limit: fileBytesMax)))
        }
        guard files.count <= countMax else { throw CommandFailure(.usage, "`\(folder)` holds more than \(countMax) files") }
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.fault, "the policy folder cannot be read: \(error)")
    }
  }
}
