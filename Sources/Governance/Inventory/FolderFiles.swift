/// The files of a folder by what they are, checked for limits, paths and encoding.
struct FolderFiles {
  /// Files of one folder: as many workflows as one organisation keeps an eye on.
  static let filesMax = 2_000
  /// Bytes of one file: a hundred times a large manifest.
  static let fileBytesMax = 1 << 20
  /// Bytes of the folder: it is one request body and one journal payload.
  static let folderBytesMax = 16 << 20
  /// What the policies and entities are held against.
  static let schemaPath = "schema.cedarschema"
  /// Bytes of a path.
  private static let pathBytesMax = 255

  var settings: PolicyFile?
  var models: PolicyFile?
  var budgets: PolicyFile?
  var entities: PolicyFile?
  var schema: PolicyFile?
  /// Ordered by path, as all lists here.
  var workflows: [PolicyFile] = []
  var access: [PolicyFile] = []
  /// The names of the single files that are there, readable or not.
  private var present: Set<String> = []

  private static let fixed = [
    SettingsReader.path, ModelsReader.path, BudgetsReader.path, EntitiesReader.path, FolderFiles.schemaPath,
  ]

  /// Nil with problems when the folder is too large to be read at all.
  init?(_ files: [PolicyFile], _ problems: ProblemList) {
    guard files.count <= FolderFiles.filesMax else {
      problems.add("", "the folder has \(files.count) files", hint: "at most \(FolderFiles.filesMax)")
      return nil
    }
    let bytes = files.reduce(0) { $0 + $1.bytes.count }
    guard bytes <= FolderFiles.folderBytesMax else {
      problems.add("", "the folder has \(bytes) bytes", hint: "at most \(FolderFiles.folderBytesMax)")
      return nil
    }
    var paths: Set<String> = []
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      guard FolderFiles.isPath(file.path) else {
        problems.add(
          file.path, "`\(file.path.prefix(80))` is no path of a policy file", hint: "relative, of A-Z, a-z, 0-9, `.`, `_`, `-`, `/`"
        )
        continue
      }
      guard paths.insert(file.path).inserted else {
        problems.add(file.path, "`\(file.path)` is given twice")
        continue
      }
      present.insert(file.path)
      if FolderFiles.isReadable(file, problems) { place(file, problems) }
    }
    if !present.contains(SettingsReader.path) {
      let hint = "it begins with `organisation: acme`"
      problems.add(SettingsReader.path, "`\(SettingsReader.path)` is missing", hint: hint)
    }
  }

  /// Whether the folder has the file, even when it could not be read.
  func has(_ path: String) -> Bool { present.contains(path) }

  private mutating func place(_ file: PolicyFile, _ problems: ProblemList) {
    switch file.path {
    case SettingsReader.path: settings = file
    case ModelsReader.path: models = file
    case BudgetsReader.path: budgets = file
    case EntitiesReader.path: entities = file
    case FolderFiles.schemaPath: schema = file
    default:
      if file.path.hasPrefix(WorkflowReader.folder), file.path.hasSuffix(".yaml"), file.path.split(separator: "/").count == 2 {
        workflows.append(file)
      } else if file.path.hasPrefix(AccessReader.folder), file.path.hasSuffix(".cedar") {
        access.append(file)
      } else {
        FolderFiles.reportStray(file, problems)
      }
    }
  }

  /// A manifest in the wrong place would be silently without effect: an error. Anything else is a warning.
  private static func reportStray(_ file: PolicyFile, _ problems: ProblemList) {
    let isOurs = [".yaml", ".yml", ".cedar", ".cedarschema", ".json"].contains { file.path.hasSuffix($0) }
    guard isOurs else {
      problems.add(file.path, "`\(file.path)` is not read", hint: "it is part of the digest", severity: .warning)
      return
    }
    var hint = "expected: " + (fixed + ["workflows/*.yaml", "access/*.cedar"]).joined(separator: ", ")
    if file.path.hasSuffix(".yml") {
      hint = "rename it to `\(file.path.dropLast(3))yaml`"
    } else if let nearest = NearestName.of(file.path, among: fixed) {
      hint = "did you mean `\(nearest)`?"
    } else if let slash = file.path.utf8.firstIndex(of: 0x2F),
      let nearest = NearestName.of(String(file.path[...slash]), among: [WorkflowReader.folder, AccessReader.folder])
    {
      hint = "did you mean `\(nearest)`?"
    }
    problems.add(file.path, "`\(file.path)` has no meaning here", hint: hint)
  }

  /// Whether the file is within the limit and UTF-8.
  static func isReadable(_ file: PolicyFile, _ problems: ProblemList, bytesMax: Int = fileBytesMax) -> Bool {
    guard file.bytes.count <= bytesMax else {
      problems.add(file.path, "the file has \(file.bytes.count) bytes", hint: "at most \(bytesMax)")
      return false
    }
    guard let offset = firstInvalidByte(file.bytes) else { return true }
    let place = TextPlace(offset: offset, in: file.bytes)
    problems.add(file.path, line: place.line, column: place.column, "the file is not UTF-8", hint: "save it as UTF-8")
    return false
  }

  /// The offset at which `bytes` stop being UTF-8, or nil.
  private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }  // much faster than the walk that finds the place
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }

  /// Relative, without empty, `.` and `..` parts.
  private static func isPath(_ path: String) -> Bool {
    guard !path.isEmpty, path.utf8.count <= pathBytesMax else { return false }
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
      default: false
      }
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return isPlain && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}
