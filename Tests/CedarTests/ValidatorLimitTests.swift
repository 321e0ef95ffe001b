import Testing

@testable import Cedar

@Suite("Cedar validator limits")
struct ValidatorLimitTests {
  /// A schema with `count` entity types, each a principal and a resource of each of `count` actions.
  private func wide(_ count: Int, _ shape: RecordType = .empty) -> Schema {
    let names = (0..<count).map { "T\($0)" }
    let types = names.map {
      Schema.EntityType(name: $0, ancestors: [], shape: shape, tags: nil, enumeration: nil, annotations: [:])
    }
    let appliesTo = Schema.AppliesTo(principals: names, resources: names, context: .empty)
    let actions = (0..<count).map {
      Schema.Action(uid: uid("Action", "a\($0)"), parents: [], ancestors: [], appliesTo: appliesTo, annotations: [:])
    }
    return Schema(entityTypes: types, actions: actions)
  }

  private func kinds(_ text: String, _ schema: Schema, mode: Validator.Mode = .strict) throws -> [Finding.Kind] {
    Validator(schema, mode: mode, policySteps: 20_000, setSteps: 50_000).validate(try policySet(text)).map(\.kind)
  }

  @Test("each policy has its steps, and all policies together")
  func sharedSteps() throws {
    let heavy = "permit(principal, action, resource) when { principal == resource && action == action };"
    let light = "permit(principal, action, resource);"
    let found = Validator(wide(30), mode: .strict, policySteps: 20_000, setSteps: 50_000)
      .validate(try policySet(light + heavy + light + heavy + heavy + light))
    #expect(found.map(\.kind) == [.limitExceeded, .limitExceeded, .limitExceeded, .limitExceeded])
    #expect(found.map(\.policy) == ["policy1", "policy3", "policy4", "policy5"])
  }

  @Test("only what the conditions mention is told apart")
  func projection() throws {
    let schema = wide(60)
    // 216 000 kinds of request; 3 600 pairs of types; 60 types; one.
    #expect(
      try kinds("permit(principal, action, resource) when { principal == resource && action == action };", schema) == [
        .limitExceeded
      ])
    #expect(try kinds("permit(principal, action == Action::\"a1\", resource) when { principal == resource };", schema) == [])
    #expect(try kinds("permit(principal, action, resource) when { principal has x || true };", schema) == [])
    #expect(try kinds("permit(principal, action, resource) when { true };", schema) == [])
    #expect(try kinds("permit(principal, action, resource) when { principal.x };", schema).count == ValidationLimits.policyFindings)
  }

  @Test("a type that repeats itself is compared once where it is one, and within the limit where it is not")
  func repeatedTypes() throws {
    func doubling() -> RecordType {
      var record = Office.record([("x", .long)])
      for _ in 0..<60 { record = Office.record([("l", .record(record)), ("r", .record(record))]) }
      return record
    }
    let shape = Office.record([("a", .record(doubling())), ("b", .record(doubling()))])
    let scope = "permit(principal is T0, action, resource is T0)"
    #expect(try kinds("\(scope) when { principal.a == resource.a };", wide(1, shape)) == [])
    #expect(try kinds("\(scope) when { principal.a == principal.b };", wide(1, shape)) == [.limitExceeded])
    #expect(try kinds("\(scope) when { principal.a.nope };", wide(1, shape)) == [.unknownAttribute])
  }

  @Test("deep and long conditions are checked in full")
  func shapes() throws {
    let deep = String(repeating: "(if principal.admin then ", count: 45) + "1" + String(repeating: " else 2)", count: 45) + " == 1"
    #expect(try Office.errors(deep) == [])
    let nested = String(repeating: "(", count: 45) + "principal has boss.boss.boss" + String(repeating: ") == true", count: 45)
    #expect(try Office.errors(nested) == [])
    let long = (0..<2000).map { "principal has boss && principal.boss has a\($0)" }.joined(separator: " || ")
    #expect(try Office.errors(long) == [])
    #expect(
      try Office.errors((0..<2000).map { "context.n\($0)" }.joined(separator: " && ")).count == ValidationLimits.policyFindings)
  }

  @Test("errors are never crowded out by warnings")
  func errorsFirst() throws {
    let warnings = (0..<200).map { "principal.name != \"\u{202E}\($0)\"" }.joined(separator: " && ")
    let found = try Office.findings("permit(principal is User, action, resource) when { \(warnings) && principal.nope };")
    #expect(found.count == ValidationLimits.policyFindings + 1)
    #expect(found.last?.kind == .unknownAttribute)
  }
}
