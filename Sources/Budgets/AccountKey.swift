/// Which account: a node, its window, and the instance of that window.
///
/// A step's control plane, never its caller, resolves the nodes. Text form: `node@window/instance`, for example
/// `team:care@day/1763683200000` or `run:refund/r-1@run/0`.
package struct AccountKey: Hashable, Sendable {
  /// The longest node in bytes: two ids of 128 bytes (a run is `workflow/run`) and the kind before them.
  package static let nodeBytesMax = 300

  /// Kind and id of what owns the budget, printable ASCII without space and `@`, such as `organisation:acme`.
  package var node: String
  /// The period over which it counts.
  package var window: BudgetWindow
  /// The start of this period in milliseconds since the Unix epoch, UTC; 0 for `run` and `lifetime`.
  package var instance: Int64

  /// The account of `node` in one instance of `window`.
  package init(node: String, window: BudgetWindow, instance: Int64) {
    self.node = node
    self.window = window
    self.instance = instance
  }

  /// The account of `node` in the instance of `window` that holds `milliseconds` (since the Unix epoch, UTC).
  package init(node: String, window: BudgetWindow, at milliseconds: Int64) {
    self.init(node: node, window: window, instance: window.instance(at: milliseconds))
  }

  /// Reads the text form; nil when it is not exactly what `text` writes.
  package init?(text: String) {
    let bytes = text.utf8
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    let tail = bytes[bytes.index(after: at)...]
    guard let slash = tail.firstIndex(of: UInt8(ascii: "/")),
      let window = BudgetWindow(name: String(text[tail.startIndex..<slash])),
      let instance = Int64(String(text[bytes.index(after: slash)...]))
    else { return nil }
    let node = String(text[..<at])
    guard AccountKey.isNode(node), window.isInstance(instance) else { return nil }
    self.init(node: node, window: window, instance: instance)
    guard self.text.utf8.elementsEqual(bytes) else { return nil }  // refuses `+5`, `007` and the like
  }

  /// The text form, as it stands in journal entries.
  package var text: String { "\(node)@\(window.name)/\(instance)" }

  /// True when `node` may name a node: 1...`nodeBytesMax` printable ASCII bytes without space and `@`.
  package static func isNode(_ node: String) -> Bool {
    let bytes = node.utf8
    guard bytes.count >= 1, bytes.count <= nodeBytesMax else { return false }
    return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
  }
}

extension AccountKey: CustomStringConvertible {
  /// The text form.
  package var description: String { text }
}
