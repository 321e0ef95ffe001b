import CLinux
import Glibc

/// A running thread; join it before what it uses goes away.
package final class ThreadHandle: Sendable {
  private let thread: pthread_t

  init(_ thread: pthread_t) { self.thread = thread }

  /// Waits until the thread has ended. Call it once.
  package func join() { pthread_join(thread, nil) }
}

/// Starts a thread.
///
/// - Parameter name: at most 15 bytes are shown by tools.
package func spawnThread(name: String, _ body: @escaping @Sendable () -> Void) -> ThreadHandle {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { @Sendable context in
      guard let context else { return nil }
      Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  precondition(status == 0, "the system refuses another thread")
  cl_name_thread(thread, String(name.prefix(15)))
  return ThreadHandle(thread)
}

/// Pauses the calling thread; for polling in commands, never in the server.
package func pause(milliseconds: Int64) {
  var span = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
  nanosleep(&span, nil)
}
