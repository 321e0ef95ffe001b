/// The items of a batch in one piece of bytes: the length of each (32 bits, little-endian), then the items one after the other. The count is
/// not in it; it stands in the batch's row.
enum BatchBlock {
  /// Appends `count` items to `bytes`, which is empty and reused from batch to batch.
  static func encode(
    count: Int, into bytes: inout [UInt8], item: (_ position: Int, _ body: (UnsafeRawBufferPointer) -> Void) -> Void
  ) {
    bytes.append(contentsOf: repeatElement(0, count: count * 4))
    for position in 0..<count {
      item(position) { item in
        let length = UInt32(truncatingIfNeeded: item.count)
        for byte in 0..<4 { bytes[position * 4 + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte))) }
        bytes.append(contentsOf: item)
      }
    }
  }

  /// The checksum of the block of the batch that begins at `first`.
  static func checksum(_ block: UnsafeRawBufferPointer, first: Int64, count: Int64) -> Int64 {
    var checksum = BlockChecksum()
    checksum.add(UInt64(bitPattern: first))
    checksum.add(UInt64(bitPattern: count))
    checksum.add(block)
    return checksum.value
  }

  /// Where each item lies; nil when the block is not one of `count` items.
  static func ranges(_ block: UnsafeRawBufferPointer, count: Int) -> [Range<Int>]? {
    guard count > 0, count <= block.count / 4 else { return nil }
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(count)
    var start = count * 4
    for position in 0..<count {
      let length = Int(UInt32(littleEndian: block.loadUnaligned(fromByteOffset: position * 4, as: UInt32.self)))
      guard length <= block.count - start else { return nil }
      ranges.append(start..<start + length)
      start += length
    }
    return start == block.count ? ranges : nil
  }
}
