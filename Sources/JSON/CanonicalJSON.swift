/// RFC 8785: the only JSON that is ever hashed or signed. Keys sorted by UTF-16 units, no space, shortest escapes.
package enum CanonicalJSON {
  /// Which numbers have a place in the canonical form.
  package enum Numbers: Sendable {
    /// Integers within ±(2^53 − 1), and nothing else: the profile of journal entries.
    case integersOnly
    /// Also fractions and exponents, as the double that RFC 8785 section 3.2.2.3 prescribes. An integer beyond ±(2^53 − 1) is taken only
    /// when it is written exactly as its double would be: two different integers never share one form, and so one digest.
    case doubles
  }

  /// The largest integer that every JSON reader keeps exactly (RFC 7493 section 2.2).
  package static let integerMax: Int64 = 9_007_199_254_740_991

  /// The canonical bytes of `value`.
  ///
  /// - Throws: `numberNotCanonical`, `duplicateKey`, or `tooDeep` beyond `JSONLimits.depthStandard`, with the path of the member.
  package static func encode(_ value: JSONValue, numbers: Numbers = .integersOnly) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    try write(value, numbers: numbers, to: &writer)
    return writer.bytes
  }

  /// Appends the canonical form as the writer's next value.
  package static func write(_ value: JSONValue, numbers: Numbers = .integersOnly, to writer: inout JSONWriter) throws(JSONError) {
    try write(value, numbers, 0, &writer)
  }

  /// True when `line` is exactly the canonical form of what it spells.
  package static func isCanonical(_ line: [UInt8], numbers: Numbers = .integersOnly, limits: JSONLimits = .standard) -> Bool {
    guard let value = try? JSONReader.parse(line, limits: limits) else { return false }
    return (try? encode(value, numbers: numbers)) == line
  }

  private static func write(_ value: JSONValue, _ numbers: Numbers, _ depth: Int, _ writer: inout JSONWriter) throws(JSONError) {
    switch value {
    case .null, .bool, .string: writer.value(value)
    case .integer(let integer):
      if integer < -integerMax || integer > integerMax {
        guard numbers == .doubles, CanonicalNumber.text(integer.description) != nil else { throw JSONError(.numberNotCanonical) }
      }
      writer.integer(integer)
    case .number(let text):
      guard numbers == .doubles, let canonical = CanonicalNumber.text(text) else { throw JSONError(.numberNotCanonical) }
      writer.rawValue(Array(canonical.utf8))
    case .array(let values):
      if depth >= JSONLimits.depthStandard { throw JSONError(.tooDeep(limit: JSONLimits.depthStandard)) }
      writer.beginArray()
      for (index, value) in values.enumerated() {
        do {
          try write(value, numbers, depth + 1, &writer)
        } catch { throw error.inside("[\(index)]") }
      }
      writer.endArray()
    case .object(let object):
      if depth >= JSONLimits.depthStandard { throw JSONError(.tooDeep(limit: JSONLimits.depthStandard)) }
      writer.beginObject()
      for (key, value) in try CanonicalOrder.sorted(object.members) {
        writer.key(key)
        do {
          try write(value, numbers, depth + 1, &writer)
        } catch { throw error.inside(JSONPath.appending(key: key, to: "")) }
      }
      writer.endObject()
    }
  }
}

/// The order of keys: by UTF-16 units, worked out on UTF-8.
enum CanonicalOrder {
  /// The members in canonical order; refuses a key that occurs twice. Costs one pass when they already are in order.
  static func sorted(_ members: [(key: String, value: JSONValue)]) throws(JSONError) -> [(key: String, value: JSONValue)] {
    if isAscending(members) { return members }
    let sorted = members.sorted { precedes($0.key, $1.key) }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.key.hasSameUTF8(as: right.key) {
      throw JSONError(.duplicateKey, path: JSONPath.appending(key: right.key, to: ""))
    }
    return sorted
  }

  private static func isAscending(_ members: [(key: String, value: JSONValue)]) -> Bool {
    for index in members.indices.dropFirst() where !precedes(members[index - 1].key, members[index].key) { return false }
    return true
  }

  /// The two encodings order alike but for one thing: characters beyond U+FFFF (first byte 0xF0 and up, surrogates in UTF-16) come
  /// before
  /// U+E000 to U+FFFF (first byte 0xEE and 0xEF).
  static func precedes(_ left: String, _ right: String) -> Bool {
    var left = left.utf8.makeIterator()
    var right = right.utf8.makeIterator()
    while true {
      guard let other = right.next() else { return false }
      guard let byte = left.next() else { return true }
      if byte == other { continue }
      if byte >= 0xEE, other >= 0xEE, (byte >= 0xF0) != (other >= 0xF0) { return byte >= 0xF0 }
      return byte < other
    }
  }
}

/// The number format of ECMAScript, which RFC 8785 section 3.2.2.3 prescribes.
enum CanonicalNumber {
  /// The canonical text of a JSON number; nil beyond the range of a double, and for an integer beyond ±(2^53 − 1) that is written
  /// otherwise.
  static func text(_ number: String) -> String? {
    guard let value = Double(number), value.isFinite else { return nil }
    if value == 0 { return "0" }
    let text = (value < 0 ? "-" : "") + text(magnitude: value.magnitude)
    if value.magnitude > Double(CanonicalJSON.integerMax), isIntegerText(number), text != number { return nil }
    return text
  }

  private static func isIntegerText(_ number: String) -> Bool {
    number.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }
  }

  /// Shortest digits that read back as `value`, placed as ECMAScript `Number::toString` says.
  private static func text(magnitude value: Double) -> String {
    let (digits, point) = shortest(value)
    let count = digits.count
    let text = String(decoding: digits, as: UTF8.self)
    if point > 0, point <= 21 {
      if count <= point { return text + String(repeating: "0", count: point - count) }
      return String(text.prefix(point)) + "." + String(text.dropFirst(point))
    }
    if point > -6, point <= 0 { return "0." + String(repeating: "0", count: -point) + text }
    let exponent = point - 1
    let mantissa = count == 1 ? text : String(text.prefix(1)) + "." + String(text.dropFirst(1))
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
  }

  /// The shortest decimal digits, and where the point stands: `0.digits × 10^point`.
  private static func shortest(_ value: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var fraction = 0
    var seenPoint = false
    let text = Array(value.description.utf8)
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "e") {
        exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
        break
      }
      if byte == UInt8(ascii: ".") {
        seenPoint = true
      } else {
        digits.append(byte)
        if seenPoint { fraction += 1 }
      }
    }
    var point = digits.count - fraction + exponent
    let leading = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leading)
    point -= leading
    while digits.last == 0x30 { digits.removeLast() }
    return (digits, point)
  }
}
