/// What a request must fulfil for a policy to be satisfied or in error: one of some keys. A request that fulfils none of them need not
/// look at the policy.
struct IndexDemand {
  /// What of a request a key is made of.
  enum Subject: Hashable {
    case principal, principalType, action, resource, resourceType
    /// The value of an attribute of `variable`. A request without the attribute fulfils every key: reading it is an error to report.
    case attribute(variable: Int32, name: Int32)
  }

  let subject: Subject
  /// Hashes of names or values, each once.
  let keys: [UInt64]

  /// The most demands of one policy that are told apart.
  static let countMax = 16

  /// The demands of `policy`: those of its scope, then those that its conditions begin with.
  static func all(of policy: CompiledPolicy, _ program: Program) -> [IndexDemand] {
    var result: [IndexDemand] = []
    append(policy.principal, .principal, .principalType, to: &result)
    if policy.action.kind != .any { result.append(IndexDemand(subject: .action, keys: unique(policy.action.uids.map(\.hash)))) }
    append(policy.resource, .resource, .resourceType, to: &result)
    if policy.condition >= 0 { _ = collect(policy.condition, program, &result) }
    return result
  }

  private static func append(_ test: ScopeTest, _ subject: Subject, _ typeSubject: Subject, to result: inout [IndexDemand]) {
    if let type = test.type { result.append(IndexDemand(subject: typeSubject, keys: [type.pointee.hash])) }
    if let uid = test.uid { result.append(IndexDemand(subject: subject, keys: [uid.hash])) }
  }

  private static func unique(_ keys: [UInt64]) -> [UInt64] { Array(Set(keys)).sorted() }

  // MARK: Conditions

  /// Adds what the condition at `index` demands before anything in it can fail. Says whether it cannot fail at all, so that what
  /// follows it may demand too.
  ///
  /// Sound because conditions are read from left to right: a first operand that is false ends the policy, unsatisfied and without an
  /// error, whatever follows. A comparison with an attribute fails only where the attribute is missing, and the index says so.
  private static func collect(_ index: Int32, _ program: Program, _ result: inout [IndexDemand]) -> Bool {
    let node = program.nodes.base[Int(index)]
    switch node.op {
    case .and:
      for position in node.a..<(node.a + node.b) {
        guard result.count < countMax, collect(program.lists.base[Int(position)], program, &result) else { return false }
      }
      return true
    case .has:
      return node.c == 1 && program.nodes.base[Int(node.a)].op == .variable
    case .isType:
      guard let subject = entitySubject(node.a, program) else { return false }
      let keys = [program.names.base[Int(node.b)].hash]
      if subject == .principal { result.append(IndexDemand(subject: .principalType, keys: keys)) }
      if subject == .resource { result.append(IndexDemand(subject: .resourceType, keys: keys)) }
      return true
    case .isIn:
      guard let subject = entitySubject(node.a, program), let groups = program.entities(at: node.b) else { return false }
      result.append(IndexDemand(subject: subject, keys: unique(groups.map(\.hash))))
      return true
    case .equal, .or, .contains:
      var values: [Value] = []
      guard let subject = alternatives(index, program, &values) else { return false }
      let keys = values.map(\.indexKey)
      // Without any value to compare with, a missing attribute would be found under no key.
      guard !keys.isEmpty, !keys.contains(nil) else { return false }
      result.append(IndexDemand(subject: subject, keys: unique(keys.compactMap { $0 })))
      if case .attribute = subject { return false }
      return true
    default: return false
    }
  }

  /// The one subject that is compared with constants by `s == c`, `c == s`, `[c, …].contains(s)` or any of them joined by `||`.
  private static func alternatives(_ index: Int32, _ program: Program, _ values: inout [Value]) -> Subject? {
    let node = program.nodes.base[Int(index)]
    switch node.op {
    case .equal:
      guard let (subject, value) = comparison(node.a, node.b, program) ?? comparison(node.b, node.a, program) else { return nil }
      values.append(value)
      return subject
    case .contains:
      guard let subject = subject(node.b, program), case .set(let set)? = program.constant(node.a) else { return nil }
      values += set.elements
      return subject
    case .or:
      var found: Subject?
      for position in node.a..<(node.a + node.b) {
        guard let subject = alternatives(program.lists.base[Int(position)], program, &values), subject == found ?? subject else {
          return nil
        }
        found = subject
      }
      return found
    default: return nil
    }
  }

  private static func comparison(_ left: Int32, _ right: Int32, _ program: Program) -> (Subject, Value)? {
    guard let subject = subject(left, program), let value = program.constant(right) else { return nil }
    return (subject, value)
  }

  /// What the node at `index` reads from the request, where a key can be made of it.
  private static func subject(_ index: Int32, _ program: Program) -> Subject? {
    let node = program.nodes.base[Int(index)]
    if node.op == .variableAttribute { return .attribute(variable: node.a, name: node.b) }
    return entitySubject(index, program)
  }

  /// The variable at `index`, if it is one that always names an entity.
  private static func entitySubject(_ index: Int32, _ program: Program) -> Subject? {
    let node = program.nodes.base[Int(index)]
    guard node.op == .variable else { return nil }
    switch node.a {
    case Int32(Variable.principal.rawValue): return .principal
    case Int32(Variable.action.rawValue): return .action
    case Int32(Variable.resource.rawValue): return .resource
    default: return nil
    }
  }
}

extension Value {
  /// A hash for the kinds of value that policies are told apart by; nil for the others, which equal no value of these kinds.
  var indexKey: UInt64? {
    switch self {
    case .bool(let value): value ? 1 : 2
    case .long(let value): Text.mix(UInt64(bitPattern: value), 0x9E37_79B9_7F4A_7C15)
    case .string(let value): Text.hash(value)
    case .entity(let value): value.hash
    default: nil
    }
  }
}

extension Program {
  /// The constant that the node at `index` is.
  fileprivate func constant(_ index: Int32) -> Value? {
    let node = nodes.base[Int(index)]
    return node.op == .constant ? constants.base[Int(node.a)] : nil
  }

  /// The entities that the node at `index` names, if it is a constant entity or a constant set of entities alone.
  fileprivate func entities(at index: Int32) -> [EntityUID]? {
    switch constant(index) {
    case .entity(let uid): return [uid]
    case .set(let set):
      var uids: [EntityUID] = []
      for element in set.elements {
        guard case .entity(let uid) = element else { return nil }
        uids.append(uid)
      }
      return uids
    default: return nil
    }
  }
}
