/// An expression as written: surface operators are kept, and every node knows its place in the text.
struct Expression: Sendable {
  let kind: Kind
  let span: SourceSpan
  /// The number of nodes on the longest path down, this one included; bounded by `Limits.expressionDepth`.
  let depth: Int32

  indirect enum Kind: Sendable {
    case bool(Bool)
    case long(Int64)
    case string(String)
    case entity(EntityUID)
    case variable(Variable)
    /// Two or more operands of one `&&` chain; the same for `||`.
    case and([Expression])
    case or([Expression])
    case not(Expression)
    case negate(Expression)
    /// A chain of `+` and `-`, from left to right.
    case sum(Expression, [(isMinus: Bool, operand: Expression)])
    case product([Expression])
    case relation(Relation, Expression, Expression)
    /// `e has a.b.c`, with one name or more.
    case has(Expression, [String])
    case like(Expression, [PatternElement])
    case isType(Expression, type: String, in: Expression?)
    case conditional(Expression, then: Expression, else: Expression)
    case attribute(Expression, String)
    case method(Expression, BuiltInMethod, [Expression])
    /// An extension function; a method-style call has its receiver first.
    case call(ExtensionFunction, [Expression])
    case set([Expression])
    case record([(key: String, value: Expression)])
  }
}

/// The four names that an expression may use.
enum Variable: UInt8, Sendable {
  case principal, action, resource, context
}

/// The relational operators with an expression on either side.
enum Relation: UInt8, Sendable, CaseIterable {
  case equal, notEqual, less, lessEqual, greater, greaterEqual, isIn
}

/// One element of a pattern.
enum PatternElement: Sendable, Hashable {
  case wildcard
  case literal(Unicode.Scalar)
}

/// Methods of the core language; the number of arguments is fixed.
enum BuiltInMethod: String, Sendable, CaseIterable {
  case contains, containsAll, containsAny, isEmpty, hasTag, getTag

  var argumentCount: Int { self == .isEmpty ? 0 : 1 }
}

/// Functions of the extension types.
enum ExtensionFunction: String, Sendable, CaseIterable {
  case ip, decimal, datetime, duration
  case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
  case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
  case offset, durationSince, toDate, toTime
  case toMilliseconds, toSeconds, toMinutes, toHours, toDays

  /// Whether the function is written `name(x)`; the others are written `x.name()`.
  var isConstructor: Bool {
    switch self {
    case .ip, .decimal, .datetime, .duration: true
    default: false
    }
  }

  /// The number of arguments, the receiver included.
  var argumentCount: Int {
    switch self {
    case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince: 2
    default: 1
    }
  }
}

/// The limits of a policy text. The language has none; a reader of outside text must.
enum Limits {
  /// Bytes of all files together: sixteen times what a large set of 10 000 policies takes.
  static let textBytes = 64 * 1024 * 1024
  /// Policies and templates together.
  static let policies = 100_000
  /// Nodes on the longest path through an expression; parser, compiler and evaluator recurse this deep at most.
  static let expressionDepth: Int32 = 200
  /// Brackets open at one place; each costs the parser several stack frames.
  static let bracketDepth = 100
  /// Names behind one `has`; each adds an `&&` operand and an attribute access.
  static let hasNames = 100
  /// Bytes of an identifier.
  static let identifierBytes = 1024
  /// Bytes of a string literal as written.
  static let stringBytes = 1024 * 1024
  /// Diagnostics kept for one text: past this many a list helps nobody.
  static let diagnostics = 100
  /// Operators of one kind in a row, by the language's own rule.
  static let unaryOperators = 4
}

extension Expression {
  /// The expressions directly below this one, from left to right.
  var children: [Expression] {
    switch kind {
    case .bool, .long, .string, .entity, .variable: []
    case .and(let operands), .or(let operands), .product(let operands), .set(let operands), .call(_, let operands): operands
    case .not(let operand), .negate(let operand), .has(let operand, _), .like(let operand, _), .attribute(let operand, _): [operand]
    case .sum(let first, let rest): [first] + rest.map(\.operand)
    case .relation(_, let left, let right): [left, right]
    case .isType(let base, _, let group): [base] + (group.map { [$0] } ?? [])
    case .conditional(let condition, let first, let second): [condition, first, second]
    case .method(let receiver, _, let arguments): [receiver] + arguments
    case .record(let members): members.map(\.value)
    }
  }
}
