/// Evaluates expressions as far as a partial request goes: what is certain is computed by the evaluator itself, the rest remains.
///
/// Three rules keep decision, reasons and errors of every completion: an operand is dropped only when it can neither settle its chain nor
/// err; a chain ends at an operand that never lets it go on; an operator that reads all its operands errs as soon as one of them does.
/// Recursion is as deep as the expression. Every expression is evaluated once.
struct PartialEvaluator {
  let request: PartialRequest
  let entities: EntityStore
  let overlay: EntityOverlay
  /// What the entities of a completion conform to, when that is certain.
  let schema: Schema?
  /// The type of the context, when that is certain.
  let contextType: RecordType?
  /// The entities whose attributes, tags and ancestors are open.
  private let openData: OpenData
  /// The request with a name of nobody in place of each unknown, which closed expressions never read.
  let known: Request

  /// Which entities a completion may bring or replace.
  enum OpenData {
    case ofTypes(Set<String>)
    case ofAllTypes(but: Set<String>)
  }

  /// - Parameter openData: nil for what the request says.
  init(
    _ request: PartialRequest, entities: EntityStore, overlay: EntityOverlay, openData: OpenData? = nil, schema: Schema? = nil,
    contextType: RecordType? = nil
  ) {
    self.request = request
    self.openData = openData ?? .ofTypes(request.openTypes)
    self.entities = entities
    self.overlay = overlay
    self.schema = schema
    self.contextType = contextType
    known = Request(
      principal: request.principal.uid ?? .nobody, action: request.action.uid ?? .nobody,
      resource: request.resource.uid ?? .nobody, context: request.context.record)
  }

  /// What `expression` comes to.
  func evaluate(_ expression: Expression) -> Partial {
    switch expression.kind {
    case .bool, .long, .string, .entity: .closed(expression)
    case .variable(let variable): self.variable(variable, expression)
    case .and(let operands): chain(operands, settling: false, expression)
    case .or(let operands): chain(operands, settling: true, expression)
    case .conditional(let condition, let first, let second): conditional(condition, first, second, expression)
    case .attribute(let base, let name): attribute(base, name, expression)
    case .has(let base, let names): has(base, names, expression)
    case .isType(let base, let type, let group?): isTypeIn(base, type, group, expression)
    default: strict(expression, expression.children.map { evaluate($0) })
    }
  }

  /// `partial` with its value, or its failure, in place of what was not evaluated yet.
  func settle(_ partial: Partial) -> Partial {
    guard case .closed(let expression) = partial else { return partial }
    switch expression.kind {
    case .bool(let value): return .known(.bool(value), expression)
    case .long(let value): return .known(.long(value), expression)
    case .string(let value): return .known(.string(value), expression)
    case .entity(let value): return .known(.entity(value), expression)
    case .variable(.principal): return .known(.entity(known.principal), expression)
    case .variable(.action): return .known(.entity(known.action), expression)
    case .variable(.resource): return .known(.entity(known.resource), expression)
    default: return compute(expression, expression, known)
    }
  }

  /// What `closed` comes to in `request`; `expression` stands for it from now on.
  private func compute(_ closed: Expression, _ expression: Expression, _ request: Request) -> Partial {
    var compiler = Compiler()
    let root = compiler.conditions([ConditionSyntax(isUnless: false, body: closed)])
    let evaluator = Evaluator(program: Program(compiler.code), request: request, entities: entities, overlay: overlay)
    do throws(Fault) { return .known(try evaluator.value(root), expression) } catch { return .failed(expression) }
  }

  // MARK: Operators that read all their operands

  /// `expression` over its evaluated `children`.
  func strict(_ expression: Expression, _ children: [Partial]) -> Partial {
    if children.contains(where: \.isFailed) { return .failed(expression) }
    let mayReadOpenData = hasOpenData && expression.readsEntities
    if !mayReadOpenData, children.allSatisfy(\.isClosed) { return .closed(expression) }
    let settled = children.map { settle($0) }
    if settled.contains(where: \.isFailed) { return .failed(expression) }
    let values = settled.compactMap(\.value)
    if values.count == settled.count, !(mayReadOpenData && isOpen(values.first)) { return apply(expression, values) }
    let facts = facts(of: expression.kind, settled.map(\.facts))
    return Partial(rebuild(expression, settled.map(\.residual)), facts)
  }

  /// Whether `value` is an entity whose data a completion may bring.
  func isOpen(_ value: Value?) -> Bool {
    guard case .entity(let uid) = value else { return false }
    return switch openData {
    case .ofTypes(let types): types.contains(uid.type)
    case .ofAllTypes(let settled): !settled.contains(uid.type)
    }
  }

  private var hasOpenData: Bool {
    if case .ofTypes(let types) = openData { !types.isEmpty } else { true }
  }

  /// `expression` over the values of its children, by the evaluator's own rules: they are its operands as members of a context.
  func apply(_ expression: Expression, _ values: [Value]) -> Partial {
    let context = Expression(.variable(.context), expression.span, above: [])
    let operands = values.indices.map { Expression(.attribute(context, "\($0)"), expression.span, above: [context]) }
    let members = values.enumerated().map { (key: "\($0)", value: $1) }
    let request = Request(principal: .nobody, action: .nobody, resource: .nobody, context: Record(members))
    return compute(expression.replacingChildren(operands), expression, request)
  }

  /// `expression` over simpler children, as long as that does not make it deeper than an expression may be.
  func rebuild(_ expression: Expression, _ children: [Expression]) -> Expression {
    let rebuilt = expression.replacingChildren(children)
    return rebuilt.depth > Limits.expressionDepth ? expression : rebuilt
  }

