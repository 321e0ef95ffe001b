import Cedar
import Governance
import JSON

/// `countersign policy explain`: one request, its decision, and what became of each policy.
enum PolicyExplainCommand {
  private static let parts = ["principal", "action", "resource"]
  static let command = Command(
    "policy explain", "[DIR | FILES…]", "Decides one request and says what became of each policy; the exit status is the decision.",
    options: [
      PolicyInput.policies, PolicyInput.schema, PolicyInput.entities,
      Option(name: "request", value: "FILE", help: "the request as JSON; - reads standard input"),
      Option(name: "principal", value: "ENTITY", help: "who asks, such as User::\"alice\""),
      Option(name: "action", value: "ENTITY", help: "what is to be done, such as Action::\"view\""),
      Option(name: "resource", value: "ENTITY", help: "what it is to be done to"),
      Option(name: "context", value: "JSON", help: "further facts as a JSON object"),
      Option(name: "all", value: nil, help: "show the policies that do not apply too"),
    ], run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let (sources, problems) = try PolicyInput(arguments).read()
    guard let sources else {
      for problem in problems { Output.error("\(problem)") }
      throw CommandFailure(.negative, "the policies have mistakes: nothing was decided")
    }
    let request = try request(arguments, sources.schema)
    let explanation = Authorizer.explain(request, policies: sources.policies, entities: sources.entities)
    let decision = sources.decision(explanation.response)
    if arguments.has("json") {
      Output.json(CommandJSON.bytes(json(explanation, decision, sources)))
    } else {
      show(explanation, decision, sources, isWhole: arguments.has("all"))
    }
    return decision == .allow ? .success : .negative
  }

  /// The request, from its file or its parts, as one document.
  private static func request(_ arguments: Arguments, _ schema: Schema?) throws(CommandFailure) -> Cedar.Request {
    let name = arguments["request"] ?? "the request"
    let document: [UInt8]
    if let path = arguments["request"] {
      if let other = (parts + ["context"]).first(where: { arguments[$0] != nil }) {
        throw .usage("--request and --\(other) exclude each other")
      }
      document = try PolicyFiles.bytes(path)
    } else {
      var writer = JSONWriter()
      writer.beginObject()
      for part in parts {
        guard let text = arguments[part] else {
          throw .usage("--\(part) is missing: give --request, or all of --principal, --action and --resource")
        }
        writer.key(part)
        writer.string(text)
      }
      writer.key("context")
      do throws(JSONError) {
        writer.value(try JSONReader.parse(text: arguments["context"] ?? "{}"))
      } catch {
        throw .usage("--context: \(error)")
      }
      writer.endObject()
      document = writer.bytes
    }
    do throws(DataFailure) {
      return try Request.parse(json: document, schema: schema)
    } catch {
      throw CommandFailure(.usage, "\(name): \(error)")
    }
  }

  private static func show(
    _ explanation: Explanation, _ decision: Cedar.Decision, _ sources: CedarSources, isWhole: Bool
  ) {
    let reasons = decision == explanation.response.decision ? explanation.response.reasons : []
    let names = reasons.map { explanation.policies[$0].policy.id }
    let because =
      names.isEmpty
      ? (decision == explanation.response.decision
        ? "no policy permits it" : "a forbid is in error, and a policy folder denies then")
      : "by " + names.joined(separator: ", ")
    Output.line("\(decision.rawValue): \(because)")
    for error in explanation.response.errors {
      Output.line("in error: \(explanation.policies[error.policy].policy.id): \(error.error)")
    }
    let shown = explanation.policies.filter { isWhole || $0.outcome != .outOfScope }
    for policy in shown {
      Output.line("")
      for line in ExplanationOutput.lines(policy) { Output.line(line) }
    }
    let hidden = explanation.policies.count - shown.count
    if hidden > 0 { Output.line("\n\(hidden) further policies do not apply; --all shows them") }
  }

  private static func json(_ explanation: Explanation, _ decision: Cedar.Decision, _ sources: CedarSources) -> JSONValue {
    func id(_ position: Int) -> JSONValue { .string(explanation.policies[position].policy.id) }
    let reasons = decision == explanation.response.decision ? explanation.response.reasons : []
    return [
      "decision": .string(decision.rawValue), "reasons": .array(reasons.map(id)),
      "errors": .array(
        explanation.response.errors.map { ["policy": id($0.policy), "error": ExplanationOutput.json($0.error)] }),
      "policies": .array(explanation.policies.map(ExplanationOutput.json)),
    ]
  }
}
