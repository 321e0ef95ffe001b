/// Refusal of duplicate keys, cheap for small objects and never quadratic for large ones.
enum TapeKeys {
  /// Up to this many members each new key is compared with those before it (fingerprint and length first); beyond, a seeded hash
  /// table
  /// is built once, when the object closes, so that no choice of keys makes it slow.
  static let pairwiseMax: UInt32 = 16

  /// Length, first, middle and last byte: tells most keys of one object apart without reading them whole.
  @inline(__always)
  static func fingerprint(_ key: borrowing Span<UInt8>) -> UInt16 {
    let count = key.count
    if count == 0 { return 0 }
    let first = UInt16(key[0])
    let middle = UInt16(key[count / 2])
    let last = UInt16(key[count - 1])
    return first &+ (last << 8) &+ (middle << 4) &+ UInt16(truncatingIfNeeded: count) &* 0x9E37
  }

  @inline(__always)
  static func refuseDuplicate(at key: Int, of container: Int, _ input: Span<UInt8>, _ tape: borrowing TapeStorage) throws(TapeFault)
  {
    var remaining = tape.entries[container].length
    if remaining >= pairwiseMax { return }
    let added = tape.entries[key]
    var earlier = container + 1
    while remaining > 0 {
      let entry = tape.entries[earlier]
      if entry.extra == added.extra, entry.length == added.length, same(entry, added, input, tape) {
        throw TapeFault(kind: .duplicateKey, offset: sourceOffset(added, tape))
      }
      earlier = Int(tape.entries[earlier + 1].next)
      remaining -= 1
    }
  }

  static func refuseDuplicates(in container: Int, _ input: Span<UInt8>, _ tape: inout TapeStorage) throws(TapeFault) {
    let count = Int(tape.entries[container].length)
    var slots = 64
    while slots < count * 2 { slots *= 2 }
    tape.keyTable.fill(with: 0, count: slots)
    var key = container + 1
    for _ in 0..<count {
      let added = tape.entries[key]
      var slot = hash(added, input, tape) & (slots - 1)
      while tape.keyTable[slot] != 0 {
        let entry = tape.entries[Int(tape.keyTable[slot])]
        if entry.length == added.length, same(entry, added, input, tape) {
          throw TapeFault(kind: .duplicateKey, offset: sourceOffset(added, tape), key: key)
        }
        slot = (slot + 1) & (slots - 1)
      }
      // Entry 0 is the root, never a key: 0 marks a free slot.
      tape.keyTable[slot] = UInt32(truncatingIfNeeded: key)
      key = Int(tape.entries[key + 1].next)
    }
  }

  private static func same(_ left: JSONTapeEntry, _ right: JSONTapeEntry, _ input: Span<UInt8>, _ tape: borrowing TapeStorage)
    -> Bool
  {
    for offset in 0..<Int(left.length) where byte(left, offset, input, tape) != byte(right, offset, input, tape) { return false }
    return true
  }

  private static func byte(_ entry: JSONTapeEntry, _ offset: Int, _ input: Span<UInt8>, _ tape: borrowing TapeStorage) -> UInt8 {
    let index = Int(entry.start) + offset
    return entry.flags & JSONTapeEntry.escaped == 0 ? input[index] : tape.decoded[index]
  }

  private static func hash(_ entry: JSONTapeEntry, _ input: Span<UInt8>, _ tape: borrowing TapeStorage) -> Int {
    var hasher = Hasher()
    let start = Int(entry.start)
    if entry.flags & JSONTapeEntry.escaped == 0 {
      input.extracting(start..<start + Int(entry.length)).withUnsafeBytes { hasher.combine(bytes: $0) }
    } else {
      for offset in 0..<Int(entry.length) { withUnsafeBytes(of: tape.decoded[start + offset]) { hasher.combine(bytes: $0) } }
    }
    return hasher.finalize()
  }

  /// Where the key's quote stands in the document.
  static func sourceOffset(_ entry: JSONTapeEntry, _ tape: borrowing TapeStorage) -> Int {
    guard entry.flags & JSONTapeEntry.escaped != 0 else { return Int(entry.start) - 1 }
    var start = 0
    for byte in 0..<4 { start |= Int(tape.decoded[Int(entry.start) - 8 + byte]) << (8 * byte) }
    return start - 1
  }
}
