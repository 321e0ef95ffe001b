extension TypeChecker {
  /// What an operator takes.
  enum Expected: String {
    case bool = "Bool"
    case long = "Long"
    case string = "String"
    case entity = "an entity"
    case holder = "an entity or a record"
    case group = "an entity or a set of entities"
    case set = "Set"
    case comparable = "Long, datetime or duration"

    func takes(_ type: CheckedType) -> Bool {
      switch (self, type) {
      case (_, .failed), (.bool, .bool), (.long, .long), (.string, .string), (.entity, .entity), (.holder, .entity),
        (.holder, .record), (.group, .entity), (.group, .set(.entity)), (.group, .set(.never)), (.group, .set(.failed)),
        (.set, .set),
        (.comparable, .long), (.comparable, .extension(.datetime)), (.comparable, .extension(.duration)):
        true
      default: false
      }
    }

    /// What an author who wrote a `type` here may have meant.
    func hint(_ type: CheckedType, isSum: Bool) -> String? {
      switch (self, type) {
      case (.long, .string) where isSum: "strings cannot be joined; `like` tests their parts"
      case (.holder, .set): "`contains` tests whether a set holds a value"
      case (.holder, .string), (.set, .string): "`like` tests the parts of a string"
      case (.string, .entity): "`is` tests the type of an entity, `==` which one it is"
      case (.set, .entity): "`in` tests whether an entity belongs to another"
      case (.set, .record): "`has` tests whether a record has an attribute"
      case (.entity, .set), (.group, .set): "`contains` tests whether a set holds a value"
      case (.comparable, .extension(.decimal)): "decimals are compared by `lessThan`, `greaterThan` and the like"
      case (.bool, .entity), (.bool, .record), (.bool, .string), (.bool, .long): "compare it with something, such as by `==`"
      default: nil
      }
    }
  }

  /// Checks an operand that must be of a certain kind; otherwise its type is unknown.
  mutating func expect(_ index: Int, _ expected: Expected, isSum: Bool = false) -> Checked {
    var checked = check(index)
    if !expected.takes(checked.type) {
      report(
        .unexpectedType, terms[index].span, "expected \(expected.rawValue), found `\(checked.type)`",
        hint: expected.hint(checked.type, isSum: isSum))
      checked.type = .failed
    }
    return checked
  }

  mutating func reportMismatch(_ left: CheckedType, _ right: CheckedType, _ span: SourceSpan, _ what: String) {
    report(.incompatibleTypes, span, "\(what) have the types `\(left)` and `\(right)`", hint: Self.mismatchHint(left, right))
  }

  private static func mismatchHint(_ left: CheckedType, _ right: CheckedType) -> String? {
    switch (left, right) {
    case (.entity, .entity): "only entities of one type go together; test the type with `is` first"
    case (.extension(let type), .string), (.string, .extension(let type)): "write `\(type.constructor.rawValue)(\"…\")`"
    case (.set(let element), _) where !isSet(right) && joins(element, right): "`contains` tests whether a set holds a value"
    default: nil
    }
  }

  private static func isSet(_ type: CheckedType) -> Bool {
    if case .set = type { return true }
    return false
  }

  private static func joins(_ left: CheckedType, _ right: CheckedType) -> Bool {
    switch (left, right) {
    case (.long, .long), (.string, .string), (.bool, .bool): true
    case (.entity(let left), .entity(let right)): left == right
    default: false
    }
  }

  /// `==` takes anything that could be equal; in strict mode its sides must be of one type, unless the outcome is settled.
  mutating func equality(_ left: Int, _ right: Int, _ span: SourceSpan) -> Checked {
    let leftType = check(left).type
    let rightType = check(right).type
    if case .entity(let leftNames) = leftType, case .entity(let rightNames) = rightType,
      Set(leftNames).isDisjoint(with: rightNames)
    {
      return Checked(type: .bool(false))
    }
    if let leftValue = constant(left), let rightValue = constant(right) {
      return Checked(type: .bool(leftValue == rightValue))
    }
    if isStrict, upperBound(leftType, rightType) == nil { reportMismatch(leftType, rightType, span, "the sides of `==`") }
    return Checked(type: .bool(nil))
  }

  /// The value of a literal, or of `action`, which a kind of request fixes.
  private func constant(_ index: Int) -> Value? {
    switch terms[index].kind {
    case .literal(let value): value
    case .variable(.action): .entity(environment.action)
    default: nil
    }
  }

  /// Two values of one kind that has an order.
  mutating func comparison(_ left: Int, _ right: Int) -> Checked {
    let leftType = expect(left, .comparable).type
    let rightType = expect(right, .comparable).type
    switch (leftType, rightType) {
    case (.failed, _), (_, .failed), (.long, .long): break
    case (.extension(let left), .extension(let right)) where left == right: break
    default:
      report(.unexpectedType, terms[right].span, "expected `\(leftType)`, found `\(rightType)`")
    }
    return Checked(type: .bool(nil))
  }

  // MARK: Entities

  mutating func typeTest(_ operand: Int, _ type: String, _ group: Int?, _ span: SourceSpan) -> Checked {
    let checked = expect(operand, .entity)
    var constant: Bool?
    if case .entity(let names) = checked.type {
      if !names.contains(type) { constant = false } else if names.count == 1 { constant = true }
    }
    guard let group, constant != false else { return Checked(type: .bool(constant)) }
    let membership = membership(operand, checked, group, span)
    if constant == true || membership.isFalse { return Checked(type: membership) }
    return Checked(type: .bool(nil))
  }

  /// The type of `left in right`: the hierarchy of actions is known exactly, that of entities by their types.
  mutating func membership(_ left: Int, _ checked: Checked, _ right: Int, _ span: SourceSpan) -> CheckedType {
    dereference(checked.reach, span)
    let group = expect(right, .group).type
    if case .entity(let uid)? = constant(left), tables.schema.actionTypes.contains(uid.type), let targets = entities(right) {
      guard let action = tables.schema.actions[uid] else { return .bool(nil) }
      return .bool(targets.contains { $0 == uid || action.ancestors.contains($0) })
    }
    var groupNames: [String]?
    switch group {
    case .entity(let names), .set(.entity(let names)): groupNames = names
    default: break
    }
    guard case .entity(let names) = checked.type, let groupNames else { return .bool(nil) }
    guard budget.spend(names.count * groupNames.count) else { return .failed }
    let isPossible = names.contains { name in groupNames.contains { tables.mayBeIn(name, $0) } }
    return .bool(isPossible ? nil : false)
  }

  /// The entities that a literal, `action` or a set of those names.
  private func entities(_ index: Int) -> [EntityUID]? {
    if case .entity(let uid)? = constant(index) { return [uid] }
    guard case .set(let elements) = terms[index].kind else { return nil }
    var result: [EntityUID] = []
    for element in elements {
      guard case .entity(let uid)? = constant(element) else { return nil }
      result.append(uid)
    }
    return result
  }

  // MARK: Calls

  mutating func method(_ index: Int, _ receiver: Int, _ method: BuiltInMethod, _ argument: Int?) -> Checked {
    switch (method, argument) {
    case (.hasTag, let tag?): return tagTest(receiver, tag, terms[index].span)
    case (.getTag, let tag?): return self.tag(index, receiver, tag)
    case (.contains, let element?):
      let set = expect(receiver, .set).type
      let type = check(element).type
      if isStrict, case .set(let wanted) = set, upperBound(wanted, type) == nil {
        reportMismatch(wanted, type, terms[element].span, "the elements of the set and the value")
      }
    case (.containsAll, let other?), (.containsAny, let other?):
      let left = expect(receiver, .set).type
      let right = expect(other, .set).type
      if isStrict, upperBound(left, right) == nil { reportMismatch(left, right, terms[other].span, "the sets") }
    default: _ = expect(receiver, .set)
    }
    return Checked(type: .bool(nil))
  }

  mutating func call(_ function: ExtensionFunction, _ arguments: [Int], _ span: SourceSpan) -> Checked {
    let signature = function.signature
    if arguments.count != signature.arguments.count {
      let message = "`\(function.rawValue)` takes \(function.argumentCount) arguments, found \(arguments.count)"
      report(.wrongArgumentCount, span, message)
      for argument in arguments { _ = check(argument) }
      return Checked(type: CheckedType(signature.result))
    }
    for (argument, wanted) in zip(arguments, signature.arguments) {
      let type = check(argument).type
      if !isSame(type, CheckedType(wanted)) {
        report(.unexpectedType, terms[argument].span, "expected `\(CheckedType(wanted))`, found `\(type)`")
      } else if function.isConstructor {
        checkConstructor(function, argument)
      }
    }
    return Checked(type: CheckedType(signature.result))
  }

  private mutating func checkConstructor(_ function: ExtensionFunction, _ argument: Int) {
    let span = terms[argument].span
    guard case .literal(.string(let text)) = terms[argument].kind else {
      if isStrict {
        report(
          .literalRequired, span, "`\(function.rawValue)` takes only a literal here",
          hint: "give the attribute the type of the value in the schema")
      }
      return
    }
    if function.construct(text) == nil { report(.badLiteral, span, "\(quoted(text)) is no \(function.rawValue)") }
  }

  private func isSame(_ type: CheckedType, _ wanted: CheckedType) -> Bool {
    switch (type, wanted) {
    case (.failed, _), (.string, .string): true
    case (.extension(let type), .extension(let wanted)): type == wanted
    default: false
    }
  }
}
