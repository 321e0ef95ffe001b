/// A Cedar record: values by name. Immutable; cheap to build and to search.
public struct Record: Sendable, Hashable {
  struct Member: Sendable, Hashable {
    let name: Name
    fileprivate(set) var value: Value

    init(name: Name, value: Value) { (self.name, self.value) = (name, value) }
  }

  /// Ordered by name hash, then bytes.
  let storage: [Member]

  /// The record without members.
  public static let empty = Record(storage: [])

  init(storage: [Member]) { self.storage = storage }

  /// Makes a record; of two members with the same key the later one stays.
  public init(_ members: [(key: String, value: Value)]) {
    var storage: [Member] = []
    storage.reserveCapacity(members.count)
    for member in members { storage.append(Member(name: Name(member.key), value: member.value)) }
    self.init(unordered: storage)
  }

  /// Orders the members; of two with the same name the later one stays.
  init(unordered members: [Member]) {
    var storage = members
    Record.order(&storage)
    var hasDuplicates = false
    for index in storage.indices.dropFirst() where storage[index].name == storage[index - 1].name { hasDuplicates = true }
    if hasDuplicates {
      var unique: [Member] = []
      for member in storage {
        if let last = unique.last, last.name == member.name { unique.removeLast() }
        unique.append(member)
      }
      storage = unique
    }
    self.storage = storage
  }

  /// The longest list that insertion, which keeps equal names in their order, sorts faster than the general sort.
  private static let insertionSortCountMax = 24

  private static func order(_ storage: inout [Member]) {
    if storage.count > insertionSortCountMax {
      // The general sort promises no stability, so the position breaks ties.
      storage = storage.enumerated().sorted { left, right in
        let order = Name.compare(left.element.name, right.element.name)
        return order != 0 ? order < 0 : left.offset < right.offset
      }.map(\.element)
      return
    }
    for index in storage.indices.dropFirst() {
      let hash = storage[index].name.hash
      var place = index
      while place > 0 {
        // Hashes alone nearly always decide, and reading one copies no name.
        let before = storage[place - 1].name.hash
        guard before > hash || before == hash && Name.compare(storage[place - 1].name, storage[place].name) > 0 else { break }
        storage.swapAt(place - 1, place)
        place -= 1
      }
    }
  }

  /// The number of members.
  public var count: Int { storage.count }

  /// The members ordered by the bytes of their keys.
  public var members: [(key: String, value: Value)] {
    storage.map { (key: $0.name.text, value: $0.value) }.sorted { Text.compare($0.key, $1.key) < 0 }
  }

  /// The value under `key`, or nil.
  public subscript(key: String) -> Value? {
    withUnsafePointer(to: Name(key)) { place($0)?.pointee }
  }

  /// This record with the members of `other` added; where both have a key, `other` wins.
  public func merging(_ other: Record) -> Record {
    if other.storage.isEmpty { return self }
    if storage.isEmpty { return other }
    return Record(unordered: storage + other.storage)
  }

  /// Where the value under `name` lies, or nil; valid as long as this record, whose storage never changes.
  @inline(__always)
  func place(_ name: UnsafePointer<Name>) -> UnsafePointer<Value>? {
    let position = position(of: name)
    if position < 0 { return nil }
    return storage.withUnsafeBufferPointer { members in
      guard let start = members.baseAddress else { return nil }
      // Only to take the address: nothing is written.
      let member = UnsafeMutablePointer(mutating: start + position)
      return withUnsafeMutablePointer(to: &member.pointee.value) { UnsafePointer($0) }
    }
  }

  /// The records below this size are searched from front to back.
  private static let linearSearchCountMax = 8

  /// The index of `name` in `storage`, or -1.
  @inline(__always)
  private func position(of name: UnsafePointer<Name>) -> Int {
    let wanted = name.pointee.hash
    var low = 0
    if storage.count > Record.linearSearchCountMax {
      var high = storage.count
      while low < high {
        let middle = (low &+ high) / 2
        if storage[middle].name.hash < wanted { low = middle &+ 1 } else { high = middle }
      }
    }
    while low < storage.count, storage[low].name.hash <= wanted {
      if storage[low].name.matches(name) { return low }
      low &+= 1
    }
    return -1
  }

  static func compare(_ left: Record, _ right: Record) -> Int {
    if left.count != right.count { return left.count - right.count }
    for index in left.storage.indices {
      let byName = Name.compare(left.storage[index].name, right.storage[index].name)
      if byName != 0 { return byName }
      let byValue = Value.compare(left.storage[index].value, right.storage[index].value)
      if byValue != 0 { return byValue }
    }
    return 0
  }
}
