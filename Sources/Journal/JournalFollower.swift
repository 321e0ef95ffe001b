import Platform

/// Why a follower cannot show a state.
package enum FollowerFailure: Error, Equatable, Sendable {
  /// It has not come to `size` in the time given; `reached` is where it stands.
  case behind(size: UInt64, reached: UInt64)
  /// It has stopped.
  case stopped
}

/// Folds the journal's entries behind the writer, on its own thread: the state for screens and reports, the views, the snapshots.
/// The writer never waits for it.
package final class JournalFollower<Machine: JournalMachine>: Sendable {
  private let shared: Monitor<FollowerState>
  private let machine: Lock<Machine?>
  private let thread: Lock<ThreadHandle?>

  /// Starts the thread; it reads the journal's store from the latest snapshot on and catches up.
  ///
  /// - Parameter projections: views to fill; each goes on from its own position.
  package init(journal: Journal<Machine>, projections: [any JournalProjection<Machine.Decoded>] = []) {
    let shared = Monitor(FollowerState())
    self.shared = shared
    machine = Lock(nil)
    let worker = FollowerWorker(recovery: journal.recovery, projections: projections, shared: shared, machine: machine) {
      [weak journal] in
      journal?.latestCheckpoint?.size ?? 0
    }
    journal.observeDurableSize { size in
      let wake = shared.withLock { state in
        state.durable = max(state.durable, size)
        defer { state.sleeping = false }
        return state.sleeping
      }
      if wake { shared.wakeAll() }
    }
    thread = Lock(spawnThread(name: "journal-follower") { worker.run() })
  }

  deinit {
    shared.withLock { $0.stopping = true }
    shared.wakeAll()
  }

  /// Runs `body` with the state after at least `size` entries; waits until it is there. `body` holds up the follower: keep it short.
  ///
  /// - Parameter nanosecondsMax: how long to wait at most.
  /// - Throws: `FollowerFailure`, or what `body` throws.
  package func withState<Result>(
    atLeast size: UInt64, nanosecondsMax: UInt64 = 5_000_000_000, _ body: (borrowing Machine) throws -> Result
  ) throws -> Result {
    try wait(for: size, nanosecondsMax) { $0.size }
    return try machine.withLock { machine in
      guard let machine else { throw FollowerFailure.behind(size: size, reached: 0) }
      return try body(machine)
    }
  }

  /// Waits until every projection has taken at least `size` entries, so that one reads what one has just written.
  ///
  /// - Throws: `FollowerFailure`.
  package func waitUntilProjected(atLeast size: UInt64, nanosecondsMax: UInt64 = 5_000_000_000) throws {
    try wait(for: size, nanosecondsMax) { $0.projectedSize }
  }

  private func wait(for size: UInt64, _ nanosecondsMax: UInt64, _ reached: (FollowerState) -> UInt64) throws {
    func isThere(_ state: FollowerState) -> Bool { state.isOpen && reached(state) >= size }
    let hurry = shared.withLock { state in
      guard !isThere(state) else { return false }
      state.wanted = max(state.wanted, size)
      return true
    }
    if hurry { shared.wakeAll() }
    let stopped = shared.wait(nanosecondsMax: nanosecondsMax) { state -> Bool? in
      if isThere(state) { return false }
      return state.stopped ? true : nil
    }
    switch stopped {
    case .some(false): return
    case .some(true): throw FollowerFailure.stopped
    case nil: throw FollowerFailure.behind(size: size, reached: shared.withLock { reached($0) })
    }
  }

  /// How many entries the state has.
  package var size: UInt64 { shared.withLock { $0.size } }
  /// How many entries the slowest projection has taken.
  package var projectedSize: UInt64 { shared.withLock { $0.projectedSize } }
  /// How many entries the latest snapshot that this follower saved has; 0 before the first.
  package var snapshotSize: UInt64 { shared.withLock { $0.snapshotSize } }
  /// Why the latest attempt to read, project or save failed; nil when it did not.
  package var fault: String? { shared.withLock { $0.fault } }

  /// Ends the thread and waits for it. Repeating it does no harm.
  package func stop() {
    shared.withLock { $0.stopping = true }
    shared.wakeAll()
    let handle = thread.withLock { thread in
      let handle = thread
      thread = nil
      return handle
    }
    handle?.join()
    _ = shared.wait(nanosecondsMax: nil) { $0.stopped ? true : nil }
  }
}

/// What the follower's thread shares with others. The lock over it is held for moments only: the journal's thread takes it too.
struct FollowerState: Sendable {
  /// The state has been read from the store.
  var isOpen = false
  var size: UInt64 = 0
  var projectedSize: UInt64 = 0
  var snapshotSize: UInt64 = 0
  /// What the writer has said to be durable.
  var durable: UInt64 = 0
  /// The largest size that someone waits for.
  var wanted: UInt64 = 0
  /// The thread waits without a limit for `durable` to grow.
  var sleeping = false
  var fault: String?
  var stopping = false
  var stopped = false
}
