/// Finds what an author probably meant.
enum NearestName {
  /// Longest name that is compared: the table of distances grows with the square of it.
  private static let bytesMax = 64
  /// Names that are compared: enough for the keys and names of a folder that people write.
  private static let candidatesMax = 200

  /// The one of `known` that `name` is at most two slips away from, and at most a third of its length; the first of several.
  static func of(_ name: String, among known: [String]) -> String? {
    guard !name.isEmpty, name.utf8.count <= bytesMax else { return nil }
    let slipsMax = min(2, max(1, name.utf8.count / 3))
    var best: (name: String, slips: Int)?
    for candidate in known.prefix(candidatesMax) where candidate.utf8.count <= bytesMax {
      let slips = distance(Array(name.utf8), Array(candidate.utf8))
      if slips <= slipsMax, slips < best?.slips ?? Int.max { best = (candidate, slips) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var older = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let isSame = lower(left[row]) == lower(right[column])
        var slips = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          slips = min(slips, older[column - 1] + 1)
        }
        current.append(slips)
      }
      older = previous
      previous = current
    }
    return previous[right.count]
  }

  /// What to say of an unknown `name`: the nearest of `known`, else all of them.
  static func hint(_ name: String, among known: [String], plural: String) -> String? {
    if let nearest = of(name, among: known) { return "did you mean `\(nearest)`?" }
    if known.isEmpty { return nil }
    let shown = known.prefix(shownMax).joined(separator: ", ")
    return "\(plural): \(shown)" + (known.count > shownMax ? ", and \(known.count - shownMax) more" : "")
  }

  /// Names in one hint: what fits on two lines of a terminal.
  private static let shownMax = 16

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte }
}
