/// Checks the names of a policy against the schema: in all of its text, what is never evaluated included.
struct NameChecks {
  let tables: SchemaTables
  var log: FindingLog

  /// Checks the names of the scope.
  mutating func check(_ syntax: PolicySyntax) {
    let spans = syntax.scopeSpans
    scope(syntax.principal, spans.principal)
    switch syntax.action {
    case .any: break
    case .equal(let uid), .isIn(let uid): entity(uid, spans.action)
    case .isInList(let uids): for uid in uids { entity(uid, spans.action) }
    }
    scope(syntax.resource, spans.resource)
  }

  /// Checks the names of the conditions.
  mutating func check(_ terms: [Term]) {
    for term in terms {
      switch term.kind {
      case .literal(.entity(let uid)): entity(uid, term.span)
      case .isType(_, let type, _): _ = isDeclared(type, term.span)
      default: break
      }
    }
  }

  private mutating func scope(_ scope: ScopeSyntax, _ span: SourceSpan) {
    if let type = scope.type { _ = isDeclared(type, span) }
    switch scope {
    case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)): entity(uid, span)
    default: break
    }
  }

  /// Checks that entities of a type exist.
  mutating func isDeclared(_ type: String, _ span: SourceSpan) -> Bool {
    if tables.isDeclared(type) { return true }
    let near = log.nearest(type, among: tables.typeNames)
    log.report(
      .unknownEntityType, span, "the schema has no entity type `\(type)`", hint: near.map { "there is `\($0)`" } ?? qualified(type))
    return false
  }

  /// A declared type that `type` names without its namespace.
  private func qualified(_ type: String) -> String? {
    let suffix = Array(("::" + type).utf8)
    let name = tables.typeNames.first { $0.utf8.suffix(suffix.count).elementsEqual(suffix) }
    return name.map { "there is `\($0)`: names are written with their namespace" }
  }

  private mutating func entity(_ uid: EntityUID, _ span: SourceSpan) {
    let schema = tables.schema
    if uid.isOfActionType {
      if schema.actions[uid] != nil { return }
      let name = uid.description
      let near = log.nearest(name, among: tables.actionNames)
      log.report(.unknownAction, span, "the schema has no action `\(name)`", hint: near.map { "there is `\($0)`" })
    } else if isDeclared(uid.type, span), let ids = schema.entityTypes[uid.type]?.enumeration {
      if ids.contains(where: { Text.equal($0, uid.id) }) { return }
      let near = log.nearest(uid.id, among: ids)
      log.report(
        .unknownEntityID, span, "`\(uid.type)` has no id \(quoted(uid.id))", hint: near.map { "there is \(quoted($0))" })
    }
  }
}

extension EntityUID {
  /// Whether the name is one of an action: the last part of its type is `Action`.
  var isOfActionType: Bool { type == "Action" || type.utf8.suffix(8).elementsEqual("::Action".utf8) }
}
