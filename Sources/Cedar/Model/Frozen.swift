/// An array that never changes, at an address that never changes while this object lives.
///
/// The evaluator reads policies and entities that all threads share. Reading through the plain pointer touches no reference count, where
/// an array would be retained and released at every access, and the threads would contend for the count.
final class Frozen<Element: Sendable>: @unchecked Sendable {
  // Safe to share: written in `init` only, before any other thread can see it.
  private let storage: UnsafeMutableBufferPointer<Element>

  /// Valid while this object lives; whoever keeps the pointer keeps the object.
  var base: UnsafePointer<Element> { UnsafePointer(start) }
  let count: Int
  private let start: UnsafeMutablePointer<Element>

  init(_ elements: [Element]) {
    start = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    storage = UnsafeMutableBufferPointer(start: start, count: elements.count)
    _ = storage.initialize(from: elements)
    count = elements.count
  }

  deinit {
    start.deinitialize(count: count)
    start.deallocate()
  }
}
