import API
import Cryptography
import Governance
import HTTP
import JSON
import Journal
import Platform
import Synchronization

/// The decision endpoint: evaluate on the loop thread, commit in the journal, answer when durable.
struct EvaluationRoute: Sendable {
  let services: Services

  private static let tapes = Pool { JSONTape() }

  /// How often a request is evaluated again because the policies changed underneath it.
  static let evaluationsMax = 3

  func single(_ request: HTTPRequest, caller: Caller, respond: Responder, reply: HTTPReply) {
    let started = MonotonicClock.nanoseconds()
    let message: EvaluationMessage
    do {
      message = try Self.tapes.withItem { tape throws(MessageFault) in try EvaluationMessage(decoding: request.body, tape: tape) }
    } catch {
      return reply.send(respond.problem(Problem(error)))
    }
    decide(message, bytes: request.body, caller: caller, requestID: respond.requestID) { result in
      services.metrics.observe(microseconds: (MonotonicClock.nanoseconds() - started) / 1000)
      reply.send(result.response(respond))
    }
  }

  /// Evaluates and commits one item; `done` is called once, on this thread or on the journal's.
  func decide(
    _ message: EvaluationMessage, bytes: [UInt8], caller: Caller, requestID: String?, done: @escaping @Sendable (ItemResult) -> Void
  ) {
    let request: DecisionRequest
    do {
      request = try DecisionRequest(
        subject: RequestEntity(type: message.subject.type, id: message.subject.id, properties: message.subject.properties),
        action: message.action.name, actionProperties: message.action.properties,
        resource: RequestEntity(type: message.resource.type, id: message.resource.id, properties: message.resource.properties),
        context: message.context, bytes: bytes, enforcementPoint: caller.key, header: requestID,
        now: services.clock.milliseconds())
    } catch {
      done(.refused(error))
      return
    }
    propose(request, attempt: 1, done)
  }

  private func propose(_ request: DecisionRequest, attempt: Int, _ done: @escaping @Sendable (ItemResult) -> Void) {
    let snapshot = services.policies.current
    guard snapshot.revision.version > 0 else {
      done(.unavailable("policy.none_loaded", "no policy folder is active: run `countersign apply DIR`"))
      return
    }
    let proposal = services.evaluator.evaluate(
      request, snapshot: snapshot, now: services.clock.milliseconds(), salt: Hex.encode(RandomBytes.make(16)))
    services.journal.submit(.decide(proposal)) { result in
      switch result {
      case .success(.decided(let decision)):
        services.metrics.count(decision.outcome)
        done(.decided(decision.answer, outcome: decision.outcome))
      case .success(.repeated(let index)): repeated(index, done)
      case .success(.conflict(let index)): done(.conflict(index))
      case .success(.stale):
        guard attempt < Self.evaluationsMax else {
          done(.unavailable("internal.overloaded", "the policies keep changing: try again"))
          return
        }
        // Off the journal's thread: evaluation is not its work.
        let taken = services.lookups.submit { propose(request, attempt: attempt + 1, done) }
        if !taken { done(.unavailable("internal.overloaded", "too much work is waiting: try again")) }
      case .success: done(.unavailable("internal.evaluation_failed", "the journal gave an answer of another kind"))
      case .failure(let failure):
        services.metrics.notDurable.add(1, ordering: .relaxed)
        done(.failed(failure))
      }
    }
  }

  /// The stored answer of an earlier decision; reading the disk is not the journal thread's work.
  private func repeated(_ index: UInt64, _ done: @escaping @Sendable (ItemResult) -> Void) {
    let taken = services.lookups.submit {
      guard let record = try? services.store.payload(at: index), let answer = StoredAnswer(payload: record.payload) else {
        done(.unavailable("internal.evaluation_failed", "the stored answer of `d-\(index)` cannot be read"))
        return
      }
      done(.decided(answer.bytes, outcome: answer.outcome))
    }
    if !taken { done(.unavailable("internal.overloaded", "too much work is waiting: try again")) }
  }
}

/// What became of one item of an evaluation.
enum ItemResult: Sendable {
  case decided([UInt8], outcome: Outcome)
  case refused(RequestFault)
  case conflict(UInt64)
  case unavailable(String, String)
  case failed(JournalFailure)

  /// The problem of an item that got no decision; nil when it got one.
  var problem: Problem? {
    switch self {
    case .decided: return nil
    case .refused(let fault): return ProblemMapping.problem(fault)
    case .conflict(let index): return ProblemMapping.conflict(index)
    case .unavailable(let code, let detail): return Problem(503, code, detail)
    case .failed(let failure): return ProblemMapping.problem(failure)
    }
  }

  func response(_ respond: Responder) -> HTTPResponse {
    if case .decided(let answer, _) = self { return respond.json(answer) }
    return problem.map(respond.problem) ?? respond.json([])
  }

  var isPermit: Bool {
    if case .decided(_, outcome: .permit) = self { true } else { false }
  }

  /// The item in the answer of a batch: whatever is not a permit is `decision: false`.
  var item: [UInt8] {
    if case .decided(let answer, _) = self { return answer }
    guard let problem else { return [] }
    return EvaluationAnswer.failure(
      MessageFault(problem.field ?? "", problem.detail, code: problem.code), status: problem.status)
  }
}
