/// One tile of a tree (C2SP tlog-tiles): up to 256 hashes side by side on every eighth level.
package struct Tile: Sendable, Equatable {
  /// How many hashes a full tile has.
  package static let widthMax = 256

  /// 0 for leaf hashes; an entry of level L is the root of 256^L leaves.
  package let level: Int
  /// The position from the left among the tiles of its level.
  package let index: UInt64
  /// How many hashes it has: 256, or 1 to 255 for the partial tile at the right edge.
  package let width: Int

  /// A tile's place.
  package init(level: Int, index: UInt64, width: Int = Tile.widthMax) {
    self.level = level
    self.index = index
    self.width = width
  }

  /// `tile/<level>/<index>`, with `.p/<width>` for a partial one.
  package var path: String { "tile/\(level)/" + place }

  /// `tile/entries/<index>`, with `.p/<width>` for a partial one: the entries below a tile of level 0.
  package var entriesPath: String { "tile/entries/" + place }

  private var place: String { Tile.indexPath(index) + (width == Tile.widthMax ? "" : ".p/\(width)") }

  /// An index in groups of three digits, all but the last with `x` in front: 1234067 is `x001/x234/067`.
  package static func indexPath(_ index: UInt64) -> String {
    var rest = index
    var path = threeDigits(rest % 1000)
    while rest >= 1000 {
      rest /= 1000
      path = "x" + threeDigits(rest % 1000) + "/" + path
    }
    return path
  }

  /// How many full tiles a tree has on each level, and how wide its partial tile is (0 for none); from level 0 up.
  package static func counts(size: UInt64) -> [(level: Int, full: UInt64, partialWidth: Int)] {
    var counts: [(level: Int, full: UInt64, partialWidth: Int)] = []
    var hashes = size
    while hashes > 0 {
      counts.append((counts.count, hashes / UInt64(widthMax), Int(hashes % UInt64(widthMax))))
      hashes /= UInt64(widthMax)
    }
    return counts
  }

  private static func threeDigits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.utf8.count) + digits
  }
}

/// The entries below a tile of level 0: each as two bytes of length, big-endian, and the bytes (C2SP tlog-tiles).
package enum EntryTile {
  /// The longest entry in bytes: its length has 16 bits.
  package static let entryBytesMax = 65_535

  /// The bundle of entries; nil when one is too long or there are more than 256.
  package static func encode(_ entries: [[UInt8]]) -> [UInt8]? {
    guard entries.count <= Tile.widthMax else { return nil }
    var bytes: [UInt8] = []
    for entry in entries {
      guard entry.count <= entryBytesMax else { return nil }
      bytes += [UInt8(entry.count >> 8), UInt8(entry.count & 0xFF)] + entry
    }
    return bytes
  }

  /// The entries of a bundle; nil when it is cut or has more than 256.
  package static func decode(_ bytes: [UInt8]) -> [[UInt8]]? {
    var entries: [[UInt8]] = []
    var position = 0
    while position < bytes.count {
      guard entries.count < Tile.widthMax, bytes.count - position >= 2 else { return nil }
      let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
      position += 2
      guard bytes.count - position >= length else { return nil }
      entries.append(Array(bytes[position..<position + length]))
      position += length
    }
    return entries
  }
}
