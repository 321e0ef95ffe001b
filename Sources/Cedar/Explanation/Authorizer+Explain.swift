extension Authorizer {
  /// Decides like `authorize` and says of every policy how far it came: which parts of its scope hold, what each condition and each
  /// operand of a condition's outermost `&&` or `||` came to.
  ///
  /// Made for people and tests: it looks at every policy and compiles the conditions of those in scope anew.
  public static func explain(
    _ request: Request, policies: PolicySet, entities: EntityStore, overlay: EntityOverlay = .empty
  ) -> Explanation {
    let response = authorize(request, policies: policies, entities: entities, overlay: overlay)
    let evaluator = Evaluator(program: policies.program, request: request, entities: entities, overlay: overlay)
    return Explanation(
      response: response, policies: policies.policies.indices.map { explanation(of: $0, policies, evaluator) })
  }

  private static func explanation(
    of index: Int, _ policies: PolicySet, _ evaluator: borrowing Evaluator
  ) -> PolicyExplanation {
    let policy = policies.policies[index]
    let source = policies.source(of: index)
    let link = policy.templateID == nil ? nil : policies.links.first { Text.equal($0.id, policy.id) }
    let compiled = policies.compiled.base + index
    func text(_ variable: String, _ write: (inout PolicyPrinter) -> Void) -> String {
      var printer = PolicyPrinter()
      write(&printer)
      return variable + printer.text
    }
    let scope = [
      PolicyExplanation.ScopePart(
        text: text("principal") { $0.scope(source.syntax.principal.filled(link?.principal), slot: "?principal") },
        holds: compiled.pointee.principal.holds(evaluator.principalUID, evaluator.principal)),
      PolicyExplanation.ScopePart(
        text: text("action") { $0.actionScope(source.syntax.action) },
        holds: compiled.pointee.action.holds(evaluator.actionUID, evaluator.action)),
      PolicyExplanation.ScopePart(
        text: text("resource") { $0.scope(source.syntax.resource.filled(link?.resource), slot: "?resource") },
        holds: compiled.pointee.resource.holds(evaluator.resourceUID, evaluator.resource)),
    ]
    var walk = ConditionWalk(source)
    if scope.allSatisfy(\.holds) {
      walk.evaluate(evaluator.request, evaluator.entities, evaluator.overlay)
    } else {
      walk.skip()
    }
    return PolicyExplanation(policy: policy, scope: scope, clauses: walk.clauses, outcome: walk.outcome)
  }
}
