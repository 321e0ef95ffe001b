/// Evaluates compiled conditions for one request. A value; nothing in it changes, nothing is locked.
///
/// Recursion is as deep as the expression, which the parser bounds (`Limits.expressionDepth`); each kind of node has its own
/// function, so that the frames of the recursion stay small.
///
/// Everything that threads share is read through plain pointers, without reference counts. That is sound because no operator makes an
/// entity name: each one that appears belongs to the request, the program, the store or the overlay, and the evaluator holds them.
struct Evaluator: ~Copyable {
  let program: Program
  let nodes: UnsafePointer<Node>
  let constants: UnsafePointer<Value>
  let constantEntities: UnsafePointer<UnownedUID?>
  let names: UnsafePointer<Name>
  let lists: UnsafePointer<Int32>
  private let patterns: UnsafePointer<Pattern>
  let request: Request
  let entities: EntityStore
  let overlay: EntityOverlay
  let principalUID: UnownedUID
  let actionUID: UnownedUID
  let resourceUID: UnownedUID
  let principal: UnownedEntity
  let action: UnownedEntity
  let resource: UnownedEntity

  init(program: Program, request: Request, entities: EntityStore, overlay: EntityOverlay) {
    self.program = program
    nodes = program.nodes.base
    constants = program.constants.base
    constantEntities = program.entities.base
    names = program.names.base
    lists = program.lists.base
    patterns = program.patterns.base
    self.request = request
    self.entities = entities
    self.overlay = overlay
    principalUID = UnownedUID(request.principal)
    actionUID = UnownedUID(request.action)
    resourceUID = UnownedUID(request.resource)
    principal = Evaluator.find(principalUID, entities, overlay)
    action = Evaluator.find(actionUID, entities, overlay)
    resource = Evaluator.find(resourceUID, entities, overlay)
  }

  @inline(__always)
  private static func find(_ uid: UnownedUID, _ entities: EntityStore, _ overlay: EntityOverlay) -> UnownedEntity {
    if !overlay.data.isEmpty {
      let found = overlay.lookUp(uid)
      if found.exists { return found }
    }
    return entities.lookUp(uid)
  }

  /// The entity called `uid`, the overlay's before the store's.
  @inline(__always)
  func find(_ uid: UnownedUID) -> UnownedEntity {
    if uid == principalUID { return principal }
    if uid == resourceUID { return resource }
    return Evaluator.find(uid, entities, overlay)
  }

  /// The value of node `index`.
  func value(_ index: Int32) throws(Fault) -> Value {
    let node = nodes[Int(index)]
    switch node.op {
    case .constant: return constants[Int(node.a)]
    case .variable: return variable(node.a)
    case .attribute: return try attribute(node, index)
    case .variableAttribute:
      guard let place = attribute(node.a, node.b) else { throw missing(node, index) }
      return place.pointee
    case .conditional: return try value(truth(node.a) ? node.b : node.c)
    case .sum: return .long(try sum(node, index))
    case .product: return .long(try product(node, index))
    case .negate: return .long(try negate(node, index))
    case .set: return try set(node)
    case .record: return try record(node)
    case .getTag: return try getTag(node, index)
    case .call: return try call(node, index)
    default: return .bool(try truth(index))
    }
  }

  /// The truth of node `index`; a value of another kind is a type error.
  func truth(_ index: Int32) throws(Fault) -> Bool {
    let node = nodes[Int(index)]
    switch node.op {
    case .and: return try and(node)
    case .or: return try or(node)
    case .not: return try !truth(node.a)
    case .equal: return try equal(node)
    case .notEqual: return try !equal(node)
    case .less: return try less(node.a, node.b, index)
    case .greaterEqual: return try !less(node.a, node.b, index)
    case .greater: return try !lessEqual(node.a, node.b, index)
    case .lessEqual: return try lessEqual(node.a, node.b, index)
    case .isIn: return try isIn(node)
    case .has: return try has(node)
    case .like: return try patterns[Int(node.b)].matches(string(node.a))
    case .isType: return try isType(node)
    case .isTypeIn: return try isTypeIn(node)
    case .contains: return try set(at: node.a).contains(value(node.b))
    case .containsAll: return try containsAll(node)
    case .containsAny: return try containsAny(node)
    case .isEmpty: return try set(at: node.a).elements.isEmpty
    case .hasTag: return try hasTag(node)
    case .conditional: return try truth(truth(node.a) ? node.b : node.c)
    default:
      let value = try value(index)
      guard case .bool(let truth) = value else { throw wrongType(.bool, value, index) }
      return truth
    }
  }

