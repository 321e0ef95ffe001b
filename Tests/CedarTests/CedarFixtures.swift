import Testing

@testable import Cedar

/// The policies of `text`, which must be free of mistakes; ids by position.
func policySet(_ text: String, naming: PolicySet.Naming = .byPosition) throws -> PolicySet {
  try PolicySet.parse([(name: "test.cedar", text: text)], naming: naming).get()
}

/// The mistakes of `text`.
func mistakes(_ text: String) -> [Diagnostic] {
  switch PolicySet.parse([(name: "test.cedar", text: text)]) {
  case .success: []
  case .failure(let failure): failure.diagnostics
  }
}

func uid(_ type: String, _ id: String) -> EntityUID { EntityUID(type: type, id: id) }

/// A small company: users in nested groups, documents in folders.
enum Company {
  static let alice = uid("User", "alice")
  static let bob = uid("User", "bob")
  static let view = uid("Action", "view")
  static let plan = uid("Doc", "plan")

  static let address = Value.record(Record([("city", .string("Oslo")), ("geo", .record(Record([("lat", .long(59))])))]))

  static let entities: [Entity] = [
    Entity(
      uid: alice,
      attributes: Record([
        ("name", .string("Alice")), ("age", .long(30)), ("admin", .bool(true)), ("boss", .entity(bob)), ("address", address),
        ("nums", .set(ValueSet([.long(1), .long(2), .long(3)]))), ("empty", .set(ValueSet([]))),
        ("friends", .set(ValueSet([.entity(bob), .entity(uid("User", "ghost"))]))), ("e\u{301}", .long(1)), ("if", .long(7)),
      ]),
      parents: [uid("Group", "eng")], tags: Record([("dept", .string("eng")), ("", .string("empty"))])),
    Entity(uid: bob, attributes: Record([("name", .string("Bob"))]), parents: [uid("Group", "ops")]),
    Entity(uid: uid("Group", "eng"), parents: [uid("Group", "all")]),
    Entity(uid: uid("Group", "ops"), parents: [uid("Group", "all")]),
    Entity(uid: plan, attributes: Record([("owner", .entity(alice)), ("max", .long(Int64.max))]), parents: [uid("Folder", "f")]),
    Entity(uid: view, parents: [uid("Action", "read")]),
  ]

  static let context = Record([
    ("n", .long(7)), ("ok", .bool(true)), ("s", .string("hello*world")), ("who", .entity(bob)),
    ("list", .set(ValueSet([.long(1), .string("x"), .bool(true)]))),
    ("now", .datetime(DateTimeValue(milliseconds: 1_728_992_282_000))),
  ])

  static func request(_ principal: EntityUID = alice, _ action: EntityUID = view, _ resource: EntityUID = plan) -> Request {
    Request(principal: principal, action: action, resource: resource, context: context)
  }
}

/// How one condition came out, in one word.
func outcome(_ expression: String) throws -> String {
  let text = "permit(principal,action,resource) when { \(expression) };"
  guard case .success(let policies) = PolicySet.parse([(name: "test.cedar", text: text)]) else { return "refused" }
  let response = Authorizer.authorize(Company.request(), policies: policies, entities: try EntityStore(Company.entities))
  if let error = response.errors.first { return error.error.kind.rawValue }
  return response.decision == .allow ? "true" : "false"
}
