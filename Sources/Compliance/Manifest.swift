import Cryptography
import JSON

/// `MANIFEST.json`: every other file of the bundle with its digest, and what the bundle is about. Canonical JSON, signed in
/// `MANIFEST.note`.
struct Manifest: Equatable {
  /// One member of the zip.
  struct File: Equatable {
    var path: String
    var mediaType: String
    /// Rows of a table without its header, lines of a JSON Lines file.
    var rows: UInt64?
    var sha256: SHA256Digest
    var size: UInt64
  }

  var scope: BundleScope
  var labels: BundleLabels
  var origin: String
  var size: UInt64
  var root: SHA256Digest
  var indexFrom: UInt64
  var indexTo: UInt64
  /// Sorted by the bytes of their paths.
  var files: [File]

  var isFull: Bool { indexFrom == 0 && indexTo == size }

  /// Derived from everything else: `b-` and the first 16 bytes of the digest of the manifest without its id.
  func bundleID() throws(JSONError) -> String {
    "b-" + String(SHA256.hash(try CanonicalJSON.encode(.object(members))).hex.prefix(32))
  }

  /// The canonical bytes.
  func encoded() throws(JSONError) -> [UInt8] {
    var object = members
    object["bundle_id"] = .string(try bundleID())
    return try CanonicalJSON.encode(.object(object))
  }

  private var members: JSONObject {
    [
      "completeness": .string(BundleLayout.completeness), "created_ms": .integer(labels.createdMilliseconds),
      "files": .array(files.map { .object(Manifest.members($0)) }), "format": .string(BundleLayout.format),
      "generator": ["name": .string(BundleLayout.generator), "version": .string(labels.generatorVersion)],
      "log": ["origin": .string(origin), "root": .string(root.base64), "size": .integer(Int64(clamping: size))],
      "purpose": .string(labels.purpose), "receiver": .string(labels.receiver),
      "redaction_profile": .string(BundleLayout.redactionProfile), "scope": .object(scopeMembers), "time_zone": "UTC",
    ]
  }

  private var scopeMembers: JSONObject {
    var object: JSONObject = [
      "index_from": .integer(Int64(clamping: indexFrom)), "index_to": .integer(Int64(clamping: indexTo)),
      "tenant": .string(scope.tenant),
    ]
    object["from_ms"] = scope.fromMilliseconds.map { .integer($0) }
    object["to_ms"] = scope.toMilliseconds.map { .integer($0) }
    object["workflow"] = scope.workflow.map { .string($0) }
    return object
  }

  private static func members(_ file: File) -> JSONObject {
    var object: JSONObject = [
      "media_type": .string(file.mediaType), "path": .string(file.path), "sha256": .string(file.sha256.hex),
      "size": .integer(Int64(clamping: file.size)),
    ]
    object["rows"] = file.rows.map { .integer(Int64(clamping: $0)) }
    return object
  }
}

extension Manifest {
  /// Reads what `encoded` wrote; nil for every other text: what is read is written again and compared.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONReader.parse(bytes, limits: JSONLimits(bytes: BundleLimits.documentBytesMax)) else { return nil }
    guard let log = value["log"], let scope = value["scope"], let origin = log["origin"]?.stringValue,
      let root = log["root"]?.stringValue.flatMap({ SHA256Digest(base64: $0) }), let size = Manifest.count(log["size"]),
      let indexFrom = Manifest.count(scope["index_from"]), let indexTo = Manifest.count(scope["index_to"]),
      let tenant = scope["tenant"]?.stringValue, let created = value["created_ms"]?.integerValue,
      let version = value["generator"]?["version"]?.stringValue, let receiver = value["receiver"]?.stringValue,
      let purpose = value["purpose"]?.stringValue, let items = value["files"]?.arrayValue, indexFrom <= indexTo, indexTo <= size
    else { return nil }
    var files: [File] = []
    for item in items {
      guard let path = item["path"]?.stringValue, let mediaType = item["media_type"]?.stringValue,
        let size = Manifest.count(item["size"]),
        let digest = item["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
      else { return nil }
      files.append(File(path: path, mediaType: mediaType, rows: Manifest.count(item["rows"]), sha256: digest, size: size))
    }
    self.init(
      scope: BundleScope(
        fromMilliseconds: scope["from_ms"]?.integerValue, toMilliseconds: scope["to_ms"]?.integerValue,
        workflow: scope["workflow"]?.stringValue, tenant: tenant),
      labels: BundleLabels(receiver: receiver, purpose: purpose, createdMilliseconds: created, generatorVersion: version),
      origin: origin, size: size, root: root, indexFrom: indexFrom, indexTo: indexTo, files: files)
    guard (try? encoded()) == bytes else { return nil }
  }

  private static func count(_ value: JSONValue?) -> UInt64? { value?.integerValue.flatMap { UInt64(exactly: $0) } }

  /// The text that the export key signs.
  static func noteText(bundleID: String, manifest: [UInt8]) -> [UInt8] {
    Array("\(BundleLayout.format)\n\(bundleID)\nsha256:\(SHA256.hash(manifest).hex)\n".utf8)
  }
}
