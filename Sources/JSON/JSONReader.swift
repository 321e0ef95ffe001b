/// Bytes to values, through the one parser of `JSONTape`.
package enum JSONReader {
  /// The value that `document` spells; everything that RFC 8259 does not allow, duplicate keys and lone surrogates are refused.
  package static func parse(_ document: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
    try document.span.withUnsafeBytes { bytes throws(JSONError) in try parse(bytes, limits: limits) }
  }

  /// As above, over borrowed bytes; the value does not refer to them.
  package static func parse(_ document: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
    // Most documents have an entry for every eight bytes or fewer.
    let tape = JSONTape(entries: min(document.count / 8 + 8, TapeStorage.entriesRetained))
    let shallow = JSONLimits(bytes: limits.bytes, depth: min(limits.depth, JSONLimits.depthCeiling))
    return try tape.parse(document, limits: shallow).value()
  }

  /// As above, over text.
  package static func parse(text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), limits: limits)
  }
}
