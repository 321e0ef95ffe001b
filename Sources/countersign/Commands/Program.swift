import Glibc

/// The program: finds the command, runs it, and turns what it throws into a message and an exit status.
enum Program {
  static let version = "0.1.0"

  static var commands: [Command] {
    [ServeCommand.command] + KeyCommands.all + PolicyCommands.all + GovernanceCommands.all + EvidenceCommands.all + DemoCommands.all
      + [
        Command("version", "", "Prints the version.") { arguments in
          try arguments.none()
          Output.line(arguments.has("json") ? "{\"version\":\"\(version)\"}" : "countersign \(version)")
          return .success
        }
      ]
  }

  static func run(_ words: [String]) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    do {
      return try dispatch(words).rawValue
    } catch let failure as CommandFailure {
      Output.error("countersign: " + failure.message)
      return failure.status.rawValue
    } catch {
      Output.error("countersign: \(error)")
      return ExitStatus.fault.rawValue
    }
  }

  private static func dispatch(_ words: [String]) throws -> ExitStatus {
    guard let first = words.first, !["help", "--help", "-h"].contains(first) else {
      Output.line(overview)
      return words.isEmpty ? .usage : .success
    }
    if first == "--version" { return try dispatch(["version"]) }
    let found = commands.filter { words.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
    guard let command = found else {
      let group = commands.filter { $0.words.first == first }
      if !group.isEmpty {
        Output.error(list(group))
        throw CommandFailure.usage(
          "`\(first)` needs one of: " + group.map { $0.words.dropFirst().joined(separator: " ") }.joined(separator: ", "))
      }
      let nearest = commands.compactMap(\.words.first).min { distance($0, first) < distance($1, first) } ?? ""
      throw CommandFailure.usage(
        "unknown command `\(first)`"
          + (distance(nearest, first) <= min(2, nearest.utf8.count / 2) ? ", did you mean `\(nearest)`?" : ""))
    }
    let arguments = try Arguments(words.dropFirst(command.words.count), options: command.options)
    if arguments.has("help") {
      Output.line(command.help)
      return .success
    }
    return try command.run(arguments)
  }

  private static var overview: String {
    "countersign: a step runs only after it has been countersigned\n\n" + list(commands)
      + "\nEvery command takes --help and --json. The client commands read COUNTERSIGN_URL and COUNTERSIGN_API_KEY.\n"
      + "Exit status: 0 done, 1 the verdict is bad, 2 usage, 3 server unreachable, 4 the server refused, 70 fault."
  }

  private static func list(_ commands: [Command]) -> String {
    commands.map { "  " + ($0.words.joined(separator: " ") + " " + $0.usage).padded(to: 34) + " " + $0.summary + "\n" }.joined()
  }
}
