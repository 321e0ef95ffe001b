import TestSupport
import Testing

@testable import Cedar

/// Random entities, requests and policies over so few names that most of them meet.
struct Worlds {
  var random: SeededGenerator

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(random.next() % UInt64(elements.count))] }
  mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

  private static let types = ["User", "Group", "Doc"]

  mutating func name() -> EntityUID { uid(pick(Self.types), pick(["a", "b", "c", "d"])) }
  mutating func actionName() -> EntityUID { uid("Action", pick(["view", "edit", "read", "all"])) }

  /// Parents only among names that come later in a fixed order, so that no cycle arises.
  mutating func entities() -> [Entity] {
    let names =
      Self.types.flatMap { type in ["a", "b", "c", "d"].map { uid(type, $0) } }
      + ["view", "edit", "read", "all"].map { uid("Action", $0) }
    var result: [Entity] = []
    for (index, name) in names.enumerated() where chance(75) {
      let later = names[(index + 1)...].filter { ($0.type == "Action") == (name.type == "Action") }
      let parents = later.filter { _ in chance(25) }
      var attributes: [(key: String, value: Value)] = []
      for key in ["n", "flag", "other"] where chance(70) {
        attributes.append((key, pick([.long(Int64(random.next() % 5)), .bool(chance(50)), .entity(self.name()), .string("x")])))
      }
      result.append(Entity(uid: name, attributes: Record(attributes), parents: parents))
    }
    return result
  }

  mutating func request() -> Request {
    let context = Record([("n", .long(Int64(random.next() % 5))), ("flag", .bool(chance(50))), ("other", .entity(name()))])
    return Request(principal: name(), action: actionName(), resource: name(), context: context)
  }

  mutating func scope(_ variable: String) -> String {
    switch random.next() % 6 {
    case 0: "\(variable) == \(name())"
    case 1, 2: "\(variable) in \(name())"
    case 3: "\(variable) is \(pick(Self.types))"
    case 4: "\(variable) is \(pick(Self.types)) in \(name())"
    default: variable
    }
  }

  mutating func actionScope() -> String {
    switch random.next() % 4 {
    case 0: "action == \(actionName())"
    case 1: "action in \(actionName())"
    case 2: "action in [\((0..<(random.next() % 4)).map { _ in actionName().description }.joined(separator: ", "))]"
    default: "action"
    }
  }

  mutating func expression(_ depth: Int) -> String {
    if depth == 0 || chance(20) {
      return pick([
        "true", "false", "0", "3", "-1", "9223372036854775807", "\"x\"", "principal", "resource", "action", "context", "context.n",
        "context.flag",
        "context.other", "principal.n", "resource.flag", "principal.other.n", "context.absent", name().description,
      ])
    }
    let left = expression(depth - 1)
    let right = expression(depth - 1)
    return switch random.next() % 12 {
    case 0, 1: "(\(left)) && (\(right))"
    case 2, 3: "(\(left)) || (\(right))"
    case 4: "!(\(left))"
    case 5, 6: "(\(left)) \(pick(["==", "!=", "<", "<=", ">", ">="])) (\(right))"
    case 7: "(\(left)) in (\(right))"
    case 8: "(\(left)) \(pick(["+", "-", "*"])) (\(right))"
    case 9: "if (\(left)) then (\(right)) else (\(expression(depth - 1)))"
    case 10: "[\(left), \(right)].contains(\(expression(depth - 1)))"
    default: "(\(left)) \(pick(["has n", "has other.n", "is User", "in [User::\"a\", Group::\"b\"]"]))"
    }
  }

  /// A comparison such as policies without a scope begin with, some of them in error for some requests.
  mutating func comparison() -> String {
    let number = random.next() % 5
    return switch random.next() % 12 {
    case 0, 1: "context.n == \(number)"
    case 2: "\(number) == principal.n"
    case 3: "context.other == \(name())"
    case 4: "context.n == \(number) || context.n == \(random.next() % 5)"
    case 5: "[\(number), \"x\", true].contains(\(pick(["context.n", "resource.other", "context.absent"])))"
    case 6: "[].contains(\(pick(["context.n", "context.absent"])))"
    case 7: "context has n && context.n == \(number)"
    case 8: "\(pick(["principal", "resource"])) is \(pick(Self.types))"
    case 9: "\(pick(["principal", "action", "resource"])) in [\(name()), \(actionName())]"
    case 10: "\(pick(["principal", "resource"])) == \(name())"
    default: "context.other == [\(number)]"
    }
  }

  /// `count` policies, many of them with the same first comparisons.
  mutating func policies(_ count: Int) -> String {
    (0..<count).map { _ in
      chance(50)
        ? policy()
        : """
        \(pick(["permit", "forbid"]))(\(chance(30) ? scope("principal") : "principal"), \(chance(20) ? actionScope() : "action"), \
        \(chance(30) ? scope("resource") : "resource")) when { \(comparison()) && (\(expression(2))) };\n
        """
    }.joined()
  }

  mutating func policy() -> String {
    var text = "\(pick(["permit", "forbid"]))(\(scope("principal")), \(actionScope()), \(scope("resource")))"
    for _ in 0..<(random.next() % 3) { text += " \(pick(["when", "unless"])) { \(expression(3)) }" }
    return text + ";\n"
  }
}

