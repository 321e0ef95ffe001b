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
  static func isJSON(_ file: PolicyFile, _ problems: ProblemList) -> Bool {
    do throws(JSONError) {
      _ = try JSONReader.parse(file.bytes, limits: JSONLimits(bytes: FolderFiles.fileBytesMax, depth: depthMax))
      return true
    } catch {
      let place = TextPlace(offset: error.offset, in: file.bytes)
      let path = error.path.isEmpty ? "" : " in `\(error.path)`"
      problems.add(file.path, line: place.line, column: place.column, error.reason + path)
      return false
    }
  }

  /// Where the entity at `index` of the document begins.
  static func place(ofEntity index: Int, in bytes: [UInt8]) -> TextPlace {
    TextPlace(offset: JSONElements.offset(of: index, in: bytes) ?? 0, in: bytes)
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
      let place = place(ofEntity: index, in: file.bytes)
      let line = self.place(ofEntity: earlier, in: file.bytes).line
      problems.add(
        file.path, line: place.line, column: place.column, "entity `\(entity.uid)` is defined twice", hint: "first at line \(line)")
    }
  }

  /// The place of the entity that a path such as `[3].attrs.owner` begins with.
  static func place(of path: String, in bytes: [UInt8]) -> TextPlace {
    guard path.hasPrefix("["), let end = path.utf8.firstIndex(of: 0x5D),
      let index = Int(path[path.index(after: path.startIndex)..<end])
    else { return TextPlace(offset: 0, in: bytes) }
    return place(ofEntity: index, in: bytes)
  }
}

/// Finds the elements of a top-level array in a text that is known to be JSON.
enum JSONElements {
  /// The offset of the first byte of element `index`, or nil when there is none.
  static func offset(of index: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    var element = -1
    var isAwaited = false
    var isInString = false
    var isEscaped = false
    for (offset, byte) in bytes.enumerated() {
      if isInString {
        if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { isInString = false }
        continue
      }
      if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { continue }
      if isAwaited, byte != 0x5D || depth > 1 {
        isAwaited = false
        element += 1
        if element == index { return offset }
      }
      switch byte {
      case 0x22: isInString = true
      case 0x5B, 0x7B:
        depth += 1
        if depth == 1 { isAwaited = true }
      case 0x5D, 0x7D: depth -= 1
      case 0x2C where depth == 1: isAwaited = true
      default: break
      }
    }
    return nil
  }
}

/// Line and column, both from 1, of a byte offset; columns count Unicode scalars.
struct TextPlace: Equatable {
  let line: Int
  let column: Int

  init(offset: Int, in bytes: [UInt8]) {
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}
