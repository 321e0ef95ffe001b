import Cedar

/// Reads plain Cedar files into one set and one store.
struct PlainCedarReader {
  let problems: ProblemList

  /// - Parameter needsPolicies: whether a set without policies is a mistake.
  func read(_ files: CedarFiles, needsPolicies: Bool = true) -> CedarSources? {
    let all = files.policies + files.schemas + files.entities
    guard all.filter({ !FolderFiles.isReadable($0, problems, bytesMax: EntityStore.documentBytesMax) }).isEmpty else { return nil }
    let schema = only(files.schemas, "schema").flatMap { SchemaReader(problems: problems).read($0) }
    let policies = files.policies.isEmpty && !needsPolicies ? .empty : policies(files.policies)
    // Entities that conform to a schema which could not be read would be reported for no reason of theirs.
    guard !problems.hasError, let policies, let entities = entities(files.entities, schema) else { return nil }
    return CedarSources(policies: policies, entities: entities, schema: schema, isGoverned: false)
  }

  /// All files as one set: the text of all, then each document.
  func policies(_ files: [PolicyFile]) -> PolicySet? {
    guard !files.isEmpty else {
      problems.add("", "there is no policy file", hint: "policies stand in files named *.cedar or *.json")
      return nil
    }
    let texts = files.filter { CedarFiles.Kind(path: $0.path) != .policiesJSON }
    var sets: [PolicySet] = []
    switch PolicySet.parse(texts.map { (name: $0.path, text: String(decoding: $0.bytes, as: UTF8.self)) }) {
    case .success(let set): sets.append(set)
    case .failure(let failure): problems.add(failure)
    }
    for file in files where CedarFiles.Kind(path: file.path) == .policiesJSON {
      do throws(DataFailure) {
        sets.append(try PolicySet.parse(json: file.bytes, file: file.path))
      } catch {
        problems.add(file, error)
      }
    }
    if problems.hasError { return nil }
    do throws(LinkFailure) {
      return try PolicySet.joining(sets)
    } catch {
      problems.add(files[0].path, error.description, hint: "ids are unique over all files")
      return nil
    }
  }

  /// The entities of the only file, conforming to `schema`; without a file the schema's actions.
  func entities(_ files: [PolicyFile], _ schema: Schema?) -> EntityStore? {
    guard let file = only(files, "entities file") else {
      return files.isEmpty ? try? EntityStore(schema?.actionEntities ?? []) : nil
    }
    guard EntitiesReader.isJSON(file, problems, bytesMax: EntityStore.documentBytesMax) else { return nil }
    do throws(DataFailure) {
      return try EntityStore.parse(json: file.bytes, schema: schema)
    } catch {
      problems.add(file, error)
      return nil
    }
  }

  private func only(_ files: [PolicyFile], _ what: String) -> PolicyFile? {
    guard files.count > 1 else { return files.first }
    problems.add(files[1].path, "a second \(what)", hint: "the first is \(files[0].path)")
    return nil
  }
}
