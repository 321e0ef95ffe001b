import Platform
import Synchronization

/// What the loops of one server have in common.
final class LoopShared: Sendable {
  let limits: HTTPLimits
  let handler: any HTTPHandler
  let clock: WallClock
  /// Connections open on all loops.
  let open = Atomic(0)

  init(limits: HTTPLimits, handler: any HTTPHandler, clock: WallClock) {
    self.limits = limits
    self.handler = handler
    self.clock = clock
  }
}

/// One thread with its listener and its connections.
///
/// `@unchecked Sendable`: other threads call `deliver` and `stop` and read `counters`, which use `inbox`, atomics and the event descriptor;
/// every other field belongs to the loop's thread.
final class HTTPLoop: @unchecked Sendable {
  /// An answer from another thread.
  struct Delivery {
    let response: HTTPResponse
    let descriptor: Int32
    let generation: UInt32
  }

  struct Inbox {
    var deliveries: [Delivery] = []
    /// The loop has ended: nothing is delivered any more.
    var isClosed = false
  }

  /// Bytes of one read; also bounds what a client may pipeline behind a request that waits.
  static let scratchBytes = 64 << 10
  /// Reads from one connection in one turn, so that a fast sender does not starve the others.
  static let roundsMax = 16

  let shared: LoopShared
  let counters = LoopCounters()
  private let epoll = Epoll(capacity: 512)
  private let wake = EventFD(blocking: false)
  private let inbox = Lock(Inbox())
  /// Taken in exchange for the inbox's array, so that neither is allocated anew.
  private var delivered: [Delivery] = []
  /// 0 while the server runs.
  private let stopDeadline = Atomic<UInt64>(0)
  private let thread = Atomic<UInt>(0)

  private var listener: Int32
  private var acceptIsDue = false
  private var isDraining = false
  private var generations: UInt32 = 0
  /// By descriptor.
  private var connections: [HTTPConnection?] = []
  private var queue: [HTTPConnection] = []
  private var nextTick: UInt64 = 0
  private let tick: UInt64

