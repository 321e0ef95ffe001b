/// Checks policies against a schema: that they name what exists, apply to some request, and can never fail for a wrong type or an
/// absent attribute, whatever entities and requests the schema allows.
public struct Validator: Sendable {
  /// How types are joined.
  public enum Mode: Sendable, Equatable {
    /// The rules of the language's reference: everything compared is of one type.
    case strict
    /// Types may widen: entities of several types, records that share attributes, empty sets, computed arguments of constructors.
    case permissive
  }

  private let tables: SchemaTables
  private let mode: Mode
  private let policySteps: Int
  private let setSteps: Int

  /// Makes a validator for any number of policy sets.
  public init(_ schema: Schema, mode: Mode = .strict) {
    self.init(schema, mode: mode, policySteps: ValidationLimits.policySteps, setSteps: ValidationLimits.setSteps)
  }

  /// Makes a validator with other limits than `ValidationLimits` names.
  init(_ schema: Schema, mode: Mode, policySteps: Int, setSteps: Int) {
    tables = SchemaTables(schema)
    self.mode = mode
    self.policySteps = policySteps
    self.setSteps = setSteps
  }

  /// What is wrong with the policies, templates and links of `policies`, in their order; a set without an error among the findings
  /// is valid.
  /// - Parameter level: how far a policy may follow entities from those of the request; nil for any distance.
  public func validate(_ policies: PolicySet, level: Int? = nil) -> [Finding] {
    var findings: [Finding] = []
    var work = Work(stepsLeft: setSteps)
    for source in policies.sources { findings += validate(source, level, &work) }
    let templates = Dictionary(policies.sources.lazy.filter(\.syntax.isTemplate).map { (Name($0.policy.id), $0) }) { first, _ in
      first
    }
    for link in policies.links {
      if let template = templates[Name(link.templateID)] { findings += validate(link, of: template, &work) }
    }
    return findings
  }

  /// A list in the scope is a set like any other: its elements are of one type.
  private func checkActionList(_ syntax: PolicySyntax, _ log: inout FindingLog) {
    guard case .isInList(let uids) = syntax.action, let first = uids.first,
      let other = uids.first(where: { $0.type != first.type })
    else { return }
    log.report(
      .incompatibleTypes, syntax.scopeSpans.action, "the actions of a list have the types `\(first.type)` and `\(other.type)`",
      hint: "write one policy for each namespace")
  }

  /// What all policies of one call share.
  private struct Work {
    var stepsLeft: Int
    var nearestLeft = ValidationLimits.nearestNames
  }

  private func validate(_ source: PolicySet.Source, _ level: Int?, _ work: inout Work) -> [Finding] {
    let syntax = source.syntax
    let table = TermTable(syntax.conditions)
    var names = NameChecks(
      tables: tables, log: FindingLog(policy: source.policy.id, text: source.text, nearestLeft: work.nearestLeft))
    names.check(syntax)
    let environments = tables.environments(syntax.principal, syntax.action, syntax.resource)
    // A scope with an unknown name has its finding already.
    if environments.isEmpty, !names.log.hasErrors { reportInapplicable(syntax, &names.log) }
    if mode == .strict { checkActionList(syntax, &names.log) }
    names.check(table.terms)
    let steps = min(policySteps, work.stepsLeft)
    var checker = TypeChecker(
      tables, isStrict: mode == .strict, level: level, table: table, log: names.log, steps: steps)
    checkLevelOfScope(syntax, &checker)
    checkConditions(table, environments, syntax, &checker)
    work.stepsLeft -= steps - checker.steps
    var log = checker.log
    log.environment = nil
    TextChecks.check(syntax, table.terms, &log)
    work.nearestLeft = log.nearestLeft
    return log.close()
  }

