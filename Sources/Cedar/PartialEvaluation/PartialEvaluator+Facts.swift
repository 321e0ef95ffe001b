/// What is certain of the result of each operator, given what is certain of its operands.
extension PartialEvaluator {
  /// The facts of a node that reads all its operands.
  func facts(of kind: Expression.Kind, _ operands: [Facts]) -> Facts {
    var facts = resultFacts(of: kind, operands)
    if operands.contains(where: { $0.outcomes.contains(.error) }) { facts.outcomes.insert(.error) }
    return facts
  }

  private func resultFacts(of kind: Expression.Kind, _ operands: [Facts]) -> Facts {
    switch kind {
    case .not:
      var result = Outcomes()
      if operands[0].outcomes.contains(.isTrue) { result.insert(.isFalse) }
      if operands[0].outcomes.contains(.isFalse) { result.insert(.isTrue) }
      return Facts(demanding(.bool, operands, result))
    case .negate, .sum, .product: return Facts(demanding(.long, operands, [.long, .error]))
    case .relation(let relation, _, _): return Facts(self.relation(relation, operands[0], operands[1]))
    case .like: return Facts(demanding(.string, operands, .bool))
    case .isType(_, let type, _):
      return Facts(demanding(.entity, operands, operands[0].entityType.map { $0 == type ? .isTrue : .isFalse } ?? .bool))
    case .attribute(_, let name): return member(name, of: operands[0])
    case .method(_, let method, _): return self.method(method, operands)
    case .call(let function, _): return Facts(call(function, operands))
    case .set: return Facts(elements: operands)
    case .record: return Facts(.record)
    default: return Facts([.value, .error])
    }
  }

  /// `result` when every operand is one of `wanted`; an error when one may be something else, and nothing but that when one must be.
  private func demanding(_ wanted: Outcomes, _ operands: [Facts], _ result: Outcomes) -> Outcomes {
    if operands.contains(where: { $0.outcomes.isDisjoint(with: wanted) }) { return .error }
    return operands.contains { $0.outcomes.mayMiss(wanted) } ? result.union(.error) : result
  }

  // MARK: Attributes

  /// The facts of the attribute `name` of a record or entity with `base` certain.
  func member(_ name: String, of base: Facts) -> Facts {
    if base.outcomes.isDisjoint(with: [.record, .entity]) { return Facts(.error) }
    var facts = Facts([.value, .error])
    switch base.type {
    case .record(let type):
      facts = type[name].map { Facts($0.type) } ?? Facts(.error)
      if type[name]?.isRequired == false { facts.outcomes.insert(.error) }
    case .entity(let type):
      guard let shape = schema?.entityTypes[type]?.shape else { break }
      facts = shape[name].map { Facts($0.type) } ?? Facts(.error)
      // Whatever its type promises, the entity may be missing.
      facts.outcomes.insert(.error)
    default: break
    }
    if base.outcomes.mayMiss([.record, .entity]) { facts.outcomes.insert(.error) }
    return facts
  }

  /// Whether a value with `base` certain can have the path `names`.
  func outcomes(ofPath names: [String], below base: Facts) -> Outcomes {
    var result = base.outcomes.intersection(.error)
    var current = Facts(base.outcomes.values, type: base.type)
    for name in names {
      if current.outcomes.mayMiss([.record, .entity]) { result.insert(.error) }
      current.outcomes.formIntersection([.record, .entity])
      if current.outcomes.isEmpty { return result }
      var next = member(name, of: current)
      if next.outcomes.contains(.error) { result.insert(.isFalse) }
      next.outcomes.formIntersection(.value)
      if next.outcomes.isEmpty { return result }
      current = next
    }
    return result.union(.isTrue)
  }

  // MARK: Relations

