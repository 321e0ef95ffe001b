import Governance
import JSON

/// The policy files in the payload of an activation.
enum ActivatedFiles {
  /// Largest payload that is read: the folder's own limit with room for JSON's escapes.
  private static let bytesMax = 64 << 20

  static func files(in payload: [UInt8]) -> [PolicyFile]? {
    guard let root = try? JSONReader.parse(payload, limits: JSONLimits(bytes: bytesMax, depth: 16)),
      let files = root["files"]?.arrayValue
    else { return nil }
    var result: [PolicyFile] = []
    for file in files {
      guard let path = file["path"]?.stringValue, let text = file["text"]?.stringValue else { return nil }
      result.append(PolicyFile(path: path, bytes: Array(text.utf8)))
    }
    return result
  }
}
