package import JSON

/// The answer to one evaluation.
package struct EvaluationAnswer: Sendable, Equatable {
  /// True for a permit alone. A permit with an obligation that the client does not know must be treated as a deny.
  package var decision: Bool
  package var context: JSONObject

  /// An answer.
  package init(decision: Bool, context: JSONObject = [:]) {
    self.decision = decision
    self.context = context
  }

  /// Reads an answer of the single interface.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    self = try MessageReader.read(body) { root throws(MessageFault) in try EvaluationAnswer(root) }
  }

  init(_ root: MessageReader) throws(MessageFault) {
    guard let decision = root.cursor.member("decision") else { throw MessageFault.missing(root.field("decision")) }
    guard let value = decision.boolValue else { throw MessageFault.type(root.field("decision"), "a boolean") }
    self.decision = value
    context = try root.properties("context")
  }

  /// The answer as JSON.
  package func encoded() -> [UInt8] { EvaluationAnswer.encode(decision: decision, context: context) }

  /// The answer as JSON.
  package static func encode(decision: Bool, context: JSONObject = [:]) -> [UInt8] {
    var json = JSONWriter(reserving: 512)
    write(decision: decision, to: &json) { json in json.object(context) }
    return json.bytes
  }

  /// The answer around a context that is already JSON.
  package static func encode(decision: Bool, renderedContext: [UInt8]) -> [UInt8] {
    var json = JSONWriter(reserving: renderedContext.count + 32)
    write(decision: decision, to: &json) { json in json.rawValue(renderedContext) }
    return json.bytes
  }

  /// The deny of a batch item that could not be evaluated.
  package static func failure(_ fault: MessageFault, status: Int = 400) -> [UInt8] {
    var error: JSONObject = ["status": .integer(Int64(status)), "message": .string(fault.message)]
    if !fault.field.isEmpty { error["field"] = .string(fault.field) }
    let reason: JSONValue = ["code": .string(fault.code), "effect": "deny", "text_user": .string(fault.message)]
    return encode(decision: false, context: ["outcome": "deny", "reasons": [reason], "error": .object(error)])
  }

  private static func write(decision: Bool, to json: inout JSONWriter, _ context: (inout JSONWriter) -> Void) {
    json.beginObject()
    json.key("decision")
    json.bool(decision)
    json.key("context")
    context(&json)
    json.endObject()
  }
}

/// The answer to a batch.
package enum EvaluationAnswers {
  /// `{"evaluations": […]}` around answers that are already JSON, in the order of the request.
  package static func encode(_ answers: [[UInt8]]) -> [UInt8] {
    var json = JSONWriter(reserving: answers.reduce(32) { $0 + $1.count + 1 })
    json.beginObject()
    json.key("evaluations")
    json.beginArray()
    for answer in answers { json.rawValue(answer) }
    json.endArray()
    json.endObject()
    return json.bytes
  }

  /// Longest answer that a client reads, in bytes: 256 items with long explanations.
  package static let limits = JSONLimits(bytes: 16 << 20)

  /// Reads the answer to a batch.
  package static func decode(_ body: [UInt8]) throws(MessageFault) -> [EvaluationAnswer] {
    try MessageReader.read(body, limits: limits) { root throws(MessageFault) in
      guard let evaluations = root.cursor.member("evaluations") else { throw MessageFault.missing("evaluations") }
      guard evaluations.kind == .array else { throw MessageFault.type("evaluations", "an array") }
      var answers: [EvaluationAnswer] = []
      for (index, element) in evaluations.elements.enumerated() {
        answers.append(try EvaluationAnswer(try MessageReader(element, path: "evaluations[\(index)]")))
      }
      return answers
    }
  }
}
