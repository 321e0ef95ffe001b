import Governance
import JSON

/// JSON documents and tables of commands.
enum CommandJSON {
  static func bytes(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: 1024)
    writer.value(value)
    return writer.bytes
  }

  /// A list answer as JSON or as a table.
  static func show(_ arguments: Arguments, _ answer: JSONValue, _ heading: [String], _ row: (JSONValue) -> [String]) -> ExitStatus {
    if arguments.has("json") {
      Output.json(bytes(answer))
    } else {
      Output.table(heading, answer.items.map(row))
      if answer.items.isEmpty { Output.error("there are none yet") }
    }
    return .success
  }

  /// Mistakes of policy files.
  static func problems(_ problems: [PolicyProblem]) -> JSONValue {
    .array(
      problems.map { problem in
        [
          "file": .string(problem.file), "line": .integer(Int64(problem.line)), "column": .integer(Int64(problem.column)),
          "severity": .string(problem.severity.rawValue), "message": .string(problem.message),
          "hint": problem.hint.map { .string($0) } ?? .null,
        ]
      })
  }
}
