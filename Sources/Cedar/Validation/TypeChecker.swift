/// Finds the type of a policy's conditions for one kind of request after another. Every rule is that of the language's reference.
struct TypeChecker {
  /// What is known of one expression.
  struct Checked {
    var type: CheckedType
    /// What is known to be there once the expression is true.
    var gains: [Capability] = []
    var reach = Reach()
  }

  let tables: SchemaTables
  let isStrict: Bool
  /// How far entities may be followed; nil for any distance.
  let level: Int?
  let table: TermTable
  private(set) var environment: RequestEnvironment
  private(set) var context: RecordType
  /// What is known to be there at the expression at hand.
  private var held: Set<Capability> = []
  var log: FindingLog
  var budget: StepBudget

  init(_ tables: SchemaTables, isStrict: Bool, level: Int?, table: TermTable, log: FindingLog, budget: StepBudget) {
    self.tables = tables
    self.isStrict = isStrict
    self.level = level
    self.table = table
    self.log = log
    self.budget = budget
    environment = RequestEnvironment(principal: "", action: EntityUID(type: "", id: ""), resource: "")
    context = .empty
  }

  /// The type of a policy's conditions for one kind of request.
  mutating func condition(_ root: Int, _ environment: RequestEnvironment, _ context: RecordType) -> CheckedType {
    self.environment = environment
    self.context = context
    log.environment = environment
    return expect(root, .bool).type
  }

  /// What a finding costs in visits of terms: its text.
  private static let findingSteps = 50

  mutating func report(
    _ kind: Finding.Kind, _ span: SourceSpan, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
  ) {
    if budget.spend(TypeChecker.findingSteps), !log.isFull { log.report(kind, span, message(), hint: hint()) }
  }

  var terms: [Term] { table.terms }

  // MARK: Expressions

  mutating func check(_ index: Int) -> Checked {
    guard budget.spend() else { return Checked(type: .failed) }
    let term = terms[index]
    switch term.kind {
    case .literal(let value): return literal(value)
    case .variable(let variable): return Checked(type: type(of: variable))
    case .and(let operands): return conjunction(operands)
    case .or(let operands): return disjunction(operands)
    case .not(let operand):
      guard case .bool(let constant?) = expect(operand, .bool).type else { return Checked(type: .bool(nil)) }
      return Checked(type: .bool(!constant))
    case .conditional(let condition, let first, let second): return conditional(condition, first, second, term.span)
    case .arithmetic(let operands, let isSum):
      for operand in operands { _ = expect(operand, .long, isSum: isSum) }
      return Checked(type: .long)
    case .equal(let left, let right): return equality(left, right, term.span)
    case .compare(let left, let right): return comparison(left, right)
    case .isIn(let left, let right): return Checked(type: membership(left, expect(left, .entity), right, term.span))
    case .isType(let operand, let type, let group): return typeTest(operand, type, group, term.span)
    case .has(let base, let steps): return presence(base, steps, term.span)
    case .attribute(let base, let step): return attribute(index, base, step)
    case .like(let operand, _):
      _ = expect(operand, .string)
      return Checked(type: .bool(nil))
    case .method(let receiver, let method, let argument): return self.method(index, receiver, method, argument)
    case .call(let function, let arguments): return call(function, arguments, term.span)
    case .set(let elements): return set(elements, term.span)
    case .record(let fields): return record(fields)
    }
  }

  private func literal(_ value: Value) -> Checked {
    switch value {
    case .bool(let value): return Checked(type: .bool(value))
    case .long: return Checked(type: .long)
    case .string: return Checked(type: .string)
    case .entity(let uid):
      // Names that are not declared are reported once, for the policy as a whole.
      let isDeclared = tables.schema.entityTypes[uid.type] != nil || tables.schema.actions[uid] != nil
      return Checked(type: isDeclared ? .entity([uid.type]) : .failed, reach: Reach(isLiteral: uid != environment.action))
    case .set, .record, .decimal, .datetime, .duration, .ip: return Checked(type: .failed)
    }
  }

