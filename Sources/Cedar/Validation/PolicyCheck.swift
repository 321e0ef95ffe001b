/// The validation of one policy, template or link.
struct PolicyCheck {
  let tables: SchemaTables
  let isStrict: Bool
  let level: Int?
  let syntax: PolicySyntax
  var log: FindingLog
  var budget: StepBudget

  /// Checks a policy, or a template whatever may fill its slots.
  mutating func checkPolicy() {
    let table = TermTable(syntax.conditions)
    NameChecks.check(syntax, tables, &log)
    // A scope with an unknown name has its finding already.
    let environments = environments(syntax.principal, syntax.resource, isReported: !log.hasErrors)
    if isStrict { checkActionList() }
    NameChecks.check(table.terms, tables, &log)
    var checker = TypeChecker(tables, isStrict: isStrict, level: level, table: table, log: log, budget: budget)
    checkLevelOfScope(&checker)
    let isPossible = checkConditions(table, environments, &checker)
    log = checker.log
    log.environment = nil
    budget = checker.budget
    if !isPossible, !environments.isEmpty, !budget.isExhausted, !log.hasErrors {
      log.report(.impossiblePolicy, syntax.span, "the policy can never apply: its conditions are always false")
    }
    TextChecks.check(syntax, table.terms, &log)
  }

  /// Checks what a link puts into the slots; the rest is checked with the template.
  mutating func checkLink(_ link: TemplateLink) {
    for (uid, span) in [(link.principal, syntax.scopeSpans.principal), (link.resource, syntax.scopeSpans.resource)] {
      if let uid { _ = NameChecks.isDeclared(uid.type, span, tables, &log) }
    }
    _ = environments(syntax.principal.filled(link.principal), syntax.resource.filled(link.resource), isReported: !log.hasErrors)
  }

  mutating func reportLimit(_ policySteps: Int, _ setSteps: Int) {
    log.report(
      .limitExceeded, syntax.span, "checking takes more than \(policySteps) steps for the policy, or \(setSteps) for all policies",
      hint: "narrow the scope by `action ==` or `is`, or split the policy")
  }

  // MARK: Scope

  /// The kinds of request that the scope admits; that there are none is an error.
  private mutating func environments(_ principal: ScopeSyntax, _ resource: ScopeSyntax, isReported: Bool) -> [Applicability] {
    guard let found = tables.environments(principal, syntax.action, resource, &budget) else { return [] }
    if found.isEmpty, isReported {
      log.report(
        .noApplicableAction, syntax.scopeSpans.action,
        "no action of this scope applies to the principals and resources of this scope", hint: applicabilityHint())
    }
    return found
  }

  private func applicabilityHint() -> String? {
    guard case .equal(let uid) = syntax.action else { return nil }
    guard let appliesTo = tables.schema.actions[uid]?.appliesTo else {
      return "the action applies to nothing; `appliesTo` in the schema says to what, `action in` takes the members of a group"
    }
    let principals = appliesTo.principals.prefix(5).joined(separator: ", ")
    let resources = appliesTo.resources.prefix(5).joined(separator: ", ")
    return "the action applies to principals of \(principals) and resources of \(resources)"
  }

  /// A list in the scope is a set like any other: its elements are of one type.
  private mutating func checkActionList() {
    guard case .isInList(let uids) = syntax.action, let first = uids.first,
      let other = uids.first(where: { $0.type != first.type })
    else { return }
    log.report(
      .incompatibleTypes, syntax.scopeSpans.action, "the actions of a list have the types `\(first.type)` and `\(other.type)`",
      hint: "write one policy for each namespace")
  }

  /// A scope with `in` asks for the ancestors of an entity of the request.
  private func checkLevelOfScope(_ checker: inout TypeChecker) {
    let spans = syntax.scopeSpans
    if syntax.principal.isHierarchical { checker.dereference(Reach(), spans.principal) }
    switch syntax.action {
    case .any, .equal: break
    case .isIn, .isInList: checker.dereference(Reach(), spans.action)
    }
    if syntax.resource.isHierarchical { checker.dereference(Reach(), spans.resource) }
  }

  // MARK: Conditions

  /// Checks the conditions for every kind of request that the scope admits, and tells whether they may hold for one of them. For any
  /// other kind the scope is false, and nothing behind it is evaluated. Kinds that differ in nothing that the conditions mention are
  /// checked once.
  private func checkConditions(_ table: TermTable, _ environments: [Applicability], _ checker: inout TypeChecker) -> Bool {
    guard let root = table.root else { return true }
    let variables = table.variables
    let isActionMentioned = variables.contains(.action) || variables.contains(.context)
    var isPossible = false
    var checked: Set<[String]> = []
    for applicability in environments {
      let principals = variables.contains(.principal) ? applicability.principals[...] : applicability.principals.prefix(1)
      let resources = variables.contains(.resource) ? applicability.resources[...] : applicability.resources.prefix(1)
      for principal in principals {
        for resource in resources {
          guard checker.budget.spend(), !checker.log.isFull else { return true }
          if !isActionMentioned {
            let mentioned = [variables.contains(.principal) ? principal : "", variables.contains(.resource) ? resource : ""]
            if !checked.insert(mentioned).inserted { continue }
          }
          let environment = RequestEnvironment(principal: principal, action: applicability.action.uid, resource: resource)
          if !checker.condition(root, environment, applicability.context).isFalse { isPossible = true }
        }
      }
    }
    return isPossible
  }
}

extension ScopeSyntax {
  /// Whether the constraint looks at ancestors.
  fileprivate var isHierarchical: Bool {
    switch self {
    case .isIn, .isTypeIn: true
    default: false
    }
  }
}
