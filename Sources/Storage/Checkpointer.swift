import Database
import Platform

/// Copies the write-ahead log of one file into it, on a thread of its own, so that no commit does it.
///
/// A commit that finds the log long calls `commitLanded`; the thread then copies from a second connection. Under steady writing that never
/// meets the end of the log, which would then grow for ever: when only a little is left and the log is long, `wantsFinish` asks the writer
/// to copy the rest itself before its next commit (milliseconds), after which the log begins again.
final class Checkpointer: @unchecked Sendable {  // `thread` is set once before any other use; the rest is behind `state`
  /// Frames since the last copy that are worth a copy: 8 MiB of 8 KiB pages.
  private static let framesWorthCopying = 1_000
  /// A log of this many frames is finished by the writer: 32 MiB.
  private static let framesMax = 4_000
  /// What the writer copies at about most: half a megabyte, a millisecond or two.
  private static let framesForWriter = 64
  /// Copies in a row while they come nearer to the end of a long log; each leaves what was written during it.
  private static let copiesMax = 8

  private struct State {
    var stopping = false
    var copiedFrames = 0
    var wantsFinish = false
    var failure: DatabaseError?
  }

  private let state = Lock(State())
  private let wake = WaitSignal()
  private let path: String
  private var thread: ThreadHandle?

  init(path: String, name: String) {
    self.path = path
    thread = spawnThread(name: name) { [self] in run() }
  }

  /// Called by the writer after a commit.
  func commitLanded(walFrames: Int) {
    let isLong = state.withLock { state in
      // A log that begins again has fewer frames than were copied.
      if walFrames < state.copiedFrames { state.copiedFrames = 0 }
      return walFrames - state.copiedFrames >= Checkpointer.framesWorthCopying
    }
    if isLong { wake.signal() }
  }

  /// Whether the writer should copy the rest of the log now; asked before a commit.
  func takeFinish() -> Bool {
    state.withLock { state in
      defer { state.wantsFinish = false }
      return state.wantsFinish
    }
  }

  /// The last failure to copy; nil when the last copy worked. The log only grows meanwhile.
  var failure: DatabaseError? { state.withLock { $0.failure } }

  /// Ends the thread.
  func stop() {
    let isFirst = state.withLock { state in
      defer { state.stopping = true }
      return !state.stopping
    }
    guard isFirst else { return }
    wake.signal()
    thread?.join()
    thread = nil
  }

  private func run() {
    var connection: SQLiteConnection?
    while true {
      wake.wait()
      if state.withLock({ $0.stopping }) { return }
      do throws(DatabaseError) {
        if connection == nil { connection = try SQLiteConnection(path: path, mode: .readWrite) }
        guard let connection else { continue }
        try copy(connection)
      } catch {
        connection = nil
        state.withLock { $0.failure = error }
      }
    }
  }

  private func copy(_ connection: SQLiteConnection) throws(DatabaseError) {
    var left = Int.max
    for _ in 0..<Checkpointer.copiesMax {
      let (frames, copied) = try connection.checkpoint()
      // Else the writer's own copy would wait for all of it: 8 to 18 ms measured.
      try connection.syncFile()
      let isLong = frames >= Checkpointer.framesMax
      let isNear = frames - copied <= Checkpointer.framesForWriter
      state.withLock { state in
        state.copiedFrames = copied
        state.wantsFinish = isLong && isNear
        state.failure = nil
      }
      if !isLong || isNear || frames - copied >= left { return }
      left = frames - copied
    }
  }
}
