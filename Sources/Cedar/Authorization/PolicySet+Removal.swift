/// Why a policy, template or link was not removed.
public enum RemovalFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nothing of the wanted kind has this id.
  case unknown(String)
  /// Links still use the template; they go first.
  case linked(template: String)

  /// The mistake in one line.
  public var description: String {
    switch self {
    case .unknown(let id): "there is no `\(id)` to remove"
    case .linked(let template): "the template `\(template)` has links: remove them first"
    }
  }
}

extension PolicySet {
  /// This set without the static policy or the template `id`; a template that has links stays.
  public func removing(_ id: String) throws(RemovalFailure) -> PolicySet {
    guard let position = sources.firstIndex(where: { Text.equal($0.policy.id, id) }) else { throw .unknown(id) }
    if links.contains(where: { Text.equal($0.templateID, id) }) { throw .linked(template: id) }
    var rest = sources
    rest.remove(at: position)
    return PolicySet(sources: rest, links: links)
  }

  /// This set without the link `id`; its template stays.
  public func unlinking(_ id: String) throws(RemovalFailure) -> PolicySet {
    guard let position = links.firstIndex(where: { Text.equal($0.id, id) }) else { throw .unknown(id) }
    var rest = links
    rest.remove(at: position)
    return PolicySet(sources: sources, links: rest)
  }
}
