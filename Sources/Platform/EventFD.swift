import CLinux
import Glibc

/// A counter of the kernel that wakes a waiting thread or an epoll.
package final class EventFD: Sendable {
  /// The descriptor, for an `Epoll`.
  package let fd: Int32

  /// - Parameter blocking: whether `wait` sleeps until a signal; an `EventFD` in an epoll should not block.
  package init(blocking: Bool = true) {
    fd = eventfd(0, Int32(EFD_CLOEXEC) | (blocking ? 0 : Int32(EFD_NONBLOCK)))
    precondition(fd >= 0, "an eventfd could not be created: \(errorText(errno))")
  }

  deinit { close(fd) }

  /// Wakes the waiter; several signals before one `wait` count as one.
  package func signal() {
    var one: UInt64 = 1
    while write(fd, &one, 8) < 0 && errno == EINTR {}
  }

  /// Consumes the signals there are; when blocking, sleeps until there is one.
  package func wait() {
    var count: UInt64 = 0
    while read(fd, &count, 8) < 0 && errno == EINTR {}
  }
}
