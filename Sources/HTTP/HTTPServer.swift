package import Platform
import Synchronization

/// An HTTP/1.1 server: one epoll loop for each thread, each with its own listener on the same port.
///
/// The owner calls `start` once and `drain` once.
package final class HTTPServer: Sendable {
  /// The port that is listened on, also when 0 was asked for.
  package let port: UInt16
  private let loops: [HTTPLoop]
  private let threads = Lock<[ThreadHandle]>([])

  /// Listens; connections wait in the kernel until `start`.
  ///
  /// - Parameters:
  ///   - address: IPv4, IPv6 or a host name.
  ///   - port: 0 lets the system choose.
  ///   - threads: loops, at least one.
  /// - Throws: when the address cannot be listened on, in particular when another process does.
  package init(
    address: String, port: UInt16, threads: Int, limits: HTTPLimits = HTTPLimits(), handler: any HTTPHandler,
    clock: WallClock = .system
  ) throws(SocketError) {
    // With SO_REUSEPORT alone a second server would silently share the port: ask for it exclusively first.
    if port != 0 { Sockets.close(try Sockets.listen(address: address, port: port, shared: false)) }
    let shared = LoopShared(limits: limits, handler: handler, clock: clock)
    let first = try Sockets.listen(address: address, port: port, shared: true)
    let chosen = Sockets.localPort(first)
    var listeners = [first]
    do throws(SocketError) {
      for _ in 1..<max(1, threads) { listeners.append(try Sockets.listen(address: address, port: chosen, shared: true)) }
    } catch {
      for listener in listeners { Sockets.close(listener) }
      throw error
    }
    self.port = chosen
    loops = listeners.map { HTTPLoop(shared, listener: $0) }
  }

  /// Starts the threads and returns.
  package func start() {
    let handles = loops.enumerated().map { number, loop in spawnThread(name: "http-\(number)") { loop.run() } }
    threads.withLock { $0 = handles }
  }

  /// Stops gracefully and returns when no thread runs any more: no new connections, idle ones closed, requests under way answered with
  /// `Connection: close`; what is not answered after `seconds` is cut off.
  package func drain(seconds: Int) {
    let deadline = MonotonicClock.nanoseconds() &+ UInt64(max(0, seconds)) * 1_000_000_000
    for loop in loops { loop.stop(deadline: deadline) }
    for loop in loops { loop.wakeUp() }
    let handles = threads.withLock { handles in
      defer { handles = [] }
      return handles
    }
    for handle in handles { handle.join() }
  }

  /// The counters of all loops, each read once.
  package var statistics: HTTPStatistics {
    var sum = HTTPStatistics()
    for loop in loops { loop.counters.add(to: &sum) }
    return sum
  }
}
