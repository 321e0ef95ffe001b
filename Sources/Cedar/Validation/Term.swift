/// A node of a policy's conditions as the type checker reads it: operators reduced to few, operands by index, and a number that two
/// nodes share exactly when they are written alike.
struct Term {
  enum Kind {
    case literal(Value)
    case variable(Variable)
    case and([Int])
    case or([Int])
    case not(Int)
    /// `+`, `-` or `*`, with any number of operands.
    case arithmetic([Int], isSum: Bool)
    case equal(Int, Int)
    case compare(Int, Int)
    case isIn(Int, Int)
    /// `e has a.b.c`.
    case has(Int, [Step])
    case like(Int, [PatternElement])
    case isType(Int, String, in: Int?)
    case conditional(Int, then: Int, else: Int)
    case attribute(Int, Step)
    case method(Int, BuiltInMethod, Int?)
    case call(ExtensionFunction, [Int])
    case set([Int])
    case record([(key: Name, value: Int)])
  }

  /// An attribute looked for, and what tells it from others.
  struct Step {
    let name: Name
    let capability: Capability
  }

  let kind: Kind
  let span: SourceSpan
  /// Equal for terms that are written alike.
  let number: Int32
}

/// That an attribute, or a tag, is there: known behind a test for it.
struct Capability: Hashable {
  /// The number of the entity or record.
  let base: Int32
  /// The number of the attribute's name, or of the expression for the tag, which are never the same.
  let name: Int32
}

/// The terms of one policy's conditions.
struct TermTable {
  private(set) var terms: [Term] = []
  /// The conjunction of all conditions; nil when there are none.
  private(set) var root: Int?
  /// The variables that the conditions mention: nothing else of a request matters to their types.
  private(set) var variables: Set<Variable> = []
  /// For terms that read an attribute or a tag, the test that makes the reading safe.
  private(set) var guards: [Int: Expression] = [:]
  private var numbers: [Shape: Int32] = [:]

  /// What makes two expressions alike, after reduction to the language's core operators.
  private struct Shape: Hashable {
    enum Operator: Hashable {
      case literal(Value)
      case variable(Variable)
      case and, or, not, negate, add, subtract, multiply, equal, less, lessEqual, isIn, conditional, set
      case name(Name)
      case has, attribute
      case like([PatternElement])
      case isType(String)
      case method(BuiltInMethod)
      case call(ExtensionFunction)
      case record([Name])
    }

    let `operator`: Operator
    let operands: [Int32]
  }

  init(_ conditions: [ConditionSyntax]) {
    var roots: [Int] = []
    for condition in conditions {
      let body = add(condition.body)
      roots.append(condition.isUnless ? emit(.not(body), condition.body.span, number(.not, [body])) : body)
    }
    guard let first = roots.first, let last = conditions.last else { return }
    let span = conditions[0].body.span.joined(last.body.span)
    root = roots.count == 1 ? first : emit(.and(roots), span, fold(.and, roots))
    numbers = [:]
  }

  // MARK: Numbers

  private mutating func number(_ shape: Shape.Operator, numbers operands: [Int32]) -> Int32 {
    let key = Shape(operator: shape, operands: operands)
    if let known = numbers[key] { return known }
    let number = Int32(numbers.count)
    numbers[key] = number
    return number
  }

  private mutating func number(_ shape: Shape.Operator, _ operands: [Int]) -> Int32 {
    number(shape, numbers: operands.map { terms[$0].number })
  }

  /// The number of a chain: binary operators, from the left.
  private mutating func fold(_ shape: Shape.Operator, _ operands: [Int]) -> Int32 {
    var result = terms[operands[0]].number
    for operand in operands.dropFirst() { result = number(shape, numbers: [result, terms[operand].number]) }
    return result
  }

  private mutating func step(_ name: Name, of base: Int32) -> Term.Step {
    Term.Step(name: name, capability: Capability(base: base, name: number(.name(name), numbers: [])))
  }

  private mutating func attribute(_ step: Term.Step) -> Int32 {
    number(.attribute, numbers: [step.capability.base, step.capability.name])
  }

  // MARK: Terms

  private mutating func emit(_ kind: Term.Kind, _ span: SourceSpan, _ number: Int32) -> Int {
    terms.append(Term(kind: kind, span: span, number: number))
    return terms.count - 1
  }

  private mutating func add(_ expression: Expression) -> Int {
    let span = expression.span
    switch expression.kind {
    case .bool(let value): return literal(.bool(value), span)
    case .long(let value): return literal(.long(value), span)
    case .string(let value): return literal(.string(value), span)
    case .entity(let value): return literal(.entity(value), span)
    case .variable(let variable):
      variables.insert(variable)
      return emit(.variable(variable), span, number(.variable(variable), []))
    case .and(let operands):
      let indices = operands.map { add($0) }
      return emit(.and(indices), span, fold(.and, indices))
    case .or(let operands):
      let indices = operands.map { add($0) }
      return emit(.or(indices), span, fold(.or, indices))
    case .not(let operand):
      let index = add(operand)
      return emit(.not(index), span, number(.not, [index]))
    case .conditional(let condition, let first, let second):
      let indices = [add(condition), add(first), add(second)]
      let kind = Term.Kind.conditional(indices[0], then: indices[1], else: indices[2])
      return emit(kind, span, number(.conditional, indices))
    case .relation(let relation, let left, let right): return add(relation, add(left), add(right), span)
    case .negate, .sum, .product: return arithmetic(expression.kind, span)
    case .has, .like, .isType, .attribute: return access(expression.kind, span)
    case .method, .call, .set, .record: return construct(expression.kind, span)
    }
  }

