/// Base64 (RFC 4648): standard with padding, and the URL alphabet without.
///
/// Decoding is strict: every byte string has exactly one text, so a text that decodes is the text that encoding gives.
package enum Base64 {
  private static let standardAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let urlAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  /// Standard alphabet, padded with `=` to a multiple of four (RFC 4648 section 4).
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String { encode(bytes, standardAlphabet, isPadded: true) }

  /// Standard alphabet, padded with `=` to a multiple of four (RFC 4648 section 4).
  package static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { encode($0) } }

  /// URL alphabet without padding (RFC 4648 section 5).
  package static func encodeURL(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { encode($0, urlAlphabet, isPadded: false) }
  }

  /// The bytes of a padded standard text; nil for anything that `encode` would not have written.
  package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

  /// The bytes of a padded standard text given as UTF-8; nil for anything that `encode` would not have written.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padding = text.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
    return decodeDigits(text.dropLast(padding), plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
  }

  /// The bytes of an unpadded URL text; nil for anything that `encodeURL` would not have written.
  package static func decodeURL(_ text: String) -> [UInt8]? {
    decodeDigits(text.utf8, plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"))
  }

  private static func encode(_ bytes: UnsafeRawBufferPointer, _ alphabet: StaticString, isPadded: Bool) -> String {
    let digits = alphabet.utf8Start
    return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { target in
      var position = 0
      var index = 0
      while index < bytes.count {
        let available = min(3, bytes.count - index)
        var group: UInt32 = 0
        for offset in 0..<3 { group = group << 8 | (offset < available ? UInt32(bytes[index + offset]) : 0) }
        for digit in 0...available {
          target[position] = digits[Int(group >> UInt32(18 - 6 * digit) & 63)]
          position += 1
        }
        if isPadded {
          for _ in available..<3 {
            target[position] = UInt8(ascii: "=")
            position += 1
          }
        }
        index += 3
      }
      return position
    }
  }

  private static func decodeDigits(_ text: some Collection<UInt8>, plus: UInt8, slash: UInt8) -> [UInt8]? {
    // A lone digit holds six bits, which are not a byte.
    guard text.count % 4 != 1 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3 + 2)
    var bits: UInt32 = 0
    var bitCount = 0
    for character in text {
      guard let digit = value(of: character, plus: plus, slash: slash) else { return nil }
      bits = bits << 6 | digit
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        bits &= (1 << UInt32(bitCount)) - 1
      }
    }
    // Bits behind the last byte must be zero: otherwise several texts would mean the same bytes.
    return bits == 0 ? result : nil
  }

  private static func value(of character: UInt8, plus: UInt8, slash: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case plus: 62
    case slash: 63
    default: nil
    }
  }
}
