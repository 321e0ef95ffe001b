import TestSupport
import Testing

@testable import Cedar

/// Random conditions over the office, mostly of the right types and guarded, and random entities and requests that conform to it.
private struct OfficeWorlds {
  var random: SeededGenerator
  private let principal: String
  private let action: EntityUID
  private let resource: String
  private let context: RecordType

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let isView = random.next() % 2 == 0
    let applied = isView ? Office.schema.actions[Company.view] : Office.schema.actions[uid("Action", "edit")]
    action = applied?.uid ?? Company.view
    principal = applied?.appliesTo?.principals.last ?? "User"
    resource = applied?.appliesTo?.resources.first ?? "Doc"
    context = applied?.appliesTo?.context ?? .empty
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(random.next() % UInt64(elements.count))] }
  mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

  private static let texts = ["", "x", "y"]
  private static let ids = ["a", "b"]

  // MARK: Policies

  /// A way from a variable to a value of some type, with the tests that make it safe.
  private struct Path {
    let text: String
    let type: SchemaType
    let guards: [String]
  }

  private mutating func path() -> Path {
    var path = pick([
      Path(text: "principal", type: .entity(principal), guards: []), Path(text: "resource", type: .entity(resource), guards: []),
      Path(text: "context", type: .record(context), guards: []),
    ])
    while chance(75) {
      let shape: RecordType
      switch path.type {
      case .entity(let name): shape = Office.schema.entityTypes[name]?.shape ?? .empty
      case .record(let record): shape = record
      default: return path
      }
      if shape.attributes.isEmpty { return path }
      let attribute = pick(shape.attributes)
      let name = isIdentifier(attribute.name) ? ".\(attribute.name)" : "[\(quoted(attribute.name))]"
      let test = "\(path.text) has \(isIdentifier(attribute.name) ? attribute.name : quoted(attribute.name))"
      let isGuarded = !attribute.isRequired && chance(95)
      path = Path(text: path.text + name, type: attribute.type, guards: path.guards + (isGuarded ? [test] : []))
    }
    return path
  }

  private mutating func type() -> SchemaType {
    pick([
      .bool, .long, .string, .entity("User"), .entity("Group"), .entity("Doc"), .entity("Level"), .set(.string),
      .set(.entity("User")),
      .extension(.datetime), .extension(.duration), .extension(.decimal), .extension(.ipaddr),
    ])
  }

  /// An expression of a type, or, now and then, of another.
  private mutating func expression(_ wanted: SchemaType, _ depth: Int) -> String {
    let type = chance(1) ? type() : wanted
    for _ in 0..<4 {
      let path = path()
      guard path.type == type else { continue }
      if path.guards.isEmpty { return path.text }
      if type == .bool { return "(" + (path.guards + [path.text]).joined(separator: " && ") + ")" }
      return "(if \(path.guards.joined(separator: " && ")) then \(path.text) else \(literal(type, depth)))"
    }
    if depth > 0, chance(15) {
      return "(if \(condition(depth - 1)) then \(expression(type, depth - 1)) else \(expression(type, depth - 1)))"
    }
    return type == .bool && depth > 0 ? condition(depth - 1) : literal(type, depth)
  }

  private mutating func literal(_ type: SchemaType, _ depth: Int) -> String {
    switch type {
    case .bool: return pick(["true", "false"])
    case .long:
      guard depth > 0, chance(40) else { return pick(["0", "1", "-3", "9223372036854775807"]) }
      return "(\(expression(.long, depth - 1)) \(pick(["+", "-", "*"])) \(expression(.long, depth - 1)))"
    case .string: return quoted(pick(Self.texts))
    case .entity("Level"): return pick(["Level::\"low\"", "Level::\"high\""])
    case .entity(let name): return uid(name, pick(Self.ids)).description
    case .set(let element): return "[\(expression(element, depth - 1)), \(literal(element, 0))]"
    case .record(let record):
      return "{" + record.attributes.map { "\(quoted($0.name)): \(literal($0.type, 0))" }.joined(separator: ", ") + "}"
    case .extension(.datetime) where depth > 0 && chance(30):
      return "\(expression(type, depth - 1)).offset(\(expression(.extension(.duration), depth - 1)))"
    case .extension(.duration) where depth > 0 && chance(30):
      let moment = SchemaType.extension(.datetime)
      return "\(expression(moment, depth - 1)).durationSince(\(expression(moment, depth - 1)))"
    case .extension(let type):
      let texts: [ExtensionType: String] = [
        .ipaddr: "10.0.0.1/8", .decimal: "1.5", .datetime: "2024-01-01", .duration: "-9223372036854775808ms",
      ]
      return "\(type.constructor.rawValue)(\(quoted(texts[type] ?? "")))"
    }
  }

  mutating func condition(_ depth: Int) -> String {
    guard depth > 0 else { return expression(.bool, 0) }
    let type = type()
    let next = depth - 1
    switch random.next() % 13 {
    case 0: return "(\(condition(next)) && \(condition(next)))"
    case 1: return "(\(condition(next)) || \(condition(next)))"
    case 2: return "!(\(condition(next)))"
    case 3, 4: return "(\(expression(type, next)) \(pick(["==", "!="])) \(expression(type, next)))"
    case 5:
      let type: SchemaType = pick([.long, .extension(.datetime), .extension(.duration)])
      return "(\(expression(type, next)) \(pick(["<", "<=", ">", ">="])) \(expression(type, next)))"
    case 6: return "(\(expression(.entity("User"), next)) in \(expression(.entity(pick(["Group", "User", "Doc"])), next)))"
    case 7: return "[\(expression(type, next))].contains(\(expression(type, next)))"
    case 8: return "\(expression(.set(.string), next)).\(pick(["containsAll", "containsAny"]))(\(expression(.set(.string), next)))"
    case 9:
      let tag = quoted(pick(Self.texts))
      return "(principal.hasTag(\(tag)) && principal.getTag(\(tag)) == \(expression(pick([.set(.string), .string]), next)))"
    case 10: return "(\(expression(.entity("User"), next)) is \(pick(["User", "Doc"])))"
    case 11: return "(\(path().text) has \(pick(["nick", "boss.nick", "address.geo.lon", "who", "editors", "model"])))"
    default: return "(action in \(pick(["Action::\"read\"", "[Action::\"edit\", Action::\"write\"]"])) && \(condition(next)))"
    }
  }

  mutating func policy() -> String {
    let scope = pick(["principal, action, resource", "principal is \(principal), action == \(action), resource is \(resource)"])
    return "permit(\(scope)) \(pick(["when", "unless"])) { \(condition(3)) };\n"
  }

  // MARK: Data

  private mutating func value(_ type: SchemaType) -> Value {
    switch type {
    case .bool: .bool(chance(50))
    case .long: .long(pick([0, 1, -3, .max, .min]))
    case .string: .string(pick(Self.texts))
    case .entity("Level"): .entity(uid("Level", "low"))
    case .entity(let name): .entity(uid(name, pick(Self.ids)))
    case .set(let element): .set(ValueSet((0..<(random.next() % 3)).map { _ in value(element) }))
    case .record(let record): .record(self.record(record))
    case .extension(.ipaddr): IPAddressValue("10.0.0.1").map { .ip($0) } ?? .bool(false)
    case .extension(.decimal): .decimal(DecimalValue(scaled: 15_000))
    case .extension(.datetime): .datetime(DateTimeValue(milliseconds: pick([0, .max, .min])))
    case .extension(.duration): .duration(DurationValue(milliseconds: pick([0, 1, .max])))
    }
  }

  private mutating func record(_ type: RecordType) -> Record {
    var members: [(key: String, value: Value)] = []
    for attribute in type.attributes where attribute.isRequired || chance(50) {
      members.append((attribute.name, value(attribute.type)))
    }
    return Record(members)
  }

  /// Some of the entities there may be; those that are absent have neither attributes nor tags.
  mutating func entities() throws -> EntityStore {
    var result = Office.schema.actionEntities
    for type in Office.types where type.enumeration == nil {
      for id in Self.ids where chance(80) {
        let tags = type.tags.map { tag in Self.texts.filter { _ in chance(50) }.map { (key: $0, value: value(tag)) } } ?? []
        let parents = type.name == "User" && chance(50) ? [uid("Group", pick(Self.ids))] : []
        result.append(Entity(uid: uid(type.name, id), attributes: record(type.shape), parents: parents, tags: Record(tags)))
      }
    }
    return try EntityStore(result)
  }

  mutating func request() -> Request {
    Request(
      principal: uid(principal, pick(Self.ids)), action: action, resource: uid(resource, pick(Self.ids)), context: record(context))
  }
}

