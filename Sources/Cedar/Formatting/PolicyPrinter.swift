/// Writes syntax trees as Cedar text: parentheses only where the tree would change without them, everything on one line.
///
/// Reading what it wrote gives the same tree. The one exception is a tree that no text has: a `has` path of several names with one
/// that is no identifier, which policy JSON can express.
struct PolicyPrinter {
  private(set) var text = ""

  /// How tightly a form binds, from loosest to tightest.
  private enum Level: Int, Comparable {
    case conditional, or, and, relation, sum, product, unary, member

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  // MARK: Policies

  /// Writes `policy`: each annotation on a line of its own, then the rest on one line.
  mutating func policy(_ policy: PolicySyntax) {
    for annotation in policy.annotations {
      text += "@\(annotation.key)"
      if let value = annotation.value { text += "(\(quoted(value)))" }
      text += "\n"
    }
    text += "\(policy.effect.rawValue) (principal"
    scope(policy.principal, slot: "?principal")
    text += ", action"
    actionScope(policy.action)
    text += ", resource"
    scope(policy.resource, slot: "?resource")
    text += ")"
    for condition in policy.conditions {
      text += condition.isUnless ? " unless { " : " when { "
      expression(condition.body)
      text += " }"
    }
    text += ";"
  }

  /// Writes what follows the variable in a constraint on principal or resource.
  mutating func scope(_ scope: ScopeSyntax, slot: String) {
    func name(_ target: ScopeTarget) -> String {
      switch target {
      case .entity(let uid): uid.description
      case .slot: slot
      }
    }
    switch scope {
    case .any: break
    case .equal(let target): text += " == " + name(target)
    case .isIn(let target): text += " in " + name(target)
    case .isType(let type): text += " is " + type
    case .isTypeIn(let type, let target): text += " is \(type) in " + name(target)
    }
  }

  /// Writes what follows the variable in a constraint on the action.
  mutating func actionScope(_ scope: ActionScopeSyntax) {
    switch scope {
    case .any: break
    case .equal(let uid): text += " == \(uid)"
    case .isIn(let uid): text += " in \(uid)"
    case .isInList(let uids): text += " in [" + uids.map(\.description).joined(separator: ", ") + "]"
    }
  }

  // MARK: Expressions

  /// Writes `expression` where any form may stand.
  mutating func expression(_ expression: Expression) { form(expression.kind) }

  /// Writes `expression` where a form of `level` or tighter may stand.
  private mutating func operand(_ expression: Expression, _ level: Level) {
    if PolicyPrinter.level(expression.kind) < level {
      text += "("
      form(expression.kind)
      text += ")"
    } else {
      form(expression.kind)
    }
  }

  private static func level(_ kind: Expression.Kind) -> Level {
    switch kind {
    case .conditional: .conditional
    case .or: .or
    case .and: .and
    case .relation, .has, .like, .isType: .relation
    case .sum: .sum
    case .product: .product
    case .not, .negate: .unary
    case .long(let value): value < 0 ? .unary : .member
    case .bool, .string, .entity, .variable, .attribute, .method, .call, .set, .record: .member
    }
  }

  private mutating func form(_ kind: Expression.Kind) {
    switch kind {
    case .bool(let value): text += value ? "true" : "false"
    case .long(let value): text += String(value)
    case .string(let value): text += quoted(value)
    case .entity(let uid): text += uid.description
    case .variable(let variable): text += variable.name
    case .and(let operands): chain(operands, " && ", .relation)
    case .or(let operands): chain(operands, " || ", .and)
    case .product(let operands): chain(operands, " * ", .unary)
    case .sum(let first, let rest):
      operand(first, .product)
      for (isMinus, next) in rest {
        text += isMinus ? " - " : " + "
        operand(next, .product)
      }
    case .not, .negate: unary(kind)
    case .relation(let relation, let left, let right):
      operand(left, .sum)
      text += " \(relation.symbol) "
      operand(right, .sum)
    case .has(let left, let names):
      operand(left, .sum)
      text += " has " + names.map { isIdentifier($0) ? $0 : quoted($0) }.joined(separator: ".")
    case .like(let left, let pattern):
      operand(left, .sum)
      text += " like " + quoted(pattern)
    case .isType(let left, let type, let group):
      operand(left, .sum)
      text += " is " + type
      if let group {
        text += " in "
        operand(group, .sum)
      }
    case .conditional(let condition, let first, let second):
      text += "if "
      expression(condition)
      text += " then "
      expression(first)
      text += " else "
      expression(second)
    case .attribute, .method, .call: access(kind)
    case .set(let elements): list("[", elements[...], "]")
    case .record(let members): record(members)
    }
  }

