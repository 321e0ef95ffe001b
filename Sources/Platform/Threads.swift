import CLinux
import Glibc

/// A started thread; someone should `join` it.
package final class ThreadHandle: Sendable {
  private let thread: Lock<pthread_t?>

  init(_ thread: pthread_t) { self.thread = Lock(thread) }

  /// Waits until the thread's body has returned; a second call returns at once.
  package func join() {
    guard
      let id = thread.withLock({ (slot) -> pthread_t? in
        defer { slot = nil }
        return slot
      })
    else { return }
    pthread_join(id, nil)
  }

  deinit {
    if let id = thread.withLock({ $0 }) { pthread_detach(id) }
  }
}

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}

/// Runs `body` on a new thread.
///
/// A process that cannot start a thread cannot work: that ends it with a message, which is why this does not throw.
///
/// - Parameter name: shown by `ps -L` and debuggers; the first 15 bytes count.
package func spawnThread(name: String, _ body: @escaping @Sendable () -> Void) -> ThreadHandle {
  var thread = pthread_t()
  let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
  let failure = pthread_create(
    &thread, nil,
    { @Sendable pointer in
      guard let pointer else { return nil }
      let body = Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue()
      cl_name_thread(String(decoding: body.name.utf8.prefix(15), as: UTF8.self))
      body.run()
      return nil
    }, box.toOpaque())
  precondition(failure == 0, "a thread could not be started: \(errorText(failure))")
  return ThreadHandle(thread)
}

/// The C library's words for an error number.
func errorText(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}

/// A number that no other running thread has.
package func currentThreadID() -> UInt { UInt(pthread_self()) }

/// Pauses the calling thread; for polling in commands, never in the server.
package func pause(milliseconds: Int64) {
  var span = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
  nanosleep(&span, nil)
}
