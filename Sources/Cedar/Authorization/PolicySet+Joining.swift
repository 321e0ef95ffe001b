extension PolicySet {
  /// One set of the policies, templates and links of all of `sets`, in their order; an id may stand in one of them only.
  public static func joining(_ sets: [PolicySet]) throws(LinkFailure) -> PolicySet {
    var ids = Set<Name>()
    for set in sets {
      for id in set.sources.map(\.policy.id) + set.links.map(\.id) where !ids.insert(Name(id)).inserted { throw .idInUse(id) }
    }
    return PolicySet(sources: sets.flatMap(\.sources), links: sets.flatMap(\.links))
  }
}
