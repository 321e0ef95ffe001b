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
    var text = text
    let key = text.withUTF8 { AccountKey(utf8: $0) }
    guard let key else { return nil }
    self = key
  }

  /// Reads the text form from its bytes, as journal entries are read; nil as above.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0, at <= AccountKey.nodeBytesMax,
      let slash = bytes[at...].firstIndex(of: UInt8(ascii: "/")),
      let window = BudgetWindow.all.first(where: { $0.isNamed(UnsafeBufferPointer(rebasing: bytes[at + 1..<slash])) }),
      let instance = AccountKey.number(UnsafeBufferPointer(rebasing: bytes[(slash + 1)...])), window.isInstance(instance)
    else { return nil }
    let node = UnsafeBufferPointer(rebasing: bytes[..<at])
    guard node.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }) else { return nil }
    self.init(node: String(decoding: node, as: UTF8.self), window: window, instance: instance)
  }

  /// A decimal number as it is written: no sign but a minus, no leading zero.
  private static func number(_ digits: UnsafeBufferPointer<UInt8>) -> Int64? {
    let isNegative = digits.first == UInt8(ascii: "-")
    let rest = digits.dropFirst(isNegative ? 1 : 0)
    guard let first = rest.first, rest.count == 1 || first != UInt8(ascii: "0"), !(isNegative && first == UInt8(ascii: "0")) else {
      return nil
    }
    var value: Int64 = 0
    for digit in rest {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      let units = Int64(digit - 0x30)
      let (sum, second) = isNegative ? tens.subtractingReportingOverflow(units) : tens.addingReportingOverflow(units)
      guard !first, !second else { return nil }
      value = sum
    }
    return value
  }

  /// The text form, as it stands in journal entries.
  package var text: String {
    // Written for every account of every decision: appended, not interpolated.
    var text = node
    text.reserveCapacity(node.utf8.count + 32)
    text += "@"
    text += window.name
    text += "/"
    text += String(instance)
    return text
  }

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
