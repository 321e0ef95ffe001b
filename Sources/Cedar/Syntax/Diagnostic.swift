/// One mistake in a policy text, with its place.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  /// The name of the file as given to the parser.
  public let file: String
  /// The line, from 1; lines end with LF.
  public let line: Int
  /// The column, from 1, in Unicode scalars.
  public let column: Int
  /// What is wrong, in lower case, user text in backticks.
  public let message: String
  /// What could have stood here; empty where a list would not help.
  public let expected: [String]
  /// How to mend it, where that is known.
  public let hint: String?

  /// The mistake in one line, as compilers print it.
  public var description: String {
    var text = "\(file):\(line):\(column): \(message)"
    if !expected.isEmpty { text += "; expected " + expected.joined(separator: ", ") }
    if let hint { text += " (\(hint))" }
    return text
  }
}

/// Why a policy text was refused: every mistake that was found, in the order of the text.
public struct ParseFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one mistake.
  public let diagnostics: [Diagnostic]

  /// The mistakes, one a line.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// A range of bytes in a source text.
struct SourceSpan: Sendable, Equatable {
  let start: Int32
  let end: Int32

  func joined(_ other: SourceSpan) -> SourceSpan { SourceSpan(start: min(start, other.start), end: max(end, other.end)) }
}

/// One policy file: its name and its bytes, with positions for people.
final class SourceText: Sendable {
  let name: String
  let bytes: [UInt8]
  private let lineStarts: [Int32]
  /// The number of scalars before every block of bytes, so that a place in a very long line costs no walk through the line.
  private let scalarCounts: [Int32]
  private static let blockBytes = 256

  init(name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
    var starts: [Int32] = [0]
    var counts: [Int32] = []
    var scalars: Int32 = 0
    for (index, byte) in bytes.enumerated() {
      if index % SourceText.blockBytes == 0 { counts.append(scalars) }
      if byte & 0xC0 != 0x80 { scalars += 1 }
      if byte == 0x0A { starts.append(Int32(index + 1)) }
    }
    lineStarts = starts
    scalarCounts = counts
  }

  /// Line and column, both from 1, of a byte offset; columns count scalars.
  func position(_ offset: Int32) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, scalars(before: min(Int(offset), bytes.count)) - scalars(before: Int(lineStarts[low])) + 1)
  }

  private func scalars(before offset: Int) -> Int {
    guard !scalarCounts.isEmpty else { return 0 }
    let block = min(offset / SourceText.blockBytes, scalarCounts.count - 1)
    return Int(scalarCounts[block]) + bytes[(block * SourceText.blockBytes)..<offset].count { $0 & 0xC0 != 0x80 }
  }

  /// The bytes of a line, from 1, without its line feed.
  func line(_ number: Int) -> ArraySlice<UInt8>? {
    guard number >= 1, number <= lineStarts.count else { return nil }
    let end = number < lineStarts.count ? Int(lineStarts[number]) - 1 : bytes.count
    return bytes[Int(lineStarts[number - 1])..<end]
  }

  func text(_ span: SourceSpan) -> String { String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self) }

  /// `problems` with their places, in the order of the text, one a place: a mistake of the lexer makes what the parser finds there redundant.
  func diagnostics(_ problems: [SyntaxProblem]) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var last: Int32 = -1
    let ordered = problems.enumerated().sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
    for (_, problem) in ordered where problem.span.start != last && result.count < Limits.diagnostics {
      last = problem.span.start
      let (line, column) = position(problem.span.start)
      result.append(
        Diagnostic(file: name, line: line, column: column, message: problem.message, expected: problem.expected, hint: problem.hint)
      )
    }
    return result
  }
}
