/// A SHA-256 digest: 32 bytes held inline, so that a list of digests is one contiguous allocation.
package struct SHA256Digest: Sendable, Hashable {
  /// The length of every digest in bytes.
  package static let byteCount = 32

  // The bytes in memory order; the words are never read as numbers.
  private var storage: (UInt64, UInt64, UInt64, UInt64)

  /// Fills the 32 bytes through `body`; bytes that `body` leaves alone are zero.
  package init(filling body: (UnsafeMutableRawBufferPointer) -> Void) {
    storage = (0, 0, 0, 0)
    Swift.withUnsafeMutableBytes(of: &storage, body)
  }

  /// Copies exactly 32 bytes; nil for any other length.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init { $0.copyMemory(from: bytes) }
  }

  /// Copies exactly 32 bytes; nil for any other length.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
  }

  /// Reads 64 lower-case hexadecimal digits; nil for anything else.
  package init?(hex: String) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads 64 lower-case hexadecimal digits from their bytes; nil for anything else.
  package init?(hex digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count == 2 * Self.byteCount else { return nil }
    var isHex = true
    self.init { target in
      for position in 0..<Self.byteCount {
        guard let high = Hex.value(of: digits[2 * position], acceptsUpperCase: false),
          let low = Hex.value(of: digits[2 * position + 1], acceptsUpperCase: false)
        else {
          isHex = false
          return
        }
        target[position] = high << 4 | low
      }
    }
    guard isHex else { return nil }
  }

  /// Reads the padded standard base64 of 32 bytes; nil for anything else.
  package init?(base64: String) {
    guard let bytes = Base64.decode(base64) else { return nil }
    self.init(bytes: bytes)
  }

  /// Lends the 32 bytes for the time of the call.
  @inline(__always)
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try Swift.withUnsafeBytes(of: storage, body)
  }

  /// The 32 bytes as an array.
  package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

  /// 64 lower-case hexadecimal digits.
  package var hex: String { withUnsafeBytes { Hex.encode($0) } }

  /// Padded standard base64, 44 characters.
  package var base64: String { withUnsafeBytes { Base64.encode($0) } }

  /// Whether both hold the same bytes; not constant in time, as digests are not secrets.
  package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.storage == right.storage }

  /// Feeds the first 16 bytes, which are as good as random, to the hasher.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(storage.0)
    hasher.combine(storage.1)
  }
}

extension SHA256Digest: CustomStringConvertible {
  /// The digest in hexadecimal.
  package var description: String { hex }
}
