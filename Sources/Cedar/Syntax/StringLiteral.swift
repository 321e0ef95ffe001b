/// Reads the inside of string and pattern literals, and writes them.
enum StringLiteral {
  /// A mistake at a byte offset from the start of the literal's content.
  struct Mistake: Error {
    let offset: Int
    let message: String
  }

  private static let knownEscapes = "the escapes are \\n \\r \\t \\0 \\\\ \\' \\\" \\x41 \\u{1F600}"

  /// The text of a string literal, given the bytes between its quotes.
  static func text(_ bytes: ArraySlice<UInt8>) throws(Mistake) -> String {
    guard bytes.contains(0x5C) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] != 0x5C {
        result.append(bytes[index])
        index += 1
        continue
      }
      result.append(contentsOf: String(Character(try escape(bytes, &index))).utf8)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The elements of a pattern literal: a star is the wildcard, `\*` the character.
  static func pattern(_ bytes: ArraySlice<UInt8>) throws(Mistake) -> [PatternElement] {
    var result: [PatternElement] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == 0x2A {
        result.append(.wildcard)
        index += 1
      } else if bytes[index] == 0x5C {
        if index + 1 < bytes.endIndex, bytes[index + 1] == 0x2A {
          result.append(.literal("*"))
          index += 2
        } else {
          // The language unescapes first: a star behind another escape than `\*` is the wildcard.
          let scalar = try escape(bytes, &index)
          result.append(scalar == "*" ? .wildcard : .literal(scalar))
        }
      } else {
        var end = index + 1
        while end < bytes.endIndex, bytes[end] & 0xC0 == 0x80 { end += 1 }
        for scalar in String(decoding: bytes[index..<end], as: UTF8.self).unicodeScalars { result.append(.literal(scalar)) }
        index = end
      }
    }
    return result
  }

  /// The scalar of the escape at `index`, which points at a backslash and moves past the escape.
  private static func escape(_ bytes: ArraySlice<UInt8>, _ index: inout Int) throws(Mistake) -> Unicode.Scalar {
    let start = index - bytes.startIndex
    index += 1
    guard index < bytes.endIndex else { throw Mistake(offset: start, message: "unfinished escape") }
    let kind = bytes[index]
    index += 1
    switch kind {
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x30: return "\0"
    case 0x5C: return "\\"
    case 0x27: return "'"
    case 0x22: return "\""
    case 0x78: return try hexadecimal(bytes, &index, start)
    case 0x75: return try braced(bytes, &index, start)
    default: throw Mistake(offset: start, message: "unknown escape; " + knownEscapes)
    }
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>, _ index: inout Int, _ start: Int) throws(Mistake) -> Unicode.Scalar {
    guard index + 1 < bytes.endIndex, let high = hexadecimalDigit(bytes[index]), let low = hexadecimalDigit(bytes[index + 1]),
      high < 8
    else { throw Mistake(offset: start, message: "`\\x` takes two hexadecimal digits up to 7F") }
    index += 2
    return Unicode.Scalar(high << 4 | low)
  }

  private static func braced(_ bytes: ArraySlice<UInt8>, _ index: inout Int, _ start: Int) throws(Mistake) -> Unicode.Scalar {
    let mistake = Mistake(offset: start, message: "`\\u{…}` takes one to six hexadecimal digits of a Unicode scalar")
    guard index < bytes.endIndex, bytes[index] == 0x7B else { throw mistake }
    index += 1
    var value: UInt32 = 0
    var count = 0
    while index < bytes.endIndex, bytes[index] != 0x7D {
      if bytes[index] == 0x5F, count > 0 {
        index += 1
        continue
      }
      guard let digit = hexadecimalDigit(bytes[index]), count < 6 else { throw mistake }
      value = value << 4 | UInt32(digit)
      count += 1
      index += 1
    }
    guard index < bytes.endIndex, count > 0, let scalar = Unicode.Scalar(value) else { throw mistake }
    index += 1
    return scalar
  }
}

/// The Cedar string literal for `text`.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars { appendEscaped(scalar, to: &result) }
  return result + "\""
}

/// The Cedar pattern literal for `pattern`.
func quoted(_ pattern: [PatternElement]) -> String {
  var result = "\""
  for element in pattern {
    switch element {
    case .wildcard: result += "*"
    case .literal("*"): result += "\\*"
    case .literal(let scalar): appendEscaped(scalar, to: &result)
    }
  }
  return result + "\""
}

private func appendEscaped(_ scalar: Unicode.Scalar, to result: inout String) {
  switch scalar {
  case "\"": result += "\\\""
  case "\\": result += "\\\\"
  case "\n": result += "\\n"
  case "\r": result += "\\r"
  case "\t": result += "\\t"
  case "\0": result += "\\0"
  default:
    if scalar.value < 0x20 || scalar.value == 0x7F {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
}
