/// Turns expressions into nodes. What depends on no request and cannot fail is computed here, once; what fails stays as it is and
/// fails at run time.
struct Compiler {
  private(set) var code = Code()
  private var nameIndices: [Name: Int32] = [:]
  private var isFolding = true

  /// The root node of a policy's conditions, or -1 when there is none: all of them must hold, in the order of the text.
  mutating func conditions(_ conditions: [ConditionSyntax]) -> Int32 {
    var roots: [Int32] = []
    for condition in conditions {
      let body = expression(condition.body)
      roots.append(condition.isUnless ? emit(Node(op: .not, a: body), condition.body.span.start) : body)
    }
    guard let first = roots.first else { return -1 }
    return roots.count == 1 ? first : emit(list(.and, roots), conditions[0].body.span.start)
  }

  mutating func name(_ text: String) -> Int32 {
    let name = Name(text)
    if let known = nameIndices[name] { return known }
    let index = Int32(code.names.count)
    code.names.append(name)
    nameIndices[name] = index
    return index
  }

  private mutating func emit(_ node: Node, _ offset: Int32) -> Int32 {
    code.nodes.append(node)
    code.offsets.append(offset)
    return Int32(code.nodes.count - 1)
  }

  private mutating func list(_ op: Opcode, _ entries: [Int32]) -> Node {
    let start = Int32(code.lists.count)
    code.lists.append(contentsOf: entries)
    return Node(op: op, a: start, b: Int32(entries.count))
  }

  private mutating func constant(_ value: Value, _ offset: Int32) -> Int32 {
    code.constants.append(value)
    return emit(Node(op: .constant, a: Int32(code.constants.count - 1)), offset)
  }

  private mutating func expression(_ expression: Expression) -> Int32 {
    let offset = expression.span.start
    switch expression.kind {
    case .bool(let value): return constant(.bool(value), offset)
    case .long(let value): return constant(.long(value), offset)
    case .string(let value): return constant(.string(value), offset)
    case .entity(let value): return constant(.entity(value), offset)
    case .variable(let variable): return emit(Node(op: .variable, a: Int32(variable.rawValue)), offset)
    case .and(let operands): return chain(.and, operands, offset)
    case .or(let operands): return chain(.or, operands, offset)
    case .has, .like, .isType, .attribute: return access(expression.kind, offset)
    case .conditional(let condition, let first, let second):
      let node = Node(op: .conditional, a: self.expression(condition), b: self.expression(first), c: self.expression(second))
      return emit(node, offset)
    default: return folding(expression)
    }
  }

  private mutating func chain(_ op: Opcode, _ operands: [Expression], _ offset: Int32) -> Int32 {
    var entries: [Int32] = []
    for operand in operands { entries.append(expression(operand)) }
    return emit(list(op, entries), offset)
  }

  private mutating func access(_ kind: Expression.Kind, _ offset: Int32) -> Int32 {
    switch kind {
    case .has(let base, let path):
      let child = expression(base)
      // The names of a path lie side by side, so they are not shared.
      let start = Int32(code.names.count)
      for text in path { code.names.append(Name(text)) }
      return emit(Node(op: .has, a: child, b: start, c: Int32(path.count)), offset)
    case .like(let base, let pattern):
      let child = expression(base)
      code.patterns.append(Pattern(pattern))
      return emit(Node(op: .like, a: child, b: Int32(code.patterns.count - 1)), offset)
    case .isType(let base, let type, let group):
      let child = expression(base)
      let name = name(type)
      guard let group else { return emit(Node(op: .isType, a: child, b: name), offset) }
      return emit(Node(op: .isTypeIn, a: child, b: name, c: expression(group)), offset)
    case .attribute(let base, let text):
      if case .variable(let variable) = base.kind {
        return emit(Node(op: .variableAttribute, a: Int32(variable.rawValue), b: name(text)), offset)
      }
      return emit(Node(op: .attribute, a: expression(base), b: name(text)), offset)
    default: preconditionFailure("`access` is called with the four kinds above")
    }
  }

  // MARK: Folding

  /// A place in the code to which a folded expression gives its nodes back.
  private struct Mark {
    let nodes: Int
    let lists: Int
    let constants: Int
  }

