import Cryptography
import Platform
import TransparencyLog

/// The journal's thread: takes what waits, executes it, writes it in one transaction, and only then answers.
///
/// Crash points. Before `append`: nothing was said and nothing is there. In `append`: the batch is there whole or not at all, and nobody
/// was told. After it, before the answers: the entries are there, the callers ask again and get the stored answer. A checkpoint is
/// only signed over entries that are durable, so a crash never leaves a signed head without its entries.
final class JournalWriter<Machine: JournalMachine>: @unchecked Sendable {  // all but the lets belong to the journal's thread
  let queue: CommandQueue<Machine>
  let status: Monitor<JournalStatus>
  private let recovery: JournalRecovery<Machine>
  private let store: any JournalStore
  private let head: LogHead
  private let clock: WallClock
  private let limits: JournalLimits

  /// Owned by the thread as all below. nil after a failure, until a reload from the store succeeds.
  private var folded: FoldedJournal<Machine>?
  private var checkpoint: StoredCheckpoint?
  private var batch: EntryBatch
  private var now: Int64 = 0
  private var nextCheckpointAt: UInt64 = 0
  private var nextReloadAt: UInt64 = 0
  private var reloadPause: UInt64 = 0
  private var deadlineStuck = false
  private var submissions: [Submission<Machine>] = []
  private var answers: [Machine.Answer] = []

  init(
    recovery: JournalRecovery<Machine>, recovered: JournalRecovery<Machine>.Result, clock: WallClock, queue: CommandQueue<Machine>,
    status: Monitor<JournalStatus>
  ) {
    self.recovery = recovery
    self.store = recovery.store
    self.head = recovery.head
    self.limits = recovery.limits
    self.clock = clock
    self.queue = queue
    self.status = status
    batch = EntryBatch(origin: recovery.head.origin, firstIndex: recovered.folded.size)
    adopt(recovered)
  }

  private func adopt(_ recovered: JournalRecovery<Machine>.Result) {
    folded = recovered.folded
    checkpoint = recovered.checkpoint
    now = max(now, recovered.folded.machine.latestTime())
    let observers = status.withLock { status in
      status.durableSize = recovered.folded.size
      status.latestCheckpoint = recovered.checkpoint
      status.health = .ready
      return status.observers
    }
    status.wakeAll()
    for observer in observers { observer(recovered.folded.size) }
  }

  // MARK: The loop

  func run() {
    while true {
      let work = queue.take(&submissions, waitNanosecondsMax: idleNanoseconds())
      if folded == nil { reloadIfDue() }
      runBatches()
      for request in work.checkpointRequests { request(Result { try makeCheckpoint() }) }
      if work.stopping { break }
    }
    if folded != nil { _ = try? makeCheckpoint() }
    status.withLock { $0.stopped = true }
    status.wakeAll()
  }

  /// How long there is nothing to do, unless a command comes: nil for ever.
  private func idleNanoseconds() -> UInt64? {
    let instant = MonotonicClock.nanoseconds()
    guard let folded else { return nextReloadAt > instant ? nextReloadAt - instant : 0 }
    var wait: UInt64?
    if folded.size > (checkpoint?.size ?? 0) { wait = nextCheckpointAt > instant ? nextCheckpointAt - instant : 0 }
    if let deadline = folded.machine.nextDeadline() {
      // At most a second, so that a step of the wall clock is seen; a deadline that stays in the past is not spun on.
      let rest = UInt64(max(0, min(deadline - max(now, clock.milliseconds()), 1_000))) * 1_000_000
      wait = min(wait ?? .max, deadlineStuck ? max(rest, 1_000_000_000) : rest)
    }
    return wait
  }

  private func runBatches() {
    var done = 0
    repeat {
      guard folded != nil else {
        fail(submissions[done...], unavailable)
        break
      }
      let end = commit(from: done)
      queue.finished(end - done)
      done = end
    } while done < submissions.count
    if done < submissions.count { queue.finished(submissions.count - done) }
    submissions.removeAll(keepingCapacity: true)
  }

  // MARK: One batch

  /// Executes commands from `start` until a batch is full, makes it durable, and answers them.
  ///
  /// - Returns: the end of the commands that were answered.
  private func commit(from start: Int) -> Int {
    guard var folded else { return start }
    self.folded = nil  // one owner of the state's storage while it changes; a failure simply leaves it away
    now = max(now, clock.milliseconds())
    batch.reset(firstIndex: folded.size)
    let due = dueCheckpoint(folded)
    expire(&folded.machine)
    var end = start
    answers.removeAll(keepingCapacity: true)
    while end < submissions.count, batch.count < limits.batchEntriesMax, batch.bytes < limits.batchBytesMax {
      answers.append(folded.machine.execute(submissions[end].command, at: now, output: &batch))
      end += 1
    }
    do {
      if let index = batch.oversizedIndex { throw OversizedLeaf(index: index) }
      for position in 0..<batch.count {
        let hash = batch.withLeaf(position) { LeafHash.of($0) }
        folded.range.append(hash)
        batch.appendHash(hash)
      }
      if !batch.isEmpty || due != nil { try store.append(batch, checkpoint: due) }
    } catch {
      lose(error)
      fail(submissions[start..<end], "the entries could not be written: \(error)")
      return end
    }
    if let due { checkpoint = due }
    if !batch.isEmpty || due != nil { reloadPause = 0 }
    self.folded = folded
    publish(durableSize: folded.size, answered: end - start, due)
    for position in start..<end { submissions[position].completion(.success(answers[position - start])) }
    return end
  }

