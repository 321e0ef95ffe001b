import Cedar
import Governance
import JSON

/// `countersign policy translate`: policies and schemas between Cedar text and JSON.
enum PolicyTranslateCommand {
  static let command = Command(
    "policy translate", "FILE | -", "Translates policies or a schema between Cedar text and JSON.",
    options: [
      Option(name: "to", value: "FORMAT", help: "json or cedar: what is to come out"),
      Option(name: "kind", value: "KIND", help: "policy or schema: what goes in (default: by the name of the file, else policy)"),
    ], run: run)

  private enum Kind: String, CaseIterable { case policy, schema }
  private enum Format: String, CaseIterable { case json, cedar }

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let path = try arguments.one("the file")
    guard let format = try arguments.choice("to", Format.allCases) else {
      throw CommandFailure.usage("--to is missing: json or cedar")
    }
    let kind = try arguments.choice("kind", Kind.allCases) ?? Self.kind(of: path)
    let bytes = try PolicyFiles.bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw CommandFailure(.usage, "`\(path)` is not UTF-8") }
    let name = path == "-" ? "stdin" : path
    let result: [UInt8]
    do {
      switch (kind, format) {
      case (.policy, .json): result = try PolicySet.parse([(name: name, text: text)]).get().json
      case (.policy, .cedar): result = Array(try PolicySet.parse(json: bytes, file: name).text.utf8)
      case (.schema, .json): result = try SchemaDocument.parse(text, file: name).get().json
      case (.schema, .cedar): result = Array(try SchemaDocument.parse(json: bytes).text.utf8)
      }
    } catch let failure as ParseFailure {
      return refuse(arguments, PolicyProblem.problems(failure))
    } catch let failure as DataFailure {
      return refuse(arguments, [PolicyProblem.problem(PolicyFile(path: name, bytes: bytes), failure)])
    }
    let output = String(decoding: result, as: UTF8.self)
    if arguments.has("json") {
      Output.json(
        CommandJSON.bytes(["ok": true, "kind": .string(kind.rawValue), "to": .string(format.rawValue), "text": .string(output)]))
    } else {
      Output.text(output.utf8.last == 0x0A ? output : output + "\n")
    }
    return .success
  }

  private static func kind(of path: String) -> Kind {
    switch CedarFiles.Kind(path: path) {
    case .schema?, .schemaJSON?: .schema
    default: .policy
    }
  }

  private static func refuse(_ arguments: Arguments, _ problems: [PolicyProblem]) -> ExitStatus {
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(["ok": false, "problems": CommandJSON.problems(problems)]))
    } else {
      for problem in problems { Output.error("\(problem)") }
    }
    return .negative
  }
}
