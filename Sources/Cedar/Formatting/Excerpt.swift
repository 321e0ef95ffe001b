extension ParseFailure {
  /// Every mistake as a person reads it: its description, below it its line in `files` and a caret under its place.
  ///
  /// Control characters come out as blanks, so that a text cannot speak to the terminal that shows it; of a long line only the
  /// neighbourhood is shown. The description of a mistake in none of `files` stands alone.
  public func excerpts(in files: [(name: String, text: String)]) -> String {
    var sources: [SourceText] = []
    for file in files where diagnostics.contains(where: { Text.equal($0.file, file.name) }) {
      sources.append(SourceText(name: file.name, text: file.text))
    }
    return diagnostics.map { diagnostic in
      let source = sources.first { Text.equal($0.name, diagnostic.file) }
      return diagnostic.description + (source.flatMap { Excerpt.text(diagnostic, $0) }.map { "\n" + $0 } ?? "")
    }.joined(separator: "\n")
  }
}

/// The neighbourhood of a place in a text.
private enum Excerpt {
  /// Scalars shown on either side of the place, and the bytes that surely hold them.
  private static let scalars = 50
  private static let bytes = 4 * scalars

  static func text(_ diagnostic: Diagnostic, _ source: SourceText) -> String? {
    guard let line = source.line(diagnostic.line) else { return nil }
    var place = line.startIndex
    var column = 1
    while place < line.endIndex, column < diagnostic.column {
      place += 1
      while place < line.endIndex, line[place] & 0xC0 == 0x80 { place += 1 }
      column += 1
    }
    let before = shown(line[max(line.startIndex, place - bytes)..<place]).suffix(scalars)
    let behind = shown(line[place..<min(line.endIndex, place + bytes)]).prefix(scalars)
    let margin = String(repeating: " ", count: String(diagnostic.line).utf8.count)
    let indent = String(repeating: " ", count: columns(String(before)))
    return "\(diagnostic.line) | \(String(before))\(String(behind))\n\(margin) | \(indent)^"
  }

  private static func shown(_ bytes: ArraySlice<UInt8>) -> String.UnicodeScalarView {
    var text = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text.append(" ")
      default: text.append(scalar)
      }
    }
    return text
  }
}
