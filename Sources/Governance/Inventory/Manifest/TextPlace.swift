import JSON

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

extension TextPlace {
  /// The value at `path`, such as `[3].attrs.owner`, of a JSON document, as far down as there is one.
  init(of path: String, in bytes: [UInt8]) {
    let limits = JSONLimits(bytes: bytes.count, depth: JSONLimits.tapeDepthCeiling)
    let offset = try? JSONTape().withParsed(bytes, limits: limits) { TextPlace.descend($0, path[...]).offset }
    self.init(offset: offset ?? 0, in: bytes)
  }

  private static func descend(_ root: JSONCursor, _ path: Substring) -> JSONCursor {
    var value = root
    var rest = path
    while !rest.isEmpty {
      if rest.hasPrefix(".") { rest = rest.dropFirst() }
      var next: (value: JSONCursor, rest: Substring)?
      if rest.hasPrefix("["), let end = rest.firstIndex(of: "]"), let index = Int(rest[..<end].dropFirst()) {
        next = value.elements.dropFirst(max(index, 0)).first { _ in true }.map { ($0, rest[end...].dropFirst()) }
      } else {
        for (key, member) in value.members {
          let step = JSONPath.appending(key: key.stringValue ?? "", to: "")
          guard rest.hasPrefix(step) else { continue }
          let behind = rest.dropFirst(step.count)
          guard behind.isEmpty || behind.hasPrefix(".") || behind.hasPrefix("[") else { continue }
          if next.map({ behind.utf8.count < $0.rest.utf8.count }) ?? true { next = (member, behind) }
        }
      }
      guard let next, !next.rest.utf8.elementsEqual(rest.utf8) else { return value }
      (value, rest) = next
    }
    return value
  }
}
