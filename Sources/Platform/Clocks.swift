import Glibc

/// The time of day as a value, so that tests bring their own.
package struct WallClock: Sendable {
  /// Milliseconds since the Unix epoch, UTC. It may go back.
  package let milliseconds: @Sendable () -> Int64

  /// A clock that asks `milliseconds`.
  package init(_ milliseconds: @escaping @Sendable () -> Int64) { self.milliseconds = milliseconds }

  /// The machine's clock: the only reader of the time of day.
  package static let system = WallClock {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}

/// Time that only goes forward, for durations.
package enum MonotonicClock {
  /// Nanoseconds since an arbitrary moment.
  package static func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}
