/// The state that a journal drives: a fold over its leaves.
///
/// `execute` and `expire` may change state only through the entries that they emit, and `replay` of the leaves of those entries must
/// give the same state: that is what makes a restart, an audit and the live server agree. No I/O, clock or random inside; `now` is an
/// argument. Called on one thread at a time.
package protocol JournalMachine: Sendable {
  /// What can be asked of the machine.
  associatedtype Command: Sendable
  /// What it says.
  associatedtype Answer: Sendable
  /// What a leaf says, once it is read.
  associatedtype Decoded: Sendable

  /// Decides `command`, appends the entries that say so to `output` (none when nothing changed) and applies them to itself.
  ///
  /// - Parameter milliseconds: now, since the Unix epoch, UTC; never less than `latestTime()` nor than in the call before.
  mutating func execute(_ command: Command, at milliseconds: Int64, output: inout EntryBatch) -> Answer

  /// Reads a leaf without applying it; apart from `replay`, so that state and projections share one reading.
  ///
  /// - Throws: anything when the bytes are no leaf that can stand at `index`.
  static func decode(leaf: [UInt8], at index: UInt64) throws -> Decoded

  /// Applies an entry that was written before.
  ///
  /// - Throws: anything when the entry is not one that this machine could have written here; the journal then refuses to start.
  mutating func replay(_ decoded: Decoded, at index: UInt64) throws

  /// The time of the latest entry applied, milliseconds since the Unix epoch; 0 before the first. The journal's clock starts here, so
  /// that time does not go back over a restart.
  func latestTime() -> Int64

  /// When `expire` has work next, milliseconds since the Unix epoch; nil when nothing waits for time.
  func nextDeadline() -> Int64?

  /// Appends the entries that time alone makes (expired reservations and approvals) and applies them. Bounded work per call: it is
  /// called again while `nextDeadline()` has passed.
  mutating func expire(at milliseconds: Int64, output: inout EntryBatch)

  /// The whole state in bytes; equal states give equal bytes.
  func snapshot() -> [UInt8]

  /// Reads a snapshot.
  ///
  /// - Throws: anything when the bytes are not one; the journal then replays from the first entry.
  init(snapshot: [UInt8]) throws
}

extension JournalMachine {
  /// Reads and applies a leaf.
  ///
  /// - Throws: as `decode` and `replay`.
  package mutating func replay(leaf: [UInt8], at index: UInt64) throws {
    try replay(Self.decode(leaf: leaf, at: index), at: index)
  }
}
