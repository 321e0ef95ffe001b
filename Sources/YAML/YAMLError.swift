/// Why a document is refused, and where.
package struct YAMLError: Error, Equatable, Sendable {
  /// The rule that was broken.
  package enum Kind: Sendable, Equatable {
    /// Not YAML.
    case syntax
    /// No document in it.
    case empty
    /// `---` begins a second document.
    case secondDocument
    /// `%YAML` or `%TAG`.
    case directive
    /// `&name`.
    case anchor
    /// `*name`.
    case alias
    /// `!name`.
    case tag
    /// A list or mapping as a key.
    case compoundKey
    /// A key that stands twice in one mapping.
    case duplicateKey
    /// Longer, deeper or with more nodes than the limits allow.
    case limit
  }

  /// The rule that was broken.
  package var kind: Kind
  /// From 1.
  package var line: Int
  /// In Unicode scalars, from 1.
  package var column: Int
  /// A sentence for the author of the document, without the place.
  package var message: String

  /// An error at a place.
  package init(_ kind: Kind, line: Int, column: Int, _ message: String) {
    self.kind = kind
    self.line = line
    self.column = column
    self.message = message
  }
}

extension YAMLError: CustomStringConvertible {
  /// `line:column: message`.
  package var description: String { "\(line):\(column): \(message)" }
}

/// How much one document may be.
package struct YAMLLimits: Sendable {
  /// Length of the document in bytes.
  package var bytes: Int
  /// Nested lists and mappings.
  package var depth: Int
  /// Scalars, lists and mappings in all, keys included.
  package var nodes: Int

  /// Limits of one's own.
  package init(bytes: Int, depth: Int, nodes: Int) {
    self.bytes = bytes
    self.depth = depth
    self.nodes = nodes
  }

  /// 1 MiB, 32 deep, 100 000 nodes: an order of magnitude above the largest manifest that a person would still read.
  package static let standard = YAMLLimits(bytes: 1 << 20, depth: 32, nodes: 100_000)
}
