package import Platform
package import TransparencyLog

/// A journal: one thread that turns commands into durable entries, many at a time (group commit), and the state that they fold into.
///
/// The wait for the disk gathers the next batch; there is no timer. An answer is given only after its entries are durable. When a
/// write fails, every answer of the batch is `notDurable`, and the state is read from the store again before anything else is done.
package final class Journal<Machine: JournalMachine>: Sendable {
  private let queue: CommandQueue<Machine>
  private let status: Monitor<JournalStatus>
  private let thread: Lock<ThreadHandle?>
  let recovery: JournalRecovery<Machine>

  /// Reads what is durable, checks it against the latest signed checkpoint, and starts the thread.
  ///
  /// - Parameters:
  ///   - origin: the name of the log, in every leaf and checkpoint.
  ///   - signer: signs the checkpoints; its public key must verify the stored ones.
  ///   - clock: the only source of time; what it says never goes back for the machine.
  ///   - initial: the state before the first entry.
  /// - Throws: `JournalOpenError` when the journal is not whole or not this log's; the store's error when it cannot be read.
  package init(
    store: any JournalStore, origin: String, signer: NoteSigner, clock: WallClock, initial: @escaping @Sendable () -> Machine,
    limits: JournalLimits = JournalLimits()
  ) throws {
    let recovery = JournalRecovery(
      store: store, head: LogHead(origin: origin, signer: signer), initial: initial, limits: limits)
    let queue = CommandQueue<Machine>(limit: limits.queueMax)
    let status = Monitor(JournalStatus())
    let writer = JournalWriter(recovery: recovery, recovered: try recovery.read(), clock: clock, queue: queue, status: status)
    self.recovery = recovery
    self.queue = queue
    self.status = status
    thread = Lock(spawnThread(name: "journal") { writer.run() })
  }

  deinit { queue.stop() }

  /// Hands over a command.
  ///
  /// - Parameter completion: called exactly once: on the journal's thread when its batch is durable or lost, or on the caller's before
  ///   this returns when the journal does not take it (`overloaded`, `stopped`). It must be short and must not wait for the journal.
  package func submit(
    _ command: Machine.Command, completion: @escaping @Sendable (Result<Machine.Answer, JournalFailure>) -> Void
  ) {
    if let failure = queue.submit(Submission(command: command, completion: completion)) { completion(.failure(failure)) }
  }

  /// Hands over a command and waits for its answer. Never call it on the journal's thread.
  package func submitAndWait(_ command: Machine.Command) throws(JournalFailure) -> Machine.Answer {
    let answer = Monitor<Result<Machine.Answer, JournalFailure>?>(nil)
    submit(command) { result in
      answer.withLock { $0 = result }
      answer.wakeAll()
    }
    guard let result = answer.wait(nanosecondsMax: nil, until: { $0 }) else { throw .stopped }
    return try result.get()
  }

  /// A checkpoint that covers all that was durable when this was called: signed and stored. Never call it on the journal's thread.
  ///
  /// - Throws: `JournalFailure`.
  package func checkpointNow() throws -> StoredCheckpoint {
    let answer = Monitor<Result<StoredCheckpoint, any Error>?>(nil)
    let accepted = queue.requestCheckpoint { result in
      answer.withLock { $0 = result }
      answer.wakeAll()
    }
    guard accepted, let result = answer.wait(nanosecondsMax: nil, until: { $0 }) else { throw JournalFailure.stopped }
    return try result.get()
  }

  /// How many entries are durable.
  package var durableSize: UInt64 { status.withLock { $0.durableSize } }
  /// Whether commands can become durable, and if not why.
  package var health: JournalHealth { status.withLock { $0.health } }
  /// The latest checkpoint that was stored; nil before the first.
  package var latestCheckpoint: StoredCheckpoint? { status.withLock { $0.latestCheckpoint } }
  /// Why the latest checkpoint could not be signed; nil when it could.
  package var checkpointFault: String? { status.withLock { $0.checkpointFault } }
  /// Counters since the start.
  package var statistics: JournalStatistics { status.withLock { $0.statistics } }

  /// Makes the journal look at its clock now: for clocks that jump.
  package func wake() { queue.wake() }

  /// Waits until at least `size` entries are durable or the journal has stopped.
  ///
  /// - Parameter nanosecondsMax: how long at most; nil for ever.
  /// - Returns: the durable size; nil when the journal has stopped below `size`, or time has passed.
  package func waitForDurable(atLeast size: UInt64, nanosecondsMax: UInt64?) -> UInt64? {
    status.wait(nanosecondsMax: nanosecondsMax) { status -> UInt64?? in
      if status.durableSize >= size { return .some(status.durableSize) }
      return status.stopped ? .some(nil) : nil
    } ?? nil
  }

  /// Calls `body` on the journal's thread after each batch that became durable, with the durable size. It must be short.
  package func observeDurableSize(_ body: @escaping @Sendable (UInt64) -> Void) {
    let size = status.withLock { status in
      status.observers.append(body)
      return status.durableSize
    }
    body(size)
  }

  /// Refuses new commands, finishes those that wait, signs a last checkpoint, and waits for the thread to end. Repeating it does no
  /// harm. Never call it on the journal's thread.
  package func stop() {
    queue.stop()
    let handle = thread.withLock { thread in
      let handle = thread
      thread = nil
      return handle
    }
    handle?.join()
    _ = status.wait(nanosecondsMax: nil) { $0.stopped ? true : nil }
  }
}
