import Cedar
import Governance
import JSON

/// `countersign policy lint`: policies that do not do what their authors probably mean.
enum PolicyLintCommand {
  static let command = Command(
    "policy lint", "DIR | FILES… | -",
    "Finds policies that never apply, are shadowed by a forbid, repeat another, or were never matched.",
    options: [
      PolicyInput.schema, PolicyInput.entities,
      Option(
        name: "requests", value: "FILE", help: "requests, one JSON object a line: policies that none of them matched are named"),
      Option(name: "fail-on", value: "SEVERITY", help: "error, warning or note: findings from here on fail (default: warning)"),
    ], run: run)

  /// Requests of one file: a day of a busy gateway's samples.
  private static let requestsMax = 1_000_000
  /// From the worst down.
  private static let severities: [LintFinding.Severity] = [.error, .warning, .note]

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let failOn = try arguments.choice("fail-on", severities) ?? .warning
    let (sources, problems) = try PolicyInput(arguments).read()
    guard let sources else {
      if arguments.has("json") {
        Output.json(CommandJSON.bytes(["ok": false, "problems": CommandJSON.problems(problems)]))
      } else {
        for problem in problems { Output.error("\(problem)") }
      }
      return .negative
    }
    let requests = try arguments["requests"].map { try self.requests($0, sources.schema) }
    let analysis = PolicyAnalysis(
      sources.policies, schema: sources.schema, requests: requests ?? [], entities: sources.entities)
    let findings = analysis.findings
    let failing = severities.prefix { $0 != failOn } + [failOn]
    let isGood = !findings.contains { failing.contains($0.severity) }
    if arguments.has("json") {
      Output.json(
        CommandJSON.bytes(["ok": .bool(isGood), "complete": .bool(analysis.isComplete), "findings": .array(findings.map(json))]))
    } else {
      for finding in findings { Output.line("\(finding)") }
      let rest = analysis.isComplete ? "" : "; some policies are too large to be looked at in full"
      Output.line("\(sources.policies.policies.count) policies, \(findings.count) findings" + rest)
    }
    return isGood ? .success : .negative
  }

  /// One request a line; empty lines are skipped.
  private static func requests(_ path: String, _ schema: Schema?) throws(CommandFailure) -> [PolicyAnalysis.RecordedRequest] {
    let lines = try PolicyFiles.bytes(path).split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count <= requestsMax else { throw CommandFailure(.usage, "`\(path)` has more than \(requestsMax) lines") }
    var requests: [PolicyAnalysis.RecordedRequest] = []
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      do throws(DataFailure) {
        requests.append(PolicyAnalysis.RecordedRequest(try Request.parse(json: Array(line), schema: schema)))
      } catch {
        throw CommandFailure(.usage, "\(path):\(index + 1): \(error)")
      }
    }
    return requests
  }

  private static func json(_ finding: LintFinding) -> JSONValue {
    [
      "policy": .string(finding.policy), "other": finding.other.map { .string($0) } ?? .null,
      "code": .string(finding.kind.rawValue),
      "severity": .string(finding.severity.rawValue), "message": .string(finding.message), "file": .string(finding.file),
      "line": .integer(Int64(finding.line)), "column": .integer(Int64(finding.column)),
      "hint": finding.hint.map { .string($0) } ?? .null,
    ]
  }
}
