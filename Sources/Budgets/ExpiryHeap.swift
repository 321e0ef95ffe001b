/// A binary heap of (expiry, reservation), earliest first and by id among equals, so that the order is the same in every replay.
///
/// Reservations that end early leave their entry behind; the ledger drops it when it comes to the top, and asks for a sweep when
/// such entries are the majority.
struct ExpiryHeap: Sendable {
  struct Entry: Sendable {
    var at: Int64
    var id: UInt64

    static func < (left: Entry, right: Entry) -> Bool { left.at != right.at ? left.at < right.at : left.id < right.id }
  }

  private var entries: [Entry] = []

  var count: Int { entries.count }
  var first: Entry? { entries.first }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries[0] = last
    siftDown(0)
  }

  /// Keeps only the entries that `isOpen` accepts. O(count).
  mutating func sweep(keeping isOpen: (Entry) -> Bool) {
    entries.removeAll { !isOpen($0) }
    for position in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(position) }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < entries.count, entries[left] < entries[least] { least = left }
      if left + 1 < entries.count, entries[left + 1] < entries[least] { least = left + 1 }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
