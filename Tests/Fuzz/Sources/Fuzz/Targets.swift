import Cedar
import Glibc

/// A reader of outside bytes under test. It may refuse; what it accepts it must hold to; a trap or a `fatalError` is a finding.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  /// All targets; the environment variable `FUZZ_TARGET` picks one.
  static let all = [
    FuzzTarget(name: "policies", run: policies),
    FuzzTarget(name: "formatter", run: formatter),
    FuzzTarget(name: "policy-json", run: policyJSON),
    FuzzTarget(name: "schema", run: schemaText),
    FuzzTarget(name: "entities-json", run: entities),
    FuzzTarget(name: "context-json", run: context),
    FuzzTarget(name: "request-json", run: requestJSON),
  ]

  static let chosen: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = all.first(where: { $0.name == name }) { return target }
    print("FUZZ_TARGET is `\(name)`; the targets are \(all.map(\.name).joined(separator: ", "))")
    exit(2)
  }()

  // MARK: Policies

  /// Accepted policies are written as text and as JSON that read as the same policies.
  private static func policies(_ bytes: [UInt8]) {
    guard case .success(let set) = PolicySet.parse([(name: "fuzz.cedar", text: String(decoding: bytes, as: UTF8.self))]) else {
      return
    }
    let json = set.json
    guard case .success(let written) = PolicySet.parse([(name: "written.cedar", text: set.text)]) else {
      fatalError("the text of a set is refused: \(set.text)")
    }
    demand(same(written.json, json), "the text of a set reads as another set: \(set.text)")
    guard let read = try? PolicySet.parse(json: json) else { fatalError("the JSON of a set is refused") }
    demand(same(read.json, json), "the JSON of a set reads as another set")
    _ = Authorizer.authorize(request, policies: set, entities: store)
    _ = Validator(schema).validate(set, level: 2)
    _ = Validator(schema, mode: .permissive).validate(set)
  }

  private static func formatter(_ bytes: [UInt8]) {
    let width = Int(bytes.first ?? 80)
    let indent = Int(bytes.dropFirst().first ?? 2) % 9
    let text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
    switch Formatter.format(text, file: "fuzz.cedar", width: width, indent: indent) {
    case .success(let formatted):
      guard case .success(let again) = Formatter.format(formatted, file: "fuzz.cedar", width: width, indent: indent) else {
        fatalError("what was formatted is refused: \(formatted)")
      }
      demand(same(Array(again.utf8), Array(formatted.utf8)), "no fixed point: \(formatted)")
    case .failure(let failure):
      for diagnostic in failure.diagnostics {
        demand(!diagnostic.message.hasPrefix("formatting would"), diagnostic.description)
      }
      _ = failure.excerpts(in: [(name: "fuzz.cedar", text: text)])
    }
  }

  private static func policyJSON(_ bytes: [UInt8]) {
    guard let set = try? PolicySet.parse(json: bytes) else { return }
    guard let read = try? PolicySet.parse(json: set.json) else { fatalError("the JSON of a set is refused") }
    demand(same(read.json, set.json), "the JSON of a set reads as another set")
    _ = set.text
    _ = Authorizer.authorize(request, policies: set, entities: store)
  }

  // MARK: Schemas

  /// An accepted schema is good for a validator.
  private static func schemaText(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch SchemaDocument.parse(text, file: "fuzz.cedarschema").flatMap({ $0.resolved() }) {
    case .success(let schema): _ = Validator(schema).validate(probe)
    case .failure(let failure): _ = failure.excerpts(in: [(name: "fuzz.cedarschema", text: text)])
    }
  }

  // MARK: Data

  /// Accepted entities are written as JSON that reads as the same entities, without the schema that they were read by and with it.
  private static func entities(_ bytes: [UInt8]) {
    for schema in [nil, schema] {
      guard let store = try? EntityStore.parse(json: bytes, schema: schema) else { continue }
      _ = Authorizer.authorize(request, policies: probe, entities: store)
      let json = store.json
      for reader in schema == nil ? [nil] : [nil, schema] {
        guard let again = try? EntityStore.parse(json: json, schema: reader) else { fatalError("what was written is refused") }
        demand(same(again.json, json), "what was written reads as other entities")
      }
    }
  }

  private static func context(_ bytes: [UInt8]) {
    _ = try? Record.parse(json: bytes, schema: schema, action: request.action)
    guard let record = try? Record.parse(json: bytes) else { return }
    demand((try? Record.parse(json: record.json)) == record, "what was written reads as another record")
    let request = Request(principal: request.principal, action: request.action, resource: request.resource, context: record)
    _ = Authorizer.authorize(request, policies: probe, entities: store)
  }

  private static func requestJSON(_ bytes: [UInt8]) {
    for schema in [nil, schema] {
      guard let request = try? Request.parse(json: bytes, schema: schema) else { continue }
      _ = Authorizer.authorize(request, policies: probe, entities: store)
    }
  }

  // MARK: What requests are decided with

  private static let request = Request(
    principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "v"),
    resource: EntityUID(type: "Doc", id: "d"),
    context: Record([("a", .long(1)), ("s", .string("text"))]))

  private static let store = EntityStore.empty

  private static let schema: Schema = {
    let text = """
      entity Group; entity User in [Group] { a: Long, n?: String, d: { e: Set<Doc> } } tags String; entity Doc { owner: User, kind?: decimal };
      action v appliesTo { principal: User, resource: [Doc, User], context: { a: Long, s: String, b?: { c?: { d: Bool } } } };
      """
    switch Schema.parse(text) {
    case .success(let schema): return schema
    case .failure(let failure): fatalError("the schema is refused: \(failure)")
    }
  }()

  /// Policies that look at every kind of attribute.
  private static let probe: PolicySet = {
    let text = """
      permit(principal in Group::"g", action, resource) when { principal.a == context.a && context.s like "*a*b*" };
      forbid(principal, action, resource) when { context.a in [principal, resource] || context.a.contains(1) };
      permit(principal, action, resource) when { context.a < 1 || principal.hasTag("t") && principal.getTag("t") == context.s };
      """
    guard case .success(let set) = PolicySet.parse([(name: "probe.cedar", text: text)]) else { fatalError("the probe is refused") }
    return set
  }()

  private static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool { left == right }

  private static func demand(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError(message()) }
  }
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
