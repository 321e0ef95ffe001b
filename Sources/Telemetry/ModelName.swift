/// Names under which a model is looked up, most faithful first. Source: genai-semconv dossier, section 4.
enum ModelName {
  /// Regions that Bedrock puts before a model.
  private static let regions = ["us.", "eu.", "apac.", "global.", "us-gov.", "jp.", "au."]
  /// Vendors that Bedrock puts between the region and the model.
  private static let vendors = ["anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "ai21.", "deepseek.", "openai."]

  /// `name` and what remains of it when provider prefix, region and version, date, and `-latest` are taken away one after another.
  static func candidates(_ name: String) -> [String] {
    var names = [name]
    func add(_ candidate: String) {
      if !candidate.isEmpty, !names.contains(candidate) { names.append(candidate) }
    }
    var rest = name
    if let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) { rest = String(rest[rest.utf8.index(after: slash)...]) }
    add(rest)
    for region in regions where rest.hasPrefix(region) {
      rest = String(rest.dropFirst(region.count))
      break
    }
    add(rest)
    for vendor in vendors where rest.hasPrefix(vendor) {
      rest = String(rest.dropFirst(vendor.count))
      break
    }
    add(rest)
    rest = withoutVersion(rest)
    add(rest)
    rest = withoutDate(rest)
    add(rest)
    if rest.hasSuffix("-latest") { add(String(rest.dropLast(7))) }
    return names
  }

  /// Whether `listed` is `name` or ends in `name` before a delimiter.
  static func isPrefix(_ listed: String, of name: String) -> Bool {
    guard name.utf8.starts(with: listed.utf8) else { return false }
    guard let next = name.utf8.dropFirst(listed.utf8.count).first else { return true }
    return next == 0x2D || next == 0x2E || next == 0x3A || next == 0x40 || next == 0x2F
  }

  /// Without `@20250101` and without `-v1:0` (or `:0`).
  private static func withoutVersion(_ name: String) -> String {
    var bytes = Array(name.utf8)
    if let at = bytes.lastIndex(of: UInt8(ascii: "@")) { bytes.removeSubrange(at...) }
    if let colon = bytes.lastIndex(of: UInt8(ascii: ":")), isNumber(bytes[(colon + 1)...]) {
      bytes.removeSubrange(colon...)
      if let dash = bytes.lastIndex(of: UInt8(ascii: "-")), bytes.count > dash + 2, bytes[dash + 1] == UInt8(ascii: "v"),
        isNumber(bytes[(dash + 2)...])
      {
        bytes.removeSubrange(dash...)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Without `-2024-07-18` or `-20250514`.
  private static func withoutDate(_ name: String) -> String {
    let bytes = Array(name.utf8)
    if bytes.count > 9, bytes[bytes.count - 9] == UInt8(ascii: "-"), isNumber(bytes.suffix(8)) {
      return String(decoding: bytes.dropLast(9), as: UTF8.self)
    }
    guard bytes.count > 11 else { return name }
    let tail = Array(bytes.suffix(11))
    let isDate =
      tail[0] == 0x2D && tail[5] == 0x2D && tail[8] == 0x2D && isNumber(tail[1...4]) && isNumber(tail[6...7])
      && isNumber(tail[9...10])
    return isDate ? String(decoding: bytes.dropLast(11), as: UTF8.self) : name
  }

  private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }
}
