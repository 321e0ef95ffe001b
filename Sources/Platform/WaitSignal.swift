/// Wakes one waiting thread; a signal that comes before the wait is kept.
package final class WaitSignal: @unchecked Sendable {  // `signalled` is only touched while `condition` is locked
  private let condition = MonotonicCondition()
  private var signalled = false
  /// Longer waits are cut to this, 34 years: their nanoseconds must fit a deadline.
  private static let millisecondsMax: Int64 = 1 << 40

  /// A signal that has not been given.
  package init() {}

  /// Gives the signal.
  package func signal() {
    condition.lock()
    signalled = true
    condition.wakeOne()
    condition.unlock()
  }

  /// Waits for the signal and takes it.
  ///
  /// - Parameter milliseconds: at most this long; nil: for ever.
  /// - Returns: false when the time ran out.
  @discardableResult
  package func wait(milliseconds: Int64? = nil) -> Bool {
    let deadline = milliseconds.map {
      MonotonicCondition.deadline(after: UInt64(min(max(0, $0), WaitSignal.millisecondsMax)) * 1_000_000)
    }
    condition.lock()
    defer { condition.unlock() }
    while !signalled, condition.wait(until: deadline) {}
    defer { signalled = false }
    return signalled
  }
}
