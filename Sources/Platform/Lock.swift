package import Glibc

/// A value behind a POSIX mutex: for short critical sections without waiting. The shape of `Synchronization.Mutex`, which the thread
/// sanitizer does not understand on Linux and which is slower there.
package final class Lock<Value>: @unchecked Sendable {  // the mutex guards `value`
  @usableFromInline var value: Value
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  /// A lock that owns `value`.
  package init(_ value: sending Value) {
    self.value = value
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` alone with the value. Never call back into the same lock.
  @inlinable package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}

/// One immutable value that is replaced as a whole: readers take the current one and keep it.
package final class Published<Value: AnyObject & Sendable>: Sendable {
  @usableFromInline let lock: Lock<Value>

  /// Publishes the first value.
  package init(_ value: Value) { lock = Lock(value) }

  /// The value now.
  @inlinable package var current: Value { lock.withLock { $0 } }

  /// Replaces the value; who holds the old one keeps it.
  package func publish(_ value: Value) { lock.withLock { $0 = value } }
}
