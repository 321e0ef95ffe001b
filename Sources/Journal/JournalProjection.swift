/// A view that is filled behind the journal: look-up tables, reports. Derived: deleted, it fills again from the first entry.
package protocol JournalProjection<Decoded>: Sendable {
  /// An entry as the journal's machine reads it.
  associatedtype Decoded: Sendable

  /// How many entries it has taken.
  func position() throws -> UInt64

  /// Takes the next entries, in order and without gaps, in one transaction that also moves its position. Entries below its position are
  /// skipped, so a repeated call does no harm.
  ///
  /// - Parameter first: the index of the first of `entries`.
  func project(_ entries: [Decoded], from first: UInt64) throws
}
