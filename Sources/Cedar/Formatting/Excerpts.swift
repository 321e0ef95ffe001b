extension ParseFailure {
  /// Every mistake as a person reads it: its description, below it its line in `files` and a caret under its place; see `Excerpts`. The
  /// description of a mistake in none of `files` stands alone.
  public func excerpts(in files: [(name: String, text: String)]) -> String {
    var excerpts: [(name: String, of: Excerpts)] = []
    for file in files where diagnostics.contains(where: { Text.equal($0.file, file.name) }) {
      excerpts.append((file.name, Excerpts(of: file.text)))
    }
    return diagnostics.map { diagnostic in
      let file = excerpts.first { Text.equal($0.name, diagnostic.file) }
      let excerpt = file?.of.at(line: diagnostic.line, column: diagnostic.column)
      return diagnostic.description + (excerpt.map { "\n" + $0 } ?? "")
    }.joined(separator: "\n")
  }
}

/// A text, ready to show the places of mistakes in it as a person reads them.
public struct Excerpts: Sendable {
  /// Scalars shown on either side of the place, and the bytes that surely hold them.
  private static let scalars = 50
  private static let bytes = 4 * scalars

  private let source: SourceText

  /// Takes `text`, of which any number of places may be shown.
  public init(of text: String) { source = SourceText(name: "", text: text) }

  /// The line with a caret under `column`, both from 1 and as in `Diagnostic`; nil when there is no such line.
  ///
  /// Control characters come out as blanks, so that a text cannot speak to the terminal that shows it; of a long line only the
  /// neighbourhood is shown.
  public func at(line number: Int, column: Int) -> String? {
    guard let line = source.line(number) else { return nil }
    var place = line.startIndex
    var current = 1
    while place < line.endIndex, current < column {
      place += 1
      while place < line.endIndex, line[place] & 0xC0 == 0x80 { place += 1 }
      current += 1
    }
    let before = Excerpts.shown(line[max(line.startIndex, place - Excerpts.bytes)..<place]).suffix(Excerpts.scalars)
    let behind = Excerpts.shown(line[place..<min(line.endIndex, place + Excerpts.bytes)]).prefix(Excerpts.scalars)
    let margin = String(repeating: " ", count: String(number).utf8.count)
    let indent = String(repeating: " ", count: columns(String(before)))
    return "\(number) | \(String(before))\(String(behind))\n\(margin) | \(indent)^"
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
