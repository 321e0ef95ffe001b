import Cedar

/// Reads plain Cedar files into one set and one store.
struct PlainCedarReader {
  let problems: ProblemList

  func read(_ files: CedarFiles) -> CedarSources? {
    let all = files.policies + files.schemas + files.entities
    guard all.filter({ !FolderFiles.isReadable($0, problems) }).isEmpty else { return nil }
    let policies = policies(files.policies)
    let entities = entities(files.entities)
    guard let policies, let entities else { return nil }
    return CedarSources(policies: policies, entities: entities, isGoverned: false)
  }

  /// All files as one set.
  func policies(_ files: [PolicyFile]) -> PolicySet? {
    guard !files.isEmpty else {
      problems.add("", "there is no policy file", hint: "policies stand in files named *.cedar")
      return nil
    }
    switch PolicySet.parse(files.map { (name: $0.path, text: String(decoding: $0.bytes, as: UTF8.self)) }) {
    case .success(let set): return set
    case .failure(let failure):
      problems.add(failure)
      return nil
    }
  }

  /// The entities of the only file; none without one.
  func entities(_ files: [PolicyFile]) -> EntityStore? {
    guard let file = only(files, "entities file") else { return files.isEmpty ? .empty : nil }
    guard EntitiesReader.isJSON(file, problems) else { return nil }
    do throws(DataFailure) {
      return try EntityStore.parse(json: file.bytes)
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