  // MARK: Operands of one kind

  func wrongType(_ expected: Fault.Expected, _ found: Value, _ node: Int32) -> Fault {
    Fault(cause: .wrongType(expected: expected, found: found.kind), node: node)
  }

  func string(_ index: Int32) throws(Fault) -> String {
    let value = try value(index)
    guard case .string(let text) = value else { throw wrongType(.string, value, index) }
    return text
  }

  func entity(_ index: Int32) throws(Fault) -> EntityUID {
    let value = try value(index)
    guard case .entity(let uid) = value else { throw wrongType(.entity, value, index) }
    return uid
  }

  /// The entity that a variable or constant names, without a share in its name; nil for all other nodes.
  @inline(__always)
  func named(at index: Int32) -> UnownedUID? {
    let node = nodes[Int(index)]
    if node.op == .constant { return constantEntities[Int(node.a)] }
    guard node.op == .variable else { return nil }
    switch node.a {
    case Int32(Variable.principal.rawValue): return principalUID
    case Int32(Variable.action.rawValue): return actionUID
    case Int32(Variable.resource.rawValue): return resourceUID
    default: return nil
    }
  }

  func set(at index: Int32) throws(Fault) -> ValueSet {
    let value = try value(index)
    guard case .set(let set) = value else { throw wrongType(.set, value, index) }
    return set
  }

  // MARK: Variables and attributes

  private func variable(_ raw: Int32) -> Value {
    switch raw {
    case Int32(Variable.principal.rawValue): .entity(request.principal)
    case Int32(Variable.action.rawValue): .entity(request.action)
    case Int32(Variable.resource.rawValue): .entity(request.resource)
    default: .record(request.context)
    }
  }

  /// Where the value of node `index` lies, if the program, the request or a store holds it; nil if it has to be made. Valid as long as
  /// the evaluator. Reading through it counts no reference to what lies on the way.
  private func place(_ index: Int32) throws(Fault) -> UnsafePointer<Value>? {
    let node = nodes[Int(index)]
    switch node.op {
    case .constant: return constants + Int(node.a)
    case .variableAttribute:
      guard let place = attribute(node.a, node.b) else { throw missing(node, index) }
      return place
    case .attribute:
      guard let base = try place(node.a) else { return nil }
      return try attribute(names + Int(node.b), of: base, node.a, index)
    default: return nil
    }
  }

  /// Where the attribute called `name` of the variable `raw` lies; nil where reading it is an error.
  func attribute(_ raw: Int32, _ name: Int32) -> UnsafePointer<Value>? {
    let name = names + Int(name)
    switch raw {
    case Int32(Variable.principal.rawValue): return principal.attribute(name)
    case Int32(Variable.action.rawValue): return action.attribute(name)
    case Int32(Variable.resource.rawValue): return resource.attribute(name)
    default: return request.context.place(name)
    }
  }

  /// Why an attribute of a variable cannot be read.
  private func missing(_ node: Node, _ index: Int32) -> Fault {
    let name = names[Int(node.b)].text
    switch node.a {
    case Int32(Variable.principal.rawValue): return missing(name, of: request.principal, principal, index)
    case Int32(Variable.action.rawValue): return missing(name, of: request.action, action, index)
    case Int32(Variable.resource.rawValue): return missing(name, of: request.resource, resource, index)
    default: return Fault(cause: .missingAttribute(name, of: nil), node: index)
    }
  }

  private func missing(_ name: String, of uid: EntityUID, _ entity: UnownedEntity, _ index: Int32) -> Fault {
    Fault(cause: entity.exists ? .missingAttribute(name, of: uid) : .missingEntity(uid), node: index)
  }

  private func attribute(_ node: Node, _ index: Int32) throws(Fault) -> Value {
    let name = names + Int(node.b)
    if let base = try place(node.a) { return try attribute(name, of: base, node.a, index).pointee }
    let base = try value(node.a)
    return try withUnsafePointer(to: base) { base throws(Fault) in try attribute(name, of: base, node.a, index).pointee }
  }

