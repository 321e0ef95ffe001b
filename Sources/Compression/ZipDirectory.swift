/// The directory of a zip file, read from its end. What is read is written again by `ZipFormat` and compared, so that the two cannot differ.
struct ZipDirectory {
  /// The longest record: 46 fixed bytes, the path, 28 of zip64 and 8 of checksum.
  private static let recordBytesMax = 46 + ZipPaths.bytesMax + 28 + 8

  private(set) var members: [ZipMember] = []

  init(size: UInt64, source: ZipReader.Source, memberLimit: Int) throws {
    let end = try ZipDirectory.readEnd(size: size, source: source)
    guard end.members <= UInt64(memberLimit) else { throw ZipError.memberLimit(memberLimit) }
    guard end.directoryBytes <= end.members * UInt64(ZipDirectory.recordBytesMax) else {
      throw ZipError.form("the directory is longer than its members need")
    }
    let directory = try ZipDirectory.read(end.directoryOffset, Int(end.directoryBytes), source)
    var paths = ZipPaths()
    var cursor = ZipCursor(bytes: directory)
    var next: UInt64 = 0
    for _ in 0..<end.members {
      let start = cursor.position
      let member = try ZipDirectory.member(&cursor)
      guard directory[start..<cursor.position].elementsEqual(ZipFormat.directoryRecord(member)) else {
        throw ZipError.form("the directory record of `\(member.path)` is not canonical")
      }
      try paths.insert(member.path)
      guard member.offset == next else { throw ZipError.form("`\(member.path)` does not follow the member before it") }
      next = try ZipDirectory.checkLocal(member, limit: end.directoryOffset, source: source)
      members.append(member)
    }
    guard cursor.isAtEnd else { throw ZipError.form("bytes follow the last directory record") }
    guard next == end.directoryOffset else { throw ZipError.form("bytes lie between the last member and the directory") }
  }

  private struct End {
    var members: UInt64
    var directoryOffset: UInt64
    var directoryBytes: UInt64
  }

  private static func readEnd(size: UInt64, source: ZipReader.Source) throws -> End {
    let narrow = UInt64(ZipFormat.endBytes)
    let wide = UInt64(ZipFormat.end64Bytes + ZipFormat.locatorBytes) + narrow
    guard size >= narrow else { throw ZipError.form("it is shorter than an end record") }
    var cursor = ZipCursor(bytes: try read(size - narrow, ZipFormat.endBytes, source))
    try cursor.skip(10)
    var end = End(members: UInt64(try cursor.take(UInt16.self)), directoryOffset: 0, directoryBytes: 0)
    end.directoryBytes = UInt64(try cursor.take(UInt32.self))
    end.directoryOffset = UInt64(try cursor.take(UInt32.self))
    var length = narrow
    let full = UInt64(UInt32.max)
    if end.members == 0xFFFF || end.directoryBytes == full || end.directoryOffset == full {
      guard size >= wide else { throw ZipError.form("the zip64 end record is missing") }
      length = wide
      cursor = ZipCursor(bytes: try read(size - wide, ZipFormat.end64Bytes, source))
      try cursor.skip(32)
      end.members = try cursor.take(UInt64.self)
      end.directoryBytes = try cursor.take(UInt64.self)
      end.directoryOffset = try cursor.take(UInt64.self)
    }
    guard end.directoryOffset <= size, end.directoryBytes <= size, end.directoryOffset + end.directoryBytes == size - length else {
      throw ZipError.form("the end record does not follow the directory")
    }
    let canonical = ZipFormat.end(
      members: end.members, directoryOffset: end.directoryOffset, directoryBytes: end.directoryBytes)
    guard UInt64(canonical.count) == length, try read(size - length, canonical.count, source) == canonical else {
      throw ZipError.form("the end record is not canonical")
    }
    return end
  }

  private static func member(_ cursor: inout ZipCursor) throws -> ZipMember {
    try cursor.skip(8)
    let flags = try cursor.take(UInt16.self)
    guard let method = ZipMethod(rawValue: try cursor.take(UInt16.self)) else {
      throw ZipError.form("a member is neither stored nor deflated")
    }
    try cursor.skip(4)
    let checksum = try cursor.take(UInt32.self)
    var storedSize = UInt64(try cursor.take(UInt32.self))
    var size = UInt64(try cursor.take(UInt32.self))
    let pathBytes = Int(try cursor.take(UInt16.self))
    let extraBytes = Int(try cursor.take(UInt16.self))
    try cursor.skip(10)
    var offset = UInt64(try cursor.take(UInt32.self))
    let path = String(decoding: try cursor.take(bytes: pathBytes), as: UTF8.self)
    var extra = ZipCursor(bytes: Array(try cursor.take(bytes: extraBytes)))
    if extraBytes > 8 {
      try extra.skip(4)
      if size == UInt64(UInt32.max) {
        size = try extra.take(UInt64.self)
        storedSize = try extra.take(UInt64.self)
      }
      if offset == UInt64(UInt32.max) { offset = try extra.take(UInt64.self) }
    }
    try extra.skip(4)
    let isStreamed = flags & 8 != 0
    guard !isStreamed || method == .deflated else { throw ZipError.form("`\(path)` is stored and has its sizes behind it") }
    guard method == .deflated || size == storedSize else {
      throw ZipError.form("`\(path)` is stored with another size than its own")
    }
    return ZipMember(
      path: path, size: size, storedSize: storedSize, method: method, isStreamed: isStreamed, checksum: checksum,
      storedChecksum: try extra.take(UInt32.self), offset: offset)
  }

  /// Compares what lies around the content of `member`. Returns where it ends.
  private static func checkLocal(_ member: ZipMember, limit: UInt64, source: ZipReader.Source) throws -> UInt64 {
    let header = ZipFormat.localHeader(member)
    let descriptor = ZipFormat.descriptor(member)
    let around = UInt64(header.count + descriptor.count)
    guard member.offset <= limit, around <= limit - member.offset, member.storedSize <= limit - member.offset - around else {
      throw ZipError.form("`\(member.path)` reaches beyond the directory")
    }
    let contentEnd = member.offset + UInt64(header.count) + member.storedSize
    guard try read(member.offset, header.count, source) == header, try read(contentEnd, descriptor.count, source) == descriptor
    else {
      throw ZipError.form("what stands before or behind `\(member.path)` differs from its directory record")
    }
    return contentEnd + UInt64(descriptor.count)
  }

  private static func read(_ offset: UInt64, _ count: Int, _ source: ZipReader.Source) throws -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try source(offset, $0) }
    return bytes
  }
}

/// Little-endian fields out of bytes from outside.
struct ZipCursor {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ count: Int) throws(ZipError) { _ = try take(bytes: count) }

  mutating func take<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) throws(ZipError) -> Value {
    try take(bytes: Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value($1) }
  }

  mutating func take(bytes count: Int) throws(ZipError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw .form("a record ends too early") }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
