extension PolicySet {
  /// Every entity that a policy or link names: in its scope, or as a literal in its conditions.
  ///
  /// Together with a store's entities these are all that a search can tell apart by name. Complexity: the size of the set.
  public var namedEntities: Set<EntityUID> {
    var names = Set<EntityUID>()
    for source in sources {
      names.formUnion(source.syntax.principal.names + source.syntax.resource.names)
      names.formUnion(source.syntax.action.uids)
    }
    for link in links { names.formUnion([link.principal, link.resource].compactMap { $0 }) }
    for index in 0..<program.constants.count { program.constants.base[index].collectNames(into: &names) }
    return names
  }
}

extension ScopeSyntax {
  fileprivate var names: [EntityUID] {
    switch self {
    case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)): [uid]
    default: []
    }
  }
}

extension Value {
  fileprivate func collectNames(into names: inout Set<EntityUID>) {
    switch self {
    case .entity(let uid): names.insert(uid)
    case .set(let set): for element in set.elements { element.collectNames(into: &names) }
    case .record(let record): for member in record.members { member.value.collectNames(into: &names) }
    default: break
    }
  }
}
