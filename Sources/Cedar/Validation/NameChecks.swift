/// Checks the names of a policy against the schema: in all of its text, what is never evaluated included.
enum NameChecks {
  /// Checks the names of the scope.
  static func check(_ syntax: PolicySyntax, _ tables: SchemaTables, _ log: inout FindingLog) {
    let spans = syntax.scopeSpans
    scope(syntax.principal, spans.principal, tables, &log)
    switch syntax.action {
    case .any: break
    case .equal(let uid), .isIn(let uid): entity(uid, spans.action, tables, &log)
    case .isInList(let uids): for uid in uids { entity(uid, spans.action, tables, &log) }
    }
    scope(syntax.resource, spans.resource, tables, &log)
  }

  /// Checks the names of the conditions.
  static func check(_ terms: [Term], _ tables: SchemaTables, _ log: inout FindingLog) {
    for term in terms {
      switch term.kind {
      case .literal(.entity(let uid)): entity(uid, term.span, tables, &log)
      case .isType(_, let type, _): _ = isDeclared(type, term.span, tables, &log)
      default: break
      }
    }
  }

  private static func scope(_ scope: ScopeSyntax, _ span: SourceSpan, _ tables: SchemaTables, _ log: inout FindingLog) {
    if let type = scope.type { _ = isDeclared(type, span, tables, &log) }
    switch scope {
    case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)): entity(uid, span, tables, &log)
    default: break
    }
  }

  /// Whether entities of a type exist; otherwise that is reported.
  static func isDeclared(_ type: String, _ span: SourceSpan, _ tables: SchemaTables, _ log: inout FindingLog) -> Bool {
    if tables.isDeclared(type) { return true }
    let hint = log.hint { NearestName.find(type, among: tables.typeNames) ?? qualified(type, tables) }
    log.report(.unknownEntityType, span, "the schema has no entity type `\(type)`", hint: hint.map { "there is `\($0)`" })
    return false
  }

  /// A declared type that `type` names without its namespace.
  private static func qualified(_ type: String, _ tables: SchemaTables) -> String? {
    let suffix = Array(("::" + type).utf8)
    return tables.typeNames.first { $0.utf8.suffix(suffix.count).elementsEqual(suffix) }
  }

  private static func entity(_ uid: EntityUID, _ span: SourceSpan, _ tables: SchemaTables, _ log: inout FindingLog) {
    if uid.isAction {
      if tables.schema.actions[uid] != nil { return }
      let name = uid.description
      let near = log.hint { NearestName.find(name, among: tables.actionNames) }
      log.report(.unknownAction, span, "the schema has no action `\(name)`", hint: near.map { "there is `\($0)`" })
    } else if isDeclared(uid.type, span, tables, &log), let ids = tables.schema.enumerations[uid.type] {
      if ids.contains(Name(uid.id)) { return }
      let near = log.hint { NearestName.find(uid.id, among: tables.schema.entityTypes[uid.type]?.enumeration ?? []) }
      log.report(
        .unknownEntityID, span, "`\(uid.type)` has no id \(quoted(uid.id))", hint: near.map { "there is \(quoted($0))" })
    }
  }
}