@Suite("Cedar validator properties")
struct ValidatorPropertyTests {
  @Test("what validates never meets a wrong type or an absent attribute or tag", arguments: Array(1...20) as [UInt64])
  func soundness(seed: UInt64) throws {
    var worlds = OfficeWorlds(seed: seed)
    let validator = Validator(Office.schema)
    var valid = 0
    var evaluations = 0
    for _ in 0..<60 {
      let text = worlds.policy()
      let policies = try policySet(text)
      if validator.validate(policies).contains(where: { $0.severity == .error }) { continue }
      valid += 1
      for _ in 0..<12 {
        let request = worlds.request()
        let response = Authorizer.authorize(request, policies: policies, entities: try worlds.entities())
        evaluations += 1
        for error in response.errors {
          let allowed: [EvaluationError.Kind] = [.overflow, .missingEntity, .extensionFailure]
          #expect(allowed.contains(error.error.kind), "seed \(seed): \(error.error)\n\(text)")
        }
      }
    }
    #expect(valid > 10 && valid < 60 && evaluations == valid * 12, "seed \(seed) covers too little: \(valid) valid")
  }

  @Test("what strict mode accepts, permissive mode accepts", arguments: Array(101...110) as [UInt64])
  func permissiveIsWider(seed: UInt64) throws {
    var worlds = OfficeWorlds(seed: seed)
    for _ in 0..<60 {
      let policies = try policySet(worlds.policy())
      let strict = Validator(Office.schema).validate(policies).filter { $0.severity == .error }
      let permissive = Validator(Office.schema, mode: .permissive).validate(policies).filter { $0.severity == .error }
      #expect(permissive.isEmpty || !strict.isEmpty, "seed \(seed): \(permissive)")
    }
  }

