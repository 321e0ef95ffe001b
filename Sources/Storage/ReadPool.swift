import Database
import Platform

/// Connections for readers: each is used by one thread at a time, a few are kept open.
final class ReadPool: Sendable {
  /// Kept when idle; more are opened when more threads read at once, and closed after use.
  private static let idleMax = 4

  private let path: String
  private let settings: ConnectionSettings
  private let idle = Lock<[SQLiteConnection]>([])

  init(path: String, settings: ConnectionSettings) {
    self.path = path
    self.settings = settings
  }

  /// Runs `body` with a connection that no other thread uses meanwhile.
  func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    let connection = try idle.withLock { $0.popLast() } ?? SQLiteConnection(path: path, mode: .readOnly, settings: settings)
    let result = try body(connection)
    idle.withLock { if $0.count < ReadPool.idleMax { $0.append(connection) } }
    return result
  }
}