  /// Checks the conditions for every kind of request that the scope admits; for any other kind the scope is false, and nothing behind
  /// it is evaluated. Kinds that differ in nothing that the conditions mention are checked once.
  private func checkConditions(
    _ table: TermTable, _ environments: [Applicability], _ syntax: PolicySyntax, _ checker: inout TypeChecker
  ) {
    guard let root = table.root else { return }
    let variables = table.variables
    let isActionFixed = !variables.contains(.action) && !variables.contains(.context)
    var isPossible = false
    var checked: Set<[String]> = []
    for applicability in environments {
      let principals = variables.contains(.principal) ? applicability.principals[...] : applicability.principals.prefix(1)
      let resources = variables.contains(.resource) ? applicability.resources[...] : applicability.resources.prefix(1)
      for principal in principals {
        for resource in resources {
          guard checker.spend() else { return reportLimit(syntax, &checker) }
          if isActionFixed {
            let mentioned = [variables.contains(.principal) ? principal : "", variables.contains(.resource) ? resource : ""]
            if !checked.insert(mentioned).inserted { continue }
          }
          let environment = RequestEnvironment(principal: principal, action: applicability.action.uid, resource: resource)
          let type = checker.condition(root, environment, applicability.context)
          if checker.isExhausted { return reportLimit(syntax, &checker) }
          if !type.isFalse { isPossible = true }
        }
      }
    }
    if !isPossible, !environments.isEmpty, !checker.log.hasErrors {
      checker.log.environment = nil
      checker.log.report(.impossiblePolicy, syntax.span, "the policy can never apply: its conditions are always false")
    }
  }

  private func reportLimit(_ syntax: PolicySyntax, _ checker: inout TypeChecker) {
    checker.log.environment = nil
    checker.log.report(
      .limitExceeded, syntax.span,
      "checking takes more than \(policySteps) steps for the policy, or \(setSteps) for all policies",
      hint: "narrow the scope by `action ==` or `is`, or split the policy")
  }

  /// A scope with `in` asks for the ancestors of an entity of the request.
  private func checkLevelOfScope(_ syntax: PolicySyntax, _ checker: inout TypeChecker) {
    if syntax.principal.isHierarchical { checker.dereference(Reach(), syntax.scopeSpans.principal) }
    switch syntax.action {
    case .any, .equal: break
    case .isIn, .isInList: checker.dereference(Reach(), syntax.scopeSpans.action)
    }
    if syntax.resource.isHierarchical { checker.dereference(Reach(), syntax.scopeSpans.resource) }
  }

  private func validate(_ link: TemplateLink, of template: PolicySet.Source, _ work: inout Work) -> [Finding] {
    let syntax = template.syntax
    var names = NameChecks(tables: tables, log: FindingLog(policy: link.id, text: template.text, nearestLeft: work.nearestLeft))
    var isDeclared = true
    for (uid, span) in [(link.principal, syntax.scopeSpans.principal), (link.resource, syntax.scopeSpans.resource)] {
      if let uid, !names.isDeclared(uid.type, span) { isDeclared = false }
    }
    let principal = syntax.principal.filled(link.principal)
    let resource = syntax.resource.filled(link.resource)
    if isDeclared, tables.environments(principal, syntax.action, resource).isEmpty { reportInapplicable(syntax, &names.log) }
    work.nearestLeft = names.log.nearestLeft
    return names.log.close()
  }

  private func reportInapplicable(_ syntax: PolicySyntax, _ log: inout FindingLog) {
    let actions = tables.actions(syntax.action)
    var hint: String?
    if actions.isEmpty {
      hint = "no action here applies to anything; declare `appliesTo` in the schema"
    } else if case .equal = syntax.action, let appliesTo = actions[0].appliesTo {
      let principals = appliesTo.principals.prefix(5).joined(separator: ", ")
      let resources = appliesTo.resources.prefix(5).joined(separator: ", ")
      hint = "the action applies to principals of \(principals) and resources of \(resources)"
    }
    log.report(
      .noApplicableAction, syntax.scopeSpans.action,
      "no action of this scope applies to the principals and resources of this scope", hint: hint)
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
