@testable import Cedar

/// A second evaluator, written for clarity alone: it walks the tree as parsed, knows no index and no compiled form, and searches
/// ancestors by following parents. Property tests hold the real one against it.
struct NaiveEvaluator {
  struct Failed: Error {}

  let request: Request
  let entities: [Entity]

  /// What the language says about `policies`: the decision, the reasons and the policies in error.
  static func decide(_ request: Request, _ policies: PolicySet, _ entities: [Entity]) -> (Decision, reasons: [Int], errors: [Int]) {
    let evaluator = NaiveEvaluator(request: request, entities: entities)
    var satisfied: [Effect: [Int]] = [.permit: [], .forbid: []]
    var errors: [Int] = []
    for (index, policy) in policies.policies.enumerated() {
      let syntax = policies.source(of: index).syntax
      let link = policies.links.first { policy.templateID != nil && $0.id == policy.id }
      do {
        if try evaluator.isSatisfied(syntax, link) { satisfied[syntax.effect, default: []].append(index) }
      } catch {
        errors.append(index)
      }
    }
    let permits = satisfied[.permit] ?? []
    let forbids = satisfied[.forbid] ?? []
    return forbids.isEmpty && !permits.isEmpty ? (.allow, permits, errors) : (.deny, forbids, errors)
  }

  private func isSatisfied(_ policy: PolicySyntax, _ link: TemplateLink?) throws -> Bool {
    guard scope(policy.principal.filled(link?.principal), request.principal), action(policy.action),
      scope(policy.resource.filled(link?.resource), request.resource)
    else { return false }
    for condition in policy.conditions {
      guard case .bool(let truth) = try value(condition.body) else { throw Failed() }
      if truth == condition.isUnless { return false }
    }
    return true
  }

  private func scope(_ scope: ScopeSyntax, _ subject: EntityUID) -> Bool {
    switch scope {
    case .any: true
    case .equal(.entity(let uid)): subject == uid
    case .isIn(.entity(let uid)): isMember(subject, uid)
    case .isType(let type): subject.type == type
    case .isTypeIn(let type, .entity(let uid)): subject.type == type && isMember(subject, uid)
    default: false
    }
  }

  private func action(_ scope: ActionScopeSyntax) -> Bool {
    switch scope {
    case .any: true
    case .equal(let uid): request.action == uid
    case .isIn(let uid): isMember(request.action, uid)
    case .isInList(let uids): uids.contains { isMember(request.action, $0) }
    }
  }

  private func entity(_ uid: EntityUID) -> Entity? { entities.first { $0.uid == uid } }

  private func isMember(_ uid: EntityUID, _ ancestor: EntityUID) -> Bool {
    uid == ancestor || (entity(uid)?.parents ?? []).contains { isMember($0, ancestor) }
  }

  private func truth(_ expression: Expression) throws -> Bool {
    guard case .bool(let truth) = try value(expression) else { throw Failed() }
    return truth
  }

  private func long(_ value: Value) throws -> Int64 {
    guard case .long(let number) = value else { throw Failed() }
    return number
  }

  private func checked(_ result: (partialValue: Int64, overflow: Bool)) throws -> Int64 {
    if result.overflow { throw Failed() }
    return result.partialValue
  }

  private func attribute(_ base: Value, _ name: String) throws -> Value? {
    switch base {
    case .record(let record): return record.members.first { $0.key == name }?.value
    case .entity(let uid): return entity(uid)?.attributes.members.first { $0.key == name }?.value
    default: throw Failed()
    }
  }

  /// The kinds of expression that the random policies use; every other one fails the test that brings it.
  private func value(_ expression: Expression) throws -> Value {
    switch expression.kind {
    case .bool(let value): return .bool(value)
    case .long(let value): return .long(value)
    case .string(let value): return .string(value)
    case .entity(let value): return .entity(value)
    case .variable(.principal): return .entity(request.principal)
    case .variable(.action): return .entity(request.action)
    case .variable(.resource): return .entity(request.resource)
    case .variable(.context): return .record(request.context)
    case .and(let operands):
      for operand in operands where try !truth(operand) { return .bool(false) }
      return .bool(true)
    case .or(let operands):
      for operand in operands where try truth(operand) { return .bool(true) }
      return .bool(false)
    case .not(let operand): return .bool(try !truth(operand))
    case .negate(let operand): return .long(try checked(Int64(0).subtractingReportingOverflow(long(value(operand)))))
    case .sum(let first, let rest):
      var total = try long(value(first))
      for (isMinus, operand) in rest {
        let next = try long(value(operand))
        total = try checked(isMinus ? total.subtractingReportingOverflow(next) : total.addingReportingOverflow(next))
      }
      return .long(total)
    case .product(let operands):
      var total = try long(value(operands[0]))
      for operand in operands.dropFirst() { total = try checked(total.multipliedReportingOverflow(by: long(value(operand)))) }
      return .long(total)
    case .relation(let relation, let left, let right): return .bool(try self.relation(relation, value(left), value(right)))
    case .has(let base, let path):
      var current = try value(base)
      for name in path {
        guard let next = try attribute(current, name) else { return .bool(false) }
        current = next
      }
      return .bool(true)
    case .attribute(let base, let name):
      guard let found = try attribute(value(base), name) else { throw Failed() }
      return found
    case .conditional(let condition, let first, let second): return try value(truth(condition) ? first : second)
    case .set(let elements): return .set(ValueSet(try elements.map { try value($0) }))
    case .method(let receiver, .contains, let arguments):
      guard case .set(let set) = try value(receiver) else { throw Failed() }
      let wanted = try value(arguments[0])
      return .bool(set.elements.contains { $0 == wanted })
    case .isType(let base, let type, nil):
      guard case .entity(let uid) = try value(base) else { throw Failed() }
      return .bool(uid.type == type)
    default: preconditionFailure("the generator does not make this expression")
    }
  }

  private func relation(_ relation: Relation, _ left: Value, _ right: Value) throws -> Bool {
    switch relation {
    case .equal: return left == right
    case .notEqual: return left != right
    case .less: return try long(left) < long(right)
    case .lessEqual: return try long(left) <= long(right)
    case .greater: return try long(left) > long(right)
    case .greaterEqual: return try long(left) >= long(right)
    case .isIn:
      guard case .entity(let uid) = left else { throw Failed() }
      switch right {
      case .entity(let ancestor): return isMember(uid, ancestor)
      case .set(let set):
        let ancestors = try set.elements.map { element in
          guard case .entity(let ancestor) = element else { throw Failed() }
          return ancestor
        }
        return ancestors.contains { isMember(uid, $0) }
      default: throw Failed()
      }
    }
  }
}
