/// A parsed document as a flat tape of 16-byte entries. Parsing allocates nothing once the buffers have grown to the usual
/// document.
///
/// One thread at a time uses a tape; a loop keeps one and parses request after request into it.
package final class JSONTape {
  private var storage: TapeStorage

  /// A tape with room for `entries` values and keys before it grows.
  package init(entries: Int = 128) { storage = TapeStorage(entries: entries) }

  /// Parses `document` whole: grammar of RFC 8259, UTF-8, no duplicate keys, no lone surrogates, nothing after the value.
  ///
  /// - Returns: the root. It and every cursor made from it are valid until the next `parse`, while `document` and this tape live.
  package func parse(_ document: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONError) -> JSONCursor {
    storage.reset()
    guard document.count <= limits.bytes else { throw JSONError(.tooLarge(limit: limits.bytes), offset: limits.bytes) }
    guard let base = document.baseAddress, document.count > 0 else { throw JSONError(.empty) }
    let bytes = UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: document.count)
    var parser = TapeParser(depthMax: limits.depth)
    do {
      try parser.document(bytes.span, &storage)
    } catch {
      throw JSONError(error.kind, offset: error.offset, path: TapePath.text(parser, error, bytes, storage))
    }
    return JSONCursor(entries: storage.entries.base, input: base, decoded: storage.decoded.base, index: 0)
  }

  /// Parses `document` and hands the root to `body`; nothing of it may leave `body`.
  package func withParsed<Result>(
    _ document: [UInt8], limits: JSONLimits = .standard, _ body: (JSONCursor) throws -> Result
  ) throws -> Result {
    try document.withUnsafeBytes { bytes in try body(try parse(bytes, limits: limits)) }
  }
}

/// Spells where in a document the parser stood when it refused.
enum TapePath {
  /// Longest path and longest key in it, in bytes: an error message stays readable.
  static let bytesMax = 256
  static let keyBytesMax = 64

  static func text(
    _ parser: TapeParser, _ fault: TapeFault, _ input: UnsafeBufferPointer<UInt8>, _ tape: borrowing TapeStorage
  ) -> String {
    var path = ""
    var open: [Int] = []
    var innermost = parser.container
    for _ in 0..<parser.depth {
      open.append(innermost)
      innermost = Int(tape.entries[innermost].next)
    }
    for container in open.reversed() where path.utf8.count < bytesMax {
      let entry = tape.entries[container]
      // Every container but the innermost stands on the member that is open; so does the innermost one when its key is read.
      var member = container + 1
      for _ in 0..<entry.length where member < tape.entries.count {
        member = Int(tape.entries[entry.kind == .object ? member + 1 : member].next)
      }
      if entry.kind == .array {
        path += "[\(entry.length)]"
      } else if member < tape.entries.count {
        append(key: member, to: &path, input, tape)
      }
    }
    if let key = fault.key { append(key: key, to: &path, input, tape) }
    return path
  }

  private static func append(
    key: Int, to path: inout String, _ input: UnsafeBufferPointer<UInt8>, _ tape: borrowing TapeStorage
  ) {
    let entry = tape.entries[key]
    let base = entry.flags & JSONTapeEntry.escaped == 0 ? input.baseAddress : UnsafePointer(tape.decoded.base)
    guard let base else { return }
    let text = UnsafeBufferPointer(start: base + Int(entry.start), count: min(Int(entry.length), keyBytesMax))
    path = JSONPath.appending(key: String(decoding: text, as: UTF8.self), to: path)
  }
}

/// The spelling of paths in errors: `subject.properties[2]`, keys that are no plain words in brackets and quotes.
package enum JSONPath {
  /// `path` with one more member.
  package static func appending(key: String, to path: String) -> String {
    let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
    guard isPlain else { return path + "[\"" + key + "\"]" }
    return path.isEmpty ? key : path + "." + key
  }
}
