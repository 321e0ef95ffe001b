import Governance
import Platform

/// Policies with their schema and entities, as several commands take them.
enum PolicyInput {
  /// The files of a policy folder, which has its own schema and entities.
  case folder([PolicyFile])
  /// Plain Cedar.
  case plain(CedarFiles)

  static let policies = Option(
    name: "policies", value: "FILE", help: "policies: a file or folder; further ones may follow as arguments; - is standard input")
  static let schema = Option(name: "schema", value: "FILE", help: "the schema, *.cedarschema or JSON")
  static let entities = Option(name: "entities", value: "FILE", help: "the entities as JSON")

  /// What standard input is taken for.
  static let standardInput = "stdin.cedar"

  /// Takes --policies and the arguments, --schema and --entities.
  init(_ arguments: Arguments) throws(CommandFailure) {
    let paths = (arguments["policies"].map { [$0] } ?? []) + arguments.positional
    guard !paths.isEmpty else { throw .usage("a file or folder of policies is missing") }
    if let path = paths.first(where: { $0 != "-" && !Files.isDirectory($0) && CedarFiles.Kind(path: $0) == nil }) {
      throw .usage("`\(path)` is no Cedar file by its name: *.cedar, *.cedarschema, *.json")
    }
    let found = try PolicyFiles.read(paths, standardInput: PolicyInput.standardInput)
    guard paths.count > 1 || !CedarSources.isPolicyFolder(found) else {
      for name in ["entities", "schema"] where arguments[name] != nil {
        throw .usage("--\(name) has no place with a policy folder, which has its own")
      }
      self = .folder(found)
      return
    }
    var files = CedarFiles(found.filter { !PolicyTestReader.isTest($0.path) })
    if let path = arguments["entities"] { files.entities = [PolicyFile(path: path, bytes: try PolicyFiles.bytes(path))] }
    if let path = arguments["schema"] { files.schemas = [PolicyFile(path: path, bytes: try PolicyFiles.bytes(path))] }
    self = .plain(files)
  }

  /// The files of Cedar text: policies and schemas.
  var texts: [PolicyFile] {
    let files =
      switch self {
      case .folder(let files): files
      case .plain(let files): files.policies + files.schemas
      }
    return files.filter { [.policies, .schema].contains(CedarFiles.Kind(path: $0.path)) }
  }

  /// The sources, or the mistakes in them.
  func read() -> CedarSources.Result {
    switch self {
    case .folder(let files): CedarSources.read(folder: files)
    case .plain(let files): CedarSources.read(files)
    }
  }
}
