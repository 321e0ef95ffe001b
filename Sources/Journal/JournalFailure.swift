/// Why a command has no answer. None of them is ever an allow.
package enum JournalFailure: Error, Equatable, Sendable {
  /// The queue is full: nothing was done; try again later.
  case overloaded
  /// The entries of its batch could not be made durable, with the reason: it counts as not done.
  case notDurable(String)
  /// The journal has stopped.
  case stopped
}

/// Why a journal does not open. Each names the entry, so that an operator knows what to restore.
package enum JournalOpenError: Error, Equatable, Sendable {
  /// The store ends before a checkpoint that was signed: entries `size`..<`checkpointSize` are missing.
  case shorterThanCheckpoint(size: UInt64, checkpointSize: UInt64)
  /// The entries do not hash to the root that was signed over the first `size` of them.
  case rootMismatch(size: UInt64)
  /// The entry at `index` is not in the store although later ones are promised.
  case gap(index: UInt64)
  /// The stored checkpoint over `size` entries cannot be read, is not this log's, or was not signed by its key.
  case invalidCheckpoint(size: UInt64, reason: String)
  /// The machine does not accept the entry at `index`.
  case refusedEntry(index: UInt64, reason: String)
}

extension JournalOpenError: CustomStringConvertible {
  /// A line for the operator.
  package var description: String {
    switch self {
    case .shorterThanCheckpoint(let size, let checkpointSize):
      "the journal has \(size) entries, but a checkpoint over \(checkpointSize) was signed: entries \(size) to \(checkpointSize - 1) "
        + "are missing; restore them, the journal does not start without"
    case .rootMismatch(let size):
      "the first \(size) entries do not have the root hash that was signed: an entry below \(size) was changed"
    case .gap(let index): "entry \(index) is missing from the journal"
    case .invalidCheckpoint(let size, let reason): "the stored checkpoint over \(size) entries is not valid: \(reason)"
    case .refusedEntry(let index, let reason): "entry \(index) cannot be replayed: \(reason)"
    }
  }
}
