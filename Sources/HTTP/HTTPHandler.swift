/// What a handler says to a head, before any byte of the body is read.
package enum HTTPAdmission: Sendable {
  /// The body may have this many bytes; a larger one is refused with 413, at once when Content-Length says so.
  case accept(bodyBytesMax: Int)
  /// This is the answer; the body is not read.
  case refuse(HTTPResponse)
}

/// What the server asks for each request, on a loop thread: both methods return quickly and never wait.
package protocol HTTPHandler: Sendable {
  /// Routes, authenticates and sizes a request by its head.
  func admit(_ head: HTTPRequestHead) -> HTTPAdmission

  /// Answers a request, now or later, through `reply`; long work goes to a `WorkerPool`.
  func handle(_ request: HTTPRequest, reply: HTTPReply)
}
