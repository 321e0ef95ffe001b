import Platform
import Synchronization

/// The right to answer one request, from any thread, once.
///
/// A later `send` is ignored; when the last copy is dropped without one, the client gets 500. A client that has gone is harmless.
package struct HTTPReply: Sendable {
  private let ticket: ReplyTicket

  init(_ ticket: ReplyTicket) { self.ticket = ticket }

  /// A reply that calls `body` in place of a connection, for tests of handlers.
  package init(_ body: @escaping @Sendable (HTTPResponse) -> Void) { ticket = ReplyTicket(.closure(body)) }

  /// Answers. On the connection's own loop thread the bytes are written at once; from elsewhere the loop is woken.
  package func send(_ response: HTTPResponse) { ticket.send(response) }
}

/// The one shared state behind the copies of a reply.
final class ReplyTicket: Sendable {
  enum Target: Sendable {
    case connection(HTTPLoop, descriptor: Int32, generation: UInt32)
    case closure(@Sendable (HTTPResponse) -> Void)
  }

  private let target: Target
  private let isSent = Atomic(false)

  init(_ target: Target) { self.target = target }

  func send(_ response: HTTPResponse) {
    guard !isSent.exchange(true, ordering: .acquiringAndReleasing) else { return response.discard() }
    switch target {
    case .connection(let loop, let descriptor, let generation): loop.deliver(response, descriptor, generation)
    case .closure(let body): body(response)
    }
  }

  deinit {
    guard !isSent.load(ordering: .acquiring) else { return }
    if case .connection(let loop, _, _) = target { loop.counters.refuse(.answer) }
    send(HTTPRefusal.unanswered.response)
  }
}

extension HTTPRefusal {
  static let unanswered = HTTPRefusal(status: 500, reason: .answer, detail: "the request was not answered")
  static let invalidAnswer = HTTPRefusal(status: 500, reason: .answer, detail: "the answer could not be written")
}

extension HTTPResponse {
  /// Gives up an answer that nobody can receive.
  func discard() {
    if case .file(let path, true) = body { try? Files.remove(path) }
  }
}
