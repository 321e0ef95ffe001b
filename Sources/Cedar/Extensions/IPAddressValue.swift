/// An IPv4 or IPv6 address with a prefix length. Equality is on both parts as written: host bits count.
public struct IPAddressValue: Hashable, Sendable {
  /// Whether the address is an IPv6 one.
  public let isIPv6: Bool
  /// The prefix length: at most 32 for IPv4, 128 for IPv6.
  public let prefix: UInt8
  /// The address as a number; an IPv4 address fills the low 32 bits.
  public let address: UInt128

  /// The longest text that is read, in bytes (section 3.3: 43, a full IPv6 address with its prefix).
  public static let textBytesMax = 43

  /// Reads an address with an optional `/prefix`; nil for every other text.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= IPAddressValue.textBytesMax else { return nil }
    let parts = bytes.split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
    let isIPv6 = parts[0].contains(0x3A)
    guard let address = isIPv6 ? IPAddressValue.ipv6(parts[0]) : IPAddressValue.ipv4(parts[0]) else { return nil }
    var prefix = isIPv6 ? 128 : 32
    if parts.count == 2 {
      guard let given = IPAddressValue.decimal(parts[1], digitsMax: isIPv6 ? 3 : 2), given <= prefix else { return nil }
      prefix = given
    }
    self.isIPv6 = isIPv6
    self.prefix = UInt8(prefix)
    self.address = address
  }

  /// Whether the address is an IPv4 one.
  public var isIPv4: Bool { !isIPv6 }

  /// Whether every address of the range is a loopback address.
  public var isLoopback: Bool { isIPv6 ? address == 1 && prefix == 128 : address >> 24 == 127 && prefix >= 8 }

  /// Whether every address of the range is a multicast address.
  public var isMulticast: Bool { isIPv6 ? address >> 120 == 0xFF && prefix >= 8 : address >> 28 == 0xE && prefix >= 4 }

  /// Whether every address of this range lies in `other`; false across families.
  public func isInRange(_ other: IPAddressValue) -> Bool {
    isIPv6 == other.isIPv6 && first >= other.first && last <= other.last
  }

  private var hostMask: UInt128 {
    let bits = (isIPv6 ? 128 : 32) - Int(prefix)
    return bits == 128 ? UInt128.max : (UInt128(1) << UInt128(bits)) - 1
  }
  private var first: UInt128 { address & ~hostMask }
  private var last: UInt128 { address | hostMask }

  static func compare(_ left: IPAddressValue, _ right: IPAddressValue) -> Int {
    if left.isIPv6 != right.isIPv6 { return left.isIPv6 ? 1 : -1 }
    if left.address != right.address { return left.address < right.address ? -1 : 1 }
    return Int(left.prefix) - Int(right.prefix)
  }

  /// Decimal digits without a leading zero.
  private static func decimal(_ digits: ArraySlice<UInt8>, digitsMax: Int) -> Int? {
    guard !digits.isEmpty, digits.count <= digitsMax, digits.count == 1 || digits.first != 0x30 else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt128? {
    let octets = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard octets.count == 4 else { return nil }
    var address: UInt128 = 0
    for octet in octets {
      guard let value = decimal(octet, digitsMax: 3), value <= 255 else { return nil }
      address = address << 8 | UInt128(value)
    }
    return address
  }

  private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
    var gap: Int?
    for index in text.indices.dropLast() where text[index] == 0x3A && text[index + 1] == 0x3A {
      gap = index
      break
    }
    guard let gap else {
      guard let all = groups(text), all.count == 8 else { return nil }
      return all.reduce(0) { $0 << 16 | $1 }
    }
    // `::` stands for at least one group.
    guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...]), head.count + tail.count <= 7 else { return nil }
    let high = head.reduce(UInt128(0)) { $0 << 16 | $1 }
    let low = tail.reduce(UInt128(0)) { $0 << 16 | $1 }
    return head.isEmpty ? low : high << UInt128(16 * (8 - head.count)) | low
  }

  /// Groups of one to four hexadecimal digits between colons; an empty text holds none.
  private static func groups(_ text: ArraySlice<UInt8>) -> [UInt128]? {
    if text.isEmpty { return [] }
    var result: [UInt128] = []
    for group in text.split(separator: 0x3A, omittingEmptySubsequences: false) {
      guard !group.isEmpty, group.count <= 4 else { return nil }
      var value: UInt128 = 0
      for byte in group {
        guard let digit = hexadecimalDigit(byte) else { return nil }
        value = value << 4 | UInt128(digit)
      }
      result.append(value)
    }
    return result
  }
}

extension IPAddressValue: CustomStringConvertible {
  /// The address and prefix; reading it back gives the same value.
  public var description: String {
    let width = isIPv6 ? 16 : 8
    let count = isIPv6 ? 8 : 4
    let parts = (0..<count).map { index in
      let part = address >> UInt128(width * (count - 1 - index)) & ((1 << UInt128(width)) - 1)
      return String(part, radix: isIPv6 ? 16 : 10)
    }
    return parts.joined(separator: isIPv6 ? ":" : ".") + "/\(prefix)"
  }
}

/// The value of a hexadecimal digit of either case.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
