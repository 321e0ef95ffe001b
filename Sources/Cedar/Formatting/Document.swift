/// A text with the places where it may be broken into lines, after Wadler's "A prettier printer".
///
/// A group is written on one line if it fits; else the breaks that belong to it, not to groups inside it, become new lines.
indirect enum Document: Sendable {
  case text(String)
  /// A break: blank on one line, else a new line.
  case line
  /// A break: nothing on one line, else a new line.
  case softLine
  /// A new line always; no group around it fits on one line.
  case hardLine
  case join([Document])
  /// New lines inside are indented by so many columns more.
  case nest(Int, Document)
  case group(Document)

  /// Whether the document is nothing at all.
  var isEmpty: Bool { if case .join(let parts) = self { parts.isEmpty } else { false } }

  static func + (left: Document, right: Document) -> Document { .join([left, right]) }
}

/// Lays documents out in lines of a width.
///
/// A line that would hold nothing but blank is never written: breaks that meet become one, and the last one's indentation counts.
struct DocumentRenderer {
  private struct Item {
    let indent: Int
    let isFlat: Bool
    let document: Document
  }

  private let width: Int
  private let bytesMax: Int
  private var output: [UInt8] = []
  private var pending: [Item] = []
  private var ahead: [Document] = []
  private var column = 0
  /// Where the current line begins in the output, and whether it holds more than its indentation.
  private var lineStart = 0
  private var lineHasText = false

  private init(width: Int, bytesMax: Int) {
    self.width = width
    self.bytesMax = bytesMax
  }

  /// The text of `document` in lines of at most `width` columns where its breaks allow; nil if it is longer than `bytesMax`.
  static func render(_ document: Document, width: Int, bytesMax: Int) -> String? {
    var renderer = DocumentRenderer(width: width, bytesMax: bytesMax)
    return renderer.run(document) ? renderer.finished() : nil
  }

  private mutating func run(_ document: Document) -> Bool {
    pending.append(Item(indent: 0, isFlat: false, document: document))
    while let item = pending.popLast() {
      if output.count > bytesMax { return false }
      switch item.document {
      case .text(let text): write(text)
      case .line where item.isFlat: write(" ")
      case .softLine where item.isFlat: break
      case .line, .softLine, .hardLine: newLine(item.indent)
      case .join(let parts):
        for part in parts.reversed() { push(item, part, item.indent, isFlat: item.isFlat) }
      case .nest(let columns, let inner): push(item, inner, item.indent + columns, isFlat: item.isFlat)
      case .group(let inner): push(item, inner, item.indent, isFlat: item.isFlat || fits(inner))
      }
    }
    return true
  }

  private mutating func push(_ item: Item, _ document: Document, _ indent: Int, isFlat: Bool) {
    pending.append(Item(indent: indent, isFlat: isFlat, document: document))
  }

  private mutating func write(_ text: String) {
    output.append(contentsOf: text.utf8)
    column += columns(text)
    if !text.isEmpty, text != " " { lineHasText = true }
  }

  /// The output without a last line that is blank.
  private func finished() -> String {
    String(decoding: lineHasText ? output[...] : output[..<max(0, lineStart - 1)], as: UTF8.self)
  }

  private mutating func newLine(_ indent: Int) {
    if lineHasText {
      output.append(0x0A)
      lineStart = output.count
      lineHasText = false
    } else {
      output.removeSubrange(lineStart...)
    }
    output.append(contentsOf: repeatElement(0x20, count: indent))
    column = indent
  }

  /// Whether `document` on one line, and what follows it up to the next place for a new line, end within the width.
  private mutating func fits(_ document: Document) -> Bool {
    var column = column
    var isFlat = true
    var next = pending.count
    ahead.removeAll(keepingCapacity: true)
    ahead.append(document)
    while true {
      let document: Document
      if let last = ahead.popLast() {
        document = last
      } else if next > 0 {
        next -= 1
        isFlat = false
        document = pending[next].document
      } else {
        return true
      }
      switch document {
      case .text(let text): column += columns(text)
      case .line where isFlat: column += 1
      case .softLine where isFlat: break
      case .line, .softLine, .hardLine: return !isFlat
      case .join(let parts): ahead.append(contentsOf: parts.reversed())
      case .nest(_, let inner), .group(let inner): ahead.append(inner)
      }
      if column > width { return false }
    }
  }
}

/// How many columns a terminal gives `text`: two for the wide characters of East Asia and for emoji, none for combining marks.
func columns(_ text: String) -> Int {
  var isASCII = true
  for byte in text.utf8 where byte >= 0x80 {
    isASCII = false
    break
  }
  if isASCII { return text.utf8.count }
  return text.unicodeScalars.reduce(0) { $0 + columns($1) }
}

private func columns(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
    return 2
  default: return scalar.properties.isEmojiPresentation ? 2 : 1
  }
}
