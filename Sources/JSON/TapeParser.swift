/// A refusal before its path is worked out.
struct TapeFault: Error {
  var kind: JSONError.Kind
  var offset: Int
  /// The entry of the key that is at fault, when it lies outside the open containers' current members.
  var key: Int?
}

/// The grammar of RFC 8259 over one document. Iterative: nesting costs no call, and no memory beyond the tape.
///
/// Methods take the input as an argument because a stored span would bind the lifetime of the parser to it.
struct TapeParser {
  private enum Expected {
    case value
    case key
    case end
  }

  let depthMax: Int
  var at = 0
  var depth = 0
  /// The entry of the innermost open array or object. While an entry is open, its `next` is the entry around it.
  var container = 0

  init(depthMax: Int) { self.depthMax = depthMax }

  mutating func document(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) {
    skipSpace(input)
    if at == input.count { throw TapeFault(kind: .empty, offset: 0) }
    var expected = Expected.value
    while true {
      switch expected {
      case .value: expected = try value(input, &tape)
      case .key: expected = try key(input, &tape)
      case .end:
        skipSpace(input)
        if depth == 0 {
          if at != input.count { throw TapeFault(kind: .trailingBytes, offset: at) }
          return
        }
        expected = try afterMember(input, &tape)
      }
    }
  }

  @inline(__always)
  private mutating func skipSpace(_ input: Span<UInt8>) {
    while at < input.count {
      let byte = input[at]
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      at += 1
    }
  }

  private mutating func value(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) -> Expected {
    skipSpace(input)
    guard at < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: at) }
    switch input[at] {
    case UInt8(ascii: "\""): try string(input, &tape, isKey: false)
    case UInt8(ascii: "{"):
      try begin(.object, &tape)
      skipSpace(input)
      guard at < input.count, input[at] == UInt8(ascii: "}") else { return .key }
      try end(input, &tape)
    case UInt8(ascii: "["):
      try begin(.array, &tape)
      skipSpace(input)
      guard at < input.count, input[at] == UInt8(ascii: "]") else { return .value }
      try end(input, &tape)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(input, &tape)
    case UInt8(ascii: "t"): try word("true", .true, input, &tape)
    case UInt8(ascii: "f"): try word("false", .false, input, &tape)
    case UInt8(ascii: "n"): try word("null", .null, input, &tape)
    case let byte: throw TapeFault(kind: .unexpectedByte(byte), offset: at)
    }
    return .end
  }

  private mutating func key(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) -> Expected {
    skipSpace(input)
    try expect(UInt8(ascii: "\""), input)
    let entry = tape.entries.count
    try string(input, &tape, isKey: true)
    try TapeKeys.refuseDuplicate(at: entry, of: container, input, tape)
    skipSpace(input)
    try expect(UInt8(ascii: ":"), input)
    at += 1
    return .value
  }

  /// A value is complete inside an open array or object: a comma or the closing bracket follows.
  private mutating func afterMember(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) -> Expected {
    tape.entries[container].length += 1
    guard at < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: at) }
    let isObject = tape.entries[container].kind == .object
    switch input[at] {
    case UInt8(ascii: ","):
      at += 1
      return isObject ? .key : .value
    case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
      try end(input, &tape)
      return .end
    case let byte: throw TapeFault(kind: .unexpectedByte(byte), offset: at)
    }
  }

  private mutating func begin(_ kind: JSONKind, _ tape: inout TapeStorage) throws(TapeFault) {
    guard depth < depthMax else { throw TapeFault(kind: .tooDeep(limit: depthMax), offset: at) }
    let outer = UInt32(truncatingIfNeeded: container)
    container = tape.entries.count
    depth += 1
    tape.entries.append(JSONTapeEntry(start: UInt32(truncatingIfNeeded: at), length: 0, next: outer, kind: kind))
    at += 1
  }

  private mutating func end(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) {
    var entry = tape.entries[container]
    let outer = entry.next
    let count = entry.length
    if entry.kind == .object, count > TapeKeys.pairwiseMax { try TapeKeys.refuseDuplicates(in: container, input, &tape) }
    at += 1
    depth -= 1
    entry.length = UInt32(truncatingIfNeeded: at) - entry.start
    entry.extra = UInt16(clamping: count)
    entry.next = UInt32(truncatingIfNeeded: tape.entries.count)
    tape.entries[container] = entry
    container = Int(outer)
  }

  @inline(__always)
  private func expect(_ byte: UInt8, _ input: Span<UInt8>) throws(TapeFault) {
    guard at < input.count else { throw TapeFault(kind: .unexpectedEnd, offset: at) }
    guard input[at] == byte else { throw TapeFault(kind: .unexpectedByte(input[at]), offset: at) }
  }

  @inline(__always)
  mutating func appendScalar(
    _ kind: JSONKind, start: Int, length: Int, flags: UInt8, extra: UInt16, _ tape: inout TapeStorage
  ) {
    tape.entries.append(
      JSONTapeEntry(
        start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length),
        next: UInt32(truncatingIfNeeded: tape.entries.count + 1), kind: kind, flags: flags, extra: extra))
  }

  private mutating func word(
    _ text: StaticString, _ kind: JSONKind, _ input: Span<UInt8>, _ tape: inout TapeStorage
  ) throws(TapeFault) {
    let start = at
    for offset in 0..<text.utf8CodeUnitCount {
      try expect(text.utf8Start[offset], input)
      at += 1
    }
    appendScalar(kind, start: start, length: at - start, flags: 0, extra: 0, &tape)
  }

  /// RFC 8259 section 6: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
  private mutating func number(_ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) {
    let start = at
    var flags = JSONTapeEntry.integral
    if input[at] == UInt8(ascii: "-") { at += 1 }
    let leading = at
    try digits(input, start: start)
    if at - leading > 1, input[leading] == UInt8(ascii: "0") { throw TapeFault(kind: .invalidNumber, offset: start) }
    if at < input.count, input[at] == UInt8(ascii: ".") {
      flags = 0
      at += 1
      try digits(input, start: start)
    }
    if at < input.count, input[at] | 0x20 == UInt8(ascii: "e") {
      flags = 0
      at += 1
      if at < input.count, input[at] == UInt8(ascii: "+") || input[at] == UInt8(ascii: "-") { at += 1 }
      try digits(input, start: start)
    }
    appendScalar(.number, start: start, length: at - start, flags: flags, extra: 0, &tape)
  }

  @inline(__always)
  private mutating func digits(_ input: Span<UInt8>, start: Int) throws(TapeFault) {
    let first = at
    while at < input.count, input[at] &- 0x30 < 10 { at += 1 }
    if at == first {
      throw TapeFault(kind: at == input.count ? .unexpectedEnd : .invalidNumber, offset: at == input.count ? at : start)
    }
  }
}
