/// Attribute keys that mean something, found by their bytes without making a string. Immutable once built.
struct KeyTable: Sendable {
  private struct Entry {
    var start: Int32
    var count: Int32
    var slot: Int32
  }

  /// Open addressing; a count of -1 marks an empty place. Its size is a power of two and at least four times the number of keys.
  private var entries: [Entry]
  private var keys: [UInt8] = []
  /// How many distinct keys there are; slots are 0..<count in order of first appearance.
  private(set) var count = 0

  init(capacity: Int) {
    var size = 64
    while size < capacity * 4 { size *= 2 }
    entries = Array(repeating: Entry(start: 0, count: -1, slot: -1), count: size)
  }

  /// The slot of `key`, which is added when it is new.
  mutating func add(_ key: String) -> Int {
    let bytes = Array(key.utf8)
    let known = bytes.withUnsafeBytes { slot($0) }
    if known >= 0 { return known }
    precondition(count * 4 < entries.count, "capacity covers all keys")
    var index = bytes.withUnsafeBytes { Int(truncatingIfNeeded: shortHash($0)) } & (entries.count - 1)
    while entries[index].count >= 0 { index = (index + 1) & (entries.count - 1) }
    entries[index] = Entry(start: Int32(keys.count), count: Int32(bytes.count), slot: Int32(count))
    keys.append(contentsOf: bytes)
    count += 1
    return count - 1
  }

  /// The slot of the key with these bytes, or -1.
  @inline(__always)
  func slot(_ bytes: UnsafeRawBufferPointer) -> Int {
    var index = Int(truncatingIfNeeded: shortHash(bytes)) & (entries.count - 1)
    while true {
      let entry = entries[index]
      if entry.count < 0 { return -1 }
      if Int(entry.count) == bytes.count, isKey(entry, bytes) { return Int(entry.slot) }
      index = (index + 1) & (entries.count - 1)
    }
  }

  private func isKey(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) -> Bool {
    keys.withUnsafeBytes {
      areEqual(UnsafeRawBufferPointer(rebasing: $0[Int(entry.start)..<Int(entry.start + entry.count)]), bytes)
    }
  }
}

/// A hash over the length and the first and last eight bytes: enough to tell known keys apart, not meant against chosen input.
@inline(__always)
private func shortHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
  if bytes.count >= 8 {
    hash ^= bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    hash &*= 0xBF58_476D_1CE4_E5B9
    hash ^= hash >> 32
    hash ^= bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
  } else {
    for byte in bytes { hash = hash << 8 ^ UInt64(byte) }
  }
  hash &*= 0x94D0_49BB_1331_11EB
  return hash ^ hash >> 29
}

/// A hash over all bytes.
@inline(__always)
func fullHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
  var offset = 0
  while bytes.count - offset >= 8 {
    hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
    hash ^= hash >> 32
    offset += 8
  }
  while offset < bytes.count {
    hash = (hash ^ UInt64(bytes[offset])) &* 0x94D0_49BB_1331_11EB
    offset += 1
  }
  return hash ^ hash >> 29
}

/// Whether two buffers hold the same bytes.
@inline(__always)
func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  var offset = 0
  while left.count - offset >= 8 {
    if left.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) {
      return false
    }
    offset += 8
  }
  while offset < left.count {
    if left[offset] != right[offset] { return false }
    offset += 1
  }
  return true
}