  /// The attribute of what lies at `base`, the value of node `baseIndex`.
  private func attribute(
    _ name: UnsafePointer<Name>, of base: UnsafePointer<Value>, _ baseIndex: Int32, _ index: Int32
  ) throws(Fault) -> UnsafePointer<Value> {
    switch base.pointee {
    case .record(let record):
      if let place = record.place(name) { return place }
      throw Fault(cause: .missingAttribute(name.pointee.text, of: nil), node: index)
    case .entity(let uid):
      let entity = find(UnownedUID(uid))
      if let place = entity.attribute(name) { return place }
      throw missing(name.pointee.text, of: uid, entity, index)
    default: throw wrongType(.record, base.pointee, baseIndex)
    }
  }

  /// `e has a.b.c`: each name but the last is also read; the first that is missing answers no.
  private func has(_ node: Node) throws(Fault) -> Bool {
    let operand = nodes[Int(node.a)]
    if operand.op == .variable {
      guard let first = attribute(operand.a, node.b) else { return false }
      return try has(first, node, from: 1)
    }
    if let base = try place(node.a) { return try has(base, node, from: 0) }
    let base = try value(node.a)
    return try withUnsafePointer(to: base) { base throws(Fault) in try has(base, node, from: 0) }
  }

  private func has(_ base: UnsafePointer<Value>, _ node: Node, from start: Int32) throws(Fault) -> Bool {
    var base = base
    for position in start..<node.c {
      let name = names + Int(node.b + position)
      let found: UnsafePointer<Value>?
      switch base.pointee {
      case .record(let record): found = record.place(name)
      case .entity(let uid): found = find(UnownedUID(uid)).attribute(name)
      default: throw wrongType(.record, base.pointee, node.a)
      }
      guard let found else { return false }
      base = found
    }
    return true
  }

  private func hasTag(_ node: Node) throws(Fault) -> Bool {
    let uid = try entity(node.a)
    let tag = try string(node.b)
    return find(UnownedUID(uid)).owned?.tags[tag] != nil
  }

  private func getTag(_ node: Node, _ index: Int32) throws(Fault) -> Value {
    let uid = try entity(node.a)
    let tag = try string(node.b)
    guard let entity = find(UnownedUID(uid)).owned else { throw Fault(cause: .missingEntity(uid), node: index) }
    guard let value = entity.tags[tag] else { throw Fault(cause: .missingTag(tag, of: uid), node: index) }
    return value
  }

  // MARK: Hierarchy

  private func isType(_ node: Node) throws(Fault) -> Bool {
    if let uid = named(at: node.a) { return uid.isOfType(names + Int(node.b)) }
    let uid = try entity(node.a)
    return UnownedUID(uid).isOfType(names + Int(node.b))
  }

  /// Whether `uid` is `ancestor` or below it; neither needs to exist.
  @inline(__always)
  private func isMember(_ uid: UnownedUID, of ancestor: UnownedUID) -> Bool { uid == ancestor || find(uid).isBelow(ancestor) }

  private func isIn(_ node: Node) throws(Fault) -> Bool {
    if let uid = named(at: node.a), let ancestor = named(at: node.b) { return isMember(uid, of: ancestor) }
    let left = try value(node.a)
    let group = nodes[Int(node.b)]
    if group.op == .constant, let ancestor = constantEntities[Int(group.a)], case .entity(let uid) = left {
      return isMember(UnownedUID(uid), of: ancestor)
    }
    let right = try value(node.b)
    guard case .entity(let uid) = left else { throw wrongType(.entity, left, node.a) }
    return try isMember(uid, ofValue: right, node.b)
  }

  private func isTypeIn(_ node: Node) throws(Fault) -> Bool {
    let uid = try entity(node.a)
    guard UnownedUID(uid).isOfType(names + Int(node.b)) else { return false }
    return try isMember(uid, ofValue: value(node.c), node.c)
  }

  /// Every element of a set must be an entity, whether or not another one is a hit.
  private func isMember(_ uid: EntityUID, ofValue group: Value, _ index: Int32) throws(Fault) -> Bool {
    let uid = UnownedUID(uid)
    switch group {
    case .entity(let ancestor): return isMember(uid, of: UnownedUID(ancestor))
    case .set(let set):
      if let stranger = set.stranger { throw wrongType(.entity, stranger, index) }
      return set.contains(uid) || find(uid).ancestors.contains { set.contains($0) }
    default: throw wrongType(.entityOrSet, group, index)
    }
  }
}