@Suite("Cedar properties")
struct PropertyTests {
  @Test("index and compiled form answer as a full scan over the tree does", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func agreesWithNaiveEvaluator(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var counts = (allow: 0, deny: 0, errors: 0, reasons: 0)
    for _ in 0..<12 {
      let entities = worlds.entities()
      let store = try EntityStore(entities)
      let text = (0..<25).map { _ in worlds.policy() }.joined()
      let policies = try policySet(text)
      for _ in 0..<12 {
        let request = worlds.request()
        let found = Authorizer.authorize(request, policies: policies, entities: store)
        let wanted = NaiveEvaluator.decide(request, policies, entities)
        #expect(found.decision == wanted.0, "seed \(seed)\n\(text)")
        #expect(found.reasons == wanted.reasons, "seed \(seed)")
        #expect(found.errors.map(\.policy) == wanted.errors, "seed \(seed)")
        counts.reasons += found.reasons.count
        counts.errors += found.errors.count
        if found.decision == .allow { counts.allow += 1 } else { counts.deny += 1 }
      }
    }
    #expect(
      counts.allow > 0 && counts.deny > 0 && counts.errors > 0 && counts.reasons > 0, "seed \(seed) covers nothing: \(counts)")
  }

  @Test("an overlay answers as a store with the same entities does", arguments: [11, 12, 13] as [UInt64])
  func overlayEqualsStore(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    for _ in 0..<20 {
      let entities = worlds.entities()
      let policies = try policySet((0..<20).map { _ in worlds.policy() }.joined())
      let store = try EntityStore(entities)
      // Users come first in the order of parents, so that no base entity depends on them.
      let base = try EntityStore(entities.filter { $0.uid.type != "User" })
      let overlay = EntityOverlay(entities.filter { $0.uid.type == "User" }, over: base)
      for _ in 0..<10 {
        let request = worlds.request()
        let whole = Authorizer.authorize(request, policies: policies, entities: store)
        let parts = Authorizer.authorize(request, policies: policies, entities: base, overlay: overlay)
        #expect(whole.decision == parts.decision && whole.reasons == parts.reasons, "seed \(seed)")
        #expect(whole.errors.map(\.policy) == parts.errors.map(\.policy), "seed \(seed)")
      }
    }
  }

  @Test("many tasks decide over one set at once and agree")
  func sharedSet() async throws {
    var worlds = Worlds(random: SeededGenerator(seed: 61))
    let entities = worlds.entities()
    let store = try EntityStore(entities)
    let policies = try policySet((0..<40).map { _ in worlds.policy() }.joined())
    let requests = (0..<50).map { _ in worlds.request() }
    let wanted = requests.map { Authorizer.authorize($0, policies: policies, entities: store).reasons }
    let found = await withTaskGroup(of: [PolicyPositions].self) { group in
      for _ in 0..<8 {
        group.addTask { requests.map { Authorizer.authorize($0, policies: policies, entities: store).reasons } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.count == 8)
    for answers in found { #expect(answers == wanted) }
  }

  @Test("records and sets behave as dictionaries and sets do", arguments: [21, 22] as [UInt64])
  func collections(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for size in 0..<60 {
      let pairs = (0..<size).map { _ in (key: "k\(random.next() % 40)", value: Value.long(Int64(random.next() % 9))) }
      let wanted = Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
      let record = Record(pairs)
      #expect(record.count == wanted.count)
      for number in 0..<45 { #expect(record["k\(number)"] == wanted["k\(number)"]) }
      #expect(record == Record(wanted.map { ($0.key, $0.value) }))
      let set = ValueSet(pairs.map(\.value))
      #expect(set == ValueSet(pairs.map(\.value).reversed()))
      #expect(set.elements.count == Set(pairs.map(\.value)).count)
      for number in 0..<10 { #expect(set.contains(.long(Int64(number))) == pairs.contains { $0.value == .long(Int64(number)) }) }
    }
  }
}
