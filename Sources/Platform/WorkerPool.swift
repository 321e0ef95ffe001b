/// Threads for work that may wait: administration, look-ups, batches. The queue is bounded; a full one refuses.
package final class WorkerPool: Sendable {
  private struct State {
    var queue: [@Sendable () -> Void] = []
    var next = 0
    var idle: [WaitSignal] = []
    var stopping = false
  }

  private let state = Lock(State())
  private let queueLimit: Int
  private let threads = Lock<[ThreadHandle]>([])

  /// Starts `threads` threads.
  ///
  /// - Parameter queueLimit: how much work may wait.
  package init(name: String, threads count: Int, queueLimit: Int) {
    self.queueLimit = queueLimit
    let started = (0..<count).map { number in spawnThread(name: "\(name)-\(number)") { [self] in run() } }
    threads.withLock { $0 = started }
  }

  /// How many pieces of work wait for a thread.
  package var waiting: Int { state.withLock { $0.queue.count - $0.next } }

  /// Hands over work.
  ///
  /// - Returns: false when too much is waiting or the pool is stopping; then the work is not done.
  package func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
    let (taken, sleeper) = state.withLock { state -> (Bool, WaitSignal?) in
      guard !state.stopping, state.queue.count - state.next < queueLimit else { return (false, nil) }
      state.queue.append(work)
      return (true, state.idle.popLast())
    }
    sleeper?.signal()
    return taken
  }

  /// Finishes the work that waits and ends the threads. Not to be called from one of them.
  package func stop() {
    let sleepers = state.withLock { state in
      state.stopping = true
      defer { state.idle = [] }
      return state.idle
    }
    for sleeper in sleepers { sleeper.signal() }
    for thread in threads.withLock({ threads in
      defer { threads = [] }; return threads
    }) { thread.join() }
  }

  private func run() {
    let signal = WaitSignal()
    while true {
      let (work, stopping) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
        guard state.next < state.queue.count else {
          state.queue.removeAll(keepingCapacity: true)
          state.next = 0
          if !state.stopping { state.idle.append(signal) }
          return (nil, state.stopping)
        }
        state.next += 1
        // Drop what is done once it is more than what waits: amortised constant.
        let work = state.queue[state.next - 1]
        if state.next > 64, state.next * 2 > state.queue.count {
          state.queue.removeFirst(state.next)
          state.next = 0
        }
        return (work, false)
      }
      if let work {
        work()
      } else if stopping {
        return
      } else {
        signal.wait()
      }
    }
  }
}
