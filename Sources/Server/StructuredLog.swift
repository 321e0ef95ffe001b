import Glibc
package import JSON
package import Platform

/// One JSON object a line on standard error: `{time, level, event, …}`.
package final class StructuredLog: Sendable {
  /// How loud a line is; lines below the configured level are not written.
  package enum Level: Int, Sendable, CaseIterable {
    case debug, info, warning, error

    /// The word in the line.
    package var name: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  private let least: Level
  private let clock: WallClock
  private let lock = Lock(())

  /// Writes what is at least as loud as `least`.
  package init(least: Level, clock: WallClock) {
    self.least = least
    self.clock = clock
  }

  /// Writes one line; `event` is a stable name, `members` never hold a secret or a prompt.
  package func write(_ level: Level, _ event: String, _ members: JSONObject = [:]) {
    guard level.rawValue >= least.rawValue else { return }
    var json = JSONWriter(reserving: 256)
    json.beginObject()
    json.key("time")
    json.string(UTCTime.format(milliseconds: clock.milliseconds()))
    json.key("level")
    json.string(level.name)
    json.key("event")
    json.string(event)
    for (name, value) in members.members {
      json.key(name)
      json.value(value)
    }
    json.endObject()
    let line = json.bytes + [UInt8(ascii: "\n")]
    lock.withLock { _ in
      _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }
}
