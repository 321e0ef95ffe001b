import CZlib

/// How compressed bytes are framed.
package enum CompressionFormat: Sendable, CaseIterable {
  /// RFC 1952; several members in a row are one stream.
  case gzip
  /// RFC 1950, which HTTP calls `deflate`.
  case zlib
  /// RFC 1951 alone, as in a zip member.
  case raw

  /// zlib's code for the format with the 32 KiB window.
  var windowBits: Int32 {
    switch self {
    case .gzip: 15 + 16
    case .zlib: 15
    case .raw: -15
    }
  }
}

/// Why compressed bytes are refused.
package enum InflateError: Error, Equatable, Sendable {
  /// The content is longer than the caller allows: the limit in bytes.
  case outputLimit(Int)
  /// The input ends before its content does.
  case truncated
  /// The input is not of the format, or a checksum does not fit; zlib's reason.
  case corrupt(String)
  /// Bytes follow the end of the content.
  case trailingBytes
  /// There is not enough memory.
  case memory
}

extension InflateError: CustomStringConvertible {
  /// A clause for an answer or a log.
  package var description: String {
    switch self {
    case .outputLimit(let bytes): "the content is longer than \(bytes) bytes when decompressed"
    case .truncated: "the compressed content ends too early"
    case .corrupt(let reason): "the compressed content is damaged: \(reason)"
    case .trailingBytes: "bytes follow the end of the compressed content"
    case .memory: "there is not enough memory to decompress the content"
    }
  }
}

/// Decompresses a stream piece by piece in constant memory (64 KiB and zlib's window) and stops at a limit of output.
package struct Inflater: ~Copyable {
  /// Bytes of output handed over at once.
  private static let pieceBytes = 64 << 10

  private enum Phase { case betweenMembers, inMember, ended }

  private let format: CompressionFormat
  private let outputBytesMax: Int
  private let stream: UnsafeMutablePointer<z_stream>
  private let piece: UnsafeMutableRawBufferPointer
  private var phase = Phase.inMember
  /// Bytes of output so far.
  package private(set) var outputBytes = 0

  /// A stream that may give at most `outputBytesMax` bytes.
  package init(format: CompressionFormat, outputBytesMax: Int) throws(InflateError) {
    self.format = format
    self.outputBytesMax = outputBytesMax
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard shim_inflateInit2(stream, format.windowBits) == Z_OK else {
      stream.deallocate()
      throw .memory
    }
    piece = .allocate(byteCount: Inflater.pieceBytes, alignment: 16)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    piece.deallocate()
  }

  /// Takes the next bytes of input and hands what they give to `sink`; the buffer is valid during the call alone.
  ///
  /// - Throws: `InflateError`, or what `sink` throws. After an error the inflater is of no more use.
  package mutating func write(_ input: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    // zlib counts input in 32 bits.
    var rest = input[...]
    while !rest.isEmpty {
      let part = rest.prefix(1 << 30)
      try writePart(UnsafeRawBufferPointer(rebasing: part), to: sink)
      rest = rest.dropFirst(part.count)
    }
  }

  /// Says that the input is complete.
  package func finish() throws(InflateError) {
    if phase == .inMember { throw .truncated }
  }

  private mutating func writePart(_ input: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let start = input.bindMemory(to: UInt8.self).baseAddress else { return }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
    stream.pointee.avail_in = UInt32(input.count)
    while true {
      if phase == .ended, stream.pointee.avail_in > 0 { throw InflateError.trailingBytes }
      if phase == .betweenMembers, stream.pointee.avail_in > 0 {
        // A member begins with 0x1F; padding or anything else is not ours to guess at.
        guard stream.pointee.next_in?.pointee == 0x1F else { throw InflateError.trailingBytes }
        guard inflateReset(stream) == Z_OK else { throw InflateError.memory }
        phase = .inMember
      }
      guard phase == .inMember else { return }
      let given = try step()
      if given > 0 { try sink(UnsafeRawBufferPointer(rebasing: piece[..<given])) }
      // Output that did not fill the piece means that zlib waits for input.
      if phase == .inMember, stream.pointee.avail_in == 0, given < Inflater.pieceBytes { return }
    }
  }

  /// One call of zlib. Returns how many bytes lie in `piece`.
  private mutating func step() throws(InflateError) -> Int {
    stream.pointee.next_out = piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(Inflater.pieceBytes)
    let code = CZlib.inflate(stream, Z_NO_FLUSH)
    let given = Inflater.pieceBytes - Int(stream.pointee.avail_out)
    switch code {
    case Z_STREAM_END: phase = format == .gzip ? .betweenMembers : .ended
    case Z_OK, Z_BUF_ERROR: break
    case Z_MEM_ERROR: throw .memory
    case Z_NEED_DICT: throw .corrupt("it needs a preset dictionary")
    default: throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)")
    }
    guard given <= outputBytesMax - outputBytes else { throw .outputLimit(outputBytesMax) }
    outputBytes += given
    return given
  }

  /// Decompresses `input`, which is the whole stream.
  package static func inflate(
    _ input: UnsafeRawBufferPointer, format: CompressionFormat, outputBytesMax: Int
  ) throws(InflateError) -> [UInt8] {
    var inflater = try Inflater(format: format, outputBytesMax: outputBytesMax)
    var output: [UInt8] = []
    // Text shrinks about four-fold; never reserved beyond the limit.
    output.reserveCapacity(min(outputBytesMax, input.count > 1 << 28 ? input.count : input.count * 4))
    do {
      try inflater.write(input) { output.append(contentsOf: $0) }
    } catch let error as InflateError {
      throw error
    } catch {
      throw .corrupt("\(error)")
    }
    try inflater.finish()
    return output
  }

  /// Decompresses `input`, which is the whole stream.
  package static func inflate(_ input: [UInt8], format: CompressionFormat, outputBytesMax: Int) throws(InflateError) -> [UInt8] {
    let result: Result<[UInt8], InflateError> = input.withUnsafeBytes { bytes in
      do throws(InflateError) {
        return .success(try inflate(bytes, format: format, outputBytesMax: outputBytesMax))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
