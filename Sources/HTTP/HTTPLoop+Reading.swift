import Platform
import Synchronization

extension HTTPLoop {
  /// Bytes that are reserved for a body before it arrives: a claim in Content-Length costs no memory.
  static let bodyReserveBytes = 64 << 10

  /// Uses what has arrived until there is nothing more, the connection waits for an answer, or its turn is over.
  func read(_ connection: HTTPConnection) {
    var rounds = 0
    while connection.isReading {
      if connection.inputIsFresh {
        connection.inputIsFresh = false
        useInput(connection)
        continue
      }
      guard connection.mayRead else { return }
      rounds += 1
      guard rounds <= Self.roundsMax else { return enqueue(connection) }
      switch Sockets.receive(connection.descriptor, UnsafeMutableRawBufferPointer(scratch)) {
      case .bytes(let count):
        // A short read has emptied the socket: the kernel tells of the next byte. A hang-up has been told already.
        if count < scratch.count, !connection.hangup { connection.mayRead = false }
        arrived(connection, UnsafeBufferPointer(rebasing: scratch[..<count]))
      case .wouldBlock:
        connection.mayRead = false
        return
      case .closed: close(connection)
      }
    }
  }

  private func arrived(_ connection: HTTPConnection, _ bytes: UnsafeBufferPointer<UInt8>) {
    if connection.phase == .lingering {
      connection.lingered += bytes.count
      if connection.lingered > limits.lingerBytesMax { close(connection) }
      return
    }
    if connection.input.isEmpty {
      let used = use(bytes.span, connection)
      guard used < bytes.count, connection.phase != .closed, connection.phase != .lingering else { return }
      connection.input = Array(bytes[used...])
      connection.inputStart = 0
      connection.inputIsFresh = !connection.isReading
    } else {
      connection.input.append(contentsOf: bytes)
      useInput(connection)
    }
  }

  /// Uses what was left over by an earlier read.
  private func useInput(_ connection: HTTPConnection) {
    var input = connection.input
    connection.input = []
    var start = connection.inputStart
    start += use(input.span.extracting(start...), connection)
    guard start < input.count, connection.phase != .closed, connection.phase != .lingering else { return }
    // Many small requests share one leftover: move the rest down only when that is cheap.
    if start > input.count / 2 {
      input.removeFirst(start)
      start = 0
    }
    connection.input = input
    connection.inputStart = start
    connection.inputIsFresh = !connection.isReading
  }

  /// Uses as many bytes as belong to requests that can go on now, and says how many.
  private func use(_ bytes: Span<UInt8>, _ connection: HTTPConnection) -> Int {
    current = connection
    defer { current = nil }
    var used = 0
    do throws(HTTPRefusal) {
      while used < bytes.count {
        switch connection.phase {
        case .head:
          if !connection.headStarted {
            connection.headStarted = true
            connection.deadline = after(limits.headSeconds)
          }
          let rest = bytes.extracting(used...)
          guard try connection.parser.advance(rest, limits: limits) else { return used }
          used += try begin(connection, rest)
        case .body: used = try continueBody(connection, bytes, from: used)
        case .waiting, .sending, .lingering, .closed: return used
        }
      }
    } catch {
      refuse(connection, error)
      return bytes.count
    }
    return used
  }

  /// Acts on a complete head.
  ///
  /// - Returns: how many bytes of `rest`, which begins with the head, are used.
  private func begin(_ connection: HTTPConnection, _ rest: Span<UInt8>) throws(HTTPRefusal) -> Int {
    let parser = connection.parser
    let head = try HTTPRequestHead(parser, rest)
    counters.requests.add(1, ordering: .relaxed)
    connection.isHead = head.method == "HEAD"
    connection.isHTTP11 = parser.isHTTP11
    connection.closeAfter = !parser.keepsAlive || isStopping
    let length = parser.contentLength ?? 0
    switch shared.handler.admit(head) {
    case .refuse(let response):
      counters.refuse(.admission)
      connection.phase = .waiting
      // A body that is here already is skipped; one that is under way is not worth waiting for.
      let isHere = !parser.isChunked && length <= rest.count - parser.headLength
      if !isHere {
        connection.closeAfter = true
        connection.leavesUnread = true
      }
      write(response, to: connection)
      return parser.headLength + (isHere ? length : 0)
    case .accept(let bytesMax):
      guard length <= bytesMax else { throw .bodyTooLarge(bytesMax) }
      connection.head = head
      guard length > 0 || parser.isChunked else {
        dispatch(connection)
        return parser.headLength
      }
      connection.phase = .body
      connection.bodyBytesMax = bytesMax
      connection.chunks = ChunkedDecoder()
      connection.body = []
      connection.body.reserveCapacity(min(parser.isChunked ? 4096 : length, Self.bodyReserveBytes))
      connection.deadline = after(limits.bodyIdleSeconds)
      connection.bodyDeadline = after(limits.bodySeconds)
      if parser.expectsContinue, parser.isHTTP11, rest.count == parser.headLength { sendContinue(connection) }
      return parser.headLength
    }
  }

  /// - Returns: where reading stopped.
  private func continueBody(_ connection: HTTPConnection, _ bytes: Span<UInt8>, from start: Int) throws(HTTPRefusal) -> Int {
    var used = start
    let isDone: Bool
    if connection.parser.isChunked {
      used = try connection.chunks.advance(
        bytes, from: start, into: &connection.body, bytesMax: connection.bodyBytesMax, overheadMax: limits.chunkOverheadBytesMax)
      isDone = connection.chunks.isDone
    } else {
      let length = connection.parser.contentLength ?? 0
      used += min(length - connection.body.count, bytes.count - start)
      bytes.extracting(start..<used).withUnsafeBufferPointer { connection.body.append(contentsOf: $0) }
      isDone = connection.body.count == length
    }
    connection.deadline = min(after(limits.bodyIdleSeconds), connection.bodyDeadline)
    if isDone { dispatch(connection) }
    return used
  }

  /// Hands a whole request to the handler, which may answer before it returns.
  private func dispatch(_ connection: HTTPConnection) {
    guard let head = connection.head else { return close(connection) }
    let request = HTTPRequest(head: head, body: connection.body)
    connection.head = nil
    connection.body = []
    connection.phase = .waiting
    connection.deadline = .max
    let ticket = ReplyTicket(.connection(self, descriptor: connection.descriptor, generation: connection.generation))
    shared.handler.handle(request, reply: HTTPReply(ticket))
  }

  /// Answers with what the server itself has against a request, and lets this be the last answer.
  func refuse(_ connection: HTTPConnection, _ refusal: HTTPRefusal) {
    counters.refuse(refusal.reason)
    connection.head = nil
    connection.body = []
    connection.input = []
    connection.closeAfter = true
    connection.leavesUnread = true
    connection.phase = .waiting
    write(refusal.response, to: connection)
    // Called from the timer: go on reading what is thrown away.
    if connection.phase == .lingering, current !== connection { enqueue(connection) }
  }
}
