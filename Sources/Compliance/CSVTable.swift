import Cryptography
import JSON

/// One derived table: rows of RFC 4180 with CRLF, written cell by cell into a reused line.
///
/// Text that a spreadsheet would run as a formula gets a leading `'` (OWASP ASVS 5.0, 1.2.10); the columns that were touched are
/// remembered, since the prefix changes the value: the exact one stands in the leaf.
struct CSVTable {
  /// Takes each finished line; valid during the call.
  typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  let columns: [String]
  private let sink: Sink?
  private var line: [UInt8] = []
  private var column = 0
  private var isTouched: [Bool]

  /// How many rows there are, without the header.
  private(set) var rows: UInt64 = 0
  /// How many bytes there are, with the header.
  private(set) var bytes: UInt64 = 0
  private(set) var firstSeq: UInt64?
  private(set) var lastSeq: UInt64?

  /// A table with its header written; without a sink it only counts.
  init(columns: [String], sink: Sink?) throws {
    self.columns = columns
    self.sink = sink
    isTouched = [Bool](repeating: false, count: columns.count)
    line = Array((columns.joined(separator: ",") + "\r\n").utf8)
    try flush()
  }

  /// The columns in which a value got a prefix.
  var touchedColumns: [String] { zip(columns, isTouched).filter { $0.1 }.map { $0.0 } }

  /// Begins the row of entry `seq`, whose number is the first cell.
  mutating func begin(seq: UInt64) {
    line.removeAll(keepingCapacity: true)
    column = 0
    if firstSeq == nil { firstSeq = seq }
    lastSeq = seq
    integer(Int64(clamping: seq))
  }

  /// Ends the row; every column must have its cell.
  mutating func end() throws {
    precondition(column == columns.count, "every row of a table has a cell for every column")
    line.append(contentsOf: [0x0D, 0x0A])
    rows += 1
    try flush()
  }

  mutating func empty() { separate() }

  mutating func integer(_ value: Int64?) {
    separate()
    if let value { append(digits: value, width: 1) }
  }

  /// An instant as ISO 8601 in UTC with milliseconds: `2026-11-21T06:50:13.123Z`.
  mutating func instant(milliseconds: Int64) {
    separate()
    let parts = UTCText.parts(milliseconds: milliseconds)
    let seconds = parts.millisecondOfDay / 1000
    append(digits: parts.year, width: 4)
    append(0x2D, digits: parts.month, width: 2)
    append(0x2D, digits: parts.day, width: 2)
    append(0x54, digits: seconds / 3600, width: 2)
    append(0x3A, digits: seconds / 60 % 60, width: 2)
    append(0x3A, digits: seconds % 60, width: 2)
    append(0x2E, digits: parts.millisecondOfDay % 1000, width: 3)
    line.append(0x5A)
  }

  /// A digest as `sha256:` and hexadecimal digits.
  mutating func digest(_ digest: SHA256Digest) {
    separate()
    line.append(contentsOf: "sha256:".utf8)
    digest.withUnsafeBytes { bytes in
      for byte in bytes {
        line.append(CSVTable.hexDigit(byte >> 4))
        line.append(CSVTable.hexDigit(byte & 15))
      }
    }
  }

  /// A number out of a leaf.
  mutating func integer(_ value: JSONCursor?) { integer(value?.integerValue) }

  /// `prefix` and a number or digest out of a leaf: such ids stay text in a spreadsheet.
  mutating func prefixed(_ prefix: StaticString, _ value: JSONCursor?) {
    separate()
    guard let value, value.kind == .number || value.kind == .string else { return }
    let text = value.stringBytes.map { UnsafeRawBufferPointer($0) } ?? value.rawBytes
    let start = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    if CSVTable.isPlain(text) {
      line.append(contentsOf: start)
      line.append(contentsOf: text)
    } else {
      (Array(start) + Array(text)).withUnsafeBytes { append($0) }
    }
  }

  /// Text out of a leaf; empty when it is absent or something else.
  mutating func text(_ value: JSONCursor?) {
    separate()
    if let bytes = value?.stringBytes { append(UnsafeRawBufferPointer(bytes)) }
  }

  /// Text.
  mutating func text(_ text: String?) {
    separate()
    guard var text else { return }
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// A list or object out of a leaf, as its canonical JSON.
  mutating func json(_ value: JSONCursor?) {
    separate()
    if let value { append(value.rawBytes) }
  }

  private mutating func separate() {
    precondition(column < columns.count, "a row has no more cells than the table columns")
    if column > 0 { line.append(0x2C) }
    column += 1
  }

  private mutating func append(_ mark: UInt8, digits value: Int64, width: Int) {
    line.append(mark)
    append(digits: value, width: width)
  }

  /// Decimal digits with leading zeros up to `width`.
  private mutating func append(digits value: Int64, width: Int) {
    if value < 0 { line.append(0x2D) }
    var divisor: UInt64 = 1
    var digits = 1
    while digits < width || value.magnitude / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      line.append(0x30 + UInt8(truncatingIfNeeded: value.magnitude / divisor % 10))
      divisor /= 10
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// Whether the text is the same as a cell: no formula, nothing to quote or to replace.
  private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first else { return true }
    let isWord = (0x30...0x39).contains(first) || (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first)
    return isWord && text.last != 0x20 && text.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x2C }
  }

  private mutating func append(_ text: UnsafeRawBufferPointer) {
    if CSVTable.isPlain(text) {
      line.append(contentsOf: text)
      return
    }
    let isFormula = CSVTable.isFormula(text)
    if isFormula { isTouched[column - 1] = true }
    let isQuoted =
      text.first == 0x20 || text.last == 0x20 || text.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0D || $0 == 0x0A }
    if isQuoted { line.append(0x22) }
    if isFormula { line.append(0x27) }
    for (index, byte) in text.enumerated() {
      switch byte {
      case 0x22: line.append(contentsOf: [0x22, 0x22])
      // U+FFFD: no reader agrees on NUL, and a lone CR ends a line for some.
      case 0x00: replace()
      case 0x0D where index + 1 == text.count || text[index + 1] != 0x0A: replace()
      default: line.append(byte)
      }
    }
    if isQuoted { line.append(0x22) }
  }

  private mutating func replace() {
    line.append(contentsOf: [0xEF, 0xBF, 0xBD])
    isTouched[column - 1] = true
  }

  private mutating func flush() throws {
    bytes += UInt64(line.count)
    if let sink { try line.withUnsafeBytes { try sink($0) } }
  }

  /// Whether a spreadsheet could take the text for a formula: `= + - @`, tab, line ends, NUL and the full-width forms, also after spaces.
  static func isFormula(_ text: UnsafeRawBufferPointer) -> Bool {
    let start = text.firstIndex { $0 != 0x20 } ?? text.count
    guard start < text.count else { return false }
    switch text[start] {
    case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x0A, 0x00: return true
    case 0xEF:
      // U+FF1D, U+FF0B, U+FF0D, U+FF20.
      guard text.count - start >= 3 else { return false }
      switch (text[start + 1], text[start + 2]) {
      case (0xBC, 0x9D), (0xBC, 0x8B), (0xBC, 0x8D), (0xBC, 0xA0): return true
      default: return false
      }
    default: return false
    }
  }
}
