import API
import JSON

/// A question to the decision point: may `subject` do `action` to `resource`? OpenID AuthZEN Authorization API 1.0.
public struct EvaluationRequest: Sendable, Equatable {
  /// A subject or a resource: an id within a type.
  public struct Entity: Sendable, Equatable {
    /// Such as `agent`, `user`, `tool`, `model`; at most 128 bytes.
    public var type: String
    /// At most 256 bytes.
    public var id: String
    /// Named facts about the entity.
    public var properties: PropertyValue

    /// An entity without or with properties (an object).
    public init(type: String, id: String, properties: PropertyValue = [:]) {
      self.type = type
      self.id = id
      self.properties = properties
    }
  }

  /// Who wants to act.
  public var subject: Entity
  /// What it wants to do.
  public var action: String
  /// Named facts about the action (an object).
  public var actionProperties: PropertyValue
  /// What it wants to act on.
  public var resource: Entity
  /// Named facts about the circumstances (an object); a governed step puts its workflow, run and step here (see `StepRequest`).
  public var context: PropertyValue

  /// A request.
  public init(
    subject: Entity, action: String, actionProperties: PropertyValue = [:], resource: Entity, context: PropertyValue = [:]
  ) {
    self.subject = subject
    self.action = action
    self.actionProperties = actionProperties
    self.resource = resource
    self.context = context
  }

  var message: EvaluationMessage {
    EvaluationMessage(
      subject: subject.message, action: .init(name: action, properties: actionProperties.json.objectValue ?? [:]),
      resource: resource.message, context: context.json.objectValue ?? [:])
  }
}

extension EvaluationRequest.Entity {
  fileprivate var message: EvaluationMessage.Entity { .init(type: type, id: id, properties: properties.json.objectValue ?? [:]) }
}
