/// The names of a bundle's members and what the format fixes about them.
enum BundleLayout {
  static let format = "govbundle/1"
  static let generator = "countersign"
  /// What is left out of every bundle: the payloads, which hold what was asked and said in words.
  static let redactionProfile = "payloads-withheld@1"
  /// The scope's entries are a contiguous range with proofs, and its neighbours show that the period has no more.
  static let completeness = "proved"

  static let manifest = "MANIFEST.json"
  static let manifestNote = "MANIFEST.note"
  static let inventory = "inventory/workflows.json"
  static let exportKey = "keys/export.vkey"
  static let logKey = "keys/log.vkey"
  static let checkpoint = "log/checkpoint"
  static let leaves = "log/leaves.jsonl"
  static let subset = "log/subset.jsonl"
  static let proofs = "log/subset.proofs.jsonl"
  static let policiesFolder = "policies/"
  static let policyIndex = "policies/index.json"
  static let populations = "populations.json"
  static let approvals = "records/approvals.csv"
  static let changes = "records/changes.csv"
  static let decisions = "records/decisions.csv"
  static let redactions = "redactions.json"
  static let script = "verify/verify.py"
  static let instructions = "verify/VERIFY.txt"

  /// The members in the order in which they lie in the zip, but for the policy texts, which lie in front of their index.
  static func members(isFull: Bool) -> [String] {
    [inventory, exportKey, logKey, checkpoint] + (isFull ? [leaves] : [subset, proofs]) + [
      policyIndex, populations, approvals, changes, decisions, redactions, script, instructions,
    ]
  }

  static func mediaType(_ path: String) -> String {
    let types = [
      (".json", "application/json"), (".jsonl", "application/jsonl"), (".csv", "text/csv"), (".py", "text/x-python"),
      (".yaml", "application/yaml"),
    ]
    return types.first { path.hasSuffix($0.0) }?.1 ?? "text/plain"
  }

  /// The name of the key that signs manifests: its own, so that a stolen export key signs no checkpoint.
  static func exportKeyName(origin: String) -> String { origin + "/export" }
}

/// The limits of a bundle when it is read.
enum BundleLimits {
  /// The longest leaf in bytes: its length has 16 bits in C2SP tlog-tiles.
  static let leafBytesMax = 65_535
  /// The longest line of the proofs in bytes: 63 hashes of 47 characters and the index.
  static let proofLineBytesMax = 4_096
  /// The longest manifest or index in bytes: a hundred thousand files.
  static let documentBytesMax = 64 << 20
  /// The longest key or note in bytes.
  static let noteBytesMax = 1 << 20
  /// Bytes gathered before they are compressed.
  static let pieceBytes = 64 << 10
}
