import CZlib

/// The only way in which compressing fails: there is not enough memory.
package struct DeflateError: Error, Equatable, Sendable {
  /// zlib's code.
  package var code: Int32
}

/// Compresses a stream piece by piece. The same input and the same zlib give the same bytes: no time and no name goes into a header.
package struct Deflater: ~Copyable {
  /// zlib's own middle between speed and size.
  package static let standardLevel: Int32 = 6
  /// Bytes of output handed over at once.
  private static let pieceBytes = 64 << 10

  private let stream: UnsafeMutablePointer<z_stream>
  private let piece: UnsafeMutableRawBufferPointer

  /// A stream of `format`.
  package init(format: CompressionFormat, level: Int32 = Deflater.standardLevel) throws(DeflateError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = shim_deflateInit2(stream, level, format.windowBits)
    guard code == Z_OK else {
      stream.deallocate()
      throw DeflateError(code: code)
    }
    piece = .allocate(byteCount: Deflater.pieceBytes, alignment: 16)
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    piece.deallocate()
  }

  /// Takes the next bytes and hands what is ready to `sink`; the buffer is valid during the call alone.
  package mutating func write(_ input: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = input[...]
    while !rest.isEmpty {
      let part = rest.prefix(1 << 30)
      try run(UnsafeRawBufferPointer(rebasing: part), flush: Z_NO_FLUSH, to: sink)
      rest = rest.dropFirst(part.count)
    }
  }

  /// Hands the rest to `sink`. The deflater is then of no more use.
  package mutating func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    try run(UnsafeRawBufferPointer(start: nil, count: 0), flush: Z_FINISH, to: sink)
  }

  private mutating func run(_ input: UnsafeRawBufferPointer, flush: Int32, to sink: (UnsafeRawBufferPointer) throws -> Void) throws
  {
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress.map { UnsafeMutablePointer(mutating: $0) }
    stream.pointee.avail_in = UInt32(input.count)
    repeat {
      stream.pointee.next_out = piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(Deflater.pieceBytes)
      let code = CZlib.deflate(stream, flush)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw DeflateError(code: code) }
      let given = Deflater.pieceBytes - Int(stream.pointee.avail_out)
      if given > 0 { try sink(UnsafeRawBufferPointer(rebasing: piece[..<given])) }
    } while stream.pointee.avail_out == 0
  }

  /// Compresses `bytes` as one stream of `format`.
  package static func deflate(_ bytes: [UInt8], format: CompressionFormat, level: Int32 = standardLevel) throws -> [UInt8] {
    var deflater = try Deflater(format: format, level: level)
    var output: [UInt8] = []
    try bytes.withUnsafeBytes { input in try deflater.write(input) { output.append(contentsOf: $0) } }
    try deflater.finish { output.append(contentsOf: $0) }
    return output
  }

  /// One gzip member without name and time.
  package static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, format: .gzip) }

  /// RFC 1951 without a frame.
  package static func raw(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, format: .raw) }
}
