import CYAML

/// Reads one YAML 1.1 document into nodes with their places, over libyaml's event parser.
///
/// Anchors, aliases, tags, directives, compound keys, duplicate keys and further documents are refused: a manifest means what it says
/// where it says it.
package enum YAMLReader {
  /// Reads `bytes`, which are UTF-8 with or without a byte order mark.
  ///
  /// - Throws: `YAMLError` with the place of the first mistake.
  package static func parse(_ bytes: [UInt8], limits: YAMLLimits = .standard) throws(YAMLError) -> YAMLNode {
    guard bytes.count <= limits.bytes else {
      throw YAMLError(.limit, line: 1, column: 1, "the document is longer than \(limits.bytes) bytes")
    }
    var builder = NodeBuilder(limits: limits)
    let failure: YAMLError? = bytes.withUnsafeBufferPointer { input in
      do throws(YAMLError) {
        var events = try EventStream(input)
        while try events.next({ event throws(YAMLError) in try builder.take(event) }) {}
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    return try builder.finish()
  }
}

/// libyaml's parser over bytes that outlive it.
private struct EventStream: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeBufferPointer<UInt8>

  init(_ input: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
    self.input = input
    parser = .allocate(capacity: 1)
    // Every field is set: `deinit` frees the parser also when this throws.
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(.limit, line: 1, column: 1, "there is not enough memory to read the document")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// Hands the next event to `body`. False after the last.
  mutating func next(_ body: (yaml_event_t) throws(YAMLError) -> Void) throws(YAMLError) -> Bool {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    guard event.type != YAML_STREAM_END_EVENT, event.type != YAML_NO_EVENT else { return false }
    try body(event)
    return true
  }

  private func failure() -> YAMLError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the document cannot be read"
    let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
    var place = (line: Int(parser.pointee.problem_mark.line) + 1, column: Int(parser.pointee.problem_mark.column) + 1)
    if parser.pointee.error == YAML_READER_ERROR { place = self.place(ofByte: Int(parser.pointee.problem_offset)) }
    return YAMLError(.syntax, line: place.line, column: place.column, problem + context)
  }

  /// The reader of bytes names an offset, not a line.
  private func place(ofByte offset: Int) -> (line: Int, column: Int) {
    var place = (line: 1, column: 1)
    for byte in input.prefix(offset) {
      if byte == 0x0A {
        place = (place.line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        place.column += 1
      }
    }
    return place
  }
}
