/// How much a reader accepts before it refuses.
package struct JSONLimits: Sendable, Equatable {
  /// The longest document, in bytes; below 4 GiB because the tape holds 32-bit offsets.
  package var bytes: Int
  /// How many arrays and objects may be open at once: 0 for a scalar alone, at most `tapeDepthCeiling`.
  package var depth: Int

  /// What a document has without a reason to have more.
  package static let depthStandard = 64
  /// The deepest value: values are read, written and compared by recursion, and so many frames fit the stack of any thread.
  package static let depthCeiling = 256
  /// The deepest document on a tape, for readers that walk cursors without recursion: the expressions of policies.
  package static let tapeDepthCeiling = 8192
  /// The longest document that 32-bit offsets can describe, with room for the decoded copies.
  package static let bytesCeiling = 1 << 30

  /// Limits; values above the ceilings are lowered to them.
  package init(bytes: Int, depth: Int = JSONLimits.depthStandard) {
    self.bytes = min(bytes, JSONLimits.bytesCeiling)
    self.depth = min(depth, JSONLimits.tapeDepthCeiling)
  }

  /// 1 MiB and 64 levels: what a request may have.
  package static let standard = JSONLimits(bytes: 1 << 20)
}
