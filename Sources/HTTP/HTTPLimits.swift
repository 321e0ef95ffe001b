/// What a client may take of the server; every limit is a number with a unit and a reason.
package struct HTTPLimits: Sendable {
  /// Bytes of request line and fields together: what the large browsers and proxies send at most. Beyond it 431.
  package var headBytesMax = 16 << 10
  /// Header fields of one request: ten times what our clients send. Beyond it 431.
  package var headFieldsMax = 100
  /// Bytes of the request target: the length that RFC 9112 section 3 asks for at least. Beyond it 414.
  package var targetBytesMax = 8000
  /// Bytes of chunk sizes with their extensions and of the trailer section of one chunked body, together: they carry nothing for us. Beyond it 400.
  package var chunkOverheadBytesMax = 64 << 10
  /// Connections open at the same time on all loops: half the descriptors that a process usually may hold leaves room for files. Beyond it 503.
  package var connectionsMax = 8192
  /// Seconds from the first byte (or the accepted connection) to the whole head: slow senders hold a descriptor, not a thread. Beyond it 408.
  package var headSeconds = 10.0
  /// Seconds without any byte of a body that is under way. Beyond it 408.
  package var bodyIdleSeconds = 30.0
  /// Seconds for a whole body: 16 MiB over a 0.5 Mbit/s line; it ends bodies that trickle. Beyond it 408.
  package var bodySeconds = 300.0
  /// Seconds between two requests of a kept connection. Beyond it the connection is closed without a word.
  package var keepAliveSeconds = 60.0
  /// Seconds without room to write an answer: the client reads nothing. Beyond it the connection is closed.
  package var writeIdleSeconds = 30.0
  /// Seconds during which bytes that a refused client still sends are read and thrown away, so that it sees the refusal and no reset.
  package var lingerSeconds = 2.0
  /// The bytes of that at most.
  package var lingerBytesMax = 1 << 20

  /// The standard limits.
  package init() {}
}
