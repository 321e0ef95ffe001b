import JSON

/// Reads policies from a parsed document. Expressions get the place of their JSON in the document.
struct PolicyJSONReader: DocumentReader {
  let root: JSONCursor
  let text: SourceText

  /// A set, or one policy.
  func policySet() throws(DataFailure) -> PolicySet {
    guard root.kind == .object else { throw refusal("expected a policy set or a policy", root) }
    if root.member("effect") != nil {
      return PolicySet(sources: [try source("policy0", root, isTemplate: nil)], links: [])
    }
    try only(["staticPolicies", "templates", "templateLinks"], root, "a policy set")
    var sources: [PolicySet.Source] = []
    var ids = Set<Name>()
    for (key, isTemplate) in [("staticPolicies" as StaticString, false), ("templates", true)] {
      let group = try required(key, root)
      guard group.kind == .object else { throw refusal("expected an object of policies by id", group) }
      for (key, json) in group.members {
        if sources.count == Limits.policies { throw refusal("more than \(Limits.policies) policies", json) }
        let id = try string(key)
        if !ids.insert(Name(id)).inserted { throw refusal("the id `\(id)` is in use", json) }
        sources.append(try source(id, json, isTemplate: isTemplate))
      }
    }
    return try linked(PolicySet(sources: sources, links: []))
  }

  private func source(_ id: String, _ json: JSONCursor, isTemplate: Bool?) throws(DataFailure) -> PolicySet.Source {
    let syntax = try policy(json, isTemplate: isTemplate)
    return PolicySet.Source(id: id, syntax: syntax, text: text)
  }

  private func linked(_ policies: PolicySet) throws(DataFailure) -> PolicySet {
    let json = try required("templateLinks", root)
    guard json.kind == .array else { throw refusal("expected an array of links", json) }
    var links: [TemplateLink] = []
    for element in json.elements {
      if links.count == Limits.policies { throw refusal("more than \(Limits.policies) links", element) }
      links.append(try link(element))
    }
    if links.isEmpty { return policies }
    do throws(LinkFailure) { return try policies.linking(links) } catch { throw refusal(error.description, json) }
  }

  private func link(_ json: JSONCursor) throws(DataFailure) -> TemplateLink {
    try only(["templateId", "newId", "values"], json, "a link")
    let values = try required("values", json)
    try only(["?principal", "?resource"], values, "the object of values")
    return TemplateLink(
      templateID: try string(required("templateId", json)), id: try string(required("newId", json)),
      principal: try values.member("?principal").map { json throws(DataFailure) in try entityUID(json) },
      resource: try values.member("?resource").map { json throws(DataFailure) in try entityUID(json) })
  }

  // MARK: Policies

  /// - Parameter isTemplate: nil where slots decide.
  private func policy(_ json: JSONCursor, isTemplate: Bool?) throws(DataFailure) -> PolicySyntax {
    try only(["effect", "principal", "action", "resource", "conditions", "annotations"], json, "a policy")
    let effectJSON = try required("effect", json)
    guard effectJSON.equals("permit") || effectJSON.equals("forbid") else {
      throw refusal("an effect is `permit` or `forbid`", effectJSON)
    }
    let conditionsJSON = try required("conditions", json)
    guard conditionsJSON.kind == .array else { throw refusal("expected an array of conditions", conditionsJSON) }
    var conditions: [ConditionSyntax] = []
    let annotations = try json.member("annotations").map { json throws(DataFailure) in try self.annotations(json) } ?? []
    let principal = try scope(required("principal", json), "?principal")
    let action = try actionScope(required("action", json))
    let resource = try scope(required("resource", json), "?resource")
    for element in conditionsJSON.elements { conditions.append(try condition(element)) }
    if isTemplate == false {
      if principal.hasSlot { throw refusal("a static policy has no slot", try required("principal", json)) }
      if resource.hasSlot { throw refusal("a static policy has no slot", try required("resource", json)) }
    }
    let scopeSpans = ScopeSpans(
      principal: span(try required("principal", json)), action: span(try required("action", json)),
      resource: span(try required("resource", json)))
    return PolicySyntax(
      effect: effectJSON.equals("permit") ? .permit : .forbid, annotations: annotations, principal: principal, action: action,
      resource: resource, conditions: conditions, span: span(json), scopeSpans: scopeSpans, isTemplate: isTemplate ?? false)
  }

  private func condition(_ json: JSONCursor) throws(DataFailure) -> ConditionSyntax {
    try only(["kind", "body"], json, "a condition")
    let kind = try required("kind", json)
    guard kind.equals("when") || kind.equals("unless") else { throw refusal("a condition is of kind `when` or `unless`", kind) }
    return ConditionSyntax(isUnless: kind.equals("unless"), body: try expression(required("body", json), level: 1))
  }

  // MARK: Scope

  /// Members that a constraint does not use are tolerated, except with `is`: so does the reference.
  private func scope(_ json: JSONCursor, _ slot: StaticString) throws(DataFailure) -> ScopeSyntax {
    let op = try required("op", json)
    if op.equals("All") || op.equals("all") { return .any }
    if op.equals("==") { return .equal(try target(json, slot)) }
    if op.equals("in") { return .isIn(try target(json, slot)) }
    guard op.equals("is") else { throw refusal("a constraint is one of `All`, `==`, `in`, `is`", op) }
    try only(["op", "entity_type", "in"], json, "an `is` constraint")
    let type = try typeName(required("entity_type", json))
    guard let group = json.member("in"), !group.isNull else { return .isType(type) }
    return .isTypeIn(type, try target(group, slot))
  }

  private func target(_ json: JSONCursor, _ slot: StaticString) throws(DataFailure) -> ScopeTarget {
    if let entity = json.member("entity") { return .entity(try entityUID(entity)) }
    guard let found = json.member("slot") else { throw refusal("`entity` or `slot` is missing", json) }
    guard found.equals(slot) else { throw refusal("the slot here is `\(slot)`", found) }
    return .slot
  }

  private func actionScope(_ json: JSONCursor) throws(DataFailure) -> ActionScopeSyntax {
    let op = try required("op", json)
    if op.equals("All") || op.equals("all") { return .any }
    if op.equals("==") { return .equal(try action(required("entity", json))) }
    guard op.equals("in") else { throw refusal("a constraint on the action is one of `All`, `==`, `in`", op) }
    if let entity = json.member("entity") { return .isIn(try action(entity)) }
    let list = try required("entities", json)
    guard list.kind == .array else { throw refusal("expected an array of actions", list) }
    var actions: [EntityUID] = []
    for element in list.elements { actions.append(try action(element)) }
    return .isInList(actions)
  }

  private func action(_ json: JSONCursor) throws(DataFailure) -> EntityUID {
    let uid = try entityUID(json)
    if !uid.isAction { throw refusal("`\(uid)` is no action: the last part of an action's type is `Action`", json) }
    return uid
  }
}
