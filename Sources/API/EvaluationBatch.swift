package import JSON

/// When a batch stops. The raw values are those of the wire.
package enum EvaluationSemantic: String, Sendable, CaseIterable {
  /// Every item runs.
  case executeAll = "execute_all"
  /// Stops after the first item that is denied or fails.
  case denyOnFirstDeny = "deny_on_first_deny"
  /// Stops after the first item that is permitted.
  case permitOnFirstPermit = "permit_on_first_permit"

  /// True when no item after one with this decision runs.
  package func stops(after decision: Bool) -> Bool {
    switch self {
    case .executeAll: false
    case .denyOnFirstDeny: !decision
    case .permitOnFirstPermit: decision
    }
  }
}

/// The body of `/access/v1/evaluations`: items with the defaults filled in, in the order of the request.
package struct EvaluationBatch: Sendable {
  package var semantic: EvaluationSemantic
  /// Each item, or why it cannot be evaluated: a failed item is a deny of that item alone.
  package var items: [Result<EvaluationMessage, MessageFault>]

  /// Most items of one batch: what one group commit takes in without delaying others.
  package static let itemsMax = 256

  /// What a body asks for: without items it is a single evaluation and is answered as one.
  package enum Body: Sendable {
    case single(EvaluationMessage)
    case batch(EvaluationBatch)
  }

  /// Reads a body; a member of an item replaces the default of that name as a whole.
  ///
  /// - Throws: a fault of the body as a whole. Faults of items are among `items`.
  package static func decode(_ body: [UInt8], tape: JSONTape = JSONTape()) throws(MessageFault) -> Body {
    try body.span.withUnsafeBytes { bytes throws(MessageFault) in
      let root = try MessageReader(try tape.root(bytes, limits: EvaluationMessage.limits))
      let semantic = try semantic(root)
      guard let evaluations = root.cursor.member("evaluations") else { return .single(try EvaluationMessage(root)) }
      guard evaluations.kind == .array else { throw MessageFault.type("evaluations", "an array") }
      let count = evaluations.count
      if count == 0 { return .single(try EvaluationMessage(root)) }
      guard count <= itemsMax else {
        throw MessageFault("evaluations", "`evaluations` has \(count) items, at most \(itemsMax) are allowed")
      }
      let defaults = BatchDefaults(root)
      var items: [Result<EvaluationMessage, MessageFault>] = []
      items.reserveCapacity(count)
      for (index, element) in evaluations.elements.enumerated() {
        items.append(defaults.item(element, path: "evaluations[\(index)]"))
      }
      return .batch(EvaluationBatch(semantic: semantic, items: items))
    }
  }

  private static func semantic(_ root: MessageReader) throws(MessageFault) -> EvaluationSemantic {
    guard let options = root.cursor.member("options"), !options.isNull else { return .executeAll }
    let reader = try MessageReader(options, path: "options")
    guard let text = try reader.optionalText("evaluations_semantic", bytesMax: EvaluationMessage.nameBytesMax) else {
      return .executeAll
    }
    guard let semantic = EvaluationSemantic(rawValue: text) else {
      let known = EvaluationSemantic.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw MessageFault("options.evaluations_semantic", "`options.evaluations_semantic` must be one of \(known)")
    }
    return semantic
  }
}

/// The top-level members of a batch, each read once; a fault in one of them is a fault of the items that inherit it.
private struct BatchDefaults {
  let subject: Result<EvaluationMessage.Entity, MessageFault>
  let action: Result<EvaluationMessage.Action, MessageFault>
  let resource: Result<EvaluationMessage.Entity, MessageFault>
  let context: Result<JSONObject, MessageFault>

  init(_ root: MessageReader) {
    subject = Result { () throws(MessageFault) in try EvaluationMessage.Entity(try root.object("subject")) }
    action = Result { () throws(MessageFault) in try EvaluationMessage.Action(try root.object("action")) }
    resource = Result { () throws(MessageFault) in try EvaluationMessage.Entity(try root.object("resource")) }
    context = Result { () throws(MessageFault) in try root.properties("context") }
  }

  func item(_ cursor: JSONCursor, path: String) -> Result<EvaluationMessage, MessageFault> {
    Result { () throws(MessageFault) in
      let item = try MessageReader(cursor, path: path)
      return EvaluationMessage(
        subject: item.has("subject") ? try EvaluationMessage.Entity(try item.object("subject")) : try subject.get(),
        action: item.has("action") ? try EvaluationMessage.Action(try item.object("action")) : try action.get(),
        resource: item.has("resource") ? try EvaluationMessage.Entity(try item.object("resource")) : try resource.get(),
        context: item.has("context") ? try item.properties("context") : try context.get())
    }
  }
}

extension MessageReader {
  func has(_ name: StaticString) -> Bool { cursor.member(name) != nil }
}
