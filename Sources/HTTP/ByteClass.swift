/// The classes of bytes in RFC 9110 and RFC 3986, as bit sets.
enum ByteClass {
  // Bits of the bytes 0x00…0x3F and 0x40…0x7F.
  private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
  private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE
  private static let targetLow: UInt64 = 0xAFFF_FFF2_0000_0000
  private static let targetHigh: UInt64 = 0x57FF_FFFE_AFFF_FFFF
  private static let hostLow: UInt64 = 0x2FFF_7FF2_0000_0000
  private static let hostHigh: UInt64 = 0x47FF_FFFE_AFFF_FFFE

  @inline(__always)
  private static func contains(_ low: UInt64, _ high: UInt64, _ byte: UInt8) -> Bool {
    byte < 128 && ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 == 1
  }

  /// `tchar` of RFC 9110 section 5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
  @inline(__always) static func isToken(_ byte: UInt8) -> Bool { contains(tokenLow, tokenHigh, byte) }

  /// What a request target may hold: the characters of RFC 3986 without the fragment mark, and `|`, which clients send unescaped.
  @inline(__always) static func isTarget(_ byte: UInt8) -> Bool { contains(targetLow, targetHigh, byte) }

  /// What `uri-host [":" port]` of RFC 3986 may hold.
  @inline(__always) static func isHost(_ byte: UInt8) -> Bool { contains(hostLow, hostHigh, byte) }

  /// `field-vchar`, space and tab of RFC 9110 section 5.5: no control byte, so no CR, LF or NUL.
  @inline(__always) static func isFieldValue(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == 0x09 }

  /// The value of a hexadecimal digit, or nil.
  @inline(__always)
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// The byte with an ASCII capital made small.
  @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
