import Glibc

/// Termination as an event that one thread waits for.
package enum Signals {
  /// Blocks SIGTERM and SIGINT in this thread and all that it starts from now on; call it before any thread.
  package static func blockTermination() {
    var set = termination
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for SIGTERM or SIGINT and gives its number.
  package static func waitForTermination() -> Int32 {
    var set = termination
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    return number
  }

  /// A write to a peer that has gone is an error of that write, not the end of the process.
  package static func ignorePipe() { signal(SIGPIPE, SIG_IGN) }

  /// The same for this thread alone, whatever the process does about the signal; for `Sockets.sendFile`, which cannot ask for it.
  package static func blockPipe() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var termination: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
