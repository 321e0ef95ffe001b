import JSON

/// Writes policies in their JSON format.
struct PolicyJSONWriter {
  private var writer = JSONWriter()

  var bytes: [UInt8] { writer.bytes }

  mutating func policySet(_ policies: PolicySet) {
    writer.beginObject()
    writer.key("staticPolicies")
    group(policies.sources.filter { !$0.syntax.isTemplate })
    writer.key("templates")
    group(policies.sources.filter(\.syntax.isTemplate))
    writer.key("templateLinks")
    writer.beginArray()
    for link in policies.links { self.link(link) }
    writer.endArray()
    writer.endObject()
  }

  private mutating func group(_ sources: [PolicySet.Source]) {
    writer.beginObject()
    for source in sources {
      writer.key(source.policy.id)
      policy(source.syntax)
    }
    writer.endObject()
  }

  private mutating func link(_ link: TemplateLink) {
    writer.beginObject()
    writer.key("templateId")
    writer.string(link.templateID)
    writer.key("newId")
    writer.string(link.id)
    writer.key("values")
    writer.beginObject()
    if let principal = link.principal {
      writer.key("?principal")
      entity(principal)
    }
    if let resource = link.resource {
      writer.key("?resource")
      entity(resource)
    }
    writer.endObject()
    writer.endObject()
  }

  // MARK: Policies

  mutating func policy(_ policy: PolicySyntax) {
    writer.beginObject()
    writer.key("effect")
    writer.string(policy.effect.rawValue)
    writer.key("principal")
    scope(policy.principal, "?principal")
    writer.key("action")
    actionScope(policy.action)
    writer.key("resource")
    scope(policy.resource, "?resource")
    writer.key("conditions")
    writer.beginArray()
    for condition in policy.conditions {
      writer.beginObject()
      writer.key("kind")
      writer.string(condition.isUnless ? "unless" : "when")
      writer.key("body")
      expression(condition.body)
      writer.endObject()
    }
    writer.endArray()
    if !policy.annotations.isEmpty { annotations(policy) }
    writer.endObject()
  }

  private mutating func annotations(_ policy: PolicySyntax) {
    writer.key("annotations")
    writer.beginObject()
    for annotation in policy.annotations {
      writer.key(annotation.key)
      if let value = annotation.value { writer.string(value) } else { writer.null() }
    }
    writer.endObject()
  }

  private mutating func scope(_ scope: ScopeSyntax, _ slot: String) {
    writer.beginObject()
    writer.key("op")
    switch scope {
    case .any: writer.string("All")
    case .equal(let target):
      writer.string("==")
      self.target(target, slot)
    case .isIn(let target):
      writer.string("in")
      self.target(target, slot)
    case .isType(let type):
      writer.string("is")
      writer.key("entity_type")
      writer.string(type)
    case .isTypeIn(let type, let target):
      writer.string("is")
      writer.key("entity_type")
      writer.string(type)
      writer.key("in")
      writer.beginObject()
      self.target(target, slot)
      writer.endObject()
    }
    writer.endObject()
  }

  private mutating func target(_ target: ScopeTarget, _ slot: String) {
    switch target {
    case .entity(let uid):
      writer.key("entity")
      entity(uid)
    case .slot:
      writer.key("slot")
      writer.string(slot)
    }
  }

  private mutating func actionScope(_ scope: ActionScopeSyntax) {
    writer.beginObject()
    writer.key("op")
    switch scope {
    case .any: writer.string("All")
    case .equal(let uid):
      writer.string("==")
      target(.entity(uid), "")
    case .isIn(let uid):
      writer.string("in")
      target(.entity(uid), "")
    case .isInList(let uids):
      writer.string("in")
      if uids.count == 1 {
        target(.entity(uids[0]), "")
      } else {
        writer.key("entities")
        writer.beginArray()
        for uid in uids { entity(uid) }
        writer.endArray()
      }
    }
    writer.endObject()
  }

  mutating func entity(_ uid: EntityUID) { writer.entity(uid) }
}

// MARK: Expressions

