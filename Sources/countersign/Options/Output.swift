import Glibc
import JSON

/// Standard output and standard error of a command.
enum Output {
  static func line(_ text: String) { write(STDOUT_FILENO, text + "\n") }

  static func error(_ text: String) { write(STDERR_FILENO, text + "\n") }

  /// A JSON document, as it came.
  static func json(_ bytes: [UInt8]) { line(String(decoding: bytes, as: UTF8.self)) }

  /// Rows under a heading, columns as wide as their widest cell.
  static func table(_ heading: [String], _ rows: [[String]]) {
    let widths = heading.indices.map { column in
      ([heading] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for row in [heading] + rows {
      let cells = row.enumerated().map { $0.offset == row.count - 1 ? $0.element : $0.element.padded(to: widths[$0.offset]) }
      line(cells.joined(separator: "  "))
    }
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
