/// What a node does. The operands a, b and c are node indices unless the comment says otherwise.
enum Opcode: UInt8, Sendable {
  /// a: constant
  case constant
  /// a: raw value of `Variable`
  case variable
  /// a: start in lists, b: count
  case and, or, set
  case not, negate
  /// a: first operand, b: start in lists, c: count; an entry is the operand's node, doubled, plus one for minus
  case sum
  /// a: start in lists, b: count
  case product
  case equal, notEqual, less, lessEqual, greater, greaterEqual, isIn
  /// b: start in names, c: count
  case has
  /// b: pattern
  case like
  /// b: name
  case isType
  /// b: name, c: node of the group
  case isTypeIn
  case conditional
  /// b: name
  case attribute
  /// a: raw value of `Variable`, b: name
  case variableAttribute
  /// a: start in lists (pairs of name and node), b: count of pairs
  case record
  case contains, containsAll, containsAny, isEmpty, hasTag, getTag
  /// a: index in `ExtensionFunction.allCases`, b: start in lists, c: count
  case call
}

/// One node of the compiled form: sixteen bytes, no reference.
struct Node: Sendable {
  var op: Opcode
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
}

/// All conditions of a policy set as flat arrays; a condition is the index of its root node.
struct Code: Sendable {
  var nodes: [Node] = []
  /// The byte offset of each node in its policy's text.
  var offsets: [Int32] = []
  var constants: [Value] = []
  var names: [Name] = []
  var lists: [Int32] = []
  var patterns: [Pattern] = []
  static let functions = ExtensionFunction.allCases
}

/// The compiled form at fixed addresses, shared by all threads.
final class Program: Sendable {
  let nodes: Frozen<Node>
  let offsets: [Int32]
  let constants: Frozen<Value>
  let names: Frozen<Name>
  let lists: Frozen<Int32>
  let patterns: Frozen<Pattern>
  /// For a constant that is an entity its name, kept alive by `constants`; else nil. Positions as in `constants`.
  let entities: Frozen<UnownedUID?>

  init(_ code: Code) {
    nodes = Frozen(code.nodes)
    offsets = code.offsets
    constants = Frozen(code.constants)
    names = Frozen(code.names)
    lists = Frozen(code.lists)
    patterns = Frozen(code.patterns)
    entities = Frozen(
      code.constants.map { constant in
        if case .entity(let uid) = constant { UnownedUID(uid) } else { nil }
      })
  }
}
