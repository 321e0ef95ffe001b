/// How much a reader accepts before it refuses.
package struct JSONLimits: Sendable, Equatable {
  /// The longest document, in bytes; below 4 GiB because the tape holds 32-bit offsets.
  package var bytes: Int
  /// How many arrays and objects may be open at once: 0 for a scalar alone, at most `depthCeiling`.
  package var depth: Int

  /// The deepest nesting that any reader accepts: the size of the reader's stack; recursion over values stays this shallow.
  package static let depthCeiling = 64
  /// The longest document that 32-bit offsets can describe, with room for the decoded copies.
  package static let bytesCeiling = 1 << 30

  /// Limits; values above the ceilings are lowered to them.
  package init(bytes: Int, depth: Int = JSONLimits.depthCeiling) {
    self.bytes = min(bytes, JSONLimits.bytesCeiling)
    self.depth = min(depth, JSONLimits.depthCeiling)
  }

  /// 1 MiB and 64 levels: what a request may have.
  package static let standard = JSONLimits(bytes: 1 << 20)
}