extension PolicyJSONWriter {
  mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .bool(let value): self.value { $0.bool(value) }
    case .long(let value): self.value { $0.integer(value) }
    case .string(let value): self.value { $0.string(value) }
    case .entity, .variable: name(expression.kind)
    case .and(let operands): chain(operands, operators: Array(repeating: "&&", count: operands.count - 1))
    case .or(let operands): chain(operands, operators: Array(repeating: "||", count: operands.count - 1))
    case .product(let operands): chain(operands, operators: Array(repeating: "*", count: operands.count - 1))
    case .sum(let first, let rest): chain([first] + rest.map(\.operand), operators: rest.map { $0.isMinus ? "-" : "+" })
    case .not(let operand): members("!", [("arg", operand)])
    case .negate(let operand): members("neg", [("arg", operand)])
    case .relation(let relation, let left, let right): members(relation.symbol, [("left", left), ("right", right)])
    case .method(let receiver, .isEmpty, _): members("isEmpty", [("arg", receiver)])
    case .method(let receiver, let method, let arguments):
      members(method.rawValue, [("left", receiver)] + arguments.map { ("right", $0) })
    case .conditional(let condition, let first, let second):
      members("if-then-else", [("if", condition), ("then", first), ("else", second)])
    case .attribute(let base, let name): members(".", [("left", base)]) { $0.text("attr", name) }
    case .has(let base, let names): has(base, names)
    case .like(let base, let pattern): members("like", [("left", base)]) { $0.pattern(pattern) }
    case .isType(let base, let type, let group):
      members("is", [("left", base)] + (group.map { [("in", $0)] } ?? [])) { $0.text("entity_type", type) }
    case .set(let elements): list("Set", elements)
    case .call(let function, let arguments): list(function.rawValue, arguments)
    case .record(let members):
      writer.beginObject()
      writer.key("Record")
      writer.beginObject()
      for member in members {
        writer.key(member.key)
        self.expression(member.value)
      }
      writer.endObject()
      writer.endObject()
    }
  }

  private mutating func name(_ kind: Expression.Kind) {
    if case .entity(let uid) = kind {
      writer.beginObject()
      writer.key("Value")
      writer.beginObject()
      writer.key("__entity")
      entity(uid)
      writer.endObject()
      writer.endObject()
    } else if case .variable(let variable) = kind {
      writer.beginObject()
      text("Var", variable.name)
      writer.endObject()
    }
  }

  private mutating func value(_ write: (inout JSONWriter) -> Void) {
    writer.beginObject()
    writer.key("Value")
    write(&writer)
    writer.endObject()
  }

  private mutating func text(_ key: String, _ text: String) {
    writer.key(key)
    writer.string(text)
  }

  /// `{op: {…}}` with operands and what `more` adds.
  private mutating func members(
    _ op: String, _ operands: [(key: String, value: Expression)], _ more: (inout PolicyJSONWriter) -> Void = { _ in }
  ) {
    writer.beginObject()
    writer.key(op)
    writer.beginObject()
    for operand in operands {
      writer.key(operand.key)
      expression(operand.value)
    }
    more(&self)
    writer.endObject()
    writer.endObject()
  }

  private mutating func list(_ op: String, _ elements: [Expression]) {
    writer.beginObject()
    writer.key(op)
    writer.beginArray()
    for element in elements { expression(element) }
    writer.endArray()
    writer.endObject()
  }

  /// Operands nested on the left, in a loop: a chain may be longer than any stack is deep.
  private mutating func chain(_ operands: [Expression], operators: [String]) {
    nest(operators) { $0.expression(operands[0]) }
    for operand in operands.dropFirst() {
      writer.key("right")
      expression(operand)
      writer.endObject()
      writer.endObject()
    }
  }

  /// Opens `operators` from the outermost, which is the last, and writes what stands innermost on the left.
  private mutating func nest(_ operators: [String], _ innermost: (inout PolicyJSONWriter) -> Void) {
    for op in operators.reversed() {
      writer.beginObject()
      writer.key(op)
      writer.beginObject()
      writer.key("left")
    }
    innermost(&self)
  }

  private mutating func pattern(_ pattern: [PatternElement]) {
    writer.key("pattern")
    writer.beginArray()
    for element in pattern {
      switch element {
      case .wildcard: writer.string("Wildcard")
      case .literal(let scalar):
        writer.beginObject()
        text("Literal", String(Character(scalar)))
        writer.endObject()
      }
    }
    writer.endArray()
  }

  // MARK: has

  /// Bytes that the expansion of one `has` may take, roughly: it repeats the expression on the left for each name and each name for every
  /// name behind it. Longer ones keep the list of names, which readers take as well.
  private static let expansionBytesMax = 4096

  private mutating func has(_ base: Expression, _ names: [String]) {
    guard names.count > 1, PolicyJSONWriter.weight(base, names, limit: PolicyJSONWriter.expansionBytesMax) != nil else {
      members("has", [("left", base)]) { json in
        if names.count == 1 { return json.text("attr", names[0]) }
        json.writer.key("attr")
        json.writer.beginArray()
        for name in names { json.writer.string(name) }
        json.writer.endArray()
      }
      return
    }
    nest(Array(repeating: "&&", count: names.count - 1)) { $0.has(base, names, 0) }
    for index in 1..<names.count {
      writer.key("right")
      has(base, names, index)
      writer.endObject()
      writer.endObject()
    }
  }

  /// `base.n0.n1… has n[index]`.
  private mutating func has(_ base: Expression, _ names: [String], _ index: Int) {
    nest(Array(repeating: ".", count: index) + ["has"]) { $0.expression(base) }
    for name in names[...index] {
      text("attr", name)
      writer.endObject()
      writer.endObject()
    }
  }

  /// About how many bytes the expansion of `base has names` takes; nil past `limit`.
  private static func weight(_ base: Expression, _ names: [String], limit: Int) -> Int? {
    guard let weight = weight(base, limit: limit) else { return nil }
    let whole = names.count * names.reduce(weight) { $0 + $1.utf8.count + 32 }
    return whole <= limit ? whole : nil
  }

  /// About how many bytes `expression` takes as JSON; nil past `limit`, where the count stops.
  private static func weight(_ expression: Expression, limit: Int) -> Int? {
    if case .has(let base, let names) = expression.kind, names.count > 1 { return weight(base, names, limit: limit) }
    var weight = 32
    switch expression.kind {
    case .string(let text), .attribute(_, let text), .isType(_, let text, _): weight += text.utf8.count
    case .entity(let uid): weight += uid.type.utf8.count + uid.id.utf8.count
    case .like(_, let pattern): weight += pattern.count * 16
    case .record(let members): weight += members.reduce(0) { $0 + $1.key.utf8.count }
    case .has(_, let names): weight += names[0].utf8.count
    default: break
    }
    for child in expression.children {
      guard weight <= limit, let more = self.weight(child, limit: limit - weight) else { return nil }
      weight += more
    }
    return weight <= limit ? weight : nil
  }
}
