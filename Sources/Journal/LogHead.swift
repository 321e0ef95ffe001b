import Cryptography
import TransparencyLog

/// The name and key of the log: makes and checks its signed heads.
struct LogHead: Sendable {
  let origin: String
  let signer: NoteSigner

  /// Signs the head of the tree that `range` is the frontier of.
  func sign(_ range: CompactRange, at milliseconds: Int64) throws(NoteError) -> StoredCheckpoint {
    let checkpoint = Checkpoint(origin: origin, size: range.size, root: range.root)
    return StoredCheckpoint(size: range.size, note: try checkpoint.signed(by: [signer]).encoded, milliseconds: milliseconds)
  }

  /// Checks that `stored` is a head of this log, signed with its key.
  func verify(_ stored: StoredCheckpoint) throws(JournalOpenError) -> Checkpoint {
    let checkpoint: Checkpoint
    do {
      checkpoint = try VerifiedCheckpoint(note: stored.note, log: signer.verifier).checkpoint
    } catch {
      throw .invalidCheckpoint(size: stored.size, reason: "\(error)")
    }
    guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else {
      throw .invalidCheckpoint(size: stored.size, reason: "it is a head of the log `\(checkpoint.origin)`")
    }
    guard checkpoint.size == stored.size else {
      throw .invalidCheckpoint(size: stored.size, reason: "it was signed over \(checkpoint.size) entries")
    }
    return checkpoint
  }
}