  // MARK: Variables

  private func variable(_ variable: Variable, _ expression: Expression) -> Partial {
    switch variable {
    case .principal: subject(request.principal, expression)
    case .action: subject(request.action, expression)
    case .resource: subject(request.resource, expression)
    case .context: context(expression)
    }
  }

  private func subject(_ subject: PartialRequest.Subject, _ expression: Expression) -> Partial {
    switch subject {
    case .known: .closed(expression)
    case .unknown(let type): .open(expression, Facts(.entity, type: type.map { .entity($0) }))
    }
  }

  private func context(_ expression: Expression) -> Partial {
    if case .known = request.context.kind { return .closed(expression) }
    return .open(expression, Facts(.record, type: contextType.map { .record($0) }))
  }

  /// What is said of the member `name` of a context that is known in part; nil when it is not known in part.
  private func member(_ name: String) -> PartialRequest.Member?? {
    guard case .members(let members) = request.context.kind else { return nil }
    return .some(members[Name(name)])
  }

  private func attribute(_ base: Expression, _ name: String, _ expression: Expression) -> Partial {
    if case .variable(.context) = base.kind, let member = member(name) {
      switch member {
      case .known: return .closed(expression)
      case .unknown: return .open(expression, Facts(.value))
      case .optional: return .open(expression, Facts([.value, .error]))
      case nil: return .failed(expression)
      }
    }
    return strict(expression, [evaluate(base)])
  }

  // MARK: Paths

  private func has(_ base: Expression, _ names: [String], _ expression: Expression) -> Partial {
    if case .variable(.context) = base.kind, let member = member(names[0]) {
      switch member {
      case .known(let value):
        return has(value, names.dropFirst(), expression)
      case .unknown:
        let first = names.count == 1 ? Facts(.isTrue) : Facts([.bool, .error])
        return Partial(expression, first)
      case .optional: return .open(expression, Facts(names.count == 1 ? .bool : [.bool, .error]))
      case nil: return .known(.bool(false), expression)
      }
    }
    let inner = evaluate(base)
    if inner.isClosed, !hasOpenData { return .closed(expression) }
    switch settle(inner) {
    case .known(let value, _): return has(value, names[...], expression)
    case .open(let inner, let facts):
      return Partial(rebuild(expression, [inner]), Facts(outcomes(ofPath: names, below: facts)))
    case .failed, .closed: return .failed(expression)
    }
  }

  /// Whether `value` has the path `names`, as far as its entities are known.
  private func has(_ value: Value, _ names: ArraySlice<String>, _ expression: Expression) -> Partial {
    var current = value
    for index in names.indices {
      if isOpen(current) {
        let outcomes = outcomes(ofPath: Array(names[index...]), below: Facts(current))
        guard let base = current.literal(expression.span) else { return .open(expression, Facts(outcomes)) }
        return Partial(Expression(.has(base, Array(names[index...])), expression.span, above: [base]), Facts(outcomes))
      }
      let base = expression
      let test = apply(Expression(.has(base, [names[index]]), expression.span, above: [base]), [current])
      guard case .known(.bool(true), _) = test else {
        return test.isFailed ? .failed(expression) : .known(.bool(false), expression)
      }
      if index == names.indices.last { break }
      let read = apply(Expression(.attribute(base, names[index]), expression.span, above: [base]), [current])
      guard let next = read.value else { return .failed(expression) }
      current = next
    }
    return .known(.bool(true), expression)
  }

  // MARK: Types

  /// `base is type in group`: the group counts only when the type fits.
  private func isTypeIn(_ base: Expression, _ type: String, _ group: Expression, _ expression: Expression) -> Partial {
    let left = evaluate(base)
    let right = evaluate(group)
    if left.isClosed, right.isClosed, !hasOpenData { return .closed(expression) }
    let subject = settle(left)
    let facts = subject.facts
    guard facts.outcomes.contains(.entity) else { return .failed(expression) }
    let membership = Expression(.relation(.isIn, base, group), expression.span, above: [base, group])
    if let found = facts.entityType {
      if found == type { return strict(membership, [subject, right]) }
      return Partial(expression, Facts(facts.outcomes.mayMiss(.entity) ? [.isFalse, .error] : .isFalse))
    }
    let ancestor = settle(right)
    let outcomes = self.facts(of: membership.kind, [facts, ancestor.facts]).outcomes
    return Partial(rebuild(expression, [subject.residual, ancestor.residual]), Facts(outcomes.union(.isFalse)))
  }
}

extension PartialRequest.Subject {
  /// The entity, when it is known.
  var uid: EntityUID? {
    if case .known(let uid) = self { uid } else { nil }
  }

  /// The type, when it is known.
  var type: String? {
    switch self {
    case .known(let uid): uid.type
    case .unknown(let type): type
    }
  }
}

extension PartialRequest.Context {
  /// The members that are known.
  fileprivate var record: Record {
    switch kind {
    case .known(let record): record
    case .unknown: .empty
    case .members(let members):
      Record(
        unordered: members.compactMap { name, member in
          if case .known(let value) = member { Record.Member(name: name, value: value) } else { nil }
        })
    }
  }
}

extension EntityUID {
  /// A name that no text can write.
  static let nobody = EntityUID(type: "", id: "")
}

extension Expression {
  /// Whether evaluating this node may read attributes, tags or ancestors of an entity.
  fileprivate var readsEntities: Bool {
    switch kind {
    case .attribute, .has, .relation(.isIn, _, _), .method(_, .hasTag, _), .method(_, .getTag, _): true
    default: false
    }
  }
}
