extension Schema {
  /// Asks whether this schema admits `request`: the action is declared and applies to the types of principal and resource, ids of enumerated
  /// types are declared, and the context is exactly as the action declares it. No entity needs to exist.
  /// - Throws: the first thing that is not admitted; its path begins with `principal`, `action`, `resource` or `context`.
  public func check(_ request: Request) throws(DataFailure) {
    let appliesTo = try DataFailure.inside("action") { () throws(DataFailure) in
      guard let appliesTo = try declaredAction(request.action).appliesTo else {
        throw DataFailure(message: "action `\(request.action)` applies to no request: it only groups others", path: "")
      }
      return appliesTo
    }
    for (key, uid, types) in [
      ("principal", request.principal, appliesTo.principals), ("resource", request.resource, appliesTo.resources),
    ] {
      try DataFailure.inside(key) { () throws(DataFailure) in
        if !types.contains(uid.type) {
          _ = try declaredType(uid.type)
          let names = types.prefix(Schema.namesShownMax).map { "`\($0)`" }.joined(separator: ", ")
          let message = "action `\(request.action)` applies to no \(key) of type `\(uid.type)` (it applies to \(names))"
          throw DataFailure(message: message, path: "")
        }
        try checkReference(uid)
      }
    }
    try DataFailure.inside("context") { () throws(DataFailure) in try check(request.context, as: appliesTo.context) }
  }

  /// What the context of a request for the action `uid` is; an action that only groups others has an empty one.
  func contextType(of uid: EntityUID) throws(DataFailure) -> RecordType { try declaredAction(uid).appliesTo?.context ?? .empty }
}
