/// A use of a template: its slots filled with entities, under an id of its own.
public struct TemplateLink: Sendable, Equatable {
  /// The id of the template.
  public let templateID: String
  /// The id of the policy that the link makes.
  public let id: String
  /// What fills `?principal`; nil when the template has no such slot.
  public let principal: EntityUID?
  /// What fills `?resource`; nil when the template has no such slot.
  public let resource: EntityUID?

  /// Makes a link.
  public init(templateID: String, id: String, principal: EntityUID? = nil, resource: EntityUID? = nil) {
    self.templateID = templateID
    self.id = id
    self.principal = principal
    self.resource = resource
  }
}

/// Why a link was refused.
public enum LinkFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// No template has this id; a static policy cannot be linked.
  case unknownTemplate(String)
  /// A policy, template or link has this id already.
  case idInUse(String)
  /// The template has a slot that the link does not fill.
  case missingValue(slot: String)
  /// The link fills a slot that the template does not have.
  case extraValue(slot: String)

  /// The mistake in one line.
  public var description: String {
    switch self {
    case .unknownTemplate(let id): "there is no template `\(id)`"
    case .idInUse(let id): "the id `\(id)` is in use"
    case .missingValue(let slot): "slot `\(slot)` has no value"
    case .extraValue(let slot): "the template has no slot `\(slot)`"
    }
  }
}

extension PolicySet {
  /// This set with `links` added, in all or in none.
  public func linking(_ links: [TemplateLink]) throws(LinkFailure) -> PolicySet {
    var ids = Set(sources.map { Name($0.policy.id) } + self.links.map { Name($0.id) })
    let positions = PolicySet.templatePositions(sources, for: links)
    for link in links {
      guard let position = positions[Name(link.templateID)] else { throw .unknownTemplate(link.templateID) }
      if !ids.insert(Name(link.id)).inserted { throw .idInUse(link.id) }
      try check(sources[position].syntax.principal, link.principal, "?principal")
      try check(sources[position].syntax.resource, link.resource, "?resource")
    }
    return PolicySet(sources: sources, links: self.links + links)
  }

  private func check(_ scope: ScopeSyntax, _ value: EntityUID?, _ slot: String) throws(LinkFailure) {
    if scope.hasSlot, value == nil { throw .missingValue(slot: slot) }
    if !scope.hasSlot, value != nil { throw .extraValue(slot: slot) }
  }
}
