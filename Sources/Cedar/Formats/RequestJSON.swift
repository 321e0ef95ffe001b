import JSON

extension Request {
  /// Reads a request: an object with `principal`, `action`, `resource` and, unless it is empty, `context`.
  ///
  /// An entity is named by `{"type", "id"}`, bare or under `__entity`, or by Cedar text such as `"User::\"alice\""`. The context is read
  /// like one of `Record.parse(json:schema:action:)`. With a schema the request must be one that it admits: see `Schema.check`.
  public static func parse(json: [UInt8], schema: Schema? = nil) throws(DataFailure) -> Request {
    let limits = JSONLimits(bytes: Record.documentBytesMax, depth: DataReader.depthMax + 1)
    let request = try withDocument(json, limits: limits) { root throws(DataFailure) in
      try DataReader(root: root, schema: schema).request()
    }
    try schema?.check(request)
    return request
  }
}

extension DataReader {
  fileprivate func request() throws(DataFailure) -> Request {
    try only(["principal", "action", "resource", "context"], root, "a request")
    let principal = try party("principal")
    let action = try party("action")
    let resource = try party("resource")
    // An action that the schema does not know is refused by the check of the whole.
    let type = schema?.actions[action]?.appliesTo?.context
    let context = try root.member("context").map { json throws(DataFailure) in try self.context(json, as: type) }
    return Request(principal: principal, action: action, resource: resource, context: context ?? .empty)
  }

  private func party(_ key: StaticString) throws(DataFailure) -> EntityUID {
    let json = try required(key, root)
    guard let text = json.stringValue else { return try entityUID(json) }
    switch EntityUID.parse(text) {
    case .success(let uid): return uid
    case .failure: throw refusal("`\(text.prefix(80))` names no entity (write it as User::\"alice\")", json)
    }
  }
}
