package import TransparencyLog

/// Why no bundle is made. The evidence itself is then not in order: nothing of it should leave the house as proof.
package enum ExportError: Error, Sendable, CustomStringConvertible {
  /// There is no signed checkpoint yet.
  case noCheckpoint
  /// The newest checkpoint does not verify with the log's own key.
  case checkpoint(CheckpointError)
  /// The entries do not hash to the checkpoint's root.
  case rootMismatch(size: UInt64)
  /// The store gave fewer entries than the checkpoint covers, or in another order.
  case missingEntry(index: UInt64)
  /// An entry is not one that the log's writer makes.
  case entry(index: UInt64, message: String)
  /// The payload of a policy activation is not what its entry says.
  case policies(index: UInt64, message: String)
  /// The inventory cannot be written as canonical JSON.
  case inventory(String)
  /// The end of the period is not after its begin.
  case emptyPeriod
  /// The key that signs the manifest has another name than the log's origin and `/export`.
  case exportKeyName(String)

  /// What happened, in words.
  package var description: String {
    switch self {
    case .noCheckpoint: "the log has no signed checkpoint yet"
    case .checkpoint(let error): "the newest checkpoint does not verify: \(error)"
    case .rootMismatch(let size): "the first \(size) entries do not hash to the checkpoint's root"
    case .missingEntry(let index): "entry \(index) is missing"
    case .entry(let index, let message): "entry \(index): \(message)"
    case .policies(let index, let message): "the policies of entry \(index): \(message)"
    case .inventory(let message): "the inventory: \(message)"
    case .emptyPeriod: "the period ends before it begins"
    case .exportKeyName(let name): "the export key is named `\(name)`, not after the log"
    }
  }
}
