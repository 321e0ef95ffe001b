import Cryptography
import Governance
import JSON

/// One policy folder of `policies/index.json`: an activation with the members that hold its files.
struct PolicyEvidence: Equatable {
  /// A file of the folder.
  struct File: Equatable {
    /// Its path in the policy folder.
    var path: String
    /// Its member in the bundle.
    var member: String
    var sha256: SHA256Digest
    var size: UInt64
  }

  var index: UInt64
  var version: UInt64
  var digest: SHA256Digest
  /// nil when the text has been erased.
  var files: [File]?

  /// The digest that the files give together.
  func recomputedDigest() -> SHA256Digest? { files.map { PolicyDigest.of($0.map { (path: $0.path, digest: $0.sha256) }) } }
}

/// `policies/index.json`: the policy folders in force in the period, oldest first.
enum PolicyIndex {
  static func encode(_ policies: [PolicyEvidence]) throws(JSONError) -> [UInt8] {
    let items = policies.map { policy -> JSONValue in
      var object: JSONObject = [
        "digest": .string(policy.digest.hex), "index": .integer(Int64(clamping: policy.index)),
        "version": .integer(Int64(clamping: policy.version)),
      ]
      object["files"] = policy.files.map { files in
        .array(
          files.map {
            [
              "member": .string($0.member), "path": .string($0.path), "sha256": .string($0.sha256.hex),
              "size": .integer(Int64(clamping: $0.size)),
            ]
          })
      }
      return .object(object)
    }
    return try CanonicalJSON.encode(["policies": .array(items)])
  }

  /// Reads what `encode` wrote; nil for every other text.
  static func decode(_ bytes: [UInt8]) -> [PolicyEvidence]? {
    guard let value = try? JSONReader.parse(bytes, limits: JSONLimits(bytes: BundleLimits.documentBytesMax)),
      let items = value["policies"]?.arrayValue
    else { return nil }
    var policies: [PolicyEvidence] = []
    for item in items {
      guard let index = count(item["index"]), let version = count(item["version"]), let digest = digest(item["digest"]) else {
        return nil
      }
      var files: [PolicyEvidence.File]?
      if let list = item["files"]?.arrayValue {
        files = []
        for file in list {
          guard let path = file["path"]?.stringValue, let member = file["member"]?.stringValue,
            let sha256 = self.digest(file["sha256"]),
            let size = count(file["size"])
          else { return nil }
          files?.append(PolicyEvidence.File(path: path, member: member, sha256: sha256, size: size))
        }
      }
      policies.append(PolicyEvidence(index: index, version: version, digest: digest, files: files))
    }
    guard (try? encode(policies)) == bytes else { return nil }
    return policies
  }

  /// The files out of an activation's payload.
  static func files(payload: [UInt8]) -> [PolicyFile]? {
    guard let value = try? JSONReader.parse(payload, limits: JSONLimits(bytes: BundleLimits.documentBytesMax)),
      let items = value["files"]?.arrayValue
    else { return nil }
    var files: [PolicyFile] = []
    for item in items {
      guard let path = item["path"]?.stringValue, let text = item["text"]?.stringValue else { return nil }
      files.append(PolicyFile(path: path, bytes: Array(text.utf8)))
    }
    return files
  }

  /// The members of a folder's files, in the order of their paths: `policies/<version>/<path>` where a zip can hold all these names,
  /// else numbers in place of the paths.
  static func members(version: UInt64, paths: [String]) -> [String] {
    let sorted = paths.sorted { ($0 + "/").utf8.lexicographicallyPrecedes(($1 + "/").utf8) }
    // Neighbours in this order: the same path twice, or a file in whose place another path has a folder.
    let collide = zip(sorted, sorted.dropFirst()).contains { ($1 + "/").utf8.starts(with: ($0 + "/").utf8) }
    let arePlain = !collide && paths.allSatisfy { isPlain($0) }
    return paths.enumerated().map { BundleLayout.policiesFolder + "\(version)/" + (arePlain ? $1 : "file-\($0)") }
  }

  /// Lower-case letters, digits and `. _ -` in parts that neither begin nor end with a dot, at most 200 bytes.
  private static func isPlain(_ path: String) -> Bool {
    guard path.utf8.count <= 200 else { return false }
    return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, first != UInt8(ascii: "."), part.last != UInt8(ascii: ".") else { return false }
      return part.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
    }
  }

  private static func count(_ value: JSONValue?) -> UInt64? { value?.integerValue.flatMap { UInt64(exactly: $0) } }
  private static func digest(_ value: JSONValue?) -> SHA256Digest? { value?.stringValue.flatMap { SHA256Digest(hex: $0) } }
}
