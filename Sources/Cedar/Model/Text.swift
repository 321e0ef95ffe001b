/// Byte-wise treatment of strings: Cedar knows no normalisation, so `String ==` (canonical equivalence) must never decide.
enum Text {
  /// Calls `body` with the UTF-8 bytes of `text`, without a copy where the string lies contiguously.
  @inline(__always)
  static func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let result = text.utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
    return Array(text.utf8).withUnsafeBytes(body)
  }

  /// Whether both strings hold the same bytes.
  @inline(__always)
  static func equal(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    return withBytes(left) { leftBytes in withBytes(right) { rightBytes in equal(leftBytes, rightBytes) } }
  }

  /// Whether both buffers, of the same length, hold the same bytes.
  @inline(__always)
  static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let count = left.count
    var offset = 0
    while offset &+ 8 <= count {
      let leftWord = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if leftWord != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
      offset &+= 8
    }
    while offset < count {
      if left[offset] != right[offset] { return false }
      offset &+= 1
    }
    return true
  }

  /// Orders strings by their bytes, which for UTF-8 is the order of their scalars: negative, zero or positive.
  static func compare(_ left: String, _ right: String) -> Int {
    withBytes(left) { leftBytes in
      withBytes(right) { rightBytes in
        let count = min(leftBytes.count, rightBytes.count)
        var offset = 0
        while offset < count {
          let difference = Int(leftBytes[offset]) - Int(rightBytes[offset])
          if difference != 0 { return difference }
          offset += 1
        }
        return leftBytes.count - rightBytes.count
      }
    }
  }

  /// A 64-bit hash of the bytes, the same in every process. It only narrows a search: equality is always settled by the bytes.
  static func hash(_ text: String) -> UInt64 { withBytes(text) { hash($0) } }

  /// A 64-bit hash of the bytes, eight at a time.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    var state = mix(UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15, 0xA076_1D64_78BD_642F)
    var offset = 0
    while offset &+ 8 <= count {
      state = mix(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xE703_7ED1_A0B4_28DB)
      offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < count {
      tail = tail << 8 | UInt64(bytes[offset])
      offset &+= 1
    }
    return mix(state ^ tail, 0x8EBC_6AF0_9C88_C6E3)
  }

  /// Folds the 128-bit product of two words.
  @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

/// The bytes of a short text beside the text, so that comparing two of them touches no reference count: names are shared between
/// threads, and counting references to them would make threads wait for each other.
struct InlineText: Sendable {
  /// The longest text that fits, in bytes: a UUID does.
  static let countMax = 40

  private let count: Int32
  private let words: (UInt64, UInt64, UInt64, UInt64, UInt64)

  init(_ text: String) {
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    count = Int32(clamping: text.utf8.count)
    if count <= InlineText.countMax {
      Text.withBytes(text) { bytes in withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) } }
    }
    self.words = words
  }

  /// Equal, different, or nil when both are of one length that does not fit.
  @inline(__always)
  static func compare(_ left: borrowing InlineText, _ right: borrowing InlineText) -> Bool? {
    if left.count != right.count { return false }
    if left.count > InlineText.countMax { return nil }
    return left.words == right.words
  }
}

/// An attribute, tag or type name with its hash, so that look-ups compare one word before any byte.
struct Name: Hashable, Sendable {
  let hash: UInt64
  private let inline: InlineText
  let text: String

  init(_ text: String) {
    self.text = text
    self.inline = InlineText(text)
    self.hash = Text.hash(text)
  }

  @inline(__always)
  static func == (left: borrowing Name, right: borrowing Name) -> Bool {
    if left.hash != right.hash { return false }
    return InlineText.compare(left.inline, right.inline) ?? Text.equal(left.text, right.text)
  }

  /// As `==`, for a name at a fixed address, without a copy of either.
  @inline(__always)
  func matches(_ other: UnsafePointer<Name>) -> Bool {
    if hash != other.pointee.hash { return false }
    return InlineText.compare(inline, other.pointee.inline) ?? Text.equal(text, other.pointee.text)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// Orders by hash, then bytes: a total order that costs one comparison of words.
  @inline(__always)
  static func compare(_ left: Name, _ right: Name) -> Int {
    if left.hash != right.hash { return left.hash < right.hash ? -1 : 1 }
    return left == right ? 0 : Text.compare(left.text, right.text)
  }
}
