/// Reads a body in the chunked transfer coding, RFC 9112 section 7.1, piece by piece.
///
/// Sizes are 1…15 hexadecimal digits, lines end in CRLF alone. Extensions and trailer fields are checked for their form and thrown away.
struct ChunkedDecoder {
  private enum State {
    case sizeStart, size, sizeSpace, sizeExtension, sizeLineFeed
    case data, dataReturn, dataLineFeed
    case trailer
    case done
  }

  private var state = State.sizeStart
  private var remaining = 0
  private var digits = 0
  private var overhead = 0
  /// A trailer line that arrived in pieces.
  private var line: [UInt8] = []

  /// Whether the last chunk and the trailer section have been read.
  var isDone: Bool { state == .done }

  /// Reads `input` from `start` on and appends what it carries to `body`.
  ///
  /// - Parameter bytesMax: the most that `body` may hold; beyond it a refusal with status 413.
  /// - Returns: where reading stopped: the end of `input`, or the first byte after the body.
  mutating func advance(
    _ input: Span<UInt8>, from start: Int, into body: inout [UInt8], bytesMax: Int, overheadMax: Int
  ) throws(HTTPRefusal) -> Int {
    var at = start
    while at < input.count, state != .done {
      switch state {
      case .data:
        let count = min(remaining, input.count - at)
        guard body.count + count <= bytesMax else { throw .bodyTooLarge(bytesMax) }
        input.extracting(at..<at + count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        at += count
        remaining -= count
        if remaining == 0 { state = .dataReturn }
      case .trailer:
        try trailer(input[at], overheadMax)
        at += 1
      default:
        try step(input[at], overheadMax)
        at += 1
        // Refuse as soon as the size is known, before the bytes arrive.
        if state == .data, remaining > bytesMax - body.count { throw .bodyTooLarge(bytesMax) }
      }
    }
    return at
  }

  private mutating func step(_ byte: UInt8, _ overheadMax: Int) throws(HTTPRefusal) {
    switch state {
    case .sizeStart, .size:
      if let digit = ByteClass.hexadecimal(byte) {
        digits += 1
        guard digits <= 15 else { throw .malformed("a chunk size has more than 15 digits") }
        remaining = remaining << 4 | Int(digit)
        state = .size
      } else if state == .sizeStart {
        throw .malformed("a chunk does not begin with its size")
      } else {
        try afterSize(byte)
      }
    case .sizeSpace: if byte != .space && byte != .tab { try afterSize(byte) } else { try count(overheadMax) }
    case .sizeExtension:
      if byte == .carriageReturn {
        state = .sizeLineFeed
      } else {
        guard ByteClass.isFieldValue(byte) else { throw .malformed("a chunk extension holds a control byte") }
        try count(overheadMax)
      }
    case .sizeLineFeed:
      guard byte == .lineFeed else { throw .malformed("a chunk size is not followed by CRLF") }
      state = remaining == 0 ? .trailer : .data
      digits = 0
    case .dataReturn:
      guard byte == .carriageReturn else { throw .malformed("a chunk is not followed by CRLF") }
      state = .dataLineFeed
    case .dataLineFeed:
      guard byte == .lineFeed else { throw .malformed("a chunk is not followed by CRLF") }
      state = .sizeStart
    case .data, .trailer, .done: preconditionFailure("`advance` handles these states itself")
    }
  }

  /// The byte after the digits: the line's end, or an extension with optional white space before it.
  private mutating func afterSize(_ byte: UInt8) throws(HTTPRefusal) {
    switch byte {
    case .carriageReturn where state == .size: state = .sizeLineFeed
    case .semicolon: state = .sizeExtension
    case .space where state == .size, .tab where state == .size: state = .sizeSpace
    default: throw .malformed("a chunk size is not hexadecimal digits followed by CRLF or an extension")
    }
  }

  private mutating func trailer(_ byte: UInt8, _ overheadMax: Int) throws(HTTPRefusal) {
    try count(overheadMax)
    line.append(byte)
    guard byte == .lineFeed else { return }
    if line.count == 2, line[0] == .carriageReturn {
      state = .done
    } else if try FieldLine.read(line.span, from: 0) == nil {
      throw .malformed("a trailer line is not a field")
    }
    line.removeAll(keepingCapacity: true)
  }

  private mutating func count(_ overheadMax: Int) throws(HTTPRefusal) {
    overhead += 1
    guard overhead <= overheadMax else {
      throw .malformed("the chunk extensions and trailers have more than \(overheadMax) bytes")
    }
  }
}

extension HTTPRefusal {
  static func bodyTooLarge(_ bytesMax: Int) -> HTTPRefusal {
    HTTPRefusal(status: 413, reason: .bodyTooLarge, detail: "the body has more than \(bytesMax) bytes")
  }
}
