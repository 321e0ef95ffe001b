/// Finds the name that a misspelt one probably stands for.
enum NearestName {
  /// Bytes of a name: longer ones are not compared.
  private static let bytesMax = 64
  /// Names compared.
  private static let namesMax = 500

  /// The nearest of `names` that a third of the letters, at most, tells from `name`; of several the first by bytes.
  static func find(_ name: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    guard wanted.count <= bytesMax else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in names.prefix(namesMax) where candidate.utf8.count <= bytesMax {
      let bytes = Array(candidate.utf8)
      let limit = max(1, max(wanted.count, bytes.count) / 3)
      guard abs(bytes.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, bytes)
      if distance > limit { continue }
      if let best, (best.distance, Text.compare(best.name, candidate)) <= (distance, 0) { continue }
      best = (candidate, distance)
    }
    return best?.name
  }

  /// The number of bytes to add, drop, change or swap with the next that leads from one text to the other; case makes no difference.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var last: [Int] = []
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      (before, last) = (last, row)
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let change = last[j] + (lower(byte) == lower(other) ? 0 : 1)
        row[j + 1] = min(change, min(row[j], last[j + 1]) + 1)
        if i > 0, j > 0, lower(byte) == lower(right[j - 1]), lower(left[i - 1]) == lower(other) {
          row[j + 1] = min(row[j + 1], before[j - 1] + 1)
        }
      }
    }
    return row[right.count]
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
