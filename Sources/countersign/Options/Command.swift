/// One command of the program.
struct Command: Sendable {
  /// The words that select it: `["policy", "check"]`.
  var words: [String]
  /// What follows the words in the usage line.
  var usage: String
  /// One line for the list of commands.
  var summary: String
  var options: [Option]
  var run: @Sendable (Arguments) throws -> ExitStatus

  init(
    _ words: String, _ usage: String = "", _ summary: String, options: [Option] = [],
    run: @escaping @Sendable (Arguments) throws -> ExitStatus
  ) {
    self.words = words.split(separator: " ").map(String.init)
    self.usage = usage
    self.summary = summary
    self.options = options
    self.run = run
  }

  var help: String {
    var text =
      "usage: countersign \(words.joined(separator: " "))\(usage.isEmpty ? "" : " " + usage) [options]\n\n\(summary)\n\noptions:\n"
    for option in options + [.json, .help] {
      let left = "  --" + option.name + (option.value.map { " " + $0 } ?? "")
      text += left.padded(to: 30) + " " + option.help + "\n"
    }
    return text
  }
}

extension String {
  /// The text with blanks to `width` columns.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
