/// A buffer of plain values that keeps its memory when it is emptied.
struct ReusedBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Forgets the elements; gives memory beyond `retained` elements back, so that one huge document does not hold it for ever.
  mutating func removeAll(retained: Int) {
    count = 0
    if capacity > retained { reallocate(retained) }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { reallocate(capacity * 2) }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Makes the buffer hold exactly `count` copies of `element`.
  mutating func fill(with element: Element, count: Int) {
    if capacity < count { reallocate(count) }
    base.initialize(repeating: element, count: count)
    self.count = count
  }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    @inline(__always) set {
      precondition(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  private mutating func reallocate(_ wanted: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }
}

/// The memory of a tape: entries, the decoded text of strings with escapes, and a table for keys of large objects.
struct TapeStorage: ~Copyable {
  /// Kept between documents: 256 KiB of entries, 64 KiB of text; larger buffers are given back at the next document.
  static let entriesRetained = 16_384
  static let decodedRetained = 65_536

  var entries: ReusedBuffer<JSONTapeEntry>
  /// For each string with escapes: offset and length of its source text (two little-endian 32-bit numbers), then its UTF-8.
  var decoded: ReusedBuffer<UInt8>
  var keyTable = ReusedBuffer<UInt32>(capacity: 1)

  init(entries: Int) {
    self.entries = ReusedBuffer(capacity: entries)
    decoded = ReusedBuffer(capacity: 64)
  }

  mutating func reset() {
    entries.removeAll(retained: TapeStorage.entriesRetained)
    decoded.removeAll(retained: TapeStorage.decodedRetained)
    keyTable.removeAll(retained: TapeStorage.entriesRetained)
  }
}

/// One value or key of a document, 16 bytes.
@usableFromInline
struct JSONTapeEntry: BitwiseCopyable {
  /// Where the text starts in the document: the bracket, the digit, the byte after the quote; for a string with escapes an offset
  /// into the decoded text.
  @usableFromInline var start: UInt32
  /// Bytes of text. While an array or object is open: how many members are complete.
  @usableFromInline var length: UInt32
  /// Index of the entry after this one and everything inside it.
  @usableFromInline var next: UInt32
  @usableFromInline var kind: JSONKind
  @usableFromInline var flags: UInt8
  /// Fingerprint of a key; number of members of an array or object, at most 65 535.
  @usableFromInline var extra: UInt16

  /// The string had escapes: its text is in the decoded buffer.
  @usableFromInline static let escaped: UInt8 = 1
  /// The number has neither fraction nor exponent.
  @usableFromInline static let integral: UInt8 = 2

  @usableFromInline
  init(start: UInt32, length: UInt32, next: UInt32, kind: JSONKind, flags: UInt8 = 0, extra: UInt16 = 0) {
    self.start = start
    self.length = length
    self.next = next
    self.kind = kind
    self.flags = flags
    self.extra = extra
  }
}

/// The kinds of JSON values.
@usableFromInline
package enum JSONKind: UInt8, Sendable, BitwiseCopyable {
  case null
  case `false`
  case `true`
  case number
  case string
  case array
  case object

  /// What this is called in a message to a human.
  package var name: String {
    switch self {
    case .null: "null"
    case .false, .true: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
