import Cryptography
import JSON

/// Why a leaf is no entry of the log.
struct LeafFault: Error {
  var message: String
}

/// Reads leaves in order and checks what every one of them states: canonical form, its log, its place, its tenant, its time.
///
/// One thread uses a reader. The tape is reused: nothing is allocated for a leaf.
final class LeafReader {
  private let origin: [UInt8]
  private let tenant: [UInt8]
  private let tape = JSONTape(entries: 256)
  private var lastTime = Int64.min

  init(origin: String, tenant: String) {
    self.origin = Array(origin.utf8)
    self.tenant = Array(tenant.utf8)
  }

  /// Reads the next leaf; the cursor is valid until the next call, while `bytes` live.
  func read(_ bytes: UnsafeRawBufferPointer, at index: UInt64) throws(LeafFault) -> Leaf {
    guard bytes.count <= BundleLimits.leafBytesMax else {
      throw LeafFault(message: "it is longer than \(BundleLimits.leafBytesMax) bytes")
    }
    let root: JSONCursor
    do {
      root = try tape.parse(bytes)
    } catch {
      throw LeafFault(message: "it is not JSON: \(error)")
    }
    guard root.kind == .object, CanonicalForm.length(root) == bytes.count else { throw LeafFault(message: "it is not canonical") }
    guard root.member("v")?.integerValue == 1 else { throw LeafFault(message: "`v` is not 1") }
    guard let seq = root.member("seq")?.integerValue, UInt64(exactly: seq) == index else {
      throw LeafFault(message: "`seq` names another place than \(index)")
    }
    guard root.member("log")?.stringBytes?.elementsEqual(origin) == true else {
      throw LeafFault(message: "`log` names another log")
    }
    guard root.member("tenant")?.stringBytes?.elementsEqual(tenant) == true else {
      throw LeafFault(message: "`tenant` names another tenant")
    }
    guard let time = root.member("time")?.integerValue else { throw LeafFault(message: "`time` is missing") }
    guard time >= lastTime else { throw LeafFault(message: "`time` is before the entry's before it") }
    guard root.member("type")?.kind == .string else { throw LeafFault(message: "`type` is missing") }
    lastTime = time
    return Leaf(root: root, index: index, time: time)
  }
}

/// A leaf as text: what its writer stated. Valid as long as the reader says.
struct Leaf {
  let root: JSONCursor
  let index: UInt64
  /// UTC milliseconds.
  let time: Int64

  func member(_ key: StaticString) -> JSONCursor? { root.member(key) }

  func hasType(_ type: StaticString) -> Bool { root.member("type")?.equals(type) == true }

  /// What a policy activation states; nil for other leaves and for members that are no version and digest.
  var activation: PolicyActivation? {
    guard hasType("policy.activate"), let version = member("version")?.integerValue.flatMap({ UInt64(exactly: $0) }),
      let digest = member("digest")?.stringValue.flatMap({ SHA256Digest(hex: $0) })
    else { return nil }
    let payload = member("payload_sha256")?.stringValue.flatMap { SHA256Digest(hex: $0) }
    return PolicyActivation(index: index, version: version, digest: digest, payload: payload)
  }
}

/// The entry that put a policy folder in force.
struct PolicyActivation: Equatable {
  var index: UInt64
  var version: UInt64
  var digest: SHA256Digest
  var payload: SHA256Digest?
}

/// Canonical form (RFC 8785 in the profile of journal entries) checked without writing anything: when keys ascend, scalars are spelled
/// canonically and the lengths of all parts add up to the document's length, then there is nothing else in it.
enum CanonicalForm {
  /// The length that the canonical text of `value` has; -1 when a part of it is not in the profile.
  static func length(_ value: JSONCursor) -> Int {
    switch value.kind {
    case .null: return -1
    case .true, .false: return value.rawBytes.count
    case .number:
      guard let integer = value.integerValue, integer.magnitude <= UInt64(CanonicalJSON.integerMax) else { return -1 }
      return value.rawBytes.count
    case .string: return isCanonicalString(value) ? value.rawBytes.count : -1
    case .array:
      var sum = 2
      var count = 0
      for element in value.elements {
        let length = length(element)
        if length < 0 { return -1 }
        sum += length
        count += 1
      }
      return sum + max(0, count - 1)
    case .object: return objectLength(value)
    }
  }

  private static func objectLength(_ object: JSONCursor) -> Int {
    var sum = 2
    var count = 0
    var previous: UnsafeBufferPointer<UInt8>?
    for (key, value) in object.members {
      guard let bytes = key.stringBytes, isKey(bytes) else { return -1 }
      if let previous, !previous.lexicographicallyPrecedes(bytes) { return -1 }
      previous = bytes
      let length = length(value)
      // An escaped key is longer than its characters.
      if length < 0 || key.rawBytes.count != bytes.count + 2 { return -1 }
      sum += bytes.count + 3 + length
      count += 1
    }
    return sum + max(0, count - 1)
  }

  private static func isKey(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    !key.isEmpty
      && key.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }

  private static func isCanonicalString(_ string: JSONCursor) -> Bool {
    let raw = string.rawBytes
    guard raw.contains(UInt8(ascii: "\\")), let decoded = string.stringBytes else { return true }
    var writer = JSONWriter()
    writer.string(utf8: decoded)
    return writer.bytes.elementsEqual(raw)
  }
}
