/// A part of a document with its place. Scalars keep their text: what `no` or `1.10` mean is for the reader of the manifest to say.
package struct YAMLNode: Sendable {
  /// What the node is.
  package indirect enum Value: Sendable {
    /// Text; `quoted` is false for plain scalars alone. A value that was left out is an empty plain scalar.
    case scalar(String, quoted: Bool)
    /// A list in order.
    case sequence([YAMLNode])
    /// Pairs in order; keys are scalars and no two of them have the same text.
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  /// What the node is.
  package var value: Value
  /// The line of its first character, from 1.
  package var line: Int
  /// The column of its first character in Unicode scalars, from 1.
  package var column: Int

  /// A node at a place.
  package init(_ value: Value, line: Int, column: Int) {
    self.value = value
    self.line = line
    self.column = column
  }

  /// The text of a scalar; nil for lists and mappings.
  package var text: String? {
    guard case .scalar(let text, _) = value else { return nil }
    return text
  }

  /// The value under `key`, compared byte by byte; nil when there is none or when the node is no mapping.
  package subscript(key: String) -> YAMLNode? {
    guard case .mapping(let pairs) = value else { return nil }
    return pairs.first { pair in pair.key.text.map { $0.utf8.elementsEqual(key.utf8) } ?? false }?.value
  }
}
