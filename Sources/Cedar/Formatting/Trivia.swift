/// The comments at one token, from `//` on, without blank at the end.
struct Trivia {
  /// Those on lines of their own before the token.
  var leading: [String] = []
  /// The one behind the token on its line.
  var trailing: String?

  /// The comments at each of `tokens`. They are read from the gaps between the tokens, so that a reader who wants none pays nothing.
  static func read(_ source: SourceText, _ tokens: [Token]) -> [Trivia] {
    var result = [Trivia](repeating: Trivia(), count: tokens.count)
    var end = 0
    for (index, token) in tokens.enumerated() {
      var offset = end
      var mayTrail = index > 0
      while offset < Int(token.span.start) {
        let byte = source.bytes[offset]
        if byte == 0x2F {
          let start = offset
          while offset < Int(token.span.start), source.bytes[offset] != 0x0A, source.bytes[offset] != 0x0D { offset += 1 }
          let comment = trimmed(source.bytes[start..<offset])
          if mayTrail { result[index - 1].trailing = comment } else { result[index].leading.append(comment) }
          mayTrail = false
        } else {
          if byte == 0x0A || byte == 0x0D { mayTrail = false }
          offset += 1
        }
      }
      end = Int(token.span.end)
    }
    return result
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}
