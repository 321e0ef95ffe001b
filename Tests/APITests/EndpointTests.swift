import Testing

@testable import API

@Suite("the table of endpoints")
struct EndpointTests {
  @Test("every operation stands in the table once, and no two share method and path")
  func complete() {
    #expect(Endpoint.all.count == Operation.allCases.count)
    #expect(Set(Endpoint.all.map(\.operation)).count == Operation.allCases.count)
    #expect(Set(Endpoint.all.map { $0.method + " " + $0.template }).count == Endpoint.all.count)
    for operation in Operation.allCases { #expect(Endpoint.of(operation).operation == operation) }
  }

  @Test("nothing but health, discovery and the pages without data is open")
  func open() {
    let open = Set(Endpoint.all.filter(\.isOpen).map(\.operation))
    #expect(open == [.getDiscovery, .getHealth, .getReadiness, .getDashboard, .getAsset])
  }

  @Test("only bodies that somebody reads are accepted")
  func bodies() {
    for endpoint in Endpoint.all { #expect((endpoint.bodyBytesMax > 0) == (endpoint.method == "POST"), "\(endpoint.template)") }
  }

  static let rights: [(AccessRole, Set<Operation>)] = [
    (.admin, Set(Operation.allCases)),
    (
      .runtime,
      open.union([
        .evaluate, .evaluateBatch, .searchSubjects, .searchResources, .searchActions, .settleReservation, .startReservation,
        .releaseReservation, .ingestTraces, .ingestLogs, .ingestMetrics,
      ])
    ),
    (.telemetry, open.union([.ingestTraces, .ingestLogs, .ingestMetrics, .getMetrics])), (.viewer, open.union(reading)),
    (.approver, open.union(reading).union([.approve, .reject])), (.auditor, open.union(reading).union([.createExport, .listKeys])),
  ]
  static let open: Set<Operation> = [.getDiscovery, .getHealth, .getReadiness, .getDashboard, .getAsset]
  static let reading: Set<Operation> = [
    .getMetrics, .listRuns, .getRun, .listDecisions, .getDecision, .listBudgets, .listWorkflows, .getWorkflow, .listApprovals,
    .getApproval,
    .getActivePolicies, .checkPolicies, .getCheckpoint, .getOverview,
  ]

  @Test("each role may do exactly what it is for", arguments: rights)
  func roles(_ role: AccessRole, _ operations: Set<Operation>) {
    #expect(Set(Endpoint.all.filter { $0.allows(role) }.map(\.operation)) == operations)
  }

  @Test("a set of roles holds what was put in")
  func roleSets() {
    for role in AccessRole.allCases {
      #expect(AccessRoles(role).roles == [role])
      #expect(AccessRoles.readers.contains(AccessRoles(role)) == [.viewer, .approver, .admin, .auditor].contains(role))
    }
  }

  @Test("every endpoint is found by its own path, with its parameter", arguments: Endpoint.all)
  func found(_ endpoint: Endpoint) {
    let parameter = endpoint.template.contains("{") ? "x-1" : ""
    #expect(Endpoint.match(method: endpoint.method, path: endpoint.path("x-1")) == .found(endpoint, parameter: parameter))
  }

  @Test(
    "paths and methods that are not there are told apart",
    arguments: [
      ("GET", "/access/v1/evaluation", EndpointMatch.methodNotAllowed(["POST"])), ("POST", "/healthz", .methodNotAllowed(["GET"])),
      ("PUT", "/v1/keys", .methodNotAllowed(["GET", "POST"])), ("GET", "/v1/keys/k1", .methodNotAllowed(["DELETE"])),
      ("GET", "/v1/workflows/refund/halt", .methodNotAllowed(["POST"])), ("GET", "/nothing", .unknownPath),
      ("GET", "", .unknownPath),
      ("GET", "/v1/decisions/", .unknownPath), ("GET", "/v1/decisions/a/b", .unknownPath),
      ("GET", "/v1/workflows//halt", .unknownPath),
      ("POST", "/v1/approvals/approve", .methodNotAllowed(["GET"])), ("GET", "/access/v1/evaluation/", .unknownPath),
      ("GET", "/assets/../x", .unknownPath), ("GET", "/HEALTHZ", .unknownPath),
    ])
  func notFound(_ method: String, _ path: String, _ expected: EndpointMatch) {
    #expect(Endpoint.match(method: method, path: path) == expected)
  }

  @Test("HEAD is found where GET is, and a run's id may have slashes")
  func special() {
    #expect(Endpoint.match(method: "HEAD", path: "/healthz") == .found(.of(.getHealth), parameter: ""))
    #expect(Endpoint.match(method: "GET", path: "/v1/runs/refund/r-1") == .found(.of(.getRun), parameter: "refund/r-1"))
  }

  @Test("parameters are percent-encoded in paths")
  func encoding() {
    #expect(Endpoint.of(.getRun).path("refund/r 1\u{E9}\u{1}") == "/v1/runs/refund%2Fr%201%C3%A9%01")
    #expect(Endpoint.of(.getHealth).path("ignored") == "/healthz")
  }
}
