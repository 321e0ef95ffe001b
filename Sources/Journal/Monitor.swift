import Platform

/// A value behind a mutex, with a condition to wait for a change of it.
final class Monitor<Value>: @unchecked Sendable {  // `value` is only touched while `condition` is locked
  private var value: Value
  private let condition = MonotonicCondition()

  init(_ value: sending Value) { self.value = value }

  /// Runs `body` with the value; wakes nobody.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    return try body(&value)
  }

  /// Wakes everyone who waits: each looks at the value again.
  func wakeAll() { condition.wakeAll() }

  /// Waits until `body` gives something, looking at the value at once and after each wake-up.
  ///
  /// - Parameter nanosecondsMax: how long at most; nil for ever.
  /// - Returns: nil when the time has passed.
  func wait<Result>(nanosecondsMax: UInt64?, until body: (inout Value) -> Result?) -> Result? {
    let deadline = nanosecondsMax.map { MonotonicCondition.deadline(after: $0) }
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&value) { return result }
      if !condition.wait(until: deadline) { return body(&value) }
    }
  }
}
