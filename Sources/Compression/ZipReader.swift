/// Reads a zip file that `ZipWriter` wrote and refuses every other: each byte of the file is either checked against the one form that the
/// directory allows or covered by a checksum. Members are read in constant memory.
package struct ZipReader {
  /// Fills the buffer from `offset` of the file on; throws when it cannot.
  package typealias Source = (_ offset: UInt64, _ into: UnsafeMutableRawBufferPointer) throws -> Void

  /// Bytes read at once.
  private static let pieceBytes = 64 << 10
  /// More members than an export of a million entries has files, by far; 100 MB of directory at most.
  package static let memberLimit = 200_000

  private let source: Source
  /// The members in the order in which they lie in the file.
  package let members: [ZipMember]

  /// Opens a file of `size` bytes and checks everything but the content of the members.
  ///
  /// - Throws: `ZipError`, or what `source` throws.
  package init(size: UInt64, source: @escaping Source) throws {
    self.source = source
    let directory = try ZipDirectory(size: size, source: source, memberLimit: ZipReader.memberLimit)
    members = directory.members
  }

  /// Opens a file that lies in memory.
  package init(bytes: [UInt8]) throws {
    try self.init(size: UInt64(bytes.count)) { offset, buffer in
      guard offset <= UInt64(bytes.count), buffer.count <= bytes.count - Int(offset) else {
        throw ZipError.form("it ends too early")
      }
      bytes.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(offset) + buffer.count]))
      }
    }
  }

  /// The member with exactly this path, or nil.
  package func member(_ path: String) -> ZipMember? { members.first { $0.path.utf8.elementsEqual(path.utf8) } }

  /// Hands the content of `member` to `sink` piece by piece. Only when it returns without an error was all of it right: do not act on
  /// pieces before.
  package func read(_ member: ZipMember, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    var content = CRC32()
    var contentBytes: UInt64 = 0
    let check: (UnsafeRawBufferPointer) throws -> Void = { piece in
      content.update(piece)
      contentBytes += UInt64(piece.count)
      try sink(piece)
    }
    switch member.method {
    case .stored: try readStored(member, to: check)
    case .deflated: try inflate(member, to: check)
    }
    guard contentBytes == member.size, content.value == member.checksum else {
      throw ZipError.content(path: member.path, reason: "its checksum does not fit")
    }
  }

  /// The content of `member`, which may have at most `bytesMax` bytes.
  package func bytes(of member: ZipMember, bytesMax: Int) throws -> [UInt8] {
    guard member.size <= UInt64(bytesMax) else {
      throw ZipError.content(path: member.path, reason: "it is longer than \(bytesMax) bytes")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(member.size))
    try read(member) { bytes.append(contentsOf: $0) }
    return bytes
  }

  private func inflate(_ member: ZipMember, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    do {
      var inflater = try Inflater(format: .raw, outputBytesMax: Int(clamping: member.size))
      try readStored(member) { piece in try inflater.write(piece, to: sink) }
      try inflater.finish()
    } catch let error as InflateError {
      throw ZipError.content(path: member.path, reason: error.description)
    }
  }

  private func readStored(_ member: ZipMember, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipReader.pieceBytes, alignment: 16)
    defer { piece.deallocate() }
    var stored = CRC32()
    var offset = member.offset + UInt64(ZipFormat.localHeader(member).count)
    let end = offset + member.storedSize
    while offset < end {
      let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<Int(min(UInt64(piece.count), end - offset))])
      try source(offset, part)
      stored.update(UnsafeRawBufferPointer(part))
      try sink(UnsafeRawBufferPointer(part))
      offset += UInt64(part.count)
    }
    guard stored.value == member.storedChecksum else {
      throw ZipError.content(path: member.path, reason: "the checksum of its stored bytes does not fit")
    }
  }
}