  private mutating func chain(_ operands: [Expression], _ separator: String, _ level: Level) {
    for (index, next) in operands.enumerated() {
      if index > 0 { text += separator }
      operand(next, level)
    }
  }

  /// A run of one operator, cut by parentheses where the language's limit asks for it. A minus directly before an integer is part of
  /// it: to negate a positive integer takes parentheses, and a negative integer ends a run as one operator more.
  private mutating func unary(_ kind: Expression.Kind, run: Int = 1) {
    let mayGoOn = run < Limits.unaryOperators
    switch kind {
    case .not(let inner):
      text += "!"
      if case .not = inner.kind, mayGoOn { unary(inner.kind, run: run + 1) } else { operand(inner, .member) }
    case .negate(let inner):
      text += "-"
      switch inner.kind {
      case .negate where mayGoOn: unary(inner.kind, run: run + 1)
      case .long(let value) where value >= 0: text += "(\(value))"
      case .long(let value) where mayGoOn: text += String(value)
      default: operand(inner, .member)
      }
    default: break
    }
  }

  private mutating func access(_ kind: Expression.Kind) {
    switch kind {
    case .attribute(let left, let name):
      operand(left, .member)
      text += isIdentifier(name) ? "." + name : "[\(quoted(name))]"
    case .method(let receiver, let method, let arguments):
      operand(receiver, .member)
      list(".\(method.rawValue)(", arguments[...], ")")
    case .call(let function, let arguments):
      if let receiver = arguments.first, !function.isConstructor {
        operand(receiver, .member)
        list(".\(function.rawValue)(", arguments.dropFirst(), ")")
      } else {
        list("\(function.rawValue)(", arguments[...], ")")
      }
    default: break
    }
  }

  private mutating func list(_ opening: String, _ elements: ArraySlice<Expression>, _ closing: String) {
    text += opening
    for (index, element) in elements.enumerated() {
      if index > 0 { text += ", " }
      expression(element)
    }
    text += closing
  }

  private mutating func record(_ members: [(key: String, value: Expression)]) {
    for (index, member) in members.enumerated() {
      text += index == 0 ? "{ " : ", "
      text += (isIdentifier(member.key) ? member.key : quoted(member.key)) + ": "
      expression(member.value)
    }
    text += members.isEmpty ? "{}" : " }"
  }
}

extension Variable {
  /// The variable as written.
  var name: String {
    switch self {
    case .principal: "principal"
    case .action: "action"
    case .resource: "resource"
    case .context: "context"
    }
  }
}

extension Relation {
  /// The operator as written.
  var symbol: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    case .isIn: "in"
    }
  }
}

extension Expression {
  /// The expression as Cedar text in one line.
  var text: String {
    var printer = PolicyPrinter()
    printer.expression(self)
    return printer.text
  }
}

extension PolicySyntax {
  /// The policy as Cedar text: a line for each annotation and one for the rest.
  var text: String {
    var printer = PolicyPrinter()
    printer.policy(self)
    return printer.text
  }
}

extension PolicySet {
  /// All policies and templates as Cedar text in the usual layout, in their order, without comments. Links have no text: a set is its
  /// text and its links.
  public var text: String {
    PolicySet.laidOut(sources.map(\.syntax.text).joined(separator: "\n\n") + "\n")
  }

  /// The policy or template `id` as Cedar text in the usual layout, without comments; of a link its template with the slots filled. Nil when
  /// the set has no such id. Complexity: the size of the set.
  public func text(of id: String) -> String? {
    if let source = sources.first(where: { Text.equal($0.policy.id, id) }) { return PolicySet.laidOut(source.syntax.text + "\n") }
    guard let index = policies.firstIndex(where: { Text.equal($0.id, id) }) else { return nil }
    let template = source(of: index).syntax
    let scope = scope(of: index)
    let syntax = PolicySyntax(
      effect: template.effect, annotations: template.annotations, principal: scope.principal, action: scope.action,
      resource: scope.resource, conditions: template.conditions, span: template.span, scopeSpans: template.scopeSpans)
    return PolicySet.laidOut(syntax.text + "\n")
  }

  private static func laidOut(_ plain: String) -> String { Formatter.layout(SourceText(name: "", text: plain)) ?? plain }
}
