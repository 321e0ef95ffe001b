extension TapeParser {
  /// `at` is on the opening quote. A string without escapes is described in place; one with escapes is decoded beside the tape.
  @inline(__always)
  mutating func string(_ input: Span<UInt8>, _ tape: inout TapeStorage, isKey: Bool) throws(TapeFault) {
    let start = at + 1
    at = start
    while true {
      skipPlain(input)
      guard at < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: at) }
      let byte = input[at]
      if byte == 0x22 {
        let extra = isKey ? TapeKeys.fingerprint(input.extracting(start..<at)) : 0
        appendScalar(.string, start: start, length: at - start, flags: 0, extra: extra, &tape)
        at += 1
        return
      } else if byte == 0x5C {
        return try escapedString(from: start, input, &tape, isKey: isKey)
      } else {
        at += try utf8Length(input)
      }
    }
  }

  /// Moves to the next byte that is no plain ASCII character of a string: eight at a time, then one by one.
  ///
  /// A subtraction borrows only from bytes above one that is found, so the lowest marked byte is always a true one.
  @inline(__always)
  private mutating func skipPlain(_ input: Span<UInt8>) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    while at + 8 <= input.count {
      let word = UInt64(littleEndian: input.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      let quote = (word ^ (ones &* 0x22)) &- ones
      let backslash = (word ^ (ones &* 0x5C)) &- ones
      let control = word &- ones &* 0x20
      let marked = (word | quote | backslash | control) & (ones &* 0x80)
      if marked != 0 {
        at += marked.trailingZeroBitCount >> 3
        return
      }
      at += 8
    }
    while at < input.count, input[at] >= 0x20, input[at] < 0x80, input[at] != 0x22, input[at] != 0x5C { at += 1 }
  }

  private mutating func escapedString(
    from start: Int, _ input: Span<UInt8>, _ tape: inout TapeStorage, isKey: Bool
  ) throws(TapeFault) {
    let header = tape.decoded.count
    for _ in 0..<8 { tape.decoded.append(0) }
    for index in start..<at { tape.decoded.append(input[index]) }
    while at < input.count {
      let byte = input[at]
      if byte == 0x22 {
        finishEscaped(from: start, header: header, &tape, isKey: isKey)
        at += 1
        return
      } else if byte == 0x5C {
        try escape(input, &tape)
      } else {
        let length = byte >= 0x20 && byte < 0x80 ? 1 : try utf8Length(input)
        for index in at..<(at + length) { tape.decoded.append(input[index]) }
        at += length
      }
    }
    throw TapeFault(kind: .unexpectedEnd, offset: at)
  }

  private mutating func finishEscaped(from start: Int, header: Int, _ tape: inout TapeStorage, isKey: Bool) {
    let text = header + 8
    let length = tape.decoded.count - text
    for byte in 0..<4 {
      tape.decoded[header + byte] = UInt8(truncatingIfNeeded: start >> (8 * byte))
      tape.decoded[header + 4 + byte] = UInt8(truncatingIfNeeded: (at - start) >> (8 * byte))
    }
    let bytes = UnsafeBufferPointer(start: tape.decoded.base + text, count: length)
    let extra = isKey ? TapeKeys.fingerprint(bytes.span) : 0
    appendScalar(.string, start: text, length: length, flags: JSONTapeEntry.escaped, extra: extra, &tape)
  }

  /// `at` is on a backslash; decodes one escape, or two that form a surrogate pair.
  private mutating func escape(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) {
    let start = at
    guard at + 1 < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: input.count) }
    let letter = input[at + 1]
    at += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): tape.decoded.append(letter)
    case UInt8(ascii: "b"): tape.decoded.append(0x08)
    case UInt8(ascii: "f"): tape.decoded.append(0x0C)
    case UInt8(ascii: "n"): tape.decoded.append(0x0A)
    case UInt8(ascii: "r"): tape.decoded.append(0x0D)
    case UInt8(ascii: "t"): tape.decoded.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal(input, start: start)
      if scalar & 0xFC00 == 0xDC00 { throw TapeFault(kind: .loneSurrogate, offset: start) }
      if scalar & 0xFC00 == 0xD800 {
        guard at + 1 < input.count, input[at] == UInt8(ascii: "\\"), input[at + 1] == UInt8(ascii: "u") else {
          throw TapeFault(kind: .loneSurrogate, offset: start)
        }
        at += 2
        let low = try hexadecimal(input, start: at - 2)
        guard low & 0xFC00 == 0xDC00 else { throw TapeFault(kind: .loneSurrogate, offset: start) }
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
      }
      appendUTF8(scalar, &tape)
    default: throw TapeFault(kind: .invalidEscape, offset: start)
    }
  }

  private mutating func hexadecimal(_ input: Span<UInt8>, start: Int) throws(TapeFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: at) }
      let byte = input[at]
      let lower = byte | 0x20
      let digit: UInt8
      if byte &- 0x30 < 10 {
        digit = byte &- 0x30
      } else if lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "f") {
        digit = lower - UInt8(ascii: "a") + 10
      } else {
        throw TapeFault(kind: .invalidEscape, offset: start)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  private func appendUTF8(_ scalar: UInt32, _ tape: inout TapeStorage) {
    switch scalar {
    case 0..<0x80: tape.decoded.append(UInt8(truncatingIfNeeded: scalar))
    case 0x80..<0x800:
      tape.decoded.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    case 0x800..<0x10000:
      tape.decoded.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    default:
      tape.decoded.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
      tape.decoded.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    }
  }

  /// The length of the multi-byte sequence at `at`, by the table of RFC 3629 section 4; refuses control characters and everything
  /// ill-formed.
  private func utf8Length(_ input: Span<UInt8>) throws(TapeFault) -> Int {
    let first = input[at]
    if first < 0x20 { throw TapeFault(kind: .controlCharacter, offset: at) }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: throw TapeFault(kind: .invalidUTF8, offset: at)
    }
    guard at + length <= input.count, second.contains(input[at + 1]) else { throw TapeFault(kind: .invalidUTF8, offset: at) }
    for index in (at + 2)..<(at + length) where length > 2 {
      guard input[index] & 0xC0 == 0x80 else { throw TapeFault(kind: .invalidUTF8, offset: at) }
    }
    return length
  }
}
