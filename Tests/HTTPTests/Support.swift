import Foundation
import Platform

@testable import HTTP

/// A handler of closures that keeps what it was handed.
final class TestHandler: HTTPHandler {
  typealias Admit = @Sendable (HTTPRequestHead) -> HTTPAdmission
  typealias Handle = @Sendable (HTTPRequest, HTTPReply) -> Void

  private let onAdmit: Admit
  private let onHandle: Handle
  private let requests = Lock<[HTTPRequest]>([])

  var seen: [HTTPRequest] { requests.withLock { $0 } }

  init(_ admit: @escaping Admit = { _ in .accept(bodyBytesMax: 1 << 20) }, handle: @escaping Handle = TestHandler.echo) {
    onAdmit = admit
    onHandle = handle
  }

  func admit(_ head: HTTPRequestHead) -> HTTPAdmission { onAdmit(head) }

  func handle(_ request: HTTPRequest, reply: HTTPReply) {
    requests.withLock { $0.append(request) }
    onHandle(request, reply)
  }

  /// Method, path and body in one line.
  static let echo: Handle = { request, reply in
    reply.send(text("\(request.head.method) \(request.head.path) [\(String(decoding: request.body, as: UTF8.self))]"))
  }
}

func text(_ text: String, status: Int = 200) -> HTTPResponse {
  HTTPResponse(status: status, contentType: "text/plain", body: .bytes(Array(text.utf8)))
}

/// A running server that stops with its owner.
final class TestServer {
  let server: HTTPServer
  let handler: TestHandler

  init(_ handler: TestHandler = TestHandler(), address: String = "127.0.0.1", threads: Int = 2, limits: HTTPLimits = HTTPLimits())
    throws
  {
    self.handler = handler
    server = try HTTPServer(address: address, port: 0, threads: threads, limits: limits, handler: handler)
    server.start()
  }

  deinit { server.drain(seconds: 0) }

  func connect() throws -> RawClient { try RawClient(port: server.port) }

  func client() throws -> HTTPClient { try HTTPClient(baseURL: "http://127.0.0.1:\(server.port)") }
}

/// A socket that sends whatever it is told.
final class RawClient {
  let descriptor: Int32
  private var received: [UInt8] = []

  /// Bytes are waited for at most this long: a test that hangs fails instead.
  static let patienceMilliseconds: Int32 = 10_000

  init(port: UInt16, host: String = "127.0.0.1") throws {
    descriptor = try Sockets.connect(host: host, port: port, timeoutMilliseconds: Self.patienceMilliseconds)
    Sockets.setTimeouts(descriptor, milliseconds: Self.patienceMilliseconds)
  }

  deinit { Sockets.close(descriptor) }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// False when the server has closed the connection.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      guard
        case .bytes(let count) = bytes.withUnsafeBytes({ Sockets.send(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...])) })
      else { return false }
      sent += count
    }
    return true
  }

  /// Reads more; false at the end of the stream or of the patience.
  private func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ Sockets.receive(descriptor, $0) }) else { return false }
    received += buffer[..<count]
    return true
  }

  /// All bytes until the server closes, as text. `isClosed` says whether it did so in time.
  func readToEnd() -> (text: String, isClosed: Bool) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      switch buffer.withUnsafeMutableBytes({ Sockets.receive(descriptor, $0) }) {
      case .bytes(let count): received += buffer[..<count]
      case .closed: return (String(decoding: received, as: UTF8.self), true)
      case .wouldBlock: return (String(decoding: received, as: UTF8.self), false)
      }
    }
  }

  /// The next whole answer with Content-Length (or without content), read without our own parser.
  func answer(isHead: Bool = false) -> (status: Int, head: String, body: String)? {
    while true {
      if let end = Self.find([13, 10, 13, 10], in: received) {
        let head = String(decoding: received[..<end], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
          Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces))
        }
        let need = end + 4 + (isHead ? 0 : length ?? 0)
        if received.count >= need {
          let body = String(decoding: received[(end + 4)..<need], as: UTF8.self)
          received.removeFirst(need)
          return (Int(lines[0].split(separator: " ")[1]) ?? 0, head, body)
        }
      }
      guard receive() else { return nil }
    }
  }

  private static func find(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (0...(bytes.count - mark.count)).first { bytes[$0] == mark[0] && Array(bytes[$0..<$0 + mark.count]) == mark }
  }
}

/// A gate that opens once: tests wait for events, not for time.
final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func open() { semaphore.signal() }

  /// False when it did not open within ten seconds.
  func pass() -> Bool { semaphore.wait(timeout: .now() + 10) == .success }
}