  private func relation(_ relation: Relation, _ left: Facts, _ right: Facts) -> Outcomes {
    switch relation {
    case .equal: return mayEqual(left, right) ? .bool : .isFalse
    case .notEqual: return mayEqual(left, right) ? .bool : .isTrue
    case .isIn: return isIn(left, right)
    case .less, .lessEqual, .greater, .greaterEqual:
      let kinds: [Outcomes] = [.long, .datetime, .duration]
      let fitting = kinds.filter { left.outcomes.contains($0) && right.outcomes.contains($0) }
      guard let kind = fitting.first else { return .error }
      let isCertain = fitting.count == 1 && left.outcomes.isOnly(kind) && right.outcomes.isOnly(kind)
      return isCertain ? .bool : [.bool, .error]
    }
  }

  private func mayEqual(_ left: Facts, _ right: Facts) -> Bool {
    let common = left.outcomes.values.intersection(right.outcomes.values)
    if common == .entity, let first = left.entityType, let second = right.entityType { return first == second }
    return !common.isEmpty
  }

  private func isIn(_ left: Facts, _ right: Facts) -> Outcomes {
    if left.outcomes.isDisjoint(with: .entity) || right.outcomes.isDisjoint(with: [.entity, .set]) { return .error }
    if right.outcomes.isOnly([.set, .error]), right.hasOtherElement { return .error }
    var result = Outcomes.bool
    if left.outcomes.mayMiss(.entity) || right.outcomes.mayMiss([.entity, .set]) { result.insert(.error) }
    if right.outcomes.contains(.set), right.elements.map({ $0.mayMiss(.entity) }) ?? true { result.insert(.error) }
    if !mayBeBelow(left.entityType, right) { result.remove(.isTrue) }
    return result
  }

  /// Whether an entity of `type` can be among or below what `group` says.
  private func mayBeBelow(_ type: String?, _ group: Facts) -> Bool {
    let ancestor: String
    switch group.type {
    case .entity(let type), .set(.entity(let type)): ancestor = type
    default: return group.elements != []
    }
    guard let type else { return true }
    return mayBeBelow(type, ancestor)
  }

  /// Whether an entity of `type` can be or descend from one of type `ancestor`.
  func mayBeBelow(_ type: String, _ ancestor: String) -> Bool {
    guard type != ancestor, let declared = schema?.entityTypes[type] else { return true }
    return declared.ancestors.contains(ancestor)
  }

  // MARK: Calls

  private func method(_ method: BuiltInMethod, _ operands: [Facts]) -> Facts {
    switch method {
    case .contains, .isEmpty: return Facts(demanding(.set, [operands[0]], .bool))
    case .containsAll, .containsAny: return Facts(demanding(.set, operands, .bool))
    case .hasTag, .getTag:
      let isCertain = operands[0].outcomes.isOnly(.entity) && operands[1].outcomes.isOnly(.string)
      guard operands[0].outcomes.contains(.entity), operands[1].outcomes.contains(.string) else { return Facts(.error) }
      let declared = operands[0].entityType.flatMap { schema?.entityTypes[$0] }
      if method == .hasTag {
        let result: Outcomes = declared.map { $0.tags == nil } == true ? .isFalse : .bool
        return Facts(isCertain ? result : result.union(.error))
      }
      guard let declared else { return Facts([.value, .error]) }
      var facts = declared.tags.map { Facts($0) } ?? Facts(.error)
      facts.outcomes.insert(.error)
      return facts
    }
  }

  private func call(_ function: ExtensionFunction, _ operands: [Facts]) -> Outcomes {
    guard operands.count == function.argumentCount else { return .error }
    switch function {
    case .ip: return demanding(.string, operands, [.ip, .error])
    case .decimal: return demanding(.string, operands, [.decimal, .error])
    case .datetime: return demanding(.string, operands, [.datetime, .error])
    case .duration: return demanding(.string, operands, [.duration, .error])
    case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: return demanding(.decimal, operands, .bool)
    case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange: return demanding(.ip, operands, .bool)
    case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: return demanding(.duration, operands, .long)
    case .toTime: return demanding(.datetime, operands, .duration)
    case .toDate: return demanding(.datetime, operands, [.datetime, .error])
    case .durationSince: return demanding(.datetime, operands, [.duration, .error])
    case .offset:
      let moment = demanding(.datetime, [operands[0]], [.datetime, .error])
      return operands[1].outcomes.contains(.duration) ? moment : .error
    }
  }
}
