/// Writes a zip file from front to back: nothing that was handed to the sink is changed later. Memory does not grow with the content.
///
/// The same members in the same order give the same bytes (with the same zlib). See `ZipFormat` for the form.
package struct ZipWriter {
  /// Takes the bytes of the file in order; valid during the call.
  package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  private let sink: Sink
  private var paths = ZipPaths()
  private var members: [ZipMember] = []
  private var isUsable = true
  /// Bytes written so far.
  package private(set) var size: UInt64 = 0

  /// A file that goes to `sink`.
  package init(sink: @escaping Sink) { self.sink = sink }

  /// Adds a whole member.
  ///
  /// - Throws: `ZipError`, or what the sink throws; the writer is then of no more use.
  package mutating func add(path: String, bytes: [UInt8], method: ZipMethod = .deflated) throws {
    try begin(path)
    let stored = method == .stored ? bytes : try Deflater.raw(bytes)
    let member = ZipMember(
      path: path, size: UInt64(bytes.count), storedSize: UInt64(stored.count), method: method, isStreamed: false,
      checksum: CRC32.of(bytes), storedChecksum: CRC32.of(stored), offset: size)
    try write(ZipFormat.localHeader(member))
    try write(stored)
    end(member)
  }

  /// Adds a member whose content `body` hands over piece by piece; deflated.
  ///
  /// - Parameter size: the length of the content in bytes. It must be known, since it says which form the header has.
  /// - Throws: `ZipError.size` when the content has another length, otherwise as above.
  package mutating func add(path: String, size: UInt64, _ body: (Sink) throws -> Void) throws {
    try begin(path)
    var member = ZipMember(
      path: path, size: size, storedSize: 0, method: .deflated, isStreamed: true, checksum: 0, storedChecksum: 0, offset: self.size)
    try write(ZipFormat.localHeader(member))
    var deflater = try Deflater(format: .raw)
    var content = CRC32()
    var stored = CRC32()
    var contentBytes: UInt64 = 0
    let forward: Sink = { [sink] piece in
      stored.update(piece)
      member.storedSize += UInt64(piece.count)
      try sink(piece)
    }
    try body { piece in
      content.update(piece)
      contentBytes += UInt64(piece.count)
      guard contentBytes <= size else { throw ZipError.size(path: path, announced: size, actual: contentBytes) }
      try deflater.write(piece, to: forward)
    }
    try deflater.finish(to: forward)
    guard contentBytes == size else { throw ZipError.size(path: path, announced: size, actual: contentBytes) }
    self.size += member.storedSize
    member.checksum = content.value
    member.storedChecksum = stored.value
    try write(ZipFormat.descriptor(member))
    end(member)
  }

  /// Writes the directory. Nothing can be added afterwards.
  ///
  /// - Returns: the length of the file in bytes.
  @discardableResult
  package mutating func finish() throws -> UInt64 {
    guard isUsable else { throw ZipError.finished }
    isUsable = false
    let offset = size
    for member in members { try write(ZipFormat.directoryRecord(member)) }
    try write(ZipFormat.end(members: UInt64(members.count), directoryOffset: offset, directoryBytes: size - offset))
    return size
  }

  /// From here to `end` the file is not whole.
  private mutating func begin(_ path: String) throws(ZipError) {
    guard isUsable else { throw .finished }
    isUsable = false
    try paths.insert(path)
  }

  private mutating func end(_ member: ZipMember) {
    members.append(member)
    isUsable = true
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try sink($0) }
    size += UInt64(bytes.count)
  }
}
