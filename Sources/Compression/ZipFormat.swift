/// The one form of zip file that `ZipWriter` writes and `ZipReader` takes (PKWARE APPNOTE 6.3, sections 4.3 and 4.4).
///
/// Members lie one after the other from offset 0, the directory follows, the end record is last: no gaps, no comments. Every time is
/// 1980-01-01 00:00:00. Names are ASCII. A member is either *whole* (stored or deflated, its sizes in front of it) or *streamed* (deflated,
/// its sizes behind it, flag bit 3). A member is in zip64 form exactly when `isLarge` of its size; the end record is when a field overflows.
/// Each directory record has one extra field of ours: the CRC-32 of the compressed bytes, since two different deflate streams can hold the
/// same content and the form must have one reading only.
enum ZipFormat {
  static let localSignature: UInt32 = 0x0403_4B50
  static let descriptorSignature: UInt32 = 0x0807_4B50
  static let directorySignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let end64Signature: UInt32 = 0x0606_4B50
  static let locatorSignature: UInt32 = 0x0706_4B50
  /// 1980-01-01 in DOS form: day 1, month 1, year 0.
  static let date: UInt16 = 0x0021
  /// Made on Unix (3), version 4.5.
  static let madeBy: UInt16 = 3 << 8 | 45
  /// A regular file, rw-r--r--.
  static let attributes: UInt32 = 0o100644 << 16
  static let zip64Tag: UInt16 = 0x0001
  /// "cS": the CRC-32 of the compressed bytes. Tags above 0x00FF are free for applications.
  static let checksumTag: UInt16 = 0x5363
  static let endBytes = 22
  static let end64Bytes = 56
  static let locatorBytes = 20

  /// Sizes from here on are written in 64 bits: 32 MiB below 4 GiB, so that deflate's worst case (0.03 %) cannot overflow 32 bits and the
  /// choice depends on the member's own size alone.
  static func isLarge(_ size: UInt64) -> Bool { size >= 0xFE00_0000 }

  static func localHeader(_ member: ZipMember) -> [UInt8] {
    var bytes = ZipBytes()
    let isLarge = isLarge(member.size)
    bytes.add(localSignature)
    bytes.add(isLarge ? 45 : 20 as UInt16)
    bytes.add(member.isStreamed ? 8 : 0 as UInt16)
    bytes.add(member.method.rawValue)
    bytes.add(0 as UInt16)
    bytes.add(date)
    bytes.add(member.isStreamed ? 0 : member.checksum)
    for size in [member.storedSize, member.size] {
      bytes.add(isLarge ? .max : member.isStreamed ? 0 : UInt32(truncatingIfNeeded: size))
    }
    bytes.add(UInt16(member.path.utf8.count))
    bytes.add(isLarge ? 20 : 0 as UInt16)
    bytes.add(text: member.path)
    if isLarge {
      bytes.add(zip64Tag)
      bytes.add(16 as UInt16)
      bytes.add(member.isStreamed ? 0 : member.size)
      bytes.add(member.isStreamed ? 0 : member.storedSize)
    }
    return bytes.bytes
  }

  static func descriptor(_ member: ZipMember) -> [UInt8] {
    guard member.isStreamed else { return [] }
    var bytes = ZipBytes()
    bytes.add(descriptorSignature)
    bytes.add(member.checksum)
    for size in [member.storedSize, member.size] {
      if isLarge(member.size) { bytes.add(size) } else { bytes.add(UInt32(truncatingIfNeeded: size)) }
    }
    return bytes.bytes
  }

  static func directoryRecord(_ member: ZipMember) -> [UInt8] {
    let isLarge = isLarge(member.size)
    let isFar = member.offset >= UInt64(UInt32.max)
    let wide = (isLarge ? [member.size, member.storedSize] : []) + (isFar ? [member.offset] : [])
    var bytes = ZipBytes()
    bytes.add(directorySignature)
    bytes.add(madeBy)
    bytes.add(isLarge || isFar ? 45 : 20 as UInt16)
    bytes.add(member.isStreamed ? 8 : 0 as UInt16)
    bytes.add(member.method.rawValue)
    bytes.add(0 as UInt16)
    bytes.add(date)
    bytes.add(member.checksum)
    for size in [member.storedSize, member.size] { bytes.add(isLarge ? .max : UInt32(truncatingIfNeeded: size)) }
    bytes.add(UInt16(member.path.utf8.count))
    bytes.add(UInt16(8 + (wide.isEmpty ? 0 : 4 + 8 * wide.count)))
    bytes.add(0 as UInt16)  // comment
    bytes.add(0 as UInt16)  // disk
    bytes.add(0 as UInt16)  // internal attributes
    bytes.add(attributes)
    bytes.add(isFar ? .max : UInt32(truncatingIfNeeded: member.offset))
    bytes.add(text: member.path)
    if !wide.isEmpty {
      bytes.add(zip64Tag)
      bytes.add(UInt16(8 * wide.count))
      for value in wide { bytes.add(value) }
    }
    bytes.add(checksumTag)
    bytes.add(4 as UInt16)
    bytes.add(member.storedChecksum)
    return bytes.bytes
  }

  static func end(members: UInt64, directoryOffset: UInt64, directoryBytes: UInt64) -> [UInt8] {
    var bytes = ZipBytes()
    let narrow = UInt64(UInt32.max)
    if members >= 0xFFFF || directoryOffset >= narrow || directoryBytes >= narrow {
      bytes.add(end64Signature)
      bytes.add(UInt64(end64Bytes - 12))
      bytes.add(madeBy)
      bytes.add(45 as UInt16)
      bytes.add(0 as UInt32)
      bytes.add(0 as UInt32)
      for value in [members, members, directoryBytes, directoryOffset] { bytes.add(value) }
      bytes.add(locatorSignature)
      bytes.add(0 as UInt32)
      bytes.add(directoryOffset + directoryBytes)
      bytes.add(1 as UInt32)
    }
    bytes.add(endSignature)
    bytes.add(0 as UInt16)
    bytes.add(0 as UInt16)
    for _ in 0..<2 { bytes.add(UInt16(truncatingIfNeeded: min(members, 0xFFFF))) }
    bytes.add(UInt32(truncatingIfNeeded: min(directoryBytes, narrow)))
    bytes.add(UInt32(truncatingIfNeeded: min(directoryOffset, narrow)))
    bytes.add(0 as UInt16)
    return bytes.bytes
  }
}

/// Little-endian fields one after the other.
struct ZipBytes {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(text: String) { bytes.append(contentsOf: text.utf8) }
}
