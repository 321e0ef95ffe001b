import TestSupport
import Testing

@testable import Cedar

extension Worlds {
  /// `request` with some of its parts forgotten. Every request that agrees with the result is a completion, `request` among them.
  mutating func forgetting(_ request: Request) -> PartialRequest {
    PartialRequest(
      principal: subject(request.principal), action: subject(request.action), resource: subject(request.resource),
      context: context(request.context), openTypes: chance(70) ? [] : [pick(["User", "Group", "Doc"])])
  }

  private mutating func subject(_ uid: EntityUID) -> PartialRequest.Subject {
    switch random.next() % 4 {
    case 0: .unknown()
    case 1: .unknown(type: uid.type)
    default: .known(uid)
    }
  }

  private mutating func context(_ context: Record) -> PartialRequest.Context {
    switch random.next() % 4 {
    case 0: return .known(context)
    case 1: return .unknown
    default:
      var members: [(key: String, member: PartialRequest.Member)] = []
      for member in context.members { members.append((member.key, pick([.known(member.value), .unknown, .optional]))) }
      if chance(30) { members.append(("absent", .optional)) }
      return .members(members)
    }
  }

  /// A random completion of `partial`.
  mutating func completion(_ partial: PartialRequest) -> Request {
    Request(
      principal: entity(partial.principal) { $0.name() }, action: entity(partial.action) { $0.actionName() },
      resource: entity(partial.resource) { $0.name() }, context: record(partial.context))
  }

  private mutating func entity(_ subject: PartialRequest.Subject, _ any: (inout Worlds) -> EntityUID) -> EntityUID {
    switch subject {
    case .known(let uid): return uid
    case .unknown(nil): return any(&self)
    case .unknown(let type?):
      return uid(type, type == "Action" ? pick(["view", "edit", "read", "all"]) : pick(["a", "b", "c", "d"]))
    }
  }

  private mutating func uid(_ type: String, _ id: String) -> EntityUID { EntityUID(type: type, id: id) }

  mutating func value() -> Value {
    pick([
      .long(Int64(random.next() % 5)), .bool(chance(50)), .entity(name()), .string("x"),
      .set(ValueSet([.long(3), .entity(name())])),
      .record(Record([("n", .long(3))])),
    ])
  }

  private mutating func record(_ context: PartialRequest.Context) -> Record {
    switch context.kind {
    case .known(let record): return record
    case .unknown: return Record(["n", "flag", "other", "absent"].filter { _ in chance(60) }.map { ($0, value()) })
    case .members(let members):
      var result: [(key: String, value: Value)] = []
      for (name, member) in members.sorted(by: { $0.key.text < $1.key.text }) {
        switch member {
        case .known(let value): result.append((name.text, value))
        case .unknown: result.append((name.text, value()))
        case .optional: if chance(50) { result.append((name.text, value())) }
        }
      }
      return Record(result)
    }
  }

  /// `entities` with other data for those of `types`, which lie below no entity of another type's ancestors.
  mutating func replacing(_ entities: [Entity], ofTypes types: Set<String>) -> [Entity] {
    entities.map { entity in
      guard types.contains(entity.uid.type) else { return entity }
      // Nobody's ancestors depend on a user's parents.
      let parents = entity.uid.type == "User" ? entity.parents.filter { _ in chance(50) } : entity.parents
      return Entity(uid: entity.uid, attributes: Record([("n", value()), ("flag", value())]), parents: parents)
    }
  }

  /// An expression with any operator of the language, most of them over operands that they do not take.
  mutating func wideExpression(_ depth: Int) -> String {
    if depth == 0 || chance(15) {
      return pick([
        expression(0), "ip(\"10.0.0.1\")", "decimal(\"1.5\")", "datetime(\"2024-10-15\")", "duration(\"1h\")", "decimal(\"x\")",
        "context.s", "[1, 3]", "[]", "{n: 3}", "resource.n", "[User::\"a\", context.other]", "User::\"a\".flag", "true",
        "context.other", "resource is Doc", "principal is User",
      ])
    }
    let left = wideExpression(depth - 1)
    let right = wideExpression(depth - 1)
    return switch random.next() % 18 {
    case 0: "(\(left)).hasTag(\(right))"
    case 1: "(\(left)).getTag(\(right))"
    case 2: "(\(left)).\(pick(["containsAll", "containsAny", "contains"]))(\(right))"
    case 3: "(\(left)).isEmpty()"
    case 4: "(\(left)) like \"*\""
    case 5: "(\(left)) is User in (\(right))"
    case 6: "(\(left)).\(pick(["lessThan", "isInRange", "offset", "durationSince"]))(\(right))"
    case 7: "(\(left)).\(pick(["toDate", "toTime", "toHours", "isIpv4"]))()"
    case 8: "\(pick(["ip", "decimal", "datetime", "duration"]))(\(left))"
    case 9: "{a: \(left), b: \(right)}.\(pick(["a", "b", "c"]))"
    case 10: "(if \(left) then \(right) else \(wideExpression(depth - 1)))"
    case 11: "(\(left)) && (\(right)) && (\(wideExpression(depth - 1)))"
    case 12: "(\(left)) || (\(right)) || (\(wideExpression(depth - 1)))"
    case 13: "(\(left)) has other.n"
    case 14: "(\(left)) in (\(right))"
    case 15: "!(\(left))"
    default: "(\(left)) \(pick(["==", "<", "+", "-"])) (\(right))"
    }
  }

