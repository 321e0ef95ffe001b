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
    FuzzTarget(name: "partial", run: partial),
    FuzzTarget(name: "schema", run: schemaText),
    FuzzTarget(name: "schema-json", run: schemaJSON),
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
    _ = Authorizer.authorize(World.request, policies: set, entities: World.store)
    _ = Validator(World.schema).validate(set, level: 2)
    _ = Validator(World.schema, mode: .permissive).validate(set)
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
    _ = Authorizer.authorize(World.request, policies: set, entities: World.store)
  }

  /// What is left of policies answers every completion as the policies do.
  private static func partial(_ bytes: [UInt8]) {
    guard case .success(let set) = PolicySet.parse([(name: "fuzz.cedar", text: String(decoding: bytes, as: UTF8.self))]) else {
      return
    }
    for (open, completions) in World.partial {
      let found = Authorizer.partial(open, policies: set, entities: World.store)
      for residual in found.residuals { _ = residual.text }
      for request in completions {
        guard let completed = try? found.complete(request) else { fatalError("a completion is refused: \(request)") }
        let full = Authorizer.authorize(request, policies: set, entities: World.store)
        demand(completed.decision == full.decision, "another decision")
        demand(completed.reasons == full.reasons, "other reasons: \(completed.reasons), not \(full.reasons)")
        demand(completed.errors.map(\.policy) == full.errors.map(\.policy), "other errors")
        demand(found.decision == nil || found.decision == full.decision, "the settled decision is another")
        demand(Set(full.reasons).isSubset(of: found.mayBeDetermining), "a reason that may be none")
        demand(Set(found.mustBeDetermining).isSubset(of: full.reasons), "no reason that must be one")
      }
    }
  }

  // MARK: Schemas

  /// An accepted schema is good for a validator.
  private static func schemaText(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch SchemaDocument.parse(text, file: "fuzz.cedarschema") {
    case .success(let document): hold(document)
    case .failure(let failure): _ = failure.excerpts(in: [(name: "fuzz.cedarschema", text: text)])
    }
  }

  private static func schemaJSON(_ bytes: [UInt8]) {
    guard let document = try? SchemaDocument.parse(json: bytes) else { return }
    hold(document)
  }

  /// A schema that resolves is the same by way of either format, and its text is a fixed point.
  private static func hold(_ document: SchemaDocument) {
    guard case .success(let schema) = document.resolved() else { return }
    let text = document.text
    guard case .success(let read) = SchemaDocument.parse(text) else { fatalError("the text of a schema is refused: \(text)") }
    demand((try? read.resolved().get()) == schema, "the text of a schema reads as another: \(text)")
    demand(same(Array(read.text.utf8), Array(text.utf8)), "no fixed point: \(text)")
    guard let translated = try? SchemaDocument.parse(json: document.json) else { fatalError("the JSON of a schema is refused") }
    demand((try? translated.resolved().get()) == schema, "the JSON of a schema reads as another")
    _ = Validator(schema).validate(World.probe)
  }

  // MARK: Data

  /// Accepted entities are written as JSON that reads as the same entities, without the schema that they were read by and with it.
  private static func entities(_ bytes: [UInt8]) {
    for schema in [nil, World.schema] {
      guard let store = try? EntityStore.parse(json: bytes, schema: schema) else { continue }
      _ = Authorizer.authorize(World.request, policies: World.probe, entities: store)
      let json = store.json
      for reader in schema == nil ? [nil] : [nil, schema] {
        guard let again = try? EntityStore.parse(json: json, schema: reader) else { fatalError("what was written is refused") }
        demand(same(again.json, json), "what was written reads as other entities")
      }
    }
  }

  /// An accepted context is written as JSON that reads as the same record.
  private static func context(_ bytes: [UInt8]) {
    let action = World.request.action
    if let record = try? Record.parse(json: bytes, schema: World.schema, action: action) {
      let again = try? Record.parse(json: record.json, schema: World.schema, action: action)
      demand(again == record, "what was written reads as another record of the schema")
      demand((try? Record.parse(json: record.json)) == record, "what was written needs the schema")
    }
    guard let record = try? Record.parse(json: bytes) else { return }
    demand((try? Record.parse(json: record.json)) == record, "what was written reads as another record")
    let request = World.request(context: record)
    _ = Authorizer.authorize(request, policies: World.probe, entities: World.store)
  }

  /// An accepted request reads the same when its parts are written.
  private static func requestJSON(_ bytes: [UInt8]) {
    for schema in [nil, World.schema] {
      guard let request = try? Request.parse(json: bytes, schema: schema) else { continue }
      _ = Authorizer.authorize(request, policies: World.probe, entities: World.store)
      var json: [UInt8] = []
      for (key, value) in [
        ("{\"principal\":", Value.entity(request.principal)), (",\"action\":", .entity(request.action)),
        (",\"resource\":", .entity(request.resource)), (",\"context\":", .record(request.context)),
      ] {
        json += Array(key.utf8) + value.json
      }
      guard let again = try? Request.parse(json: json + Array("}".utf8), schema: schema) else {
        fatalError("what was written is refused")
      }
      demand(
        again.principal == request.principal && again.action == request.action && again.resource == request.resource
          && again.context == request.context, "what was written reads as another request")
    }
  }

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
