import API
import Governance
import HTTP
import JSON
import Platform

extension EvaluationRoute {
  /// `POST /access/v1/evaluations`: the answers of single calls in order, stopped where the semantic says so.
  ///
  /// Items run one after the other: budgets see earlier items, and a short circuit leaves later ones unasked. Each waits for its
  /// commit; the journal serves other callers meanwhile.
  func batch(_ request: HTTPRequest, caller: Caller, respond: Responder, reply: HTTPReply) {
    let body: EvaluationBatch.Body
    do {
      body = try EvaluationBatch.decode(request.body)
    } catch {
      return reply.send(respond.problem(Problem(error)))
    }
    switch body {
    case .single(let message):
      decide(message, bytes: request.body, caller: caller, requestID: respond.requestID) { reply.send($0.response(respond)) }
    case .batch(let batch):
      let taken = services.workers.submit {
        reply.send(respond.json(EvaluationAnswers.encode(run(batch, caller: caller, requestID: respond.requestID))))
      }
      if !taken { reply.send(respond.problem(Problem(503, "internal.overloaded", "too much work is waiting: try again"))) }
    }
  }

  private func run(_ batch: EvaluationBatch, caller: Caller, requestID: String?) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    // Without a short circuit nothing depends on an answer: all go to the journal at once and share its commits, in order.
    guard batch.semantic != .executeAll else {
      return results(batch.items, caller: caller, requestID: requestID).map(\.item)
    }
    for item in batch.items {
      guard let result = results([item], caller: caller, requestID: requestID).first else { break }
      answers.append(result.item)
      if batch.semantic.stops(after: result.isPermit) { break }
    }
    return answers
  }

  private func results(
    _ items: [Result<EvaluationMessage, MessageFault>], caller: Caller, requestID: String?
  ) -> [ItemResult] {
    let collected = Lock((left: items.count, results: [ItemResult?](repeating: nil, count: items.count)))
    let done = WaitSignal()
    let store: @Sendable (Int, ItemResult) -> Void = { position, result in
      let left = collected.withLock { collected in
        collected.results[position] = result
        collected.left -= 1
        return collected.left
      }
      if left == 0 { done.signal() }
    }
    for (position, item) in items.enumerated() {
      switch item {
      case .failure(let fault): store(position, .refused(RequestFault(fault.field, fault.message, code: fault.code)))
      case .success(let message):
        decide(message, bytes: message.encoded(), caller: caller, requestID: requestID.map { "\($0)#\(position)" }) {
          store(position, $0)
        }
      }
    }
    if !items.isEmpty { done.wait() }
    return collected.withLock { $0.results.compactMap { $0 } }
  }
}
