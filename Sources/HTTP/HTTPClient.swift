import Platform

/// What a client waits for and reads at most.
package struct HTTPClientLimits: Sendable {
  /// Seconds for a connection to each address of the host.
  package var connectSeconds = 5.0
  /// Seconds without any byte sent or received: longer than the slowest answer that the server prepares before it sends.
  package var idleSeconds = 60.0
  /// Seconds for the whole exchange.
  package var totalSeconds = 600.0
  /// Bytes of an answer's content: they are kept in memory.
  package var bodyBytesMax = 1 << 30
  /// Connections kept open for later requests.
  package var idleConnectionsMax = 8

  /// The standard limits.
  package init() {}
}

/// A blocking HTTP/1.1 client of one server; any thread may use it, each exchange has a connection of its own while it lasts.
///
/// Redirects are not followed. A request on a kept connection that the server closed meanwhile is sent again once, if its method is idempotent.
package final class HTTPClient: Sendable {
  private let base: HTTPBaseURL
  private let limits: HTTPClientLimits
  private let idle = Lock<[Int32]>([])

  /// - Parameter baseURL: `http://host[:port][/prefix]`; nothing is connected yet.
  package init(baseURL: String, limits: HTTPClientLimits = HTTPClientLimits()) throws(HTTPClientError) {
    base = try HTTPBaseURL(baseURL)
    self.limits = limits
  }

  deinit { for descriptor in idle.withLock({ $0 }) { Sockets.close(descriptor) } }

  /// Sends a request and waits for the whole answer; every status is an answer, not an error.
  ///
  /// - Parameters:
  ///   - path: begins with a slash, percent-encoded, with the query if there is one; put behind the base URL's prefix.
  ///   - headers: without Host, Content-Length and Connection, which the client writes.
  package func send(
    method: String, path: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) throws(HTTPClientError) -> HTTPClientResponse {
    let message = try encode(method, path, headers, body)
    let deadline = MonotonicClock.nanoseconds() &+ UInt64(max(0, limits.totalSeconds) * 1e9)
    if let kept = keptConnection() {
      if let response = try exchange(kept, message, method, deadline, isKept: true) { return response }
    }
    let descriptor: Int32
    do {
      descriptor = try Sockets.connect(
        host: base.host, port: base.port, timeoutMilliseconds: Self.milliseconds(limits.connectSeconds))
    } catch {
      throw HTTPClientError(.unreachable, error.description)
    }
    Sockets.setTimeouts(descriptor, milliseconds: Self.milliseconds(limits.idleSeconds))
    guard let response = try exchange(descriptor, message, method, deadline, isKept: false) else {
      throw HTTPClientError(.closed, "the server closed the connection without an answer")
    }
    return response
  }

  /// A kept connection on which the server has neither closed nor said anything.
  private func keptConnection() -> Int32? {
    while let descriptor = idle.withLock({ $0.popLast() }) {
      if Sockets.isQuiet(descriptor) { return descriptor }
      Sockets.close(descriptor)
    }
    return nil
  }

  private func encode(_ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]) throws(HTTPClientError)
    -> [UInt8]
  {
    guard !method.isEmpty, method.utf8.allSatisfy(ByteClass.isToken) else {
      throw HTTPClientError(.invalidRequest, "`\(method)` is no method")
    }
    guard path.utf8.first == .slash, path.utf8.allSatisfy(ByteClass.isTarget) else {
      throw HTTPClientError(.invalidRequest, "`\(path)` is no path: it begins with a slash and is percent-encoded")
    }
    var text = "\(method) \(base.prefix)\(path) HTTP/1.1\r\nHost: \(base.authority)\r\n"
    for (name, value) in headers {
      guard !name.isEmpty, name.utf8.allSatisfy(ByteClass.isToken), value.utf8.allSatisfy(ByteClass.isFieldValue) else {
        throw HTTPClientError(.invalidRequest, "the field `\(name)` holds a byte that fields may not hold")
      }
      text += "\(name): \(value)\r\n"
    }
    if !body.isEmpty || method != "GET" && method != "HEAD" { text += "Content-Length: \(body.count)\r\n" }
    text += "\r\n"
    return Array(text.utf8) + body
  }

  /// - Returns: nil when a kept connection turned out to be closed and the request may be sent again.
  private func exchange(
    _ descriptor: Int32, _ message: [UInt8], _ method: String, _ deadline: UInt64, isKept: Bool
  ) throws(HTTPClientError) -> HTTPClientResponse? {
    var reader = AnswerReader(isHead: method == "HEAD", bodyBytesMax: limits.bodyBytesMax)
    var keep = false
    defer { if keep { keepConnection(descriptor) } else { Sockets.close(descriptor) } }
    // A server that refuses early answers and closes while this side still writes: read its answer then.
    try write(descriptor, message, deadline)
    let size = 64 << 10
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    while !reader.isComplete {
      try checkTime(deadline)
      switch Sockets.receive(descriptor, buffer) {
      case .bytes(let count): try reader.take(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count]))
      case .wouldBlock: throw HTTPClientError(.timeout, "the server did not answer for \(limits.idleSeconds) seconds")
      case .closed:
        if !reader.hasStarted, isKept, ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) { return nil }
        guard reader.hasStarted else { throw HTTPClientError(.closed, "the server closed the connection without an answer") }
        try reader.finish()
      }
    }
    keep = reader.keepsAlive
    return reader.response
  }

  private func write(_ descriptor: Int32, _ message: [UInt8], _ deadline: UInt64) throws(HTTPClientError) {
    var sent = 0
    while sent < message.count {
      try checkTime(deadline)
      switch message.withUnsafeBytes({ Sockets.send(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wouldBlock: throw HTTPClientError(.timeout, "the server took no bytes for \(limits.idleSeconds) seconds")
      case .closed: return
      }
    }
  }

  private func checkTime(_ deadline: UInt64) throws(HTTPClientError) {
    guard MonotonicClock.nanoseconds() < deadline else {
      throw HTTPClientError(.timeout, "the exchange was not complete after \(limits.totalSeconds) seconds")
    }
  }

  private func keepConnection(_ descriptor: Int32) {
    let kept = idle.withLock { connections in
      guard connections.count < limits.idleConnectionsMax else { return false }
      connections.append(descriptor)
      return true
    }
    if !kept { Sockets.close(descriptor) }
  }

  private static func milliseconds(_ seconds: Double) -> Int32 { Int32(min(max(seconds * 1000, 1), 2e9)) }
}