  private func expire(_ machine: inout Machine) {
    deadlineStuck = false
    while let deadline = machine.nextDeadline(), deadline <= now, batch.count < limits.batchEntriesMax,
      batch.bytes < limits.batchBytesMax
    {
      let before = batch.count
      machine.expire(at: now, output: &batch)
      if batch.count == before {
        deadlineStuck = machine.nextDeadline() == deadline
        if deadlineStuck { return }
      }
    }
  }

  private func publish(durableSize: UInt64, answered: Int, _ stored: StoredCheckpoint?) {
    let entries = UInt64(batch.count)
    let observers = status.withLock { status in
      status.durableSize = durableSize
      if entries > 0 { status.statistics.batches += 1 }
      status.statistics.entries += entries
      status.statistics.answers += UInt64(answered)
      if let stored {
        status.latestCheckpoint = stored
        status.statistics.checkpoints += 1
        status.checkpointFault = nil
      }
      return status.observers
    }
    guard entries > 0 || stored != nil else { return }
    status.wakeAll()
    for observer in observers { observer(durableSize) }
  }

  private func fail(_ failed: ArraySlice<Submission<Machine>>, _ reason: String) {
    status.withLock { $0.statistics.failures += UInt64(failed.count) }
    for submission in failed { submission.completion(.failure(.notDurable(reason))) }
  }

  // MARK: Failure and reload

  /// After any write error the state in memory is worthless: the store alone knows what has landed. The first reload comes at once;
  /// while writes go on failing, each waits longer.
  private func lose(_ error: any Error) {
    folded = nil
    status.withLock { $0.health = .failed("\(error)") }
    postponeReload()
    reloadIfDue()
  }

  private func postponeReload() {
    nextReloadAt = MonotonicClock.nanoseconds() + reloadPause
    let least = UInt64(limits.reloadPauseMilliseconds) * 1_000_000
    reloadPause = min(max(least, reloadPause * 2), UInt64(limits.reloadPauseMillisecondsMax) * 1_000_000)
  }

  private func reloadIfDue() {
    guard MonotonicClock.nanoseconds() >= nextReloadAt else { return }
    do {
      let recovered = try recovery.read()
      status.withLock { $0.statistics.reloads += 1 }
      adopt(recovered)
    } catch {
      if reloadPause == 0 { postponeReload() }
      postponeReload()
      status.withLock { $0.health = .failed("\(error)") }
    }
  }

  private var unavailable: String {
    status.withLock { status in
      guard case .failed(let reason) = status.health else { return "the journal is not available" }
      return "the journal is not available: \(reason)"
    }
  }

  // MARK: Checkpoints

  /// A signature over what is durable, when the tree grew and the last one is old enough.
  private func dueCheckpoint(_ folded: FoldedJournal<Machine>) -> StoredCheckpoint? {
    guard folded.size > (checkpoint?.size ?? 0) else { return nil }
    let instant = MonotonicClock.nanoseconds()
    guard instant >= nextCheckpointAt else { return nil }
    nextCheckpointAt = instant + UInt64(limits.checkpointIntervalMilliseconds) * 1_000_000
    do {
      return try head.sign(folded.range, at: now)
    } catch {
      status.withLock { $0.checkpointFault = "\(error)" }
      return nil
    }
  }

  /// A checkpoint over all that is durable: the latest one when it covers it, else a new one, stored alone.
  private func makeCheckpoint() throws -> StoredCheckpoint {
    guard let folded else { throw JournalFailure.notDurable(unavailable) }
    if let checkpoint, checkpoint.size == folded.size { return checkpoint }
    now = max(now, clock.milliseconds())
    let signed = try head.sign(folded.range, at: now)
    batch.reset(firstIndex: folded.size)
    do {
      try store.append(batch, checkpoint: signed)
    } catch {
      lose(error)
      throw JournalFailure.notDurable("the checkpoint could not be written: \(error)")
    }
    checkpoint = signed
    nextCheckpointAt = MonotonicClock.nanoseconds() + UInt64(limits.checkpointIntervalMilliseconds) * 1_000_000
    publish(durableSize: folded.size, answered: 0, signed)
    return signed
  }
}

private struct OversizedLeaf: Error, CustomStringConvertible {
  var index: UInt64
  var description: String { "the leaf of entry \(index) is longer than \(EntryBatch.leafBytesMax) bytes" }
}
