import CYAML

/// Builds nodes from events with a stack of its own: nesting costs heap up to the limit, never the thread's stack.
struct NodeBuilder {
  /// A list or mapping that is still open.
  private struct Open {
    var line: Int
    var column: Int
    var isMapping: Bool
    var items: [YAMLNode] = []
    var pairs: [(key: YAMLNode, value: YAMLNode)] = []
    var key: YAMLNode?
    var keys: Set<[UInt8]> = []
  }

  private let limits: YAMLLimits
  private var stack: [Open] = []
  private var root: YAMLNode?
  private var nodes = 0

  init(limits: YAMLLimits) { self.limits = limits }

  /// The document, or the error that there was none.
  func finish() throws(YAMLError) -> YAMLNode {
    guard let root else { throw YAMLError(.empty, line: 1, column: 1, "the document is empty") }
    return root
  }

  mutating func take(_ event: yaml_event_t) throws(YAMLError) {
    let line = Int(event.start_mark.line) + 1
    let column = Int(event.start_mark.column) + 1
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      let start = event.data.document_start
      if start.version_directive != nil || start.tag_directives.start != start.tag_directives.end {
        throw YAMLError(.directive, line: line, column: column, "directives are not supported")
      }
      if root != nil {
        throw YAMLError(.secondDocument, line: line, column: column, "a second document begins here; one file is one")
      }
    case YAML_ALIAS_EVENT:
      let name = text(event.data.alias.anchor)
      throw YAMLError(.alias, line: line, column: column, "aliases are not supported: `*\(name)`; write the value out")
    case YAML_SCALAR_EVENT:
      try scalar(event.data.scalar, line: line, column: column)
    case YAML_SEQUENCE_START_EVENT:
      try refuse(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, line: line, column: column)
      try open(isMapping: false, line: line, column: column)
    case YAML_MAPPING_START_EVENT:
      try refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, line: line, column: column)
      try open(isMapping: true, line: line, column: column)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      guard let closed = stack.popLast() else { return }
      let value: YAMLNode.Value = closed.isMapping ? .mapping(closed.pairs) : .sequence(closed.items)
      try place(YAMLNode(value, line: closed.line, column: closed.column))
    default: break
    }
  }

  private mutating func scalar(
    _ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, line: Int, column: Int
  ) throws(YAMLError) {
    try refuse(anchor: scalar.anchor, tag: scalar.tag, line: line, column: column)
    try count(line: line, column: column)
    let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    try place(YAMLNode(.scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE), line: line, column: column))
  }

  private mutating func open(isMapping: Bool, line: Int, column: Int) throws(YAMLError) {
    try count(line: line, column: column)
    guard stack.count < limits.depth else {
      throw YAMLError(.limit, line: line, column: column, "nested deeper than \(limits.depth) levels")
    }
    if let parent = stack.last, parent.isMapping, parent.key == nil {
      throw YAMLError(.compoundKey, line: line, column: column, "a key must be text, not a list or a mapping")
    }
    stack.append(Open(line: line, column: column, isMapping: isMapping))
  }

  private mutating func place(_ node: YAMLNode) throws(YAMLError) {
    guard let last = stack.indices.last else {
      root = node
      return
    }
    guard stack[last].isMapping else {
      stack[last].items.append(node)
      return
    }
    if let key = stack[last].key {
      stack[last].pairs.append((key: key, value: node))
      stack[last].key = nil
    } else {
      let text = node.text ?? ""
      guard stack[last].keys.insert(Array(text.utf8)).inserted else {
        throw YAMLError(.duplicateKey, line: node.line, column: node.column, "the key `\(text)` stands twice")
      }
      stack[last].key = node
    }
  }

  private mutating func count(line: Int, column: Int) throws(YAMLError) {
    nodes += 1
    guard nodes <= limits.nodes else {
      throw YAMLError(.limit, line: line, column: column, "the document has more than \(limits.nodes) values")
    }
  }

  private func refuse(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, line: Int, column: Int
  ) throws(YAMLError) {
    if anchor != nil {
      throw YAMLError(.anchor, line: line, column: column, "anchors are not supported: `&\(text(anchor))`; write the value out")
    }
    if tag != nil { throw YAMLError(.tag, line: line, column: column, "tags are not supported: `\(text(tag))`") }
  }

  private func text(_ name: UnsafeMutablePointer<UInt8>?) -> String {
    name.map { String(cString: $0) } ?? ""
  }
}
