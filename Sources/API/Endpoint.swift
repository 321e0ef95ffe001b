/// Every operation by its operation id.
package enum Operation: String, Sendable, CaseIterable {
  case evaluate
  case evaluateBatch
  case searchSubjects
  case searchResources
  case searchActions
  case getDiscovery
  case getHealth
  case getReadiness
  case getMetrics
  case ingestTraces
  case ingestLogs
  case ingestMetrics
  case listRuns
  case getRun
  case listDecisions
  case getDecision
  case listBudgets
  case listWorkflows
  case getWorkflow
  case haltWorkflow
  case resumeWorkflow
  case haltOrganisation
  case resumeOrganisation
  case listApprovals
  case getApproval
  case approve
  case reject
  case settleReservation
  case startReservation
  case releaseReservation
  case getActivePolicies
  case applyPolicies
  case checkPolicies
  case listKeys
  case createKey
  case revokeKey
  case getCheckpoint
  case createExport
  case getOverview
  case getDashboard
  case getAsset
}

/// One operation of the interface: where it is and who may call it.
package struct Endpoint: Sendable, Hashable {
  /// Who may call.
  package enum Access: Sendable, Hashable {
    /// Anyone: health, discovery, and dashboard pages that hold no data.
    case anyone
    /// A key with one of these roles.
    case key(AccessRoles)
  }

  package let operation: Operation
  package let method: String
  /// The path; at most one parameter in braces.
  package let template: String
  package let access: Access
  /// Most bytes of a request body; 0 where none is read.
  package let bodyBytesMax: Int
  /// The template split at its parameter; `suffix` is nil without one.
  let prefix: String
  let suffix: String?

  init(_ operation: Operation, _ method: String, _ template: String, _ access: Access, body: Int = 0) {
    self.operation = operation
    self.method = method
    self.template = template
    self.access = access
    bodyBytesMax = body
    let open = template.firstIndex(of: "{")
    let close = template.firstIndex(of: "}")
    prefix = open.map { String(template[..<$0]) } ?? template
    suffix = close.map { String(template[template.index(after: $0)...]) }
  }

  /// True when a key of `role` may call this; anyone may call what is open to anyone.
  package func allows(_ role: AccessRole) -> Bool {
    switch access {
    case .anyone: true
    case .key(let roles): roles.contains(AccessRoles(role))
    }
  }

  /// True when no key is asked for.
  package var isOpen: Bool { access == .anyone }

  /// The path with its parameter in place of the braces, percent-encoded.
  package func path(_ parameter: String = "") -> String {
    guard let suffix else { return prefix }
    return prefix + Endpoint.encoded(parameter) + suffix
  }

  /// Everything but the unreserved characters of RFC 3986 section 2.3 percent-encoded.
  package static func encoded(_ segment: String) -> String {
    var text = ""
    for byte in segment.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: text.unicodeScalars.append(UnicodeScalar(byte))
      default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }
}

extension Endpoint {
  /// 1 MiB: an evaluation, and a batch of 256 of them.
  package static let evaluationBytesMax = 1 << 20
  /// 20 MiB: the default of the reference collector; the configuration may lower it.
  package static let tracesBytesMax = 20 << 20
  /// 32 MiB: 16 MiB of policy files with room for the escapes of JSON.
  package static let policiesBytesMax = 32 << 20
  /// 64 KiB: an act of an administrator or an approver.
  package static let actBytesMax = 64 << 10

  /// Every operation, once.
  package static let all: [Endpoint] = decisionEndpoints + readingEndpoints + administrationEndpoints

