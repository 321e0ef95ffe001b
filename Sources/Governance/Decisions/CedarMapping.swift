import Budgets
import Cedar
import JSON

/// The one place where AuthZEN's subject, action, resource and context become Cedar's principal, action, resource and context.
enum CedarMapping {
  /// A Cedar request and the entities that exist for it alone.
  struct Mapped {
    var request: Cedar.Request
    var entities: EntityOverlay
  }

  /// Longest entity type, bytes.
  static let typeBytesMax = 128

  /// Request types of the inventory and their Cedar entity types; every other type is taken verbatim.
  private static let inventoryTypes: [(request: String, cedar: String)] = [
    ("agent", "Agent"), ("user", "User"), ("workload", "Workload"), ("tool", "Tool"), ("model", "Model"), ("dataset", "Dataset"),
    ("workflow", "Workflow"), ("run", "Run"), ("team", "Team"), ("organisation", "Organisation"), ("system", "System"),
  ]

  /// Members of the request's context that are protocol, not facts for policies.
  private static let protocolMembers: Set<String> = ["supported_obligations", "request_id", "traceparent", "auto_start"]

  /// Refuses a request type that spells one of the inventory's Cedar types: two names for one entity would let a caller choose.
  static func checkType(_ type: String, field: String) throws(RequestFault) {
    guard !type.isEmpty, type.utf8.count <= typeBytesMax else {
      throw RequestFault(field, "`\(field)` must have 1 to \(typeBytesMax) bytes")
    }
    if let match = inventoryTypes.first(where: { $0.cedar == type }) {
      throw RequestFault(field, "`\(field)` must be `\(match.request)`, not `\(type)`")
    }
  }

  /// A request that names no workflow: entities with the request's properties over the stored ones.
  static func plain(_ request: DecisionRequest, snapshot: PolicySnapshot, now: Int64) -> Mapped {
    var entities = EntityOverlay()
    let principal = uid(request.subject)
    let resource = uid(request.resource)
    add(principal, request.subject.properties, wins: .request, to: &entities, snapshot)
    add(resource, request.resource.properties, wins: .request, to: &entities, snapshot)
    let context = contextMembers(request)
    return Mapped(
      request: Cedar.Request(principal: principal, action: action(request), resource: resource, context: Record(context)),
      entities: entities)
  }

  /// A step of a workflow: the inventory's attributes over the request's, and the step's facts in the context.
  static func request(_ request: DecisionRequest, _ placed: PlacedStep, snapshot: PolicySnapshot, now: Int64) -> Mapped {
    var entities = EntityOverlay()
    let principal = uid(request.subject)
    let resource = uid(request.resource)
    add(principal, request.subject.properties, wins: .inventory, to: &entities, snapshot)
    add(resource, request.resource.properties, wins: .inventory, to: &entities, snapshot)
    var context = contextMembers(request)
    if let facts = request.step {
      let workflow = EntityUID(type: "Workflow", id: placed.workflow.id)
      let run = EntityUID(type: "Run", id: placed.workflow.id + "/" + facts.run)
      entities.add(Entity(uid: run, parents: [workflow]), over: snapshot.entities)
      let owned: [(key: String, value: Value)] = [
        ("workflow", .entity(workflow)), ("run", .entity(run)), ("step", .string(facts.step)), ("attempt", .long(facts.attempt)),
        ("point", .string(facts.point.rawValue)), ("tier", .long(Int64(placed.tier.rawValue))),
        ("data_classes", .set(ValueSet(placed.workflow.dataClasses.map { .string($0) }))),
        ("now", .datetime(DateTimeValue(milliseconds: now))),
      ]
      context.removeAll { member in owned.contains { $0.key == member.key } }
      context += owned
    }
    return Mapped(
      request: Cedar.Request(principal: principal, action: action(request), resource: resource, context: Record(context)),
      entities: entities)
  }

  private enum Precedence {
    case request, inventory
  }

  private static func add(
    _ uid: EntityUID, _ properties: JSONObject, wins: Precedence, to overlay: inout EntityOverlay, _ snapshot: PolicySnapshot
  ) {
    guard !properties.members.isEmpty else { return }
    let stated = record(properties)
    guard let stored = snapshot.entities.entity(uid)?.attributes else {
      overlay.add(uid, attributes: stated, over: snapshot.entities)
      return
    }
    switch wins {
    case .request: overlay.add(uid, attributes: stored.merging(stated), over: snapshot.entities)
    case .inventory: overlay.add(uid, attributes: stated.merging(stored), over: snapshot.entities)
    }
  }

  private static func uid(_ entity: RequestEntity) -> EntityUID {
    EntityUID(type: type(entity.type), id: entity.id)
  }

  /// The Cedar type of a request's entity type.
  static func type(_ requested: String) -> String { inventoryTypes.first { $0.request == requested }?.cedar ?? requested }

  /// The Cedar type of every action.
  static let actionType = "Action"

  private static func action(_ request: DecisionRequest) -> EntityUID { EntityUID(type: actionType, id: request.action) }

  private static func record(_ object: JSONObject) -> Record {
    Record(object.members.compactMap { member in Value(json: member.value).map { (member.key, $0) } })
  }

  /// All of the request's context but protocol members, and the action's properties as `action`.
  private static func contextMembers(_ request: DecisionRequest) -> [(key: String, value: Value)] {
    var members: [(key: String, value: Value)] = []
    members.reserveCapacity(request.context.members.count + 9)
    for member in request.context.members where !protocolMembers.contains(member.key) && member.key != "action" {
      guard let value = Value(json: member.value) else { continue }
      members.append((member.key, value))
    }
    if !request.actionProperties.members.isEmpty { members.append(("action", .record(record(request.actionProperties)))) }
    return members
  }
}
