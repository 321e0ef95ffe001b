import Cedar
import JSON
import YAML

/// Reads the tests of policies: `tests/*.yaml` beside them.
package struct PolicyTestReader {
  /// Where the tests of a folder lie.
  package static let folder = "tests/"
  /// Whether the file at `path` of a folder holds tests.
  package static func isTest(_ path: String) -> Bool { path.hasPrefix(folder) && path.hasSuffix(".yaml") }

  /// Tests of one folder: an hour's reading, a second's running.
  static let testsMax = 10_000
  /// Entities that a file or a test states: more belong into entities.json.
  static let entitiesMax = 1_000
  private static let fileKeys = ["schema", "entities", "tests"]
  private static let testKeys = [
    "name", "principal", "action", "resource", "context", "entities", "decision", "reasons", "errors",
  ]

  private let sources: CedarSources
  private let files: [PolicyFile]
  /// The positions of the policies by the bytes of their ids.
  private let positions: [[UInt8]: Int]
  private let problems: ProblemList
  private var tests: [PolicyTest] = []

  /// Reads the tests among the files of a folder for `sources`, which come from the same folder.
  ///
  /// - Returns: the tests that are right, in the order of files and lines, and every mistake.
  package static func read(
    folder files: [PolicyFile], _ sources: CedarSources
  ) -> (tests: [PolicyTest], problems: [PolicyProblem]) {
    var reader = PolicyTestReader(sources, files)
    let ordered = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for file in ordered where file.path.hasPrefix(folder) && FolderFiles.isReadable(file, reader.problems) {
      if isTest(file.path) {
        reader.read(file)
      } else {
        reader.problems.add(file.path, "`\(file.path)` is no test", hint: "tests stand in files named *.yaml")
      }
    }
    return (reader.tests, reader.problems.ordered)
  }

  private init(_ sources: CedarSources, _ files: [PolicyFile]) {
    self.sources = sources
    self.files = files
    let ids = sources.policies.policies.enumerated().map { (Array($0.element.id.utf8), $0.offset) }
    positions = Dictionary(ids) { first, _ in first }
    problems = ProblemList()
  }

  private mutating func read(_ file: PolicyFile) {
    guard let document = ManifestValue.document(file, problems),
      let mapping = document.mapping(PolicyTestReader.fileKeys)
    else { return }
    let schema = mapping.optional("schema").map { self.schema($0) } ?? sources.schema
    let shared = mapping.optional("entities").map { entities($0, over: sources.entities, schema) } ?? sources.entities
    guard let items = mapping.required("tests")?.list(countMax: PolicyTestReader.testsMax - tests.count) else { return }
    if items.isEmpty { mapping.required("tests")?.report("`tests` is empty", hint: "state a test or remove the file") }
    var names: [[UInt8]: Int] = [:]
    for item in items {
      guard let test = test(item, file.path, shared, schema) else { continue }
      if let line = names.updateValue(item.line, forKey: Array(test.name.utf8)) {
        item.report("test `\(test.name)` stands twice", hint: "first at line \(line)")
      }
      tests.append(test)
    }
  }

  private func test(_ item: ManifestValue, _ file: String, _ shared: EntityStore?, _ schema: Schema?) -> PolicyTest? {
    guard let mapping = item.mapping(PolicyTestReader.testKeys) else { return nil }
    let name = mapping.required("name")?.text()
    let principal = mapping.required("principal")?.entityUID()
    let action = mapping.required("action")?.entityUID()
    let resource = mapping.required("resource")?.entityUID()
    let context = mapping.optional("context").map { value in action.flatMap { self.context(value, schema, $0) } } ?? .empty
    let entities = mapping.optional("entities").map { value in shared.flatMap { self.entities(value, over: $0, schema) } } ?? shared
    let decision = mapping.required("decision", hint: "allow or deny")?.choice([Cedar.Decision.allow, .deny], \.rawValue)
    let reasons = mapping.optional("reasons").map { policies($0) }
    let errors = mapping.optional("errors").map { policies($0) } ?? []
    guard let name, let principal, let action, let resource, let context, let entities, let decision, let errors else { return nil }
    if let reasons, reasons == nil { return nil }
    let request = Cedar.Request(principal: principal, action: action, resource: resource, context: context)
    do throws(DataFailure) {
      try schema?.check(request)
    } catch {
      item.report(error, "the request does not fit the schema: ")
      return nil
    }
    return PolicyTest(
      name: name, file: file, line: item.line, request: request, entities: entities,
      decision: decision, reasons: reasons ?? nil, errors: errors)
  }

  /// The positions of the policies that are named, each once.
  private func policies(_ value: ManifestValue) -> [Int]? {
    guard let items = value.list(countMax: max(positions.count, 1)) else { return nil }
    var found: [Int] = []
    for item in items {
      guard let id = item.scalar("the id of a policy") else { return nil }
      guard let position = positions[Array(id.utf8)] else {
        let ids = problems.isFull ? [] : sources.policies.policies.map(\.id)
        item.report("there is no policy `\(id.prefix(80))`", hint: NearestName.hint(id, among: ids, plural: "policies"))
        return nil
      }
      guard !found.contains(position) else {
        item.report("\(item.name) repeats `\(id)`")
        return nil
      }
      found.append(position)
    }
    return found.sorted()
  }

  /// The schema that the tests of a file are held against in place of the folder's; `none` for none.
  private func schema(_ value: ManifestValue) -> Schema? {
    guard let path = value.scalar("the path of a schema, or none"), path != "none" else { return nil }
    guard let file = files.first(where: { $0.path.utf8.elementsEqual(path.utf8) }) else {
      value.report("there is no file `\(path.prefix(80))` in the folder")
      return nil
    }
    return SchemaReader(problems: problems).read(file)
  }

  private func context(_ value: ManifestValue, _ schema: Schema?, _ action: EntityUID) -> Record? {
    guard value.pairs() != nil, let json = value.cedarJSON() else { return nil }
    do throws(DataFailure) {
      return try Record.parse(json: JSONWriter.encode(json), schema: schema, action: action)
    } catch {
      value.report(error)
      return nil
    }
  }

  /// `base` with the entities of `value` added, or in place of those of the same name.
  private func entities(_ value: ManifestValue, over base: EntityStore, _ schema: Schema?) -> EntityStore? {
    guard let items = value.list(countMax: PolicyTestReader.entitiesMax) else { return nil }
    let list = items.compactMap { $0.entityJSON() }
    guard list.count == items.count else { return nil }
    var stated: [EntityUID: Entity] = [:]
    do throws(DataFailure) {
      for (index, entity) in try EntityStore.parseEntities(json: JSONWriter.encode(.array(list)), schema: schema).enumerated() {
        if stated.updateValue(entity, forKey: entity.uid) != nil { items[index].report("entity `\(entity.uid)` is given twice") }
      }
    } catch {
      value.report(error)
      return nil
    }
    do throws(EntityStore.Failure) {
      let kept = base.entities.filter { stated[$0.uid] == nil }
      return try EntityStore(kept + stated.values)
    } catch {
      value.report(error.description)
      return nil
    }
  }
}
