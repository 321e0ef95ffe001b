package import Cryptography
package import JSON

/// A request as far as it could be read; the envelope check refused it.
package struct RequestFault: Error, Sendable, Equatable {
  package var code: String
  package var field: String
  package var message: String

  package init(_ field: String, _ message: String, code: String = "request.invalid") {
    self.code = code
    self.field = field
    self.message = message
  }
}

/// One entity of an AuthZEN request.
package struct RequestEntity: Sendable {
  package var type: String
  package var id: String
  package var properties: JSONObject

  package init(type: String, id: String, properties: JSONObject = [:]) {
    self.type = type
    self.id = id
    self.properties = properties
  }
}

/// A validated evaluation request: the type is the proof that every envelope rule held. A class, because it passes through proposals,
/// commands and queues unchanged.
package final class DecisionRequest: Sendable {
  package let subject: RequestEntity
  package let action: String
  package let actionProperties: JSONObject
  package let resource: RequestEntity
  package let context: JSONObject
  /// What the request says about a workflow step; nil for a plain AuthZEN request.
  package let step: StepFacts?
  /// Id of the API key that asked.
  package let enforcementPoint: String
  package let idempotency: IdempotencyKey?
  /// The request as it is kept in the payload: one JSON object.
  package let bytes: [UInt8]

  /// Checks the envelope.
  ///
  /// - Parameters:
  ///   - bytes: the request as one JSON object; kept in the payload and digested for idempotency.
  ///   - header: the value of `X-Request-ID`, if any.
  ///   - now: UTC milliseconds, for the clock-skew rule.
  /// - Throws: the first rule that does not hold, naming its field.
  package init(
    subject: RequestEntity, action: String, actionProperties: JSONObject, resource: RequestEntity, context: JSONObject,
    bytes: [UInt8], enforcementPoint: String, header: String?, now: Int64
  ) throws(RequestFault) {
    try CedarMapping.checkType(subject.type, field: "subject.type")
    try CedarMapping.checkType(resource.type, field: "resource.type")
    let step = try StepFacts(subject: subject, resource: resource, context: context, now: now)
    self.subject = subject
    self.action = action
    self.actionProperties = actionProperties
    self.resource = resource
    self.context = context
    self.step = step
    self.enforcementPoint = enforcementPoint
    self.bytes = bytes
    self.idempotency = try IdempotencyKey(context: context, step: step, header: header, caller: enforcementPoint, body: bytes)
  }
}

/// Identifies a request that may be sent again; `body` tells a repetition from a conflict.
package struct IdempotencyKey: Sendable, Equatable {
  package let key: SHA256Digest
  package let body: SHA256Digest

  package init(key: SHA256Digest, body: SHA256Digest) {
    self.key = key
    self.body = body
  }

  /// `context.request_id`, else an explicit `context.attempt`, else the header (then the body is part of the key, so that a
  /// reused header never conflicts), else nil: every request is a decision of its own. Ids that a caller makes
  /// up are its own: two callers never meet in one.
  init?(context: JSONObject, step: StepFacts?, header: String?, caller: String, body: [UInt8]) throws(RequestFault) {
    var name: [UInt8] = []
    func add(_ text: String) {
      name.append(contentsOf: text.utf8)
      name.append(0)
    }
    let digest: SHA256Digest
    if let value = context["request_id"] {
      guard case .string(let id) = value, StepFacts.isIdentifier(id) else {
        throw RequestFault("context.request_id", "`context.request_id` must be \(StepFacts.identifierRule)")
      }
      digest = SHA256.hash(body)
      add("r")
      add(caller)
      add(step?.workflow ?? "")
      add(id)
    } else if let step, step.attemptGiven {
      digest = SHA256.hash(body)
      add("a")
      add(step.workflow)
      add(step.run)
      add(step.step)
      add(String(step.attempt))
      add(step.point.rawValue)
    } else if let header, !header.isEmpty {
      digest = SHA256.hash(body)
      add("h")
      add(caller)
      add(header)
      name.append(contentsOf: digest.bytes)
    } else {
      return nil
    }
    self.init(key: SHA256.hash(name), body: digest)
  }
}
