import Glibc
import JSON

/// Standard output and standard error of a command.
enum Output {
  static func line(_ text: String) { write(STDOUT_FILENO, text + "\n") }

  /// A text that ends its own lines.
  static func text(_ text: String) { write(STDOUT_FILENO, text) }

  static func error(_ text: String) { write(STDERR_FILENO, text + "\n") }

  /// A JSON document, as it came.
  static func json(_ bytes: [UInt8]) { line(String(decoding: bytes, as: UTF8.self)) }

  /// Rows under a heading, columns as wide as their widest cell; numbers stand on the right.
  static func table(_ heading: [String], _ rows: [[String]], margin: String = "") {
    let widths = heading.indices.map { column in
      ([heading] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let numeric = heading.indices.map { column in rows.allSatisfy { column < $0.count && isAmount($0[column]) } }
    for row in [heading] + rows {
      let cells = row.enumerated().map { column, cell in
        if numeric[column] { return String(repeating: " ", count: max(0, widths[column] - cell.count)) + cell }
        return column == row.count - 1 ? cell : cell.padded(to: widths[column])
      }
      line(margin + cells.joined(separator: "  "))
    }
  }

  /// Whether a cell is an amount: digits, dollars, a duration, or a dash for none.
  private static func isAmount(_ cell: String) -> Bool {
    guard cell != "-" else { return true }
    let number = ["ms", "s", "min"].first { cell.hasSuffix(" " + $0) }.map { cell.dropLast($0.count + 1) } ?? cell[...]
    return number.contains { $0.isNumber } && number.allSatisfy { $0.isNumber || "$,.-".contains($0) }
  }

  private static func write(_ descriptor: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
