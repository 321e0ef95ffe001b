/// What the process says when it ends; stable, for scripts.
enum ExitStatus: Int32 {
  /// Done; the verdict is good.
  case success = 0
  /// Done; the verdict is bad: mistakes found, verification failed, denied.
  case negative = 1
  /// The command line or the configuration is wrong.
  case usage = 2
  /// The server cannot be reached.
  case unreachable = 3
  /// The server refused: not allowed, not found, in conflict.
  case refused = 4
  /// Our own fault, or the machine's.
  case fault = 70
}

/// Ends a command with a message on standard error: what happened; what to do.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message + "; see --help") }
}
