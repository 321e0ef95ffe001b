import Glibc
import JSON

/// The command line: `countersign-conformance cedar DIR`.
enum Program {
  private static let usage = "usage: countersign-conformance cedar DIR [--file NAME] [--json] [--help]"

  private static let help = """
    \(usage)

    Runs the labelled cases of DIR against the Cedar engine. DIR holds the files *.jsonl and fixtures.json, has a folder
    that holds them, or holds them packed as *.tar.gz (which needs the program `tar`).

      --file NAME   only this file, such as eval.jsonl
      --json        the result as one JSON document
      --help        this text

    Files:
      \(Suite.files.joined(separator: "\n  "))

    A case with several checks passes when all of them do. The last line is `N passed, N failed`.
    Exit status: 0 every case passed; 1 a case failed, or none ran; 2 bad usage.

    """

  private enum Status {
    static let passed: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
  }

  private struct Options {
    var folder: String?
    var file: String?
    var isJSON = false
    var isHelp = false
  }

  private struct UsageFailure: Error { let message: String }

  static func run(_ arguments: [String]) -> Int32 {
    do {
      let options = try options(arguments)
      if options.isHelp {
        print(help, terminator: "")
        return Status.passed
      }
      guard let folder = options.folder else { throw UsageFailure(message: "DIR is missing") }
      let places = try CasePlace.find(in: folder)
      let report = Runner.run(places, only: options.file) { if !options.isJSON { print($0) } }
      if options.isJSON {
        print(String(decoding: JSONWriter.encode(report.json), as: UTF8.self))
      } else {
        print("\(report.passed) passed, \(report.failed) failed")
      }
      return report.passed > 0 && report.failed == 0 ? Status.passed : Status.failed
    } catch let failure as UsageFailure {
      complain("\(failure.message)\n\(usage)")
      return Status.usage
    } catch {
      complain("\(error)")
      return Status.failed
    }
  }

  private static func complain(_ message: String) {
    let line = Array("countersign-conformance: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }

  private static func options(_ arguments: [String]) throws -> Options {
    var options = Options()
    var words: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help": options.isHelp = true
      case "--json": options.isJSON = true
      case "--file":
        guard let name = rest.popFirst() else { throw UsageFailure(message: "--file needs a value") }
        options.file = try fileName(name)
      case _ where argument.hasPrefix("--file="): options.file = try fileName(String(argument.dropFirst(7)))
      case _ where argument.hasPrefix("-"): throw UsageFailure(message: "unknown option \(argument)")
      default: words.append(argument)
      }
    }
    if options.isHelp { return options }
    guard words.first == "cedar" else { throw UsageFailure(message: "the only kind of material is `cedar`") }
    guard words.count <= 2 else { throw UsageFailure(message: "unexpected argument `\(words[2])`") }
    options.folder = words.dropFirst().first
    return options
  }

  private static func fileName(_ text: String) throws -> String {
    let name = text.hasSuffix(".jsonl") ? text : text + ".jsonl"
    guard Suite.files.contains(name) else {
      throw UsageFailure(message: "no suite reads `\(name)`; there are \(Suite.files.joined(separator: ", "))")
    }
    return name
  }
}
