/// One `name: value` line, RFC 9112 section 5, as offsets; of a request's head, a trailer section or an answer's head.
struct FieldLine {
  let name: Range<Int>
  /// Without the white space around it.
  let value: Range<Int>
  /// Where the next line begins.
  let next: Int

  /// Reads the line at `start`; nil when it is not complete.
  static func read(_ bytes: Span<UInt8>, from start: Int) throws(HTTPRefusal) -> FieldLine? {
    var at = start
    while at < bytes.count, ByteClass.isToken(bytes[at]) { at += 1 }
    guard at < bytes.count else { return nil }
    guard bytes[at] == .colon, at > start else { throw badName(bytes[at], isFirst: at == start) }
    let name = start..<at
    at += 1
    while at < bytes.count, bytes[at] == .space || bytes[at] == .tab { at += 1 }
    let valueStart = at
    at = bytes.endOfVisible(from: at)
    while at < bytes.count, ByteClass.isFieldValue(bytes[at]) { at += 1 }
    guard at + 1 < bytes.count else {
      if at < bytes.count, bytes[at] != .carriageReturn { throw badValue(bytes[at]) }
      return nil
    }
    guard bytes[at] == .carriageReturn else { throw badValue(bytes[at]) }
    guard bytes[at + 1] == .lineFeed else { throw .malformed("a carriage return stands without a line feed") }
    return FieldLine(name: name, value: bytes.trimmed(valueStart..<at), next: at + 2)
  }

  private static func badName(_ byte: UInt8, isFirst: Bool) -> HTTPRefusal {
    switch byte {
    case .space, .tab: .malformed(isFirst ? "a field line begins with white space" : "a field name is followed by white space")
    case .colon: .malformed("a field line has no name")
    case .lineFeed: .malformed("a line ends in a line feed without a carriage return")
    case .carriageReturn: .malformed("a field line has no colon")
    default: .malformed("a field name holds a byte that names may not hold")
    }
  }

  private static func badValue(_ byte: UInt8) -> HTTPRefusal {
    byte == .lineFeed
      ? .malformed("a line ends in a line feed without a carriage return") : .malformed("a field value holds a control byte")
  }
}

extension UInt8 {
  static var tab: UInt8 { 0x09 }
  static var lineFeed: UInt8 { 0x0A }
  static var carriageReturn: UInt8 { 0x0D }
  static var space: UInt8 { 0x20 }
  static var slash: UInt8 { 0x2F }
  static var colon: UInt8 { 0x3A }
  static var semicolon: UInt8 { 0x3B }
  static var question: UInt8 { 0x3F }
}

extension Span<UInt8> {
  /// Whether the bytes of `range` are `text`, ASCII letters compared without case. A lower-case or upper-case `text` means the same.
  func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && hasPrefix(range, text)
  }

  /// Whether the bytes of `range` begin with `text`, ASCII letters compared without case.
  func hasPrefix(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount {
      guard ByteClass.lowercased(self[range.lowerBound + index]) == ByteClass.lowercased(text.utf8Start[index]) else {
        return false
      }
    }
    return true
  }

  /// A place from `start` on before which every byte is visible, space or beyond ASCII: eight at a time, so it may stop early.
  func endOfVisible(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = bytes
    var at = start
    while at + 8 <= count {
      // In bounds: the loop's condition. High bits mark bytes below 0x20 and bytes equal to 0x7F (and perhaps ones above such a byte).
      let word = UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      let deletes = word ^ (ones &* 0x7F)
      let marks = ((word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes) & (ones &* 0x80)
      guard marks == 0 else { return at + marks.trailingZeroBitCount / 8 }
      at += 8
    }
    return at
  }

  /// `range` without spaces and tabs at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start] == .space || self[start] == .tab { start += 1 }
    while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
    return start..<end
  }
}