  @Test("a higher level accepts what a lower one does", arguments: Array(201...205) as [UInt64])
  func levelsAreOrdered(seed: UInt64) throws {
    var worlds = OfficeWorlds(seed: seed)
    for _ in 0..<40 {
      let policies = try policySet(worlds.policy())
      let counts = (0...5).map { level in Validator(Office.schema).validate(policies, level: level).count }
      #expect(counts == counts.sorted(by: >), "seed \(seed)")
    }
  }

  private static let fragments = [
    "principal", "resource", "action", "context", ".name", ".nick", ".boss", ".nope", " has nick", " has boss.nick", " && ", " || ",
    "!",
    "(", ")", "[", "]", ", ", "1", "\"x\"", "true", "false", " == ", " < ", " in ", " is User", " is User in ", " like \"*\"",
    " + ", "-",
    "if ", " then ", " else ", "User::\"a\"", "Level::\"low\"", "Action::\"edit\"", "Nope::\"x\"", ".contains(", ".containsAll(",
    ".hasTag(\"a\")", ".getTag(\"a\")", ".isEmpty()", "{a: ", "}", "ip(\"::1\")", "decimal(", ".lessThan(",
  ]

  @Test("no policy breaks the validator, in any mode, at any level", arguments: Array(301...306) as [UInt64])
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var accepted = 0
    for _ in 0..<2500 {
      let count = 1 + Int(random.next() % 9)
      let condition = (0..<count).map { _ in Self.fragments[Int(random.next() % UInt64(Self.fragments.count))] }.joined()
      let text = "permit(principal, action, resource) when { \(condition) };"
      guard case .success(let policies) = PolicySet.parse([(name: "fuzz", text: text)]) else { continue }
      accepted += 1
      for mode in [Validator.Mode.strict, .permissive] {
        for finding in Validator(Office.schema, mode: mode).validate(policies, level: Int(random.next() % 3)) {
          #expect(finding.line == 1 && finding.column >= 1 && finding.column <= text.count, "seed \(seed): \(text)")
        }
      }
    }
    #expect(accepted > 100, "seed \(seed) parses too little")
  }
}
