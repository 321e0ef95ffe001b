/// The question put to the policies: may `principal` do `action` on `resource` in `context`?
public struct Request: Sendable, Equatable {
  /// Who asks.
  public let principal: EntityUID
  /// What is to be done.
  public let action: EntityUID
  /// What it is to be done to.
  public let resource: EntityUID
  /// Further facts, read by `context.name`.
  public let context: Record

  /// Makes a request. None of the three entities needs to exist in a store.
  public init(principal: EntityUID, action: EntityUID, resource: EntityUID, context: Record = .empty) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context
  }
}
