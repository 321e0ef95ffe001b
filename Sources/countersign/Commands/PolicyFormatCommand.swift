import Cedar
import Glibc
import Governance
import JSON
import Platform

/// `countersign policy format`: policies in the usual layout.
enum PolicyFormatCommand {
  static let command = Command(
    "policy format", "FILES… | -", "Prints policies in the usual layout; comments stay.",
    options: [
      Option(name: "check", value: nil, help: "print nothing but the names of files that are laid out otherwise, and fail on them"),
      Option(name: "write", value: nil, help: "write the files instead of printing them"),
      Option(name: "width", value: "COLUMNS", help: "the length that lines should not pass, 1 to 1000 (default: 80)"),
      Option(name: "indent", value: "BLANKS", help: "blanks for each level, 0 to 16 (default: 2)"),
    ], run: run)

  /// A file on its way through the formatter.
  private struct Formatted {
    let path: String
    let before: [UInt8]
    let after: [UInt8]

    var isChanged: Bool { before != after }
  }

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let width = try arguments.number("width", 1...1000) ?? 80
    let indent = try arguments.number("indent", 0...16) ?? 2
    let isCheck = arguments.has("check")
    let isWrite = arguments.has("write")
    guard !isCheck || !isWrite else { throw CommandFailure.usage("--check and --write exclude each other") }
    let paths = try paths(arguments)
    guard isCheck || isWrite || paths.count == 1 || arguments.has("json") else {
      throw CommandFailure.usage("several files need --check or --write")
    }
    var files: [Formatted] = []
    var problems: [PolicyProblem] = []
    var mistaken: [PolicyFile] = []
    for path in paths {
      let bytes = try PolicyFiles.bytes(path)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure(.usage, "`\(path)` is not UTF-8")
      }
      let name = path == "-" ? PolicyInput.standardInput : path
      switch Formatter.format(text, file: name, width: width, indent: indent) {
      case .success(let formatted): files.append(Formatted(path: path, before: bytes, after: Array(formatted.utf8)))
      case .failure(let failure):
        problems += PolicyProblem.problems(failure)
        mistaken.append(PolicyFile(path: name, bytes: bytes))
      }
    }
    if problems.isEmpty, isWrite { for file in files where file.isChanged { try write(file) } }
    show(arguments, files, problems, mistaken)
    let isBad = !problems.isEmpty || isCheck && files.contains(where: \.isChanged)
    return isBad ? .negative : .success
  }

  /// The files that are named, and all *.cedar in the folders that are.
  private static func paths(_ arguments: Arguments) throws(CommandFailure) -> [String] {
    var paths: [String] = []
    for path in arguments.positional {
      if Files.isDirectory(path) {
        let found = try PolicyFiles.read(path).map(\.path).filter { CedarFiles.Kind(path: $0) == .policies }
        paths += found.map { path + "/" + $0 }
      } else if path == "-", arguments.has("write") {
        throw .usage("standard input cannot be written to")
      } else if path != "-", let kind = CedarFiles.Kind(path: path), kind != .policies {
        throw .usage("`\(path)` is no policy text; only policies are formatted")
      } else {
        paths.append(path)
      }
    }
    guard !paths.isEmpty else { throw .usage("a policy file is missing") }
    return paths
  }

  private static func write(_ file: Formatted) throws(CommandFailure) {
    var status = stat()
    let mode = stat(file.path, &status) == 0 ? status.st_mode & 0o777 : 0o644
    do {
      try Files.writeAtomically(file.path, file.after, mode: UInt32(mode))
    } catch {
      throw CommandFailure(.fault, "`\(file.path)` cannot be written: \(error)")
    }
  }

  private static func show(_ arguments: Arguments, _ files: [Formatted], _ problems: [PolicyProblem], _ mistaken: [PolicyFile]) {
    if arguments.has("json") {
      let list = files.map { file -> JSONValue in
        [
          "file": .string(file.path), "changed": .bool(file.isChanged),
          "text": .string(String(decoding: file.after, as: UTF8.self)),
        ]
      }
      Output.json(
        CommandJSON.bytes([
          "ok": .bool(problems.isEmpty && !(arguments.has("check") && files.contains(where: \.isChanged))), "files": .array(list),
          "problems": CommandJSON.problems(problems),
        ]))
      return
    }
    for line in PolicyMistakes.lines(problems, in: mistaken) { Output.error(line) }
    if arguments.has("check") || arguments.has("write") {
      for file in files where file.isChanged { Output.line(file.path) }
    } else {
      for file in files { Output.text(String(decoding: file.after, as: UTF8.self)) }
    }
  }
}
