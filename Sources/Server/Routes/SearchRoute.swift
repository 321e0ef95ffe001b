import API
import Cryptography
import Governance
import HTTP
import JSON
import Journal
import Platform

/// `POST /access/v1/search/…`: which subjects, resources or actions would be permitted now. Nothing is permitted, held or recorded.
struct SearchRoute: Sendable {
  let services: Services

  /// The answer; runs on a worker thread, a search may evaluate many candidates.
  func response(_ target: SearchTarget, _ request: HTTPRequest, _ caller: Caller, _ respond: Responder) throws -> HTTPResponse {
    let message = try SearchMessage(decoding: request.body, target: target)
    let place = try SearchPlace(message)
    let page: SearchPage
    do {
      page = try found(message, place, caller)
    } catch let fault as RequestFault { throw ProblemMapping.problem(fault) }
    return respond.json(
      SearchAnswer(
        results: page.found.map { Self.result($0, message) },
        nextToken: page.resume.map { place.token(after: $0) } ?? (message.page == nil ? nil : "")
      ).encoded())
  }

  private func found(_ message: SearchMessage, _ place: SearchPlace, _ caller: Caller) throws -> SearchPage {
    let now = services.clock.milliseconds()
    let search = try Search(
      target: Self.target(message.target),
      subject: RequestEntity(type: message.subject.type, id: message.subject.id, properties: message.subject.properties),
      action: message.action?.name ?? "", actionProperties: message.action?.properties ?? [:],
      resource: RequestEntity(type: message.resource.type, id: message.resource.id, properties: message.resource.properties),
      context: message.context, enforcementPoint: caller.key, now: now)
    let snapshot = services.policies.current
    guard snapshot.revision.version > 0 else {
      throw Problem(503, "policy.none_loaded", "no policy folder is active: run `countersign apply DIR`")
    }
    if try isHalted(message.context["workflow"]?.stringValue) { return SearchPage(found: []) }
    return services.evaluator.search(search, snapshot: snapshot, now: now, after: place.start, limit: place.limit)
  }

  /// Nothing is permitted for what is halted.
  private func isHalted(_ workflow: String?) throws -> Bool {
    try services.follower.withState(atLeast: services.journal.durableSize) { view in
      view.state.organisationHalted || workflow.map { view.state.haltedWorkflows.contains($0) } ?? false
    }
  }

  private static func target(_ target: SearchTarget) -> Search.Target {
    switch target {
    case .subject: .subject
    case .resource: .resource
    case .action: .action
    }
  }

  private static func result(_ found: String, _ message: SearchMessage) -> JSONObject {
    switch message.target {
    case .subject: ["type": .string(message.subject.type), "id": .string(found)]
    case .resource: ["type": .string(message.resource.type), "id": .string(found)]
    case .action: ["name": .string(found)]
    }
  }
}

/// Where a page begins and how long it is. The token holds the digest of the search that it continues, the page's limit, and the last
/// candidate that was looked at; a server needs no memory of it.
private struct SearchPlace {
  let digest: [UInt8]
  let limit: Int
  /// The candidate behind which the page begins; nil at the beginning.
  let start: String?

  /// Bytes of the digest in a token: enough to tell searches apart; it protects nothing, every page is evaluated anew.
  private static let digestBytes = 16
  private static let limitBytes = 2

  init(_ message: SearchMessage) throws(MessageFault) {
    digest = Array(SHA256.hash(SearchPlace.question(message)).bytes.prefix(SearchPlace.digestBytes))
    guard let token = message.page?.token else {
      limit = message.page?.limit ?? SearchMessage.limitMax
      start = nil
      return
    }
    let head = SearchPlace.digestBytes + SearchPlace.limitBytes
    guard let bytes = Base64.decodeURL(token), bytes.count >= head, let start = String(validating: bytes[head...], as: UTF8.self)
    else { throw MessageFault("page.token", "`page.token` is none of this server's: search again without it") }
    guard Array(bytes.prefix(digest.count)) == digest else {
      throw MessageFault(
        "page.token", "`page.token` belongs to another search: repeat subject, action, resource and context as they were")
    }
    let limitBefore = Int(bytes[SearchPlace.digestBytes]) << 8 | Int(bytes[SearchPlace.digestBytes + 1])
    limit = message.page?.limit ?? min(limitBefore, SearchMessage.limitMax)
    self.start = start
  }

  func token(after candidate: String) -> String {
    Base64.encodeURL(digest + [UInt8(limit >> 8), UInt8(limit & 0xFF)] + Array(candidate.utf8))
  }

  /// The search without its page, as bytes.
  private static func question(_ message: SearchMessage) -> [UInt8] {
    let evaluation = EvaluationMessage(
      subject: message.subject, action: message.action ?? EvaluationMessage.Action(name: ""), resource: message.resource,
      context: message.context)
    return Array(message.target.rawValue.utf8) + evaluation.encoded()
  }
}

extension API.Operation {
  /// What this operation searches for; nil for another operation.
  var searchTarget: SearchTarget? {
    switch self {
    case .searchSubjects: .subject
    case .searchResources: .resource
    case .searchActions: .action
    default: nil
    }
  }
}
