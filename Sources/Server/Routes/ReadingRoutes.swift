import API
import Budgets
import Cryptography
import Governance
import HTTP
import JSON
import Journal
import Platform
import Telemetry

/// Everything that only reads: lists, single things, health, metrics, the dashboard's files.
struct ReadingRoutes: Sendable {
  let services: Services
  let configuration: ServerConfiguration

  /// Rows of a list when the caller asks for no other number, and at most.
  static let limitDefault = 50
  static let limitMax = 1_000

  /// Endpoints that need no key; quick enough for a loop thread.
  func open(_ operation: API.Operation, _ parameter: String, _ request: HTTPRequest, _ respond: Responder) -> HTTPResponse {
    switch operation {
    case .getHealth: return respond.json(["alive": true])
    case .getReadiness:
      let faults = services.health.faults()
      let reasons = JSONValue.array(faults.map { .string($0) })
      return faults.isEmpty ? respond.json(["ready": true]) : respond.json(["ready": false, "reasons": reasons], status: 503)
    case .getDiscovery: return respond.json(discovery)
    case .getDashboard: return page("index.html", request, respond)
    case .getAsset: return page(parameter, request, respond)
    default: return respond.problem(ProblemMapping.notFound("there is nothing here"))
    }
  }

  /// The answer to a reading operation.
  func response(_ operation: API.Operation, _ parameter: String, _ request: HTTPRequest, _ respond: Responder) throws
    -> HTTPResponse
  {
    let query = Query(request.head.query)
    switch operation {
    case .getMetrics: return respond.bytesOf(Array(metrics().utf8), "text/plain; version=0.0.4; charset=utf-8")
    case .getOverview: return respond.json(try Overview(services: services).json())
    case .listRuns: return respond.json(try RunViews(services: services).list(query))
    case .getRun: return respond.json(try RunViews(services: services).one(parameter))
    case .listDecisions: return respond.json(try DecisionViews(services: services).list(query))
    case .getDecision: return respond.json(try DecisionViews(services: services).one(parameter))
    case .listBudgets: return respond.json(try BudgetViews(services: services).list(query))
    case .listWorkflows: return respond.json(try WorkflowViews(services: services).list())
    case .getWorkflow: return respond.json(try WorkflowViews(services: services).one(parameter))
    case .listApprovals: return respond.json(try ApprovalViews(services: services).list())
    case .getApproval: return respond.json(try ApprovalViews(services: services).one(parameter))
    case .getActivePolicies: return respond.json(policies())
    case .listKeys: return respond.json(try keys())
    case .getCheckpoint:
      return respond.bytesOf(try services.journal.checkpointNow().note, "text/plain; charset=utf-8")
    default: throw ProblemMapping.notFound("there is nothing here")
    }
  }

  private var discovery: JSONValue {
    let base = configuration.publicURL
    return [
      "policy_decision_point": .string(base), "access_evaluation_endpoint": .string(base + "/access/v1/evaluation"),
      "access_evaluations_endpoint": .string(base + "/access/v1/evaluations"),
      "search_subject_endpoint": .string(base + "/access/v1/search/subject"),
      "search_resource_endpoint": .string(base + "/access/v1/search/resource"),
      "search_action_endpoint": .string(base + "/access/v1/search/action"),
    ]
  }

  private func page(_ name: String, _ request: HTTPRequest, _ respond: Responder) -> HTTPResponse {
    guard let page = configuration.pages[name] else {
      return respond.problem(ProblemMapping.notFound("there is no page `\(name)`"))
    }
    let tag = "\"" + page.tag + "\""
    var response =
      request.head.header("if-none-match") == tag
      ? respond.bytesOf([], page.mediaType, status: 304) : respond.bytesOf(page.bytes, page.mediaType)
    response.headers += [
      ("ETag", tag), ("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      ),
    ]
    return response
  }

  private func metrics() -> String {
    let statistics = services.journal.statistics
    return services.metrics.text(
      gauges: [
        ("countersign_journal_entries", "Durable entries of the journal.", Double(services.journal.durableSize)),
        ("countersign_journal_batches_total", "Batches written since the start.", Double(statistics.batches)),
        (
          "countersign_views_lag_entries", "Entries that the views have not seen.",
          Double(services.journal.durableSize - min(services.follower.projectedSize, services.journal.durableSize))
        ), ("countersign_policy_version", "Version of the policies in force.", Double(services.policies.current.revision.version)),
      ])
  }

  private func policies() -> JSONValue {
    let snapshot = services.policies.current
    return [
      "version": .integer(Int64(clamping: snapshot.revision.version)), "digest": .string(snapshot.revision.digest.hex),
      "policies": .array(
        snapshot.policyFacts.map { facts in
          var row: JSONObject = [
            "id": .string(facts.id), "file": .string(facts.file), "line": .integer(Int64(facts.line)),
          ]
          if let target = facts.escalate { row["escalate"] = .string(target) }
          return .object(row)
        }),
      "files": .array(snapshot.files.map { .string($0.path) }),
    ]
  }

  private func keys() throws -> JSONValue {
    let keys = try services.follower.withState(atLeast: services.journal.durableSize) { Array($0.state.keys.values) }
    return ["items": .array(try keys.sorted { $0.index < $1.index }.map(key))]
  }

  private func key(_ key: KeyState) throws -> JSONValue {
    let payload = try services.store.payload(at: key.index).flatMap { try? JSONReader.parse($0.payload) }
    return [
      "id": .string(key.id), "role": .string(key.role.rawValue), "label": .string(payload?["label"]?.stringValue ?? ""),
      "created": .string(UTCTime.format(milliseconds: key.created)), "revoked": .bool(key.revoked),
    ]
  }
}

/// The query of a URL: `name=value` pairs, percent-decoded.
struct Query {
  private var values: [String: String] = [:]

  init(_ text: String) {
    for pair in text.split(separator: "&") {
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      values[Self.decode(pair[..<equals])] = Self.decode(pair[equals...].dropFirst())
    }
  }

  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// A number within `range`, or `fallback` when absent.
  func number(_ name: String, _ fallback: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
    guard let text = self[name] else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      throw Problem(400, "request.invalid", "`\(name)` must be from \(range.lowerBound) to \(range.upperBound)", field: name)
    }
    return value
  }

  private static func decode(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      if byte == UInt8(ascii: "%"), let high = rest.next().flatMap(hex), let low = rest.next().flatMap(hex) {
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
