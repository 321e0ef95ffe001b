import API
import Budgets
import Cryptography
import Governance
import HTTP
import JSON
import Journal
import Platform

/// Everything that changes something and is not a decision: each is one entry of the journal.
struct AdministrationRoutes: Sendable {
  let services: Services

  /// The answer to an administrative operation; nil when it is none.
  func response(
    _ operation: API.Operation, _ parameter: String, _ request: HTTPRequest, _ caller: Caller, _ respond: Responder
  ) throws -> HTTPResponse? {
    switch operation {
    case .settleReservation: respond.json(try settle(parameter, request.body, caller))
    case .startReservation: respond.json(try reservation(parameter, caller, "started") { .start(reservation: $0, by: $1) })
    case .releaseReservation: respond.json(try reservation(parameter, caller, "released") { .release(reservation: $0, by: $1) })
    case .approve, .reject: respond.json(try decide(operation, parameter, request.body, caller))
    case .haltWorkflow, .resumeWorkflow, .haltOrganisation, .resumeOrganisation:
      respond.json(try halt(operation, parameter, request.body, caller))
    case .applyPolicies: try apply(request.body, caller, respond)
    case .checkPolicies: respond.json(try check(request.body))
    case .createKey: respond.json(try createKey(request.body, caller), status: 201)
    case .revokeKey: respond.json(try revokeKey(parameter, caller))
    case .createExport: try export(request.body, caller, respond)
    default: nil
    }
  }

  /// Sends a command and waits until it is durable.
  private func send(_ command: Governance.Command) throws -> Governance.Answer {
    let answer: Governance.Answer
    do {
      answer = try services.journal.submitAndWait(command)
    } catch {
      throw ProblemMapping.problem(error)
    }
    if case .refused(let refusal) = answer { throw ProblemMapping.problem(refusal) }
    return answer
  }

  private func index(_ text: String, _ prefix: String, _ what: String) throws(Problem) -> UInt64 {
    guard let index = Identifiers.index(text, prefix: prefix) else {
      throw ProblemMapping.notFound("there is no \(what) `\(text)`: ids look like `\(prefix)1234`")
    }
    return index
  }

  // MARK: Reservations

  private func settle(_ parameter: String, _ body: [UInt8], _ caller: Caller) throws -> JSONValue {
    let id = try index(parameter, "d-", "reservation")
    let message = try SettleMessage(decoding: body)
    var actual = Amounts.zero
    for (name, value) in message.actual.named {
      if let currency = Currency(name: name) { actual[currency] = value }
    }
    guard
      case .settled(_, let effect, let overrun) = try send(.settle(reservation: id, actual: actual, source: .api, by: caller.actor))
    else { throw Problem(500, "internal.evaluation_failed", "the journal gave an answer of another kind: see the server's log") }
    var over: JSONObject = [:]
    overrun.forEach { currency, value in if value != 0 { over[currency.name] = .integer(value) } }
    return ["reservation": .string(parameter), "effect": .string(effect.rawValue), "overrun": .object(over)]
  }

  private func reservation(
    _ parameter: String, _ caller: Caller, _ state: String, _ command: (UInt64, Actor) -> Governance.Command
  ) throws -> JSONValue {
    _ = try send(command(try index(parameter, "d-", "reservation"), caller.actor))
    return ["reservation": .string(parameter), "state": .string(state)]
  }

  // MARK: Approvals and halts

  private func decide(_ operation: API.Operation, _ parameter: String, _ body: [UInt8], _ caller: Caller) throws -> JSONValue {
    let id = try index(parameter, "a-", "approval")
    let reason = try act(body)
    let validity = services.policies.current.settings.approvalValidityMilliseconds
    let approves = operation == .approve
    let command: Governance.Command =
      approves
      ? .approve(approval: id, reason: reason, validity: validity, by: caller.actor)
      : .reject(approval: id, reason: reason, by: caller.actor)
    guard case .done(let index, _) = try send(command) else {
      throw Problem(500, "internal.evaluation_failed", "the journal gave an answer of another kind: see the server's log")
    }
    return ["id": .string(parameter), "status": approves ? "approved" : "rejected", "index": .integer(Int64(clamping: index))]
  }

