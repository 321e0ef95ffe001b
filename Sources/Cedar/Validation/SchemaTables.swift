/// A schema with what checking many policies against it asks again and again.
struct SchemaTables: Sendable {
  let schema: Schema
  /// The actions that apply to something, ordered by name.
  let applicable: [Schema.Action]
  /// The names of all entity types, ordered.
  let typeNames: [String]
  /// The names of all actions, ordered.
  let actionNames: [String]
  /// For each action the indices in `applicable` of itself and of those below it.
  private let below: [EntityUID: [Int]]
  /// For each type of actions the types of the actions above some action of it.
  private let actionTypesAbove: [String: Set<String>]

  init(_ schema: Schema) {
    self.schema = schema
    applicable = schema.actions.values.filter { $0.appliesTo != nil }
      .sorted { Text.compare($0.uid.description, $1.uid.description) < 0 }
    typeNames = schema.entityTypes.keys.sorted()
    actionNames = schema.actions.keys.map(\.description).sorted { Text.compare($0, $1) < 0 }
    var below: [EntityUID: [Int]] = [:]
    for (index, action) in applicable.enumerated() {
      below[action.uid, default: []].append(index)
      for ancestor in action.ancestors { below[ancestor, default: []].append(index) }
    }
    self.below = below
    var above: [String: Set<String>] = [:]
    for action in schema.actions.values {
      above[action.uid.type, default: []].formUnion(action.ancestors.lazy.map(\.type))
    }
    actionTypesAbove = above
  }

  /// Whether entities of the type exist, actions included.
  func isDeclared(_ type: String) -> Bool { schema.entityTypes[type] != nil || schema.actionTypes.contains(type) }

  /// Whether an entity of type `type` may be `in` one of type `group`.
  func mayBeIn(_ type: String, _ group: String) -> Bool {
    type == group || schema.entityTypes[type]?.ancestors.contains(group) == true || actionTypesAbove[type]?.contains(group) == true
  }

  /// The actions that apply to something and that the scope admits; nil when listing them takes too long.
  private func actions(_ scope: ActionScopeSyntax, _ budget: inout StepBudget) -> [Schema.Action]? {
    switch scope {
    case .any: return applicable
    case .equal(let uid): return schema.actions[uid].map { $0.appliesTo == nil ? [] : [$0] } ?? []
    case .isIn(let uid): return (below[uid] ?? []).map { applicable[$0] }
    case .isInList(let uids):
      var indices: Set<Int> = []
      for uid in uids {
        let members = below[uid] ?? []
        guard budget.spend(members.count + 1) else { return nil }
        indices.formUnion(members)
      }
      return indices.sorted().map { applicable[$0] }
    }
  }

  /// Whether an entity of type `type` may meet the scope. A slot may be filled with anything.
  func admits(_ scope: ScopeSyntax, _ type: String) -> Bool {
    func isBelow(_ target: ScopeTarget) -> Bool {
      guard case .entity(let uid) = target else { return true }
      return mayBeIn(type, uid.type)
    }
    switch scope {
    case .any, .equal(.slot): return true
    case .equal(.entity(let uid)): return type == uid.type
    case .isIn(let target): return isBelow(target)
    case .isType(let wanted): return type == wanted
    case .isTypeIn(let wanted, let target): return type == wanted && isBelow(target)
    }
  }

  /// The kinds of request that a scope admits: all actions, each with the types that remain; nil when listing them takes too long.
  func environments(
    _ principal: ScopeSyntax, _ action: ActionScopeSyntax, _ resource: ScopeSyntax, _ budget: inout StepBudget
  ) -> [Applicability]? {
    guard let actions = actions(action, &budget) else { return nil }
    var result: [Applicability] = []
    for action in actions {
      guard let appliesTo = action.appliesTo else { continue }
      guard budget.spend(appliesTo.principals.count + appliesTo.resources.count) else { return nil }
      let principals = appliesTo.principals.filter { admits(principal, $0) }
      let resources = appliesTo.resources.filter { admits(resource, $0) }
      if principals.isEmpty || resources.isEmpty { continue }
      result.append(Applicability(action: action, principals: principals, resources: resources, context: appliesTo.context))
    }
    return result
  }
}

/// An action with the types that it applies to and a scope admits; neither list is empty.
struct Applicability {
  let action: Schema.Action
  let principals: [String]
  let resources: [String]
  let context: RecordType
}
