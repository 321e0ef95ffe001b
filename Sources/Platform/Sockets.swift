import CLinux
import Glibc

/// A network operation that failed: what was tried, on which address, and what the system said.
package struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `listen on`, `connect to` or `resolve`.
  package let operation: String
  /// The address as it was given, with its port.
  package let address: String
  /// The system's errno; 0 when name resolution refused.
  package let code: Int32
  /// The reason in words.
  package let message: String

  /// `cannot listen on `127.0.0.1:80`: Permission denied`
  package var description: String { "cannot \(operation) `\(address)`: \(message)" }
}

/// What one read or write on a non-blocking socket gave.
package enum SocketTransfer: Equatable {
  /// This many bytes moved, at least one.
  case bytes(Int)
  /// Nothing now; epoll will tell.
  case wouldBlock
  /// The other side has closed (reads) or the connection is broken.
  case closed
}

/// Stream sockets as plain descriptors; whoever holds one closes it.
package enum Sockets {
  /// A non-blocking listener.
  ///
  /// - Parameters:
  ///   - address: an IPv4 or IPv6 address (with or without brackets) or a host name.
  ///   - port: 0 lets the system choose; see `localPort`.
  ///   - shared: with SO_REUSEPORT, so that each loop thread has its own listener and the kernel spreads the connections; a listener that is
  ///     not shared is refused while anyone listens on the port.
  package static func listen(address: String, port: UInt16, shared: Bool, backlog: Int32 = 1024) throws(SocketError) -> Int32 {
    try withAddresses(address, port: port, passive: true, operation: "listen on") { cl_listen($0, $1, backlog, shared ? 1 : 0) }
  }

  /// A blocking connection, or an error after `timeoutMilliseconds` for each address of the host.
  package static func connect(host: String, port: UInt16, timeoutMilliseconds: Int32) throws(SocketError) -> Int32 {
    try withAddresses(host, port: port, passive: false, operation: "connect to") { cl_connect($0, $1, timeoutMilliseconds) }
  }

  private static func withAddresses(
    _ host: String, port: UInt16, passive: Bool, operation: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(SocketError) -> Int32 {
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    let shown = bare.utf8.contains(0x3A) ? "[\(bare)]:\(port)" : "\(bare):\(port)"
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = getaddrinfo(bare, String(port), &hints, &list)
    guard failure == 0 else {
      throw SocketError(operation: operation, address: shown, code: 0, message: String(cString: gai_strerror(failure)))
    }
    defer { freeaddrinfo(list) }
    var code: Int32 = EADDRNOTAVAIL
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        let descriptor = body(address, entry.pointee.ai_addrlen)
        if descriptor >= 0 { return descriptor }
        code = errno
      }
      next = entry.pointee.ai_next
    }
    throw SocketError(operation: operation, address: shown, code: code, message: errorText(code))
  }

  /// The port that a listener is bound to.
  package static func localPort(_ descriptor: Int32) -> UInt16 { UInt16(clamping: cl_local_port(descriptor)) }

  /// The next waiting connection, non-blocking; nil when there is none (or no descriptor is left: `outOfDescriptors`).
  package static func accept(_ listener: Int32) -> (descriptor: Int32?, outOfDescriptors: Bool) {
    while true {
      let descriptor = cl_accept(listener)
      if descriptor >= 0 { return (descriptor, false) }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return (nil, true)
      default: return (nil, false)
      }
    }
  }

  /// Reads what is there into `buffer`, which must not be empty.
  @inline(__always)
  package static func receive(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> SocketTransfer {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .closed }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .closed
    }
  }

  /// Writes what fits of `buffer`, which must not be empty; never raises SIGPIPE.
  @inline(__always)
  package static func send(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> SocketTransfer {
    while true {
      let count = Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      if count > 0 { return .bytes(count) }
      if count < 0, errno == EINTR { continue }
      return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? .wouldBlock : .closed
    }
  }

  /// Copies what fits of a file's next `count` bytes (at least one) to the socket inside the kernel and moves the file's position.
  ///
  /// - Returns: `.closed` also when the file has ended.
  package static func sendFile(_ descriptor: Int32, file: Int32, count: Int) -> SocketTransfer {
    while true {
      let sent = cl_sendfile(descriptor, file, count)
      if sent > 0 { return .bytes(sent) }
      if sent < 0, errno == EINTR { continue }
      return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? .wouldBlock : .closed
    }
  }

  /// Whether the other side has neither closed nor sent anything that is unread.
  package static func isQuiet(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
  }

  /// Limits every later blocking read and write of this socket; after it they give `.wouldBlock`.
  package static func setTimeouts(_ descriptor: Int32, milliseconds: Int32) { _ = cl_set_timeouts(descriptor, milliseconds) }

  /// Says that no more bytes will come from this side; the other side can still send.
  package static func shutdownWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes the descriptor, once.
  package static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }
}
