import API
import Governance
package import HTTP
import JSON
import Platform
import Synchronization
import Telemetry

/// The table of routes: who may call, how much may be sent, and what answers.
package final class ControlPlane: HTTPHandler {
  private let services: Services
  private let configuration: ServerConfiguration
  private let evaluation: EvaluationRoute
  private let search: SearchRoute
  private let administration: AdministrationRoutes
  private let reading: ReadingRoutes
  private let intake: TraceIntake

  /// Routes that serve from `services`; `worker` is told of new span batches.
  package init(services: Services, configuration: ServerConfiguration, worker: TraceWorker) {
    self.services = services
    self.configuration = configuration
    evaluation = EvaluationRoute(services: services)
    search = SearchRoute(services: services)
    administration = AdministrationRoutes(services: services)
    reading = ReadingRoutes(services: services, configuration: configuration)
    intake = TraceIntake(services: services, worker: worker)
  }

  // MARK: Before the body

  /// Routes and authenticates; on a loop thread.
  package func admit(_ head: HTTPRequestHead) -> HTTPAdmission {
    let respond = Responder(head)
    switch Endpoint.match(method: head.method, path: head.path) {
    case .unknownPath: return .refuse(respond.problem(Problem(404, "request.unknown_path", "there is nothing at `\(head.path)`")))
    case .methodNotAllowed(let methods):
      var response = respond.problem(
        Problem(405, "request.method_not_allowed", "`\(head.path)` takes only \(methods.joined(separator: " or "))"))
      response.headers.append(("Allow", methods.joined(separator: ", ")))
      return .refuse(response)
    case .found(let endpoint, _): return admit(head, endpoint, respond)
    }
  }

  private func admit(_ head: HTTPRequestHead, _ endpoint: Endpoint, _ respond: Responder) -> HTTPAdmission {
    if !endpoint.isOpen {
      switch caller(head, endpoint) {
      case .failure(let problem): return .refuse(refusal(problem, endpoint, head, respond))
      case .success: break
      }
    }
    if let signal = endpoint.operation.signal {
      return TraceIntake.admit(signal, head, bytesMax: configuration.telemetryBytesMax)
    }
    if endpoint.operation.isAuthZEN, !MediaType.isJSON(head.header("content-type")) {
      return .refuse(
        respond.problem(Problem(400, "request.invalid", "`Content-Type` must be `application/json`", field: "Content-Type")))
    }
    return .accept(
      bodyBytesMax: min(endpoint.bodyBytesMax, max(configuration.bodyBytesMax, endpoint.isBulk ? endpoint.bodyBytesMax : 0)))
  }

  private func caller(_ head: HTTPRequestHead, _ endpoint: Endpoint) -> Result<Caller, Problem> {
    guard let caller = services.keys.caller(authorization: head.header("authorization"), apiKey: head.header("x-api-key")) else {
      services.metrics.unauthenticated.add(1, ordering: .relaxed)
      return .failure(
        Problem(401, "request.unauthenticated", "no valid API key: send `Authorization: Bearer cs_…` with a key of this server"))
    }
    guard let role = AccessRole(rawValue: caller.role.rawValue), endpoint.allows(role) else {
      return .failure(
        Problem(
          403, "request.role_missing", "a key of role `\(caller.role.rawValue)` may not call this: use one of \(endpoint.roleNames)"
        ))
    }
    return .success(caller)
  }

  /// Telemetry clients expect their own error bodies.
  private func refusal(_ problem: Problem, _ endpoint: Endpoint, _ head: HTTPRequestHead, _ respond: Responder) -> HTTPResponse {
    guard let signal = endpoint.operation.signal,
      case .read(let plan) = IntakeRules.admit(
        signal,
        IntakeRules.Head(method: head.method, contentType: head.header("content-type"), contentEncoding: nil, bodyBytes: nil))
    else { return respond.problem(problem) }
    var response = TraceIntake.response(IntakeRules.answer(problem.status == 401 ? .unauthenticated : .forbidden, plan))
    if problem.status == 401 { response.headers.append(("WWW-Authenticate", "Bearer realm=\"countersign\"")) }
    return response
  }

  // MARK: With the body

  /// Decides on the loop thread; everything else goes to the worker threads, and is refused when too much waits there.
  package func handle(_ request: HTTPRequest, reply: HTTPReply) {
    let respond = Responder(request.head)
    guard case .found(let endpoint, let parameter) = Endpoint.match(method: request.head.method, path: request.head.path) else {
      return reply.send(respond.problem(ProblemMapping.notFound("there is nothing at `\(request.head.path)`")))
    }
    if endpoint.isOpen { return reply.send(reading.open(endpoint.operation, parameter, request, respond)) }
    switch caller(request.head, endpoint) {
    case .failure(let problem): reply.send(respond.problem(problem))
    case .success(let caller): dispatch(endpoint, parameter, request, caller, respond, reply)
    }
  }

  private func dispatch(
    _ endpoint: Endpoint, _ parameter: String, _ request: HTTPRequest, _ caller: Caller, _ respond: Responder, _ reply: HTTPReply
  ) {
    switch endpoint.operation {
    case .evaluate: return evaluation.single(request, caller: caller, respond: respond, reply: reply)
    case .evaluateBatch: return evaluation.batch(request, caller: caller, respond: respond, reply: reply)
    default: break
    }
    if let signal = endpoint.operation.signal { return intake.handle(signal, request, caller: caller, reply: reply) }
    let taken = services.workers.submit { [self] in
      do {
        let response =
          try endpoint.operation.searchTarget.map { try search.response($0, request, caller, respond) }
          ?? administration.response(endpoint.operation, parameter, request, caller, respond)
          ?? reading.response(endpoint.operation, parameter, request, respond)
        reply.send(response)
      } catch let problem as Problem {
        reply.send(respond.problem(problem))
      } catch let fault as MessageFault {
        reply.send(respond.problem(Problem(fault)))
      } catch {
        services.log.write(
          .error, "request.failed", ["operation": .string(endpoint.operation.rawValue), "reason": .string("\(error)")])
        reply.send(
          respond.problem(Problem(500, "internal.evaluation_failed", "the request could not be carried out: see the server's log")))
      }
    }
    if !taken { reply.send(respond.problem(Problem(503, "internal.overloaded", "too much work is waiting: try again"))) }
  }
}

extension Endpoint {
  /// Endpoints with a limit of their own: policy folders are larger than other bodies.
  var isBulk: Bool { operation == .applyPolicies || operation == .checkPolicies }

  /// The roles that may call it, for people.
  var roleNames: String {
    guard case .key(let roles) = access else { return "any" }
    return roles.roles.map(\.rawValue).joined(separator: ", ")
  }
}

extension API.Operation {
  /// The telemetry signal that this operation takes in.
  var signal: OTLPSignal? {
    switch self {
    case .ingestTraces: .traces
    case .ingestLogs: .logs
    case .ingestMetrics: .metrics
    default: nil
    }
  }

  /// Whether AuthZEN's rules of transport hold.
  var isAuthZEN: Bool { self == .evaluate || self == .evaluateBatch || searchTarget != nil }
}
