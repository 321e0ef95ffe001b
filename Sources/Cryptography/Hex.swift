/// Hexadecimal text: two digits for each byte, lower case when written.
package enum Hex {
  /// The lower-case text of `bytes`.
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    let digits: StaticString = "0123456789abcdef"
    return String(unsafeUninitializedCapacity: bytes.count * 2) { target in
      var position = 0
      for byte in bytes {
        target[position] = digits.utf8Start[Int(byte >> 4)]
        target[position + 1] = digits.utf8Start[Int(byte & 15)]
        position += 2
      }
      return position
    }
  }

  /// The lower-case text of `bytes`.
  package static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { encode($0) } }

  /// The bytes of `text`; nil for an odd length or any character but `0-9 a-f` (and `A-F` where the caller accepts them).
  package static func decode(_ text: String, acceptsUpperCase: Bool = false) -> [UInt8]? {
    decode(text.utf8, acceptsUpperCase: acceptsUpperCase)
  }

  /// The bytes of a text given as UTF-8; nil as above.
  package static func decode(_ text: some Collection<UInt8>, acceptsUpperCase: Bool = false) -> [UInt8]? {
    guard text.count.isMultiple(of: 2) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 2)
    var high: UInt8?
    for character in text {
      guard let digit = value(of: character, acceptsUpperCase: acceptsUpperCase) else { return nil }
      if let first = high {
        result.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return result
  }

  static func value(of character: UInt8, acceptsUpperCase: Bool) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F") where acceptsUpperCase: character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
