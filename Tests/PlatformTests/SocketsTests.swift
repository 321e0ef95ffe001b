import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite("sockets and epoll")
struct SocketsTests {
  func send(_ descriptor: Int32, _ text: String) {
    Array(text.utf8).withUnsafeBytes { #expect(Sockets.send(descriptor, $0) == .bytes($0.count)) }
  }

  // `#expect` cannot look into a value that is not copyable.
  func added(_ holds: Bool, _ location: SourceLocation = #_sourceLocation) throws { try #require(holds, sourceLocation: location) }

  func found(_ count: Int, _ expected: Int, _ location: SourceLocation = #_sourceLocation) {
    #expect(count == expected, sourceLocation: location)
  }

  func found(_ event: Epoll.Event, _ descriptor: Int32, _ location: SourceLocation = #_sourceLocation) {
    #expect(event.descriptor == descriptor && event.readable, sourceLocation: location)
  }

  func receive(_ descriptor: Int32) -> SocketTransfer {
    var bytes = [UInt8](repeating: 0, count: 100)
    return bytes.withUnsafeMutableBytes { Sockets.receive(descriptor, $0) }
  }

  @Test("a listener accepts, epoll tells of bytes and of the end", arguments: ["127.0.0.1", "[::1]", "::1", "localhost"])
  func exchange(address: String) throws {
    let listener = try Sockets.listen(address: address, port: 0, shared: true)
    defer { Sockets.close(listener) }
    let port = Sockets.localPort(listener)
    #expect(port > 0)
    #expect(Sockets.accept(listener).descriptor == nil)
    let epoll = Epoll(capacity: 8)
    try added(epoll.addReading(listener))
    let client = try Sockets.connect(host: address, port: port, timeoutMilliseconds: 2000)
    found(epoll.wait(milliseconds: 2000), 1)
    found(epoll[0], listener)
    let accepted = Sockets.accept(listener)
    let server = try #require(accepted.descriptor)
    defer { Sockets.close(server) }
    try added(epoll.addEdges(server))
    #expect(receive(server) == .wouldBlock)
    found(epoll.wait(milliseconds: 2000), 1)
    try added(epoll[0].writable)
    send(client, "hello")
    found(epoll.wait(milliseconds: 2000), 1)
    found(epoll[0], server)
    #expect(receive(server) == .bytes(5))
    #expect(receive(server) == .wouldBlock)
    Sockets.close(client)
    found(epoll.wait(milliseconds: 2000), 1)
    try added(epoll[0].readable)
    #expect(receive(server) == .closed)
  }

  @Test("an event descriptor wakes an epoll, and an epoll with nothing to tell returns after its time")
  func wake() throws {
    let epoll = Epoll()
    let event = EventFD(blocking: false)
    try added(epoll.addReading(event.fd))
    found(epoll.wait(milliseconds: 5), 0)
    event.signal()
    found(epoll.wait(milliseconds: 2000), 1)
    event.wait()
    event.wait()
    found(epoll.wait(milliseconds: 0), 0)
  }

  @Test("shared listeners share a port; an exclusive one is refused while anyone listens")
  func ports() throws {
    let first = try Sockets.listen(address: "127.0.0.1", port: 0, shared: true)
    let port = Sockets.localPort(first)
    let second = try Sockets.listen(address: "127.0.0.1", port: port, shared: true)
    let error = #expect(throws: SocketError.self) { try Sockets.listen(address: "127.0.0.1", port: port, shared: false) }
    #expect(error?.description == "cannot listen on `127.0.0.1:\(port)`: Address already in use")
    Sockets.close(second)
    Sockets.close(first)
  }

  @Test("errors name the operation and the address")
  func errors() throws {
    let listener = try Sockets.listen(address: "127.0.0.1", port: 0, shared: false)
    let port = Sockets.localPort(listener)
    Sockets.close(listener)
    let refused = #expect(throws: SocketError.self) {
      try Sockets.connect(host: "127.0.0.1", port: port, timeoutMilliseconds: 1000)
    }
    #expect(refused?.description == "cannot connect to `127.0.0.1:\(port)`: Connection refused")
    let unknown = #expect(throws: SocketError.self) { try Sockets.listen(address: "no host name", port: 1, shared: false) }
    #expect(unknown?.description.hasPrefix("cannot listen on `no host name:1`: ") == true)
    let far = #expect(throws: SocketError.self) { try Sockets.listen(address: "2001:db8::1", port: 80, shared: false) }
    #expect(far?.address == "[2001:db8::1]:80")
  }

  @Test("a blocking read gives up after its time")
  func timeouts() throws {
    let listener = try Sockets.listen(address: "127.0.0.1", port: 0, shared: false)
    defer { Sockets.close(listener) }
    let client = try Sockets.connect(host: "127.0.0.1", port: Sockets.localPort(listener), timeoutMilliseconds: 1000)
    defer { Sockets.close(client) }
    Sockets.setTimeouts(client, milliseconds: 20)
    #expect(receive(client) == .wouldBlock)
  }
}
