import Platform

/// One client's connection; only its loop's thread touches it.
final class HTTPConnection {
  /// What happens next.
  enum Phase {
    /// The head of a request is read, or awaited.
    case head
    /// A body is read.
    case body
    /// The handler has the request; nothing is read, which keeps pipelined answers in order and slows down who sends too fast.
    case waiting
    /// An answer did not fit into the socket yet.
    case sending
    /// The answer was the last; what the client still sends is thrown away.
    case lingering
    /// The descriptor is closed.
    case closed
  }

  /// A file under way.
  struct File {
    let descriptor: Int32
    var remaining: Int
  }

  let descriptor: Int32
  /// Distinguishes this connection from former ones with the same descriptor.
  let generation: UInt32
  var phase = Phase.head
  /// On the monotonic clock; from then on the phase has taken too long.
  var deadline: UInt64

  // What the kernel said (edge-triggered, so it says it once).
  var mayRead = false
  var hangup = false
  /// Stands in the loop's list of connections to go on with.
  var isQueued = false

  // The request under way.
  var parser = RequestParser()
  var chunks = ChunkedDecoder()
  /// Whether a byte of the next head has arrived.
  var headStarted = false
  var head: HTTPRequestHead?
  var body: [UInt8] = []
  var bodyBytesMax = 0
  var bodyDeadline: UInt64 = 0

  // How its answer is framed.
  var isHead = false
  var isHTTP11 = true
  var closeAfter = false
  /// Bytes of the request are or may be under way that will not be read.
  var leavesUnread = false
  var lingered = 0

  /// Bytes that have arrived and are not used: an incomplete head, or pipelined requests behind the one that waits.
  var input: [UInt8] = []
  var inputStart = 0
  /// Whether `input` may hold a whole request: nobody has looked since the last answer.
  var inputIsFresh = false

  // What of an answer is not sent yet, in this order.
  var output: [UInt8] = []
  var outputSent = 0
  var content: [UInt8] = []
  var contentSent = 0
  var file: File?

  init(descriptor: Int32, generation: UInt32, deadline: UInt64) {
    self.descriptor = descriptor
    self.generation = generation
    self.deadline = deadline
  }

  var isReading: Bool {
    switch phase {
    case .head, .body, .lingering: true
    case .waiting, .sending, .closed: false
    }
  }

  var isIdle: Bool { phase == .head && !headStarted }

  /// Forgets the request that has been answered.
  func reset() {
    parser = RequestParser()
    headStarted = false
    isHead = false
    isHTTP11 = true
  }

  func closeFile() {
    if let file { Sockets.close(file.descriptor) }
    file = nil
  }
}
