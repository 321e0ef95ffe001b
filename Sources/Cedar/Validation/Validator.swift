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
    var stepsLeft = setSteps
    var nearestLeft = ValidationLimits.nearestNames
    func check(_ source: PolicySet.Source, id: String, _ body: (inout PolicyCheck) -> Void) {
      let steps = min(policySteps, stepsLeft)
      let log = FindingLog(policy: id, text: source.text, nearestLeft: nearestLeft)
      var check = PolicyCheck(
        tables: tables, isStrict: mode == .strict, level: level, syntax: source.syntax, log: log, budget: StepBudget(left: steps))
      body(&check)
      if check.budget.isExhausted { check.reportLimit(policySteps, setSteps) }
      stepsLeft -= steps - check.budget.left
      nearestLeft = check.log.nearestLeft
      findings += check.log.close()
    }
    var templates: [Name: PolicySet.Source] = [:]
    for source in policies.sources {
      check(source, id: source.policy.id) { $0.checkPolicy() }
      if source.syntax.isTemplate { templates[Name(source.policy.id)] = source }
    }
    for link in policies.links {
      if let template = templates[Name(link.templateID)] { check(template, id: link.id) { $0.checkLink(link) } }
    }
    return findings
  }
}
