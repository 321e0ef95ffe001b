package import JSON

/// An AuthZEN evaluation request as it came over the wire: complete, of the right types, within the limits; nothing more is known
/// of it.
///
/// Unknown members are ignored. Source: OpenID AuthZEN Authorization API 1.0 sections 5 and 6.
package struct EvaluationMessage: Sendable, Equatable {
  /// A subject or a resource.
  package struct Entity: Sendable, Equatable {
    package var type: String
    package var id: String
    package var properties: JSONObject

    /// An entity; the decoder enforces the limits, this does not.
    package init(type: String, id: String, properties: JSONObject = [:]) {
      self.type = type
      self.id = id
      self.properties = properties
    }
  }

  /// What the subject wants to do.
  package struct Action: Sendable, Equatable {
    package var name: String
    package var properties: JSONObject

    /// An action; the decoder enforces the limits, this does not.
    package init(name: String, properties: JSONObject = [:]) {
      self.name = name
      self.properties = properties
    }
  }

  package var subject: Entity
  package var action: Action
  package var resource: Entity
  package var context: JSONObject

  /// A request; the decoder enforces the limits, this does not.
  package init(subject: Entity, action: Action, resource: Entity, context: JSONObject = [:]) {
    self.subject = subject
    self.action = action
    self.resource = resource
    self.context = context
  }

  /// Longest entity type, in bytes: a type is a word, and types become parts of keys.
  package static let typeBytesMax = 128
  /// Longest entity id, in bytes: the longest of those in use are URIs.
  package static let idBytesMax = 256
  /// Longest action name, in bytes.
  package static let nameBytesMax = 256
  /// Body and nesting of a request: 1 MiB, 32 levels, half of what the reader could hold.
  package static let limits = JSONLimits(bytes: Endpoint.evaluationBytesMax, depth: 32)

  /// Reads one request.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    try self.init(decoding: body, tape: JSONTape())
  }

  /// Reads one request on a tape that the caller reuses: only the message itself is allocated.
  package init(decoding body: [UInt8], tape: JSONTape) throws(MessageFault) {
    self = try body.span.withUnsafeBytes { bytes throws(MessageFault) in
      try EvaluationMessage(try MessageReader(try tape.root(bytes, limits: EvaluationMessage.limits)))
    }
  }

  init(_ root: MessageReader) throws(MessageFault) {
    subject = try Entity(try root.object("subject"))
    action = try Action(try root.object("action"))
    resource = try Entity(try root.object("resource"))
    context = try root.properties("context")
  }

  /// The request as one compact JSON object: what a single evaluation of it would have sent.
  package func encoded() -> [UInt8] {
    var json = JSONWriter(reserving: 512)
    json.beginObject()
    json.key("subject")
    subject.write(to: &json)
    json.key("action")
    json.beginObject()
    json.key("name")
    json.string(action.name)
    json.properties(action.properties)
    json.endObject()
    json.key("resource")
    resource.write(to: &json)
    if !context.isEmpty {
      json.key("context")
      json.object(context)
    }
    json.endObject()
    return json.bytes
  }
}

extension EvaluationMessage.Entity {
  init(_ object: MessageReader) throws(MessageFault) {
    type = try object.text("type", bytesMax: EvaluationMessage.typeBytesMax)
    id = try object.text("id", bytesMax: EvaluationMessage.idBytesMax)
    properties = try object.properties("properties")
  }

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("type")
    json.string(type)
    json.key("id")
    json.string(id)
    json.properties(properties)
    json.endObject()
  }
}

extension EvaluationMessage.Action {
  init(_ object: MessageReader) throws(MessageFault) {
    name = try object.text("name", bytesMax: EvaluationMessage.nameBytesMax)
    properties = try object.properties("properties")
  }
}

extension JSONWriter {
  mutating func properties(_ properties: JSONObject) {
    if properties.isEmpty { return }
    key("properties")
    object(properties)
  }
}
