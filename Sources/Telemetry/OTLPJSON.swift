internal import Glibc
internal import JSON

/// Members of OTLP/JSON messages: absent and null are the default, another type is an error that names the member.
enum OTLPJSON {
  /// The top-level object of a request.
  static func root(_ bytes: [UInt8], limits: OTLPLimits) throws(OTLPError) -> JSONObject {
    guard bytes.count <= limits.bytesMax else { throw .tooManyBytes(limit: limits.bytesMax) }
    var jsonLimits = JSONLimits.standard
    jsonLimits.bytes = limits.bytesMax
    jsonLimits.depth = OTLPJSONTraceDecoder.depthMax
    let root: JSONValue
    do throws(JSONError) { root = try JSONReader.parse(bytes, limits: jsonLimits) } catch {
      throw .json("the request is not valid JSON: \(error)")
    }
    guard case .object(let object) = root else { throw .json("the request is not a JSON object") }
    return object
  }

  static func member(_ object: JSONObject, _ name: String, _ snake: String) -> JSONValue? {
    let value = object[name] ?? (name == snake ? nil : object[snake])
    if case .null = value { return nil }
    return value
  }

  static func object(_ value: JSONValue, _ name: String) throws(OTLPError) -> JSONObject {
    guard case .object(let object) = value else { throw .json("an element of `\(name)` is not an object") }
    return object
  }

  static func object(_ object: JSONObject, _ name: String, _ snake: String) throws(OTLPError) -> JSONObject? {
    guard let value = member(object, name, snake) else { return nil }
    guard case .object(let nested) = value else { throw .json("`\(name)` is not an object") }
    return nested
  }

  static func array(_ object: JSONObject, _ name: String, _ snake: String) throws(OTLPError) -> [JSONValue] {
    guard let value = member(object, name, snake) else { return [] }
    guard case .array(let elements) = value else { throw .json("`\(name)` is not an array") }
    return elements
  }

  static func text(_ object: JSONObject, _ name: String, _ snake: String) throws(OTLPError) -> String {
    guard let value = member(object, name, snake) else { return "" }
    guard case .string(let text) = value else { throw .json("`\(name)` is not a string") }
    return text
  }

  static func unsigned(_ object: JSONObject, _ name: String, _ snake: String) throws(OTLPError) -> UInt64 {
    guard let value = member(object, name, snake) else { return 0 }
    let number: UInt64?
    switch value {
    case .integer(let integer): number = UInt64(exactly: integer)
    case .string(let text), .number(let text): number = UInt64(text) ?? Double(text).flatMap { UInt64(exactly: $0) }
    default: number = nil
    }
    guard let number else { throw .json("`\(name)` is not an unsigned 64-bit integer") }
    return number
  }

  static func unsigned32(_ object: JSONObject, _ name: String, _ snake: String) throws(OTLPError) -> UInt32 {
    guard let number = UInt32(exactly: try unsigned(object, name, snake)) else {
      throw .json("`\(name)` is not an unsigned 32-bit integer")
    }
    return number
  }

  /// An enum as its number or one of its names; a name that is not known reads as -1.
  static func enumeration(_ object: JSONObject, _ name: String, names: [String]) throws(OTLPError) -> Int64? {
    switch member(object, name, name) {
    case nil: return nil
    case .integer(let number): return number
    case .string(let text): return names.firstIndex(of: text).map(Int64.init) ?? -1
    default: throw .json("`\(name)` is not a number")
    }
  }
}

/// Attributes and their values in OTLP/JSON, counted against the limits.
struct OTLPJSONValueReader {
  let limits: OTLPLimits
  private var valuesCount = 0

  init(limits: OTLPLimits) { self.limits = limits }

  /// Counts one value, event or link.
  mutating func count() throws(OTLPError) {
    valuesCount += 1
    guard valuesCount <= limits.valuesMax else { throw .tooManyValues(limit: limits.valuesMax) }
  }

  /// The member `attributes` of a message.
  mutating func attributes(_ object: JSONObject) throws(OTLPError) -> [Attribute] {
    try keyValues(try OTLPJSON.array(object, "attributes", "attributes"))
  }

  private mutating func keyValues(_ items: [JSONValue]) throws(OTLPError) -> [Attribute] {
    var attributes: [Attribute] = []
    attributes.reserveCapacity(items.count)
    for item in items {
      try count()
      let object = try OTLPJSON.object(item, "attributes")
      var attribute = Attribute(try OTLPJSON.text(object, "key", "key"), .empty)
      if let value = try OTLPJSON.object(object, "value", "value") { attribute.value = try self.value(value) }
      attributes.append(attribute)
    }
    return attributes
  }

  /// An `AnyValue`: the first member of the oneof that is set. The depth is bounded by that of the JSON.
  private mutating func value(_ object: JSONObject) throws(OTLPError) -> AttributeValue {
    if OTLPJSON.member(object, "stringValue", "string_value") != nil {
      return .string(try OTLPJSON.text(object, "stringValue", "string_value"))
    }
    if let value = OTLPJSON.member(object, "intValue", "int_value") { return .integer(try integer(value)) }
    if let value = OTLPJSON.member(object, "doubleValue", "double_value") { return .double(try double(value)) }
    if let value = OTLPJSON.member(object, "boolValue", "bool_value") {
      guard case .bool(let bool) = value else { throw .json("`boolValue` is not a boolean") }
      return .bool(bool)
    }
    if let array = try OTLPJSON.object(object, "arrayValue", "array_value") {
      var values: [AttributeValue] = []
      for item in try OTLPJSON.array(array, "values", "values") {
        try count()
        values.append(try value(try OTLPJSON.object(item, "values")))
      }
      return .array(values)
    }
    if let map = try OTLPJSON.object(object, "kvlistValue", "kvlist_value") {
      return .map(try keyValues(try OTLPJSON.array(map, "values", "values")))
    }
    if let value = OTLPJSON.member(object, "bytesValue", "bytes_value") {
      guard case .string(let text) = value, let bytes = Base64Text.decode(text) else { throw .json("`bytesValue` is not base64") }
      return .bytes(bytes)
    }
    return .empty
  }

  private func integer(_ value: JSONValue) throws(OTLPError) -> Int64 {
    switch value {
    case .integer(let integer): return integer
    case .string(let text), .number(let text):
      if let integer = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }) { return integer }
      throw .json("`intValue` is not a signed 64-bit integer")
    default: throw .json("`intValue` is not a signed 64-bit integer")
    }
  }

  private func double(_ value: JSONValue) throws(OTLPError) -> Double {
    switch value {
    case .integer(let integer): return Double(integer)
    case .number(let text): if let double = Double(text) { return double }
    case .string("NaN"): return .nan
    case .string("Infinity"): return .infinity
    case .string("-Infinity"): return -.infinity
    case .string(let text): if let double = Double(text), double.isFinite { return double }
    default: break
    }
    throw .json("`doubleValue` is not a number")
  }
}

/// Base64 of OTLP/JSON: standard or URL alphabet, padding optional, as protobuf's JSON mapping reads it.
enum Base64Text {
  /// The bytes, or nil when the text is not base64.
  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    var bits = 0
    var padding = 0
    var digits = 0
    for character in text.utf8 {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = digitValue(character) else { return nil }
      word = word << 6 | UInt32(digit)
      bits += 6
      digits += 1
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    guard digits % 4 != 1, padding <= 2, padding == 0 || (digits + padding) % 4 == 0 else { return nil }
    return bytes
  }

  private static func digitValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - 0x41
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - 0x61 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