  private static let decisionEndpoints: [Endpoint] = [
    Endpoint(.evaluate, "POST", "/access/v1/evaluation", .key([.runtime, .admin]), body: evaluationBytesMax),
    Endpoint(.evaluateBatch, "POST", "/access/v1/evaluations", .key([.runtime, .admin]), body: evaluationBytesMax),
    Endpoint(.searchSubjects, "POST", "/access/v1/search/subject", .key([.runtime, .admin]), body: evaluationBytesMax),
    Endpoint(.searchResources, "POST", "/access/v1/search/resource", .key([.runtime, .admin]), body: evaluationBytesMax),
    Endpoint(.searchActions, "POST", "/access/v1/search/action", .key([.runtime, .admin]), body: evaluationBytesMax),
    Endpoint(.settleReservation, "POST", "/v1/reservations/{id}/settle", .key([.runtime, .admin]), body: actBytesMax),
    Endpoint(.releaseReservation, "POST", "/v1/reservations/{id}/release", .key([.runtime, .admin]), body: actBytesMax),
    Endpoint(.startReservation, "POST", "/v1/reservations/{id}/start", .key([.runtime, .admin]), body: actBytesMax),
    Endpoint(.ingestTraces, "POST", "/v1/traces", .key([.runtime, .telemetry, .admin]), body: tracesBytesMax),
    Endpoint(.ingestLogs, "POST", "/v1/logs", .key([.runtime, .telemetry, .admin]), body: tracesBytesMax),
    Endpoint(.ingestMetrics, "POST", "/v1/metrics", .key([.runtime, .telemetry, .admin]), body: tracesBytesMax),
  ]

  private static let readingEndpoints: [Endpoint] = [
    Endpoint(.getDiscovery, "GET", "/.well-known/authzen-configuration", .anyone),
    Endpoint(.getHealth, "GET", "/healthz", .anyone),
    Endpoint(.getReadiness, "GET", "/readyz", .anyone),
    Endpoint(.getMetrics, "GET", "/metrics", .key([.telemetry, .viewer, .approver, .auditor, .admin])),
    Endpoint(.listRuns, "GET", "/v1/runs", .key(.readers)),
    Endpoint(.getRun, "GET", "/v1/runs/{id}", .key(.readers)),
    Endpoint(.listDecisions, "GET", "/v1/decisions", .key(.readers)),
    Endpoint(.getDecision, "GET", "/v1/decisions/{id}", .key(.readers)),
    Endpoint(.listBudgets, "GET", "/v1/budgets", .key(.readers)),
    Endpoint(.listWorkflows, "GET", "/v1/workflows", .key(.readers)),
    Endpoint(.getWorkflow, "GET", "/v1/workflows/{id}", .key(.readers)),
    Endpoint(.listApprovals, "GET", "/v1/approvals", .key(.readers)),
    Endpoint(.getApproval, "GET", "/v1/approvals/{id}", .key(.readers)),
    Endpoint(.getActivePolicies, "GET", "/v1/policies/active", .key(.readers)),
    Endpoint(.getCheckpoint, "GET", "/log/checkpoint", .key(.readers)),
    Endpoint(.getOverview, "GET", "/v1/overview", .key(.readers)),
    Endpoint(.getDashboard, "GET", "/", .anyone),
    Endpoint(.getAsset, "GET", "/assets/{name}", .anyone),
  ]

  private static let administrationEndpoints: [Endpoint] = [
    Endpoint(.haltWorkflow, "POST", "/v1/workflows/{id}/halt", .key(.admin), body: actBytesMax),
    Endpoint(.resumeWorkflow, "POST", "/v1/workflows/{id}/resume", .key(.admin), body: actBytesMax),
    Endpoint(.haltOrganisation, "POST", "/v1/halt", .key(.admin), body: actBytesMax),
    Endpoint(.resumeOrganisation, "POST", "/v1/resume", .key(.admin), body: actBytesMax),
    Endpoint(.approve, "POST", "/v1/approvals/{id}/approve", .key([.approver, .admin]), body: actBytesMax),
    Endpoint(.reject, "POST", "/v1/approvals/{id}/reject", .key([.approver, .admin]), body: actBytesMax),
    Endpoint(.applyPolicies, "POST", "/v1/policies", .key(.admin), body: policiesBytesMax),
    Endpoint(.checkPolicies, "POST", "/v1/policies/check", .key(.readers), body: policiesBytesMax),
    Endpoint(.listKeys, "GET", "/v1/keys", .key([.auditor, .admin])),
    Endpoint(.createKey, "POST", "/v1/keys", .key(.admin), body: actBytesMax),
    Endpoint(.revokeKey, "DELETE", "/v1/keys/{id}", .key(.admin)),
    Endpoint(.createExport, "POST", "/v1/exports", .key([.auditor, .admin]), body: actBytesMax),
  ]

  /// The endpoint of `operation`.
  package static func of(_ operation: Operation) -> Endpoint {
    guard let endpoint = all.first(where: { $0.operation == operation }) else {
      preconditionFailure("the table names every operation; a test holds it to that")
    }
    return endpoint
  }
}