  private mutating func folding(_ expression: Expression) -> Int32 {
    let mark = Mark(nodes: code.nodes.count, lists: code.lists.count, constants: code.constants.count)
    let offset = expression.span.start
    let index = operation(expression.kind, offset)
    guard isFolding, let operands = constants(from: mark.nodes, to: Int(index)),
      let value = Compiler.value(of: expression, operands: operands)
    else { return index }
    code.nodes.removeSubrange(mark.nodes...)
    code.constants.removeSubrange(mark.constants...)
    code.offsets.removeSubrange(mark.nodes...)
    code.lists.removeSubrange(mark.lists...)
    return constant(value, offset)
  }

  /// The values of the nodes in a range, if all of them are constants.
  private func constants(from start: Int, to end: Int) -> [Value]? {
    // No slice of the nodes may outlive this function, or the next change would copy all of them.
    for index in start..<end where code.nodes[index].op != .constant { return nil }
    return (start..<end).map { code.constants[Int(code.nodes[$0].a)] }
  }

  /// The value of an expression whose operands are constants; nil when it fails, or when a store may change it.
  private static func value(of expression: Expression, operands: [Value]) -> Value? {
    switch expression.kind {
    case .set: return .set(ValueSet(operands))
    case .record(let members):
      return .record(Record(unordered: zip(members, operands).map { Record.Member(name: Name($0.key), value: $1) }))
    case .call(let function, _):
      do throws(Fault) { return try function.apply(operands, 0) } catch { return nil }
    case .relation(.isIn, _, _), .method(_, .hasTag, _), .method(_, .getTag, _): return nil
    default: break
    }
    var compiler = Compiler()
    compiler.isFolding = false
    let root = compiler.expression(expression)
    let nobody = EntityUID(type: "", id: "")
    let request = Request(principal: nobody, action: nobody, resource: nobody)
    let evaluator = Evaluator(program: Program(compiler.code), request: request, entities: .empty, overlay: .empty)
    do throws(Fault) { return try evaluator.value(root) } catch { return nil }
  }

  private mutating func operation(_ kind: Expression.Kind, _ offset: Int32) -> Int32 {
    switch kind {
    case .not(let operand): return emit(Node(op: .not, a: expression(operand)), offset)
    case .negate(let operand): return emit(Node(op: .negate, a: expression(operand)), offset)
    case .sum(let first, let rest):
      let head = expression(first)
      let entries = rest.map { expression($0.operand) * 2 + ($0.isMinus ? 1 : 0) }
      let tail = list(.sum, entries)
      return emit(Node(op: .sum, a: head, b: tail.a, c: tail.b), offset)
    case .product(let operands): return chain(.product, operands, offset)
    case .relation(let relation, let left, let right):
      let node = Node(op: Compiler.opcode(relation), a: expression(left), b: expression(right))
      return emit(node, offset)
    case .method(let receiver, let method, let arguments):
      let left = expression(receiver)
      let right = arguments.first.map { expression($0) } ?? 0
      return emit(Node(op: Compiler.opcode(method), a: left, b: right), offset)
    case .call(let function, let arguments):
      let entries = arguments.map { expression($0) }
      let list = list(.call, entries)
      let position = Int32(Code.functions.firstIndex(of: function) ?? 0)
      return emit(Node(op: .call, a: position, b: list.a, c: list.b), offset)
    case .set(let elements): return chain(.set, elements, offset)
    case .record(let members):
      var entries: [Int32] = []
      for member in members {
        let value = expression(member.value)
        entries.append(contentsOf: [name(member.key), value])
      }
      var node = list(.record, entries)
      node.b /= 2
      return emit(node, offset)
    default: preconditionFailure("`expression` handles the other kinds")
    }
  }

  private static func opcode(_ relation: Relation) -> Opcode {
    switch relation {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .isIn: .isIn
    }
  }

  private static func opcode(_ method: BuiltInMethod) -> Opcode {
    switch method {
    case .contains: .contains
    case .containsAll: .containsAll
    case .containsAny: .containsAny
    case .isEmpty: .isEmpty
    case .hasTag: .hasTag
    case .getTag: .getTag
    }
  }
}
