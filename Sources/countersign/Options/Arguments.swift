/// An option that a command takes.
struct Option: Sendable {
  /// Without the two dashes.
  var name: String
  /// What stands for the value in the help; nil for a flag.
  var value: String?
  var help: String

  static let json = Option(name: "json", value: nil, help: "print JSON instead of a table")
  static let help = Option(name: "help", value: nil, help: "say what this command does")
}

/// A command line, taken apart by the options that its command declares.
struct Arguments {
  private(set) var positional: [String] = []
  private(set) var values: [String: String] = [:]
  private(set) var flags: Set<String> = []

  /// - Throws: when an option is unknown, stands twice, or lacks its value.
  init(_ words: some Sequence<String>, options: [Option]) throws(CommandFailure) {
    var words = Array(words)[...]
    var onlyPositional = false
    while let word = words.popFirst() {
      if onlyPositional || !word.hasPrefix("--") {
        positional.append(word)
      } else if word == "--" {
        onlyPositional = true
      } else {
        try option(String(word.dropFirst(2)), &words, options)
      }
    }
  }

  private mutating func option(_ text: String, _ words: inout ArraySlice<String>, _ options: [Option]) throws(CommandFailure) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts.first ?? text
    guard let option = (options + [.help, .json]).first(where: { $0.name == name }) else {
      let nearest = (options + [.help, .json]).map(\.name).min { distance($0, name) < distance($1, name) }
      let hint = nearest.map { distance($0, name) <= min(2, $0.utf8.count / 2) ? ", did you mean --\($0)?" : "" } ?? ""
      throw .usage("unknown option --\(name)\(hint)")
    }
    guard option.value != nil else {
      guard parts.count == 1 else { throw .usage("--\(name) takes no value") }
      flags.insert(name)
      return
    }
    guard values[name] == nil else { throw .usage("--\(name) stands twice") }
    guard let value = parts.count > 1 ? parts[1] : words.popFirst() else { throw .usage("--\(name) needs a value") }
    values[name] = value
  }

  subscript(name: String) -> String? { values[name] }

  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// The value of `--name` as a whole number within `range`; nil when it is not given.
  func number(_ name: String, _ range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
    guard let text = values[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .usage("--\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound); it is `\(text)`")
    }
    return number
  }

  /// The value of `--name` as one of `all`; nil when it is not given.
  func choice(_ name: String, _ all: [String]) throws(CommandFailure) -> String? {
    guard let text = values[name] else { return nil }
    guard all.contains(text) else {
      throw .usage("--\(name) must be one of \(all.joined(separator: ", ")); it is `\(text)`")
    }
    return text
  }

  /// The same for the names of an enumeration.
  func choice<Choice: RawRepresentable<String>>(_ name: String, _ all: [Choice]) throws(CommandFailure) -> Choice? {
    try choice(name, all.map(\.rawValue)).flatMap { Choice(rawValue: $0) }
  }

  /// The only positional argument.
  func one(_ what: String) throws(CommandFailure) -> String {
    guard let first = positional.first else { throw .usage("\(what) is missing") }
    guard positional.count == 1 else { throw .usage("unexpected argument `\(positional[1])`") }
    return first
  }

  func none() throws(CommandFailure) {
    if let first = positional.first { throw .usage("unexpected argument `\(first)`") }
  }
}

/// Edits between two words: how far a typing mistake is from what was meant.
func distance(_ left: String, _ right: String) -> Int {
  let right = Array(right.utf8)
  var row = Array(0...right.count)
  for (i, a) in left.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let cost = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(cost, diagonal + 1, row[j] + 1)
    }
  }
  return row[right.count]
}
