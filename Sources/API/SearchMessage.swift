package import JSON

/// What a search looks for.
package enum SearchTarget: String, Sendable, CaseIterable {
  case subject, resource, action
}

/// An AuthZEN search request as it came over the wire: complete, of the right types, within the limits.
///
/// The entity that is searched for names its type alone: an id is ignored, properties hold for every candidate. A searched action is left
/// out. Unknown members are ignored. Source: OpenID AuthZEN Authorization API 1.0 section 8.
package struct SearchMessage: Sendable, Equatable {
  /// What the caller says about pages.
  package struct Page: Sendable, Equatable {
    /// What the last answer gave as `next_token`; nil or empty for the first page.
    package var token: String?
    /// Most results of one answer; nil leaves it as it was, or to the server.
    package var limit: Int?
  }

  package var target: SearchTarget
  /// Without an id when subjects are searched.
  package var subject: EvaluationMessage.Entity
  /// Nil when actions are searched.
  package var action: EvaluationMessage.Action?
  /// Without an id when resources are searched.
  package var resource: EvaluationMessage.Entity
  package var context: JSONObject
  /// Nil when the request has no page object.
  package var page: Page?

  /// Longest page token, in bytes: a digest, a limit and the longest id, in base64.
  package static let tokenBytesMax = 1024
  /// Most results of one answer.
  package static let limitMax = 1_000

  /// Reads one search.
  package init(decoding body: [UInt8], target: SearchTarget) throws(MessageFault) {
    self = try MessageReader.read(body, limits: EvaluationMessage.limits) { root throws(MessageFault) in
      try SearchMessage(root, target)
    }
  }

  private init(_ root: MessageReader, _ target: SearchTarget) throws(MessageFault) {
    self.target = target
    let subject = try root.object("subject")
    self.subject = target == .subject ? try SearchMessage.candidate(subject) : try EvaluationMessage.Entity(subject)
    action = target == .action ? nil : try EvaluationMessage.Action(try root.object("action"))
    let resource = try root.object("resource")
    self.resource = target == .resource ? try SearchMessage.candidate(resource) : try EvaluationMessage.Entity(resource)
    context = try root.properties("context")
    guard let page = root.cursor.member("page"), !page.isNull else { return }
    self.page = try Page(try MessageReader(page, path: "page"))
  }

  private static func candidate(_ object: MessageReader) throws(MessageFault) -> EvaluationMessage.Entity {
    EvaluationMessage.Entity(
      type: try object.text("type", bytesMax: EvaluationMessage.typeBytesMax), id: "",
      properties: try object.properties("properties"))
  }
}

extension SearchMessage.Page {
  init(_ object: MessageReader) throws(MessageFault) {
    token = try object.optionalText("token", bytesMax: SearchMessage.tokenBytesMax).flatMap { $0.isEmpty ? nil : $0 }
    guard let member = object.cursor.member("limit"), !member.isNull else { return }
    guard let limit = member.integerValue, limit >= 0 else { throw MessageFault.type("page.limit", "an integer from 0") }
    self.limit = Int(min(limit, Int64(SearchMessage.limitMax)))
  }
}

/// The answer to a search.
package struct SearchAnswer: Sendable {
  /// Results in their order.
  package var results: [JSONObject]
  /// The token of the next page, empty at the end; nil for an answer without a page object.
  package var nextToken: String?

  /// An answer.
  package init(results: [JSONObject], nextToken: String?) {
    self.results = results
    self.nextToken = nextToken
  }

  /// `{"page": …, "results": […]}`.
  package func encoded() -> [UInt8] {
    var json = JSONWriter(reserving: 64 + results.count * 48)
    json.beginObject()
    if let nextToken {
      json.key("page")
      json.object(["next_token": .string(nextToken), "count": .integer(Int64(results.count))])
    }
    json.key("results")
    json.beginArray()
    for result in results { json.object(result) }
    json.endArray()
    json.endObject()
    return json.bytes
  }
}