  private mutating func literal(_ value: Value, _ span: SourceSpan) -> Int {
    emit(.literal(value), span, number(.literal(value), []))
  }

  /// `!=`, `>` and `>=` are what they deny.
  private mutating func add(_ relation: Relation, _ left: Int, _ right: Int, _ span: SourceSpan) -> Int {
    switch relation {
    case .equal: return emit(.equal(left, right), span, number(.equal, [left, right]))
    case .less: return emit(.compare(left, right), span, number(.less, [left, right]))
    case .lessEqual: return emit(.compare(left, right), span, number(.lessEqual, [left, right]))
    case .isIn: return emit(.isIn(left, right), span, number(.isIn, [left, right]))
    case .notEqual, .greater, .greaterEqual:
      let denied: Relation = relation == .notEqual ? .equal : relation == .greater ? .lessEqual : .less
      let index = add(denied, left, right, span)
      return emit(.not(index), span, number(.not, [index]))
    }
  }

  private mutating func arithmetic(_ kind: Expression.Kind, _ span: SourceSpan) -> Int {
    switch kind {
    case .negate(let operand):
      let index = add(operand)
      return emit(.arithmetic([index], isSum: false), span, number(.negate, [index]))
    case .sum(let first, let rest):
      var indices = [add(first)]
      var result = terms[indices[0]].number
      for (isMinus, operand) in rest {
        let index = add(operand)
        indices.append(index)
        result = number(isMinus ? .subtract : .add, numbers: [result, terms[index].number])
      }
      return emit(.arithmetic(indices, isSum: rest.contains { !$0.isMinus }), span, result)
    case .product(let operands):
      let indices = operands.map { add($0) }
      return emit(.arithmetic(indices, isSum: false), span, fold(.multiply, indices))
    default: preconditionFailure("`add` calls this with the three kinds above")
    }
  }

  private mutating func access(_ kind: Expression.Kind, _ span: SourceSpan) -> Int {
    switch kind {
    case .has(let base, let path):
      let index = add(base)
      var holder = terms[index].number
      var result: Int32?
      var steps: [Term.Step] = []
      for name in path {
        let step = step(Name(name), of: holder)
        steps.append(step)
        let test = number(.has, numbers: [holder, step.capability.name])
        result = result.map { number(.and, numbers: [$0, test]) } ?? test
        holder = attribute(step)
      }
      return emit(.has(index, steps), span, result ?? holder)
    case .like(let base, let pattern):
      let index = add(base)
      return emit(.like(index, pattern), span, number(.like(pattern), [index]))
    case .isType(let base, let type, let group):
      let index = add(base)
      let test = number(.isType(type), [index])
      guard let group else { return emit(.isType(index, type, in: nil), span, test) }
      let groupIndex = add(group)
      let isIn = number(.isIn, [index, groupIndex])
      return emit(.isType(index, type, in: groupIndex), span, number(.and, numbers: [test, isIn]))
    case .attribute(let base, let name):
      let index = add(base)
      let step = step(Name(name), of: terms[index].number)
      let term = emit(.attribute(index, step), span, attribute(step))
      guards[term] = Expression(kind: .has(base, [name]), span: span, depth: 0)
      return term
    default: preconditionFailure("`add` calls this with the four kinds above")
    }
  }

  private mutating func construct(_ kind: Expression.Kind, _ span: SourceSpan) -> Int {
    switch kind {
    case .method(let receiver, let method, let arguments):
      let index = add(receiver)
      let argument = arguments.first.map { add($0) }
      let operands = [index] + (argument.map { [$0] } ?? [])
      let term = emit(.method(index, method, argument), span, number(.method(method), operands))
      if method == .getTag { guards[term] = Expression(kind: .method(receiver, .hasTag, arguments), span: span, depth: 0) }
      return term
    case .call(let function, let arguments):
      let indices = arguments.map { add($0) }
      return emit(.call(function, indices), span, number(.call(function), indices))
    case .set(let elements):
      let indices = elements.map { add($0) }
      return emit(.set(indices), span, number(.set, indices))
    case .record(let members):
      let fields = members.map { (key: Name($0.key), value: add($0.value)) }
      // The order in which members are written makes no difference.
      let ordered = fields.sorted { Name.compare($0.key, $1.key) < 0 }
      return emit(.record(fields), span, number(.record(ordered.map(\.key)), ordered.map(\.value)))
    default: preconditionFailure("`add` calls this with the four kinds above")
    }
  }
}
