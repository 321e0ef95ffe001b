/// What an id may look like. All are ASCII, so that two ids are equal exactly when their bytes are.
struct NameRule {
  /// The rule in words, as it stands in messages.
  let text: String
  private let bytesMax: Int
  private let isFirst: @Sendable (UInt8) -> Bool
  private let isOther: @Sendable (UInt8) -> Bool

  func holds(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, bytes.count <= bytesMax, isFirst(first) else { return false }
    return bytes.dropFirst().allSatisfy(isOther)
  }

  /// The organisation: it stands in host names and in the log's origin, hence lower case.
  static let organisation = NameRule(
    text: "1 to 63 characters of a-z, 0-9, `.`, `_`, `-`, the first a letter or digit", bytesMax: 63,
    isFirst: { isLower($0) || isDigit($0) }, isOther: { isLower($0) || isDigit($0) || isJoint($0) })

  /// What manifests define: teams, workflows, steps, models, data classes. No `/` and no `:`, which separate them in account keys.
  static let defined = NameRule(
    text: "1 to 63 characters of A-Z, a-z, 0-9, `.`, `_`, `-`, the first a letter or digit", bytesMax: 63,
    isFirst: { isLetter($0) || isDigit($0) }, isOther: { isLetter($0) || isDigit($0) || isJoint($0) })

  /// What others name and requests carry: agents, tools, steps of frameworks, groups, Cedar policies.
  static let foreign = NameRule(
    text: "1 to 128 characters of A-Z, a-z, 0-9, `.`, `_`, `:`, `/`, `-`", bytesMax: 128,
    isFirst: { isLetter($0) || isDigit($0) || isJoint($0) || $0 == 0x2F || $0 == 0x3A },
    isOther: { isLetter($0) || isDigit($0) || isJoint($0) || $0 == 0x2F || $0 == 0x3A })

  /// A person: an account name or an address.
  static let person = NameRule(
    text: "1 to 128 characters of A-Z, a-z, 0-9, `.`, `_`, `-`, `+`, `@`", bytesMax: 128,
    isFirst: { isLetter($0) || isDigit($0) },
    isOther: { isLetter($0) || isDigit($0) || isJoint($0) || $0 == 0x2B || $0 == 0x40 })

  private static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
  private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isJoint(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x5F || byte == 0x2D }
}
