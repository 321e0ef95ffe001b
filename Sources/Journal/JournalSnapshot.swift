import Cryptography
import TransparencyLog

/// A machine's snapshot with its place in the tree, so that a start can continue the root hash from it.
///
/// Layout: `CSJS`, version 1, size (u64), length of the range (u32), the compact range, SHA-256 of the machine's bytes, the machine's
/// bytes; integers big-endian. The digest finds damage; it is no signature: who can write snapshots is trusted with the state, as who
/// can write the server's memory is. The entries themselves are checked against the signed root.
struct JournalSnapshot {
  var size: UInt64
  var range: CompactRange
  var machine: [UInt8]

  private static let magic: [UInt8] = [0x43, 0x53, 0x4A, 0x53, 1]
  private static let headBytes = 5 + 8 + 4

  init(size: UInt64, range: CompactRange, machine: [UInt8]) {
    self.size = size
    self.range = range
    self.machine = machine
  }

  var bytes: [UInt8] {
    let rangeBytes = range.encoded()
    var bytes = JournalSnapshot.magic
    bytes.reserveCapacity(JournalSnapshot.headBytes + rangeBytes.count + SHA256Digest.byteCount + machine.count)
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: size >> UInt64(shift))) }
    for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: rangeBytes.count >> shift)) }
    bytes += rangeBytes
    SHA256.hash(machine).withUnsafeBytes { bytes.append(contentsOf: $0) }
    bytes += machine
    return bytes
  }

  /// Reads `bytes`; nil when they are damaged: a snapshot is derived, and a start without it is only longer.
  init?(bytes: [UInt8]) {
    guard bytes.count >= JournalSnapshot.headBytes, bytes.starts(with: JournalSnapshot.magic) else { return nil }
    let size = bytes[5..<13].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let rangeCount = bytes[13..<17].reduce(0) { $0 << 8 | Int($1) }
    let digestStart = JournalSnapshot.headBytes + rangeCount
    guard bytes.count >= digestStart + SHA256Digest.byteCount else { return nil }
    guard let range = CompactRange(encoded: [UInt8](bytes[JournalSnapshot.headBytes..<digestStart])), range.size == size else {
      return nil
    }
    let machine = [UInt8](bytes[(digestStart + SHA256Digest.byteCount)...])
    guard SHA256.hash(machine) == SHA256Digest(bytes: [UInt8](bytes[digestStart..<digestStart + SHA256Digest.byteCount])) else {
      return nil
    }
    self.init(size: size, range: range, machine: machine)
  }
}
