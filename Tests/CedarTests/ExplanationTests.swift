import TestSupport
import Testing

@testable import Cedar

/// One policy's explanation in a few lines: scope, then each clause with its operands.
private func sketch(_ explanation: PolicyExplanation) -> String {
  func word(_ truth: PolicyExplanation.Truth) -> String {
    switch truth {
    case .isTrue: "true"
    case .isFalse: "false"
    case .error(let error): "error \(error.kind.rawValue) at \(error.line):\(error.column)"
    case .notReached: "-"
    }
  }
  func line(_ term: PolicyExplanation.Term) -> String { "\(term.line):\(term.column) \(term.text) = \(word(term.truth))" }
  var lines = explanation.scope.map { "\($0.text) = \($0.holds)" }
  for clause in explanation.clauses {
    lines.append((clause.isUnless ? "unless " : "when ") + line(clause.body))
    lines += clause.operands.map { "  " + line($0) }
  }
  switch explanation.outcome {
  case .outOfScope: lines.append("out of scope")
  case .satisfied: lines.append("satisfied")
  case .notSatisfied: lines.append("not satisfied")
  case .error(let error): lines.append("error \(error.kind.rawValue)")
  }
  return lines.joined(separator: "\n")
}

private func sketch(_ text: String) throws -> String {
  let explanation = Authorizer.explain(
    Company.request(), policies: try policySet(text), entities: try EntityStore(Company.entities))
  return sketch(try #require(explanation.policies.first))
}

@Suite("explanations")
struct ExplanationTests {
  @Test("scope parts are tested each by itself, and outside the scope nothing is evaluated")
  func outOfScope() throws {
    let text = """
      permit (principal is User in Group::"all", action in [Action::"edit", Action::"x\\n"], resource == Doc::"plan")
      when { context.nothing && true };
      """
    #expect(
      try sketch(text) == """
        principal is User in Group::"all" = true
        action in [Action::"edit", Action::"x\\n"] = false
        resource == Doc::"plan" = true
        when 2:8 context.nothing && true = -
          2:8 context.nothing = -
          2:27 true = -
        out of scope
        """)
  }

  @Test("every operand of a chain says what it came to, up to the one that settles it")
  func chains() throws {
    let text = """
      forbid (principal, action == Action::"view", resource)
      when {
        context.ok && // a comment
          principal.name != "Alice  //"   &&
        (principal in Group::"ops" || principal in
          Group::"eng" || context.absent)
      }
      unless { context.n > 8 && context.absent }
      when { if context.n == 7 then false else true }
      unless { context.absent };
      """
    #expect(
      try sketch(text) == """
        principal = true
        action == Action::"view" = true
        resource = true
        when 3:3 context.ok && principal.name != "Alice  //" && (principal in Group::"ops" || principal in Group::"eng" || context.absent) = true
          3:3 context.ok = true
          4:5 principal.name != "Alice  //" = true
          5:4 principal in Group::"ops" || principal in Group::"eng" || context.absent = true
        unless 8:10 context.n > 8 && context.absent = false
          8:10 context.n > 8 = false
          8:27 context.absent = -
        when 9:8 if context.n == 7 then false else true = false
        unless 10:10 context.absent = -
        not satisfied
        """)
  }

  @Test("an error has its text and place, and ends the policy")
  func errors() throws {
    #expect(
      try sketch("permit (principal, action, resource) when { context.ok || 1 } unless { false || context.n } when { true };")
        == """
        principal = true
        action = true
        resource = true
        when 1:45 context.ok || 1 = true
          1:45 context.ok = true
          1:59 1 = -
        unless 1:72 false || context.n = error typeError at 1:81
          1:72 false = false
          1:81 context.n = error typeError at 1:81
        when 1:100 true = -
        error typeError
        """)
  }

  @Test("a link is explained with its slots filled")
  func links() throws {
    let set = try policySet("permit (principal in ?principal, action, resource is Doc in ?resource) when { context.ok };")
      .linking([
        TemplateLink(templateID: "policy0", id: "first", principal: uid("Group", "all"), resource: uid("Folder", "f")),
        TemplateLink(templateID: "policy0", id: "second", principal: uid("Group", "ops"), resource: uid("Folder", "f")),
      ])
    let explanation = Authorizer.explain(Company.request(), policies: set, entities: try EntityStore(Company.entities))
    #expect(explanation.policies.map(\.policy.id) == ["first", "second"])
    #expect(
      explanation.policies[0].scope.map(\.text) == ["principal in Group::\"all\"", "action", "resource is Doc in Folder::\"f\""])
    #expect(explanation.policies[0].outcome == .satisfied)
    #expect(explanation.policies[1].scope[0] == .init(text: "principal in Group::\"ops\"", holds: false))
    #expect(explanation.policies[1].outcome == .outOfScope)
    #expect(explanation.response.decision == .allow && explanation.response.reasons == [0])
  }

  @Test("explanations agree with the authorizer on random policies", arguments: [31, 32, 33, 34] as [UInt64])
  func agrees(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var satisfied = 0
    var errors = 0
    for _ in 0..<12 {
      let store = try EntityStore(worlds.entities())
      let policies = try policySet((0..<25).map { _ in worlds.policy() }.joined())
      for _ in 0..<12 {
        let request = worlds.request()
        let answer = Authorizer.authorize(request, policies: policies, entities: store)
        let explanation = Authorizer.explain(request, policies: policies, entities: store)
        #expect(explanation.response.decision == answer.decision && explanation.response.reasons == answer.reasons)
        let all = explanation.policies.enumerated()
        let decisive: Effect = all.contains { $1.outcome == .satisfied && $1.policy.effect == .forbid } ? .forbid : .permit
        let reasons = all.filter { $1.outcome == .satisfied && $1.policy.effect == decisive }.map(\.offset)
        #expect(answer.reasons == reasons, "seed \(seed)")
        for (index, policy) in all {
          guard case .error(let error) = policy.outcome else {
            #expect(!answer.errors.contains { $0.policy == index }, "seed \(seed)")
            continue
          }
          errors += 1
          #expect(answer.errors.contains { $0.policy == index && $0.error == error }, "seed \(seed)")
        }
        satisfied += reasons.count
      }
    }
    #expect(satisfied > 20 && errors > 20, "seed \(seed) covers nothing: \(satisfied), \(errors)")
  }

  @Test(
    "an entity name is read from Cedar text",
    arguments: [
      ("User::\"alice\"", uid("User", "alice")), (" A :: B::\"\\u{e9}\\n\" // who", uid("A::B", "é\n")), ("User::alice", nil),
      ("User::\"a\", User::\"b\"", nil), ("", nil), ("User::\"a", nil), ("if::\"a\"", nil), ("User::\"\\q\"", nil),
    ] as [(String, EntityUID?)])
  func names(text: String, expected: EntityUID?) {
    switch EntityUID.parse(text) {
    case .success(let found): #expect(found == expected)
    case .failure(let failure): #expect(expected == nil && !failure.diagnostics.isEmpty)
    }
  }
}
