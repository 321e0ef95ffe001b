import Glibc

/// A value behind a pthread mutex, with a condition to wait for a change of it.
///
/// Time is the monotonic clock's, so a step of the wall clock neither wakes nor delays anyone.
final class Monitor<Value>: @unchecked Sendable {  // `value` is only touched while `mutex` is held
  private var value: Value
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ value: sending Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with the value; wakes nobody.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Wakes everyone who waits: each looks at the value again.
  func wakeAll() { pthread_cond_broadcast(condition) }

  /// Waits until `body` gives something, looking at the value at once and after each wake-up.
  ///
  /// - Parameter nanosecondsMax: how long at most; nil for ever.
  /// - Returns: nil when the time has passed.
  func wait<Result>(nanosecondsMax: UInt64?, until body: (inout Value) -> Result?) -> Result? {
    let deadline = nanosecondsMax.map { Monitor.deadline(after: $0) }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value) { return result }
      guard var deadline else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return body(&value) }
    }
  }

  private static func deadline(after nanoseconds: UInt64) -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let second: UInt64 = 1_000_000_000
    let fraction = UInt64(now.tv_nsec) + nanoseconds % second
    return timespec(
      tv_sec: now.tv_sec + Int(min(nanoseconds / second, 1 << 31)) + Int(fraction / second), tv_nsec: Int(fraction % second))
  }
}
