package import Glibc

/// A POSIX mutex with a condition to wait for, on the monotonic clock: a step of the wall clock neither wakes nor delays anyone.
///
/// The owner keeps what the mutex guards beside it, and unlocks what it has locked on the same thread.
package struct MonotonicCondition: ~Copyable, @unchecked Sendable {  // pthread objects are made for many threads
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// An unlocked mutex that nobody waits for.
  package init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
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

  /// Waits for the mutex. Never twice on one thread.
  @inlinable package func lock() { pthread_mutex_lock(mutex) }

  /// Gives the mutex back.
  @inlinable package func unlock() { pthread_mutex_unlock(mutex) }

  /// Wakes one waiting thread.
  @inlinable package func wakeOne() { pthread_cond_signal(condition) }

  /// Wakes every waiting thread.
  @inlinable package func wakeAll() { pthread_cond_broadcast(condition) }

  /// Gives the locked mutex back until somebody wakes this thread, then has it again. It may also return for no reason: look again.
  ///
  /// - Parameter deadline: when to stop waiting, as `MonotonicClock` counts; nil for never.
  /// - Returns: false when the deadline has passed.
  package func wait(until deadline: UInt64?) -> Bool {
    guard let deadline else {
      pthread_cond_wait(condition, mutex)
      return true
    }
    let second: UInt64 = 1_000_000_000
    var time = timespec(tv_sec: Int(deadline / second), tv_nsec: Int(deadline % second))
    return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
  }

  /// The instant that lies `nanoseconds` ahead, the end of time when there is no such instant.
  package static func deadline(after nanoseconds: UInt64) -> UInt64 {
    let (sum, overflow) = MonotonicClock.nanoseconds().addingReportingOverflow(nanoseconds)
    return overflow ? .max : sum
  }
}