  let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: HTTPLoop.scratchBytes)
  /// The answer being written.
  var output: [UInt8] = []
  var date = HTTPDate()
  /// Monotonic nanoseconds at the beginning of this turn.
  var now: UInt64 = 0
  /// The connection whose bytes are being read: it goes on by itself after an answer.
  var current: HTTPConnection?

  var limits: HTTPLimits { shared.limits }
  /// From the moment that a drain begins, on whatever loop: no answer after it may promise to keep its connection.
  var isStopping: Bool { stopDeadline.load(ordering: .acquiring) != 0 }

  init(_ shared: LoopShared, listener: Int32) {
    self.shared = shared
    self.listener = listener
    let limits = shared.limits
    let shortest = [
      limits.headSeconds, limits.bodyIdleSeconds, limits.bodySeconds, limits.keepAliveSeconds, limits.writeIdleSeconds,
      limits.lingerSeconds,
    ].reduce(4, min)
    tick = Self.nanoseconds(max(0.005, shortest / 4))
    output.reserveCapacity(16 << 10)
  }

  deinit {
    if listener >= 0 { Sockets.close(listener) }
    scratch.deallocate()
  }

  static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(min(max(seconds, 0), 1e9) * 1e9) }

  func after(_ seconds: Double) -> UInt64 { now &+ Self.nanoseconds(seconds) }

  // MARK: From other threads

  /// Answers a request: at once on the loop's own thread, through the inbox from others.
  func deliver(_ response: HTTPResponse, _ descriptor: Int32, _ generation: UInt32) {
    if thread.load(ordering: .relaxed) == currentThreadID() { return respond(response, descriptor, generation) }
    let (taken, first) = inbox.withLock { inbox -> (Bool, Bool) in
      guard !inbox.isClosed else { return (false, false) }
      inbox.deliveries.append(Delivery(response: response, descriptor: descriptor, generation: generation))
      return (true, inbox.deliveries.count == 1)
    }
    if !taken { response.discard() }
    if first { wake.signal() }
  }

  /// Begins to drain; once woken, the loop ends when its connections have, or at `deadline` on the monotonic clock.
  func stop(deadline: UInt64) { stopDeadline.store(max(1, deadline), ordering: .releasing) }

  /// Makes the loop look at what `stop` said.
  func wakeUp() { wake.signal() }

  // MARK: The loop

  func run() {
    thread.store(currentThreadID(), ordering: .relaxed)
    Signals.blockPipe()
    now = MonotonicClock.nanoseconds()
    guard epoll.addReading(wake.fd), epoll.addEdges(listener) else { preconditionFailure("epoll takes a fresh descriptor") }
    while true {
      let count = epoll.wait(milliseconds: timeout)
      now = MonotonicClock.nanoseconds()
      date.update(milliseconds: shared.clock.milliseconds())
      var isWoken = false
      for index in 0..<count {
        let event = epoll[index]
        if event.descriptor == wake.fd {
          isWoken = true
        } else if event.descriptor == listener {
          acceptIsDue = true
        } else if Int(event.descriptor) < connections.count, let connection = connections[Int(event.descriptor)] {
          happened(event, connection)
        }
      }
      // After the events: a descriptor that one of them closed may be accepted anew now.
      if acceptIsDue, listener >= 0 { accept() }
      if isWoken { takeInbox() }
      goOnWithQueue()
      if now >= nextTick { closeLate() }
      if isDraining, shouldEnd() { break }
    }
    end()
  }

  private var timeout: Int32 {
    if !queue.isEmpty { return 0 }
    if isDraining || acceptIsDue || counters.open.load(ordering: .relaxed) > 0 { return Int32(clamping: max(1, tick / 1_000_000)) }
    return -1
  }

  private func happened(_ event: Epoll.Event, _ connection: HTTPConnection) {
    if event.readable { connection.mayRead = true }
    if event.hangup { connection.hangup = true }
    // Nobody is left to answer; the answer under way finds another generation or none.
    if event.broken, connection.phase == .waiting { return close(connection) }
    if connection.phase == .sending, event.writable || event.broken { flush(connection) }
    read(connection)
  }

  private func takeInbox() {
    wake.wait()
    if !isDraining, stopDeadline.load(ordering: .acquiring) != 0 { beginDraining() }
    inbox.withLock { swap(&$0.deliveries, &delivered) }
    for delivery in delivered { respond(delivery.response, delivery.descriptor, delivery.generation) }
    delivered.removeAll(keepingCapacity: true)
  }

  /// The connection that an answer is for, if it still waits for it.
  func waiting(_ descriptor: Int32, _ generation: UInt32) -> HTTPConnection? {
    guard let connection = connections[Int(descriptor)], connection.generation == generation, connection.phase == .waiting else {
      return nil
    }
    return connection
  }

  /// Goes on with this connection later in this turn or in the next.
  func enqueue(_ connection: HTTPConnection) {
    guard !connection.isQueued else { return }
    connection.isQueued = true
    queue.append(connection)
  }

  private func goOnWithQueue() {
    guard !queue.isEmpty else { return }
    let turn = queue
    queue.removeAll(keepingCapacity: true)
    for connection in turn {
      connection.isQueued = false
      if connection.phase == .sending { flush(connection) }
      read(connection)
    }
  }

  // MARK: Connections

  private func accept() {
    acceptIsDue = false
    while true {
      let (descriptor, isExhausted) = Sockets.accept(listener)
      guard let descriptor else {
        // No descriptors left: try again at the next tick, not in a busy loop.
        acceptIsDue = isExhausted
        return
      }
      counters.accepted.add(1, ordering: .relaxed)
      guard shared.open.add(1, ordering: .relaxed).newValue <= limits.connectionsMax else {
        shared.open.subtract(1, ordering: .relaxed)
        refuse(descriptor)
        continue
      }
      generations &+= 1
      let connection = HTTPConnection(descriptor: descriptor, generation: generations, deadline: after(limits.headSeconds))
      while connections.count <= Int(descriptor) { connections.append(nil) }
      connections[Int(descriptor)] = connection
      counters.open.add(1, ordering: .relaxed)
      if !epoll.addEdges(descriptor) { close(connection) }
    }
  }

  /// Tells a client that there are too many connections, as far as that is possible without waiting.
  private func refuse(_ descriptor: Int32) {
    counters.refuse(.connections)
    let refusal = HTTPRefusal(status: 503, reason: .connections, detail: "too many connections are open")
    encode(refusal.response, keepsAlive: false, isHTTP11: true, isHead: false)
    _ = output.withUnsafeBytes { Sockets.send(descriptor, $0) }
    // Unread bytes would turn the close into a reset, which could overtake the answer.
    _ = Sockets.receive(descriptor, UnsafeMutableRawBufferPointer(scratch))
    Sockets.close(descriptor)
  }

  func close(_ connection: HTTPConnection) {
    guard connection.phase != .closed else { return }
    connection.phase = .closed
    connection.closeFile()
    connections[Int(connection.descriptor)] = nil
    Sockets.close(connection.descriptor)
    counters.open.subtract(1, ordering: .relaxed)
    shared.open.subtract(1, ordering: .relaxed)
  }

  /// Ends what has taken too long, once a tick.
  private func closeLate() {
    nextTick = now &+ tick
    for connection in connections {
      guard let connection, connection.deadline <= now else { continue }
      switch connection.phase {
      case .head where connection.headStarted:
        refuse(
          connection, HTTPRefusal(status: 408, reason: .timeout, detail: "the head took more than \(limits.headSeconds) seconds"))
      case .body:
        refuse(connection, HTTPRefusal(status: 408, reason: .timeout, detail: "the body did not arrive in time"))
      case .waiting, .closed: break
      case .head, .sending, .lingering: close(connection)
      }
    }
  }

  // MARK: The end

  private func beginDraining() {
    isDraining = true
    // What the kernel has accepted for us is served.
    accept()
    Sockets.close(listener)
    listener = -1
    for connection in connections {
      guard let connection else { continue }
      connection.closeAfter = true
      if connection.isIdle {
        connection.mayRead = true
        read(connection)
        if connection.isIdle { close(connection) }
      }
    }
  }

  private func shouldEnd() -> Bool {
    counters.open.load(ordering: .relaxed) == 0 || now >= stopDeadline.load(ordering: .acquiring)
  }

  private func end() {
    for connection in connections { if let connection { close(connection) } }
    let left = inbox.withLock { inbox in
      inbox.isClosed = true
      defer { inbox.deliveries = [] }
      return inbox.deliveries
    }
    for delivery in left { delivery.response.discard() }
    thread.store(0, ordering: .relaxed)
  }
}
