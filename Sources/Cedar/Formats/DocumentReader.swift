import JSON

/// What readers of JSON documents share: strict objects, and failures that name their place.
protocol DocumentReader {
  /// The whole document; failures give the path from here.
  var root: JSONCursor { get }
}

extension DocumentReader {
  /// Refuses what is no object and members that it does not have.
  func only(_ keys: [StaticString], _ json: JSONCursor, _ what: String) throws(DataFailure) {
    guard json.kind == .object else { throw refusal("\(what) is an object", json) }
    for (key, value) in json.members where !keys.contains(where: { key.equals($0) }) {
      throw refusal("\(what) has no member `\(key.stringValue ?? "")`", value)
    }
  }

  func required(_ key: StaticString, _ json: JSONCursor) throws(DataFailure) -> JSONCursor {
    guard let member = json.member(key) else {
      throw refusal(json.kind == .object ? "`\(key)` is missing" : "expected an object with `\(key)`", json)
    }
    return member
  }

  func string(_ json: JSONCursor) throws(DataFailure) -> String {
    guard let bytes = json.stringBytes else { throw refusal("expected a string", json) }
    if bytes.count > Limits.stringBytes { throw refusal("string longer than \(Limits.stringBytes) bytes", json) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func annotations(_ json: JSONCursor) throws(DataFailure) -> [AnnotationSyntax] {
    guard json.kind == .object else { throw refusal("annotations are an object", json) }
    var result: [AnnotationSyntax] = []
    for (key, value) in json.members {
      let name = try string(key)
      guard isWord(name) else { throw refusal("`\(name)` is no annotation name", value) }
      result.append((name, value.isNull ? nil : try string(value), span(value)))
    }
    return result
  }

  func refusal(_ message: String, _ json: JSONCursor) -> DataFailure { DataFailure(message: message, path: root.path(to: json)) }

  func span(_ json: JSONCursor) -> SourceSpan {
    let range = json.sourceRange
    return SourceSpan(start: Int32(range.lowerBound), end: Int32(range.upperBound))
  }
}

/// Parses `json` and hands its root to `body`; nothing of it may leave.
func withDocument<Result>(
  _ json: [UInt8], limits: JSONLimits, _ body: (JSONCursor) throws(DataFailure) -> Result
) throws(DataFailure) -> Result {
  try json.span.withUnsafeBytes { bytes throws(DataFailure) in
    let tape = JSONTape(entries: bytes.count / 16 + 8)
    let root: JSONCursor
    do throws(JSONError) {
      root = try tape.parse(bytes, limits: limits)
    } catch {
      throw DataFailure(message: "\(error.reason) at byte \(error.offset)", path: error.path)
    }
    return try withExtendedLifetime(tape) { () throws(DataFailure) in try body(root) }
  }
}