  private func halt(_ operation: API.Operation, _ parameter: String, _ body: [UInt8], _ caller: Caller) throws -> JSONValue {
    let sets = operation == .haltWorkflow || operation == .haltOrganisation
    let whole = operation == .haltOrganisation || operation == .resumeOrganisation
    let reason = try act(body)
    if !whole, sets, services.policies.current.workflows[parameter] == nil {
      throw ProblemMapping.notFound("there is no workflow `\(parameter)` in the active policies")
    }
    let target: HaltEntry.Target = whole ? .organisation : .workflow(parameter)
    let answer = try send(.halt(HaltEntry(target: target, set: sets), reason: reason, by: caller.actor))
    let what = whole ? "the organisation" : "workflow \(parameter)"
    let state: String
    if case .unchanged = answer {
      state = sets ? "\(what) is halted already" : "\(what) was not halted"
    } else {
      state = sets ? "\(what) is halted" : "\(what) is resumed"
    }
    return ["state": .string(state), "halted": .bool(sets)]
  }

  private func act(_ body: [UInt8]) throws(MessageFault) -> String { try ActMessage(decoding: body).reason ?? "" }

  // MARK: Policies

  private func apply(_ body: [UInt8], _ caller: Caller, _ respond: Responder) throws -> HTTPResponse {
    let message = try ApplyMessage(decoding: body)
    do {
      let result = try PolicyActivation(services: services).activate(
        files(message), author: message.author ?? "", note: message.note ?? "", actor: caller.actor)
      return respond.json(
        ApplyAnswer(
          version: Int64(clamping: result.version), digest: result.snapshot.revision.digest.hex,
          index: result.index.map { Int64(clamping: $0) }, changes: result.changes
        ).encoded())
    } catch let mistakes as PolicyActivation.Mistakes {
      throw Problem(
        422, "policy.invalid", "nothing was activated: correct the mistakes in `problems` (\(mistakes.problems.count))",
        extensions: ["problems": .array(mistakes.problems.map(Self.json))])
    } catch let failure as JournalFailure {
      throw ProblemMapping.problem(failure)
    }
  }

  private func check(_ body: [UInt8]) throws -> JSONValue {
    let result = PolicyFolder.read(files: files(try ApplyMessage(decoding: body)))
    return ["ok": .bool(result.snapshot != nil), "problems": .array(result.problems.map(Self.json))]
  }

  private func files(_ message: ApplyMessage) -> [PolicyFile] {
    message.files.map { PolicyFile(path: $0.path, bytes: Array($0.text.utf8)) }
  }

  private static func json(_ problem: PolicyProblem) -> JSONValue {
    PolicyProblemMessage(
      file: problem.file, line: problem.line, column: problem.column, message: problem.message, hint: problem.hint,
      severity: problem.severity.rawValue
    ).json
  }

  // MARK: Keys and exports

  private func createKey(_ body: [UInt8], _ caller: Caller) throws -> JSONValue {
    let message = try KeyCreateMessage(decoding: body)
    guard let role = Role(rawValue: message.role.rawValue) else {
      throw Problem(400, "request.invalid", "`role` is `\(message.role.rawValue)`, which this server does not know", field: "role")
    }
    let issued = try KeyService(services: services).create(role: role, label: message.label, actor: caller.actor)
    return [
      "id": .string(issued.entry.id), "key": .string(issued.text), "role": .string(role.rawValue), "label": .string(message.label),
    ]
  }

  private func revokeKey(_ id: String, _ caller: Caller) throws -> JSONValue {
    _ = try send(.revokeKey(id: id, by: caller.actor))
    try KeyService(services: services).publish()
    return ["id": .string(id), "revoked": true]
  }

  private func export(_ body: [UInt8], _ caller: Caller, _ respond: Responder) throws -> HTTPResponse {
    let message = try ExportMessage(decoding: body)
    func time(_ text: String?, _ field: String) throws(Problem) -> Int64? {
      guard let text else { return nil }
      guard let time = UTCTime.parse(text) else {
        throw Problem(400, "request.invalid", "`\(field)` must be an RFC 3339 time such as `2026-01-31T00:00:00Z`", field: field)
      }
      return time
    }
    let scope = ExportScope(
      fromMilliseconds: try time(message.from, "from"), toMilliseconds: try time(message.to, "to"), workflow: message.workflow,
      receiver: message.receiver ?? "", purpose: message.purpose ?? "")
    let bundle = try services.exporter.export(scope)
    let text = "\(message.from ?? "") \(message.to ?? "") \(message.workflow ?? "") \(scope.receiver) \(scope.purpose)"
    do {
      _ = try send(.recordExport(bundle.entry, scope: text, by: caller.actor))
    } catch {
      // An export that is not in the journal does not leave the house.
      try? Files.remove(bundle.path)
      throw error
    }
    var response = HTTPResponse(status: 200, contentType: "application/zip", body: .file(path: bundle.path, removeWhenSent: true))
    response.headers.append(("Content-Disposition", "attachment; filename=\"\(bundle.fileName)\""))
    if let id = respond.requestID { response.headers.append(("X-Request-ID", id)) }
    return response
  }
}
