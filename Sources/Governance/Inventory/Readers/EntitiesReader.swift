import Cedar
import JSON

/// Reads entities.json: Cedar entities in Cedar's own format.
enum EntitiesReader {
  static let path = "entities.json"
  /// Nested arrays and objects, as the JSON reader allows them at most.
  private static let depthMax = 64
  /// Repeated entities that are reported: each costs a walk over the document.
  private static let repetitionsMax = 20

  static func read(_ file: PolicyFile, _ problems: ProblemList) -> [Entity]? {
    guard isJSON(file, problems) else { return nil }
    do throws(DataFailure) {
      let entities = try EntityStore.parseEntities(json: file.bytes)
      checkNames(entities, file, problems)
      return entities
    } catch {
      problems.add(file, error, hint: "an entity is {\"uid\": {\"type\": …, \"id\": …}, \"attrs\": {…}, \"parents\": […]}")
      return nil
    }
  }

  /// Whether the file is JSON within the limits; a mistake has its place, which a reader of values does not know.
  static func isJSON(_ file: PolicyFile, _ problems: ProblemList, bytesMax: Int = FolderFiles.fileBytesMax) -> Bool {
    do throws(JSONError) {
      _ = try JSONReader.parse(file.bytes, limits: JSONLimits(bytes: bytesMax, depth: depthMax))
      return true
    } catch {
      let place = TextPlace(offset: error.offset, in: file.bytes)
      let path = error.path.isEmpty ? "" : " in `\(error.path)`"
      problems.add(file.path, line: place.line, column: place.column, error.reason + path)
      return false
    }
  }

  private static func checkNames(_ entities: [Entity], _ file: PolicyFile, _ problems: ProblemList) {
    var first: [EntityUID: Int] = [:]
    var count = 0
    for (index, entity) in entities.enumerated() {
      guard let earlier = first[entity.uid] else {
        first[entity.uid] = index
        continue
      }
      count += 1
      guard count <= repetitionsMax else { break }
      let place = TextPlace(of: "[\(index)]", in: file.bytes)
      let line = TextPlace(of: "[\(earlier)]", in: file.bytes).line
      problems.add(
        file.path, line: place.line, column: place.column, "entity `\(entity.uid)` is defined twice", hint: "first at line \(line)")
    }
  }
}
