/// Reusable things that one thread has at a time: parsers with their buffers. An idle one waits for the next taker.
package final class Pool<Item>: @unchecked Sendable {  // the lock guards `idle`; an item belongs to who took it until it is back
  /// Idle items that are kept; more are let go.
  package static var idleMax: Int { 64 }

  private let idle = Lock<[Item]>([])
  private let make: @Sendable () -> Item

  /// A pool that makes items when none is idle.
  package init(_ make: @escaping @Sendable () -> Item) { self.make = make }

  /// Runs `body` with an item of its own; nothing of the item may leave.
  package func withItem<Result, Failure: Error>(_ body: (Item) throws(Failure) -> Result) throws(Failure) -> Result {
    let item = idle.withLock { $0.popLast() } ?? make()
    defer { idle.withLock { if $0.count < Self.idleMax { $0.append(item) } } }
    return try body(item)
  }
}
