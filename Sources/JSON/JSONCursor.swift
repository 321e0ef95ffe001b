/// A value on a tape: a position, no copy. Valid as long as the tape says (`JSONTape.parse`); it does not keep anything alive.
package struct JSONCursor {
  @usableFromInline let entries: UnsafePointer<JSONTapeEntry>
  @usableFromInline let input: UnsafeRawPointer
  @usableFromInline let decoded: UnsafePointer<UInt8>
  @usableFromInline let index: Int

  @inlinable
  init(entries: UnsafePointer<JSONTapeEntry>, input: UnsafeRawPointer, decoded: UnsafePointer<UInt8>, index: Int) {
    self.entries = entries
    self.input = input
    self.decoded = decoded
    self.index = index
  }

  @inlinable
  func at(_ index: Int) -> JSONCursor { JSONCursor(entries: entries, input: input, decoded: decoded, index: index) }

  @inlinable var entry: JSONTapeEntry { entries[index] }

  /// The kind of the value.
  @inlinable package var kind: JSONKind { entry.kind }

  /// True for `null`.
  @inlinable package var isNull: Bool { kind == .null }

  /// The boolean, or nil for any other kind.
  @inlinable package var boolValue: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The UTF-8 of a string, escapes decoded, without a copy; nil for any other kind.
  @inlinable package var stringBytes: UnsafeBufferPointer<UInt8>? {
    let entry = self.entry
    guard entry.kind == .string else { return nil }
    let base = entry.flags & JSONTapeEntry.escaped == 0 ? input.assumingMemoryBound(to: UInt8.self) : decoded
    return UnsafeBufferPointer(start: base + Int(entry.start), count: Int(entry.length))
  }

  /// The string, or nil for any other kind. Allocates beyond 15 bytes.
  @inlinable package var stringValue: String? { stringBytes.map { String(decoding: $0, as: UTF8.self) } }

  /// The exact integer; nil for any other kind, for fractions and exponents, for `-0`, and outside 64 bits.
  @inlinable package var integerValue: Int64? {
    let entry = self.entry
    guard entry.kind == .number, entry.flags & JSONTapeEntry.integral != 0 else { return nil }
    let text = UnsafeBufferPointer(start: input.assumingMemoryBound(to: UInt8.self) + Int(entry.start), count: Int(entry.length))
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative, text.count == 2, text[1] == UInt8(ascii: "0") { return nil }
    var value: Int64 = 0
    for digit in isNegative ? text.dropFirst() : text[...] {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      // Accumulated downwards for negative numbers: the least integer has no positive counterpart.
      let step = Int64(digit &- 0x30)
      let (next, carry) = isNegative ? shifted.subtractingReportingOverflow(step) : shifted.addingReportingOverflow(step)
      if overflow || carry { return nil }
      value = next
    }
    return value
  }

  /// The text of a number as it was written, or nil for any other kind.
  package var numberText: String? { kind == .number ? String(decoding: rawBytes, as: UTF8.self) : nil }

  /// How many elements or members there are; 0 for a scalar.
  package var count: Int {
    let entry = self.entry
    guard entry.kind == .array || entry.kind == .object else { return 0 }
    if entry.extra < UInt16.max { return Int(entry.extra) }
    return entry.kind == .array ? elements.reduce(0) { sum, _ in sum + 1 } : members.reduce(0) { sum, _ in sum + 1 }
  }

  /// Where the value starts in the document, in bytes.
  package var offset: Int { sourceRange.lowerBound }

  /// The value's own text in the document, quotes and brackets included: valid JSON by itself.
  package var rawBytes: UnsafeRawBufferPointer {
    let range = sourceRange
    return UnsafeRawBufferPointer(start: input + range.lowerBound, count: range.count)
  }

  /// The place of the value in the document, quotes and brackets included, in bytes.
  package var sourceRange: Range<Int> {
    let entry = self.entry
    var start = Int(entry.start)
    var length = Int(entry.length)
    guard entry.kind == .string else { return start..<(start + length) }
    if entry.flags & JSONTapeEntry.escaped != 0 {
      let header = UnsafeRawPointer(decoded + start - 8)
      start = Int(UInt32(littleEndian: header.loadUnaligned(as: UInt32.self)))
      length = Int(UInt32(littleEndian: header.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    }
    return (start - 1)..<(start + length + 1)
  }
}

extension JSONCursor {
  /// True when this is the string `text`, byte for byte.
  @inlinable
  package func equals(_ text: StaticString) -> Bool {
    guard let bytes = stringBytes, bytes.count == text.utf8CodeUnitCount else { return false }
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for index in 0..<bytes.count where bytes[index] != expected[index] { return false }
    return true
  }

  /// The value of the member `key`; nil when it is absent or this is no object.
  @inlinable
  package func member(_ key: StaticString) -> JSONCursor? {
    member(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
  }

  /// The value of the member `key`; nil when it is absent or this is no object.
  @_disfavoredOverload
  package func member(_ key: String) -> JSONCursor? {
    var key = key
    return key.withUTF8 { member($0) }
  }

  /// The value of the member whose key has exactly these bytes; nil when it is absent or this is no object.
  @inlinable
  package func member(_ key: UnsafeBufferPointer<UInt8>) -> JSONCursor? {
    let object = entry
    guard object.kind == .object else { return nil }
    var position = index + 1
    let end = Int(object.next)
    search: while position < end {
      let value = at(position + 1)
      if Int(entries[position].length) == key.count, let bytes = at(position).stringBytes {
        var offset = 0
        while offset < key.count {
          guard bytes[offset] == key[offset] else {
            position = Int(value.entry.next)
            continue search
          }
          offset += 1
        }
        return value
      }
      position = Int(value.entry.next)
    }
    return nil
  }

  /// The elements of an array in order; empty for any other kind.
  @inlinable package var elements: JSONElements {
    JSONElements(cursor: self, position: index + 1, end: kind == .array ? Int(entry.next) : index + 1)
  }

  /// Keys and values of an object in order; empty for any other kind.
  @inlinable package var members: JSONMembers {
    JSONMembers(cursor: self, position: index + 1, end: kind == .object ? Int(entry.next) : index + 1)
  }

  /// A copy of the value that lives on its own. The value is at most `JSONLimits.depthCeiling` deep: copying recurses.
  package func value() -> JSONValue {
    switch kind {
    case .null: return .null
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .number: return integerValue.map { .integer($0) } ?? .number(numberText ?? "")
    case .string: return .string(stringValue ?? "")
    case .array:
      var values: [JSONValue] = []
      values.reserveCapacity(Int(entry.extra))
      for element in elements { values.append(element.value()) }
      return .array(values)
    case .object: return .object(object() ?? JSONObject())
    }
  }

  /// The first value, of all below this one and itself, that `isWanted` holds for; in the order of the document, without recursion.
  package func first(where isWanted: (JSONCursor) -> Bool) -> JSONCursor? {
    for position in index..<max(index + 1, Int(entry.next)) where isWanted(at(position)) { return at(position) }
    return nil
  }

  /// The spelling of the path from this value to `inner`, a value below it on the same tape: `subject.properties[2]`. A long one is cut.
  package func path(to inner: JSONCursor) -> String {
    var path = ""
    var container = self
    while container.index < inner.index {
      if path.utf8.count > TapePath.bytesMax { return path + "…" }
      var position = 0
      var next: JSONCursor?
      for (key, value) in container.members where inner.index >= key.index && inner.index < Int(value.entry.next) {
        path = JSONPath.appending(key: key.stringValue ?? "", to: path)
        next = value
      }
      for element in container.elements {
        if inner.index >= element.index, inner.index < Int(element.entry.next) {
          path += "[\(position)]"
          next = element
        }
        position += 1
      }
      guard let next else { return path }
      container = next
    }
    return path
  }

  /// A copy of the object that lives on its own; nil for any other kind.
  package func object() -> JSONObject? {
    guard kind == .object else { return nil }
    var object = JSONObject()
    object.members.reserveCapacity(Int(entry.extra))
    for (key, value) in members { object.members.append((key.stringValue ?? "", value.value())) }
    return object
  }
}

/// The elements of an array on a tape.
package struct JSONElements: Sequence, IteratorProtocol {
  @usableFromInline let cursor: JSONCursor
  @usableFromInline var position: Int
  @usableFromInline let end: Int

  @inlinable
  init(cursor: JSONCursor, position: Int, end: Int) {
    self.cursor = cursor
    self.position = position
    self.end = end
  }

  /// The next element.
  @inlinable
  package mutating func next() -> JSONCursor? {
    guard position < end else { return nil }
    let element = cursor.at(position)
    position = Int(element.entry.next)
    return element
  }
}

/// The members of an object on a tape; the key is a cursor on a string.
package struct JSONMembers: Sequence, IteratorProtocol {
  @usableFromInline let cursor: JSONCursor
  @usableFromInline var position: Int
  @usableFromInline let end: Int

  @inlinable
  init(cursor: JSONCursor, position: Int, end: Int) {
    self.cursor = cursor
    self.position = position
    self.end = end
  }

  /// The next member.
  @inlinable
  package mutating func next() -> (key: JSONCursor, value: JSONCursor)? {
    guard position < end else { return nil }
    let key = cursor.at(position)
    let value = cursor.at(position + 1)
    position = Int(value.entry.next)
    return (key, value)
  }
}