  private func type(of variable: Variable) -> CheckedType {
    switch variable {
    case .principal: .entity([environment.principal])
    case .action: .entity([environment.action.type])
    case .resource: .entity([environment.resource])
    case .context: .record(.declared(context))
    }
  }

  private mutating func set(_ elements: [Int], _ span: SourceSpan) -> Checked {
    if elements.isEmpty, isStrict {
      report(.emptySet, span, "an empty set has no element type", hint: "test a set with `isEmpty()`")
      return Checked(type: .failed)
    }
    var join = CheckedType.never
    for element in elements {
      let type = check(element).type
      guard let wider = upperBound(join, type) else {
        reportMismatch(join, type, terms[element].span, "the elements of a set")
        return Checked(type: .failed)
      }
      join = wider
    }
    return Checked(type: join.isFailed ? .failed : .set(join))
  }

  private mutating func record(_ fields: [(key: Name, value: Int)]) -> Checked {
    var types: [Name: RecordShape.Field] = [:]
    var reaches: [Name: Reach] = [:]
    for (key, value) in fields {
      let checked = check(value)
      types[key] = RecordShape.Field(type: checked.type, isRequired: true)
      if level != nil { reaches[key] = checked.reach }
    }
    return Checked(type: .record(.made(types, isOpen: false)), reach: Reach(fields: reaches))
  }

  // MARK: Logic

  /// Stops behind an operand that is always false: what follows is never evaluated.
  private mutating func conjunction(_ operands: [Int]) -> Checked {
    var result = Checked(type: .bool(true))
    var added: [Capability] = []
    for operand in operands {
      let next = expect(operand, .bool)
      if next.type.isFalse {
        result = Checked(type: .bool(false))
        break
      }
      if result.type.isTrue { result.type = next.type } else if !next.type.isTrue { result.type = .bool(nil) }
      result.gains += next.gains
      added += hold(next.gains)
    }
    release(added)
    return result
  }

  /// Stops behind an operand that is always true. What an operand tells holds afterwards only if every other tells it, too.
  private mutating func disjunction(_ operands: [Int]) -> Checked {
    var result = Checked(type: .bool(false))
    for operand in operands {
      let next = expect(operand, .bool)
      if next.type.isTrue { return Checked(type: .bool(true), gains: next.gains) }
      if next.type.isFalse { continue }
      if result.type.isFalse {
        result = Checked(type: next.type, gains: next.gains)
      } else {
        result = Checked(type: .bool(nil), gains: common(result.gains, next.gains))
      }
    }
    return result
  }

  private mutating func conditional(_ condition: Int, _ first: Int, _ second: Int, _ span: SourceSpan) -> Checked {
    let test = expect(condition, .bool)
    if test.type.isFalse { return check(second) }
    let added = hold(test.gains)
    var result = check(first)
    release(added)
    result.gains += test.gains
    if test.type.isTrue { return result }
    let other = check(second)
    result.gains = common(result.gains, other.gains)
    result.reach = result.reach.joined(other.reach)
    guard let type = upperBound(result.type, other.type) else {
      reportMismatch(result.type, other.type, span, "the branches of `if`")
      return Checked(type: .failed)
    }
    result.type = type
    return result
  }

  // MARK: Capabilities

  func holds(_ capability: Capability) -> Bool { held.contains(capability) }

  /// Adds to what is known; the answer is what was not known before.
  private mutating func hold(_ gains: [Capability]) -> [Capability] { gains.filter { held.insert($0).inserted } }

  private mutating func release(_ added: [Capability]) {
    for capability in added { held.remove(capability) }
  }

  private func common(_ left: [Capability], _ right: [Capability]) -> [Capability] {
    if left.isEmpty || right.isEmpty { return [] }
    let right = Set(right)
    return left.filter { right.contains($0) }
  }
}
