/// A view that is filled behind the journal: look-up tables, reports. Derived: deleted, it fills again from the first entry.
package protocol JournalProjection: Sendable {
  /// How many entries it has taken.
  func position() throws -> UInt64

  /// Takes the next entries, in order, in one transaction that also moves its position. Entries below its position are skipped, so a
  /// repeated call does no harm.
  func project(_ records: [JournalRecord]) throws
}
