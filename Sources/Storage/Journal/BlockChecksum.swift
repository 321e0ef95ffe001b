/// A fast 64-bit checksum of stored bytes: SQLite has none, so that a damaged page could give other bytes without a word. It finds accidents;
/// forgery is what the Merkle tree finds.
///
/// Each step is a bijection of the state for a given word and of the word for a given state, so a change within one word always shows; any
/// other change goes unnoticed once in 2^64.
struct BlockChecksum {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func add(_ word: UInt64) {
    state = (state ^ word) &* 0xBF58_476D_1CE4_E5B9
    state ^= state >> 29
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    let words = bytes.count / 8
    for index in 0..<words { add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))) }
    guard words * 8 < bytes.count else { return }
    var last: UInt64 = 0
    for byte in bytes[(words * 8)...].reversed() { last = last << 8 | UInt64(byte) }
    add(last)
  }

  /// As SQLite's integer.
  var value: Int64 { Int64(bitPattern: state ^ (state >> 32)) }
}
