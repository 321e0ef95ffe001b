import Compliance
import JSON
import Platform

/// Checkpoints, exports, and their verification.
enum EvidenceCommands {
  static let all = [
    Command(
      "log checkpoint", "", "Prints a signed checkpoint that covers everything durable.", options: Connection.options,
      run: checkpoint),
    Command(
      "export", "--out FILE", "Exports the audit trail as a bundle that anyone verifies offline.",
      options: [
        Option(name: "from", value: "TIME", help: "first moment, RFC 3339 or a date (default: the beginning)"),
        Option(name: "to", value: "TIME", help: "end, not included (default: now)"),
        Option(name: "workflow", value: "ID", help: "records of this workflow only; the log stays complete for the period"),
        Option(name: "receiver", value: "NAME", help: "who gets it"), Option(name: "purpose", value: "TEXT", help: "what for"),
        Option(name: "out", value: "FILE", help: "the bundle to write"),
      ] + Connection.options, run: export),
    Command(
      "verify", "FILE", "Verifies a bundle offline; the exit status is the verdict.",
      options: [Option(name: "key", value: "VKEY", help: "the log's key, got by another way than the bundle")], run: verify),
  ]

  private static func checkpoint(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let note = try Connection(arguments).bytes("GET", "/log/checkpoint")
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(["checkpoint": .string(String(decoding: note, as: UTF8.self))]))
    } else {
      Output.line(String(decoding: note.last == 0x0A ? Array(note.dropLast()) : note, as: UTF8.self))
    }
    return .success
  }

  private static func export(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    guard let path = arguments["out"] else { throw CommandFailure.usage("--out is missing") }
    var body: JSONObject = [:]
    for name in ["from", "to"] {
      guard let text = arguments[name] else { continue }
      let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
      guard UTCTime.parse(full) != nil else {
        throw CommandFailure.usage("--\(name) must be a time such as 2026-11-21T00:00:00Z or a date; it is `\(text)`")
      }
      body[name] = .string(full)
    }
    for name in ["workflow", "receiver", "purpose"] {
      if let text = arguments[name] { body[name] = .string(text) }
    }
    var writer = JSONWriter(reserving: 256)
    writer.value(.object(body))
    let bundle = try Connection(arguments).bytes("POST", "/v1/exports", writer.bytes)
    do {
      try Files.writeAtomically(path, bundle, mode: 0o600)
    } catch {
      throw CommandFailure(.fault, "the bundle cannot be written: \(error); give --out a place that can be written")
    }
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(["path": .string(path), "bytes": .integer(Int64(bundle.count))]))
    } else {
      Output.line("\(path): \(bundle.count) bytes; check it with `countersign verify \(path)`")
    }
    return .success
  }

  private static func verify(_ arguments: Arguments) throws -> ExitStatus {
    let path = try arguments.one("the bundle")
    guard Files.exists(path) else { throw CommandFailure(.usage, "there is no file `\(path)`") }
    let verdict = BundleVerifier.verify(path: path, trustedKey: arguments["key"])
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(verdict.json))
    } else {
      for check in verdict.checks {
        let mark = check.passed ? "ok  " : check.outcome == .notRun ? "skip" : "FAIL"
        Output.line("\(mark) \(check.name.padded(to: 10)) \(check.detail)")
      }
      Output.line(verdict.passed ? "verified" : "NOT verified")
      if arguments["key"] == nil, verdict.passed {
        Output.error("note: the log's key was taken from the bundle itself: give --key to trust more than that")
      }
    }
    return verdict.passed ? .success : .negative
  }
}