  /// A policy with wide expressions, few of them out of scope.
  mutating func widePolicy() -> String {
    let scope = "\(chance(50) ? "principal" : scope("principal")), action, \(chance(50) ? "resource" : scope("resource"))"
    return "\(pick(["permit", "forbid"]))(\(scope)) \(pick(["when", "unless"])) { \(wideExpression(3)) };\n"
  }
}

@Suite("Cedar partial evaluation, properties")
struct PartialPropertyTests {
  /// What a run came across, so that no run covers nothing.
  private struct Counts {
    var settled = 0
    var open = 0
    var allowed = 0
    var errors = 0
    var narrowed = 0
  }

  @Test(
    "partial, then complete, answers as full authorization does", arguments: Array(101...106) as [UInt64])
  func completions(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var counts = Counts()
    for _ in 0..<6 {
      let entities = worlds.entities()
      let store = try EntityStore(entities)
      let policies = try policySet((0..<25).map { _ in worlds.policy() }.joined())
      for _ in 0..<8 {
        let request = worlds.request()
        let partial = worlds.forgetting(request)
        let found = Authorizer.partial(partial, policies: policies, entities: store)
        for round in 0..<8 {
          let completion = round == 0 ? request : worlds.completion(partial)
          let replaced = worlds.replacing(entities, ofTypes: partial.openTypes)
          let world = World(
            policies: policies, store: store, entities: replaced, openTypes: partial.openTypes, naive: true)
          try check(found, completion, world, &counts, "seed \(seed)")
        }
      }
    }
    #expect(
      counts.settled > 0 && counts.open > 0 && counts.allowed > 0 && counts.errors > 0 && counts.narrowed > 0,
      "seed \(seed) covers too little: \(counts)")
  }

  private struct World {
    let policies: PolicySet
    let store: EntityStore
    let entities: [Entity]
    let openTypes: Set<String>
    /// Whether the naive evaluator knows all operators that occur.
    let naive: Bool
  }

  @Test("every operator keeps its meaning over what is open", arguments: Array(201...207) as [UInt64])
  func operators(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var counts = Counts()
    for _ in 0..<6 {
      let entities = worlds.entities()
      let store = try EntityStore(entities)
      let policies = try policySet((0..<30).map { _ in worlds.widePolicy() }.joined())
      for _ in 0..<8 {
        let partial = worlds.forgetting(worlds.request())
        let found = Authorizer.partial(partial, policies: policies, entities: store)
        for _ in 0..<8 {
          let world = World(
            policies: policies, store: store, entities: worlds.replacing(entities, ofTypes: partial.openTypes),
            openTypes: partial.openTypes, naive: false)
          try check(found, worlds.completion(partial), world, &counts, "seed \(seed)")
        }
      }
    }
    #expect(counts.settled > 0 && counts.open > 0 && counts.errors > 0, "seed \(seed) covers too little: \(counts)")
  }

  private func check(
    _ partial: PartialResponse, _ request: Request, _ world: World, _ counts: inout Counts, _ note: String
  ) throws {
    let overlay = EntityOverlay(world.entities.filter { world.openTypes.contains($0.uid.type) }, over: world.store)
    let found = try partial.complete(request, overlay: overlay)
    let full = Authorizer.authorize(request, policies: world.policies, entities: world.store, overlay: overlay)
    let errors = full.errors.map(\.policy)
    #expect(found.decision == full.decision && found.reasons == full.reasons && found.errors.map(\.policy) == errors, "\(note)")
    if world.naive {
      let naive = NaiveEvaluator.decide(request, world.policies, world.entities)
      #expect(full.decision == naive.0 && full.reasons == naive.reasons && errors == naive.errors, "\(note)")
    }
    if let decision = partial.decision { #expect(decision == full.decision, "\(note)") }
    #expect(Set(full.reasons).isSubset(of: partial.mayBeDetermining), "\(note)")
    #expect(Set(partial.mustBeDetermining).isSubset(of: full.reasons), "\(note)")
    #expect(Set(partial.errors).isSubset(of: errors), "\(note)")
    let mayErr = Set(partial.residuals.filter(\.mayErr).map(\.policy)).union(partial.errors)
    #expect(Set(errors).isSubset(of: mayErr), "\(note)")
    for part in PartialRequest.Part.allCases where full.decision == .allow {
      let uid = [request.principal, request.action, request.resource][PartialRequest.Part.allCases.firstIndex(of: part) ?? 0]
      #expect(partial.demand(on: part).admits(uid, entities: world.store, overlay: overlay), "\(note)")
    }
    if partial.decision == nil { counts.open += 1 } else { counts.settled += 1 }
    if full.decision == .allow { counts.allowed += 1 }
    if partial.demand(on: .resource) != .anything { counts.narrowed += 1 }
    counts.errors += errors.count
  }
}
