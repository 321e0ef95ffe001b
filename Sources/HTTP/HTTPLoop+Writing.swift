import Platform

extension HTTPLoop {
  /// Content up to this size is copied behind the head, so that one system call sends both.
  static let joinedBytesMax = 64 << 10
  /// Bytes of a file for one connection in one turn, so that the others are not kept waiting.
  static let fileBytesPerTurn = 4 << 20

  /// Answers the request that a reply belongs to, if its client is still there.
  func respond(_ response: HTTPResponse, _ descriptor: Int32, _ generation: UInt32) {
    guard let connection = waiting(descriptor, generation) else { return response.discard() }
    write(response, to: connection)
    // Whoever is being read goes on by itself; anyone else is resumed later in this turn.
    if current !== connection, connection.isReading, connection.mayRead || connection.inputIsFresh { enqueue(connection) }
  }

  /// Fills `output` with a whole answer (or its head, when the content is large or a file).
  func encode(_ response: HTTPResponse, keepsAlive: Bool, isHTTP11: Bool, isHead: Bool, fileBytes: Int = 0) {
    output.removeAll(keepingCapacity: true)
    var length = fileBytes
    if case .bytes(let bytes) = response.body { length = bytes.count }
    ResponseWriter.write(
      response, ResponseWriter.Framing(keepsAlive: keepsAlive, isHTTP11: isHTTP11, length: length), date: date.bytes, into: &output)
    if !isHead, ResponseWriter.hasContent(response.status), case .bytes(let bytes) = response.body,
      bytes.count <= Self.joinedBytesMax
    {
      output.append(contentsOf: bytes)
    }
  }

  /// Writes an answer as far as the socket takes it; the rest follows when there is room.
  func write(_ answer: HTTPResponse, to connection: HTTPConnection) {
    var response = answer
    if !answer.fieldsAreValid {
      answer.discard()
      counters.refuse(.answer)
      response = HTTPRefusal.invalidAnswer.response
    }
    var fileBytes = 0
    if case .file(let path, let removeWhenSent) = response.body {
      do {
        let (descriptor, bytes) = try Files.openForReading(path)
        connection.file = HTTPConnection.File(descriptor: descriptor, remaining: bytes)
        fileBytes = bytes
        // The open descriptor keeps the bytes.
        if removeWhenSent { response.discard() }
      } catch {
        counters.refuse(.answer)
        response = HTTPRefusal.invalidAnswer.response
      }
    }
    if isStopping { connection.closeAfter = true }
    let hasContent = !connection.isHead && ResponseWriter.hasContent(response.status)
    encode(
      response, keepsAlive: !connection.closeAfter, isHTTP11: connection.isHTTP11, isHead: connection.isHead, fileBytes: fileBytes)
    if !hasContent { connection.closeFile() }
    if hasContent, case .bytes(let bytes) = response.body, bytes.count > Self.joinedBytesMax { connection.content = bytes }
    switch output.withUnsafeBytes({ Sockets.send(connection.descriptor, $0) }) {
    case .bytes(let count) where count == output.count:
      if connection.content.isEmpty, connection.file == nil { return finish(connection) }
    case .bytes(let count): connection.output = Array(output[count...])
    case .wouldBlock: connection.output = output
    case .closed: return close(connection)
    }
    connection.outputSent = 0
    connection.contentSent = 0
    connection.phase = .sending
    connection.deadline = after(limits.writeIdleSeconds)
    flush(connection)
  }

  /// Sends what is left of an answer until it is done or the socket is full.
  func flush(_ connection: HTTPConnection) {
    var budget = Self.fileBytesPerTurn
    while connection.phase == .sending {
      let transfer: SocketTransfer
      if connection.outputSent < connection.output.count {
        transfer = Self.send(connection.descriptor, connection.output, from: connection.outputSent)
        if case .bytes(let count) = transfer { connection.outputSent += count }
      } else if connection.contentSent < connection.content.count {
        transfer = Self.send(connection.descriptor, connection.content, from: connection.contentSent)
        if case .bytes(let count) = transfer { connection.contentSent += count }
      } else if let file = connection.file, file.remaining > 0 {
        guard budget > 0 else { return enqueue(connection) }
        transfer = Sockets.sendFile(connection.descriptor, file: file.descriptor, count: min(file.remaining, budget))
        if case .bytes(let count) = transfer {
          connection.file?.remaining -= count
          budget -= count
        }
      } else {
        return finish(connection)
      }
      switch transfer {
      case .bytes: connection.deadline = after(limits.writeIdleSeconds)
      case .wouldBlock: return
      // Also a file that became shorter: the promised length cannot be kept, so the client must see a broken answer.
      case .closed: return close(connection)
      }
    }
  }

  private static func send(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> SocketTransfer {
    bytes.withUnsafeBytes { Sockets.send(descriptor, UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  /// The answer has been sent: the next request, or the end.
  private func finish(_ connection: HTTPConnection) {
    connection.output = []
    connection.content = []
    connection.closeFile()
    guard connection.closeAfter || isStopping else {
      connection.reset()
      connection.phase = .head
      connection.deadline = after(limits.keepAliveSeconds)
      return
    }
    guard connection.leavesUnread else { return close(connection) }
    connection.input = []
    connection.phase = .lingering
    connection.deadline = after(limits.lingerSeconds)
    Sockets.shutdownWriting(connection.descriptor)
  }

  /// Asks for the body that the client holds back.
  func sendContinue(_ connection: HTTPConnection) {
    let line: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
    let bytes = UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount)
    // Nothing else is under way on this connection, so it fits; if not, the client has a broken connection anyway.
    if Sockets.send(connection.descriptor, bytes) != .bytes(line.utf8CodeUnitCount) { close(connection) }
  }
}
