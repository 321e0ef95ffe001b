/// A command that waits, and whom to tell.
struct Submission<Machine: JournalMachine>: Sendable {
  var command: Machine.Command
  var completion: @Sendable (Result<Machine.Answer, JournalFailure>) -> Void
}

/// What wakes the journal's thread.
struct QueueContents<Machine: JournalMachine>: Sendable {
  var submissions: [Submission<Machine>] = []
  var checkpointRequests: [@Sendable (Result<StoredCheckpoint, any Error>) -> Void] = []
  /// Commands that were taken and not executed yet: they count against the limit too.
  var taken = 0
  var wakeRequested = false
  var sleeping = false
  var stopping = false

  var hasWork: Bool { !submissions.isEmpty || !checkpointRequests.isEmpty || wakeRequested || stopping }
}

/// The bounded queue between all threads and the journal's.
final class CommandQueue<Machine: JournalMachine>: Sendable {
  private let contents = Monitor(QueueContents<Machine>())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds a command unless the queue is full or stopped.
  func submit(_ submission: Submission<Machine>) -> JournalFailure? {
    let (failure, wake) = contents.withLock { contents -> (JournalFailure?, Bool) in
      if contents.stopping { return (.stopped, false) }
      if contents.submissions.count + contents.taken >= limit { return (.overloaded, false) }
      contents.submissions.append(submission)
      return (nil, QueueContents.wakes(&contents))
    }
    if wake { contents.wakeAll() }
    return failure
  }

  /// Asks for a checkpoint; false when the queue has stopped.
  func requestCheckpoint(_ completion: @escaping @Sendable (Result<StoredCheckpoint, any Error>) -> Void) -> Bool {
    let (accepted, wake) = contents.withLock { contents -> (Bool, Bool) in
      if contents.stopping { return (false, false) }
      contents.checkpointRequests.append(completion)
      return (true, QueueContents.wakes(&contents))
    }
    if wake { contents.wakeAll() }
    return accepted
  }

  /// Makes the journal's thread look at its clock again.
  func wake() {
    let wake = contents.withLock { contents in
      contents.wakeRequested = true
      return QueueContents.wakes(&contents)
    }
    if wake { contents.wakeAll() }
  }

  /// Refuses everything from now on; what is in the queue is still done.
  func stop() {
    contents.withLock { $0.stopping = true }
    contents.wakeAll()
  }

  /// Changes places with the waiting commands (`submissions` is empty): no allocation in the steady state. On the journal's thread.
  ///
  /// - Parameter waitNanosecondsMax: how long to wait when there is nothing; 0 looks only, nil waits for ever.
  /// - Returns: checkpoint requests, and whether the queue has been stopped.
  func take(
    _ submissions: inout [Submission<Machine>], waitNanosecondsMax: UInt64?
  ) -> (checkpointRequests: [@Sendable (Result<StoredCheckpoint, any Error>) -> Void], stopping: Bool) {
    let work = contents.wait(nanosecondsMax: waitNanosecondsMax) { contents -> QueueContents<Machine>.Work? in
      contents.sleeping = !contents.hasWork && waitNanosecondsMax != 0
      if contents.sleeping { return nil }
      swap(&contents.submissions, &submissions)
      contents.taken += submissions.count
      contents.wakeRequested = false
      let requests = contents.checkpointRequests
      contents.checkpointRequests.removeAll(keepingCapacity: true)
      return QueueContents.Work(checkpointRequests: requests, stopping: contents.stopping)
    }
    return (work?.checkpointRequests ?? [], work?.stopping ?? false)
  }

  /// Says that `count` of the taken commands have been executed.
  func finished(_ count: Int) { contents.withLock { $0.taken -= count } }
}

extension QueueContents {
  struct Work {
    var checkpointRequests: [@Sendable (Result<StoredCheckpoint, any Error>) -> Void]
    var stopping: Bool
  }

  /// Whether the thread that just added work must wake the journal's: once per sleep.
  fileprivate static func wakes(_ contents: inout QueueContents) -> Bool {
    let wakes = contents.sleeping
    contents.sleeping = false
    return wakes
  }
}
