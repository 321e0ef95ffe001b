import Journal

/// A small machine: named counters, timers that count when they expire, and every way a command can behave.
struct CounterMachine: JournalMachine, Equatable {
  enum Command: Sendable {
    case add(name: Int, amount: Int64)
    /// As many entries as it says.
    case addMany(name: Int, times: Int)
    /// No entry.
    case look(name: Int)
    /// Expires at the given time.
    case arm(name: Int, at: Int64)
    /// A leaf that is too long.
    case oversized
  }

  struct Answer: Sendable, Equatable {
    /// The index of its (last) entry; nil when it made none.
    var index: UInt64?
    var value: Int64
    var time: Int64
  }

  struct Refused: Error {}

  var values: [Int: Int64] = [:]
  var timers: [Int64: [Int]] = [:]
  var expired: Int64 = 0
  var time: Int64 = 0
  var size: UInt64 = 0

  init() {}

  mutating func execute(_ command: Command, at milliseconds: Int64, output: inout EntryBatch) -> Answer {
    switch command {
    case .add(let name, let amount): emit("add \(name) \(amount)", milliseconds, &output)
    case .addMany(let name, let times): for _ in 0..<times { emit("add \(name) 1", milliseconds, &output) }
    case .look(let name): return Answer(index: nil, value: values[name] ?? 0, time: milliseconds)
    case .arm(let name, let at): emit("arm \(name) \(at)", milliseconds, &output)
    case .oversized: output.append(leaf: [UInt8](repeating: 65, count: EntryBatch.leafBytesMax + 1), payload: [])
    }
    guard output.count > 0, size > 0 else { return Answer(index: nil, value: 0, time: milliseconds) }
    if case .add(let name, _) = command { return Answer(index: size - 1, value: values[name] ?? 0, time: milliseconds) }
    return Answer(index: size - 1, value: 0, time: milliseconds)
  }

  private mutating func emit(_ operation: String, _ milliseconds: Int64, _ output: inout EntryBatch) {
    let text = "\(output.origin) \(output.nextIndex) \(milliseconds) \(operation)"
    let leaf = Array(text.utf8)
    apply(text, at: output.nextIndex)
    output.append(leaf: leaf, payload: [UInt8]("payload of \(size - 1)".utf8))
  }

  /// The one place that changes state: live and replay alike.
  private mutating func apply(_ text: String, at index: UInt64) {
    let words = text.split(separator: " ")
    precondition(words[1] == "\(index)" && index == size, "entries follow on")
    time = Int64(words[2]) ?? -1
    size += 1
    let number = Int(words[4]) ?? -1
    switch words[3] {
    case "add": values[number, default: 0] += Int64(words[5]) ?? 0
    case "arm": timers[Int64(words[5]) ?? -1, default: []].append(number)
    default:
      timers[Int64(words[5]) ?? -1]?.removeFirst()
      if timers[Int64(words[5]) ?? -1]?.isEmpty == true { timers[Int64(words[5]) ?? -1] = nil }
      expired += 1
    }
  }

  static func decode(leaf: [UInt8], at index: UInt64) throws -> String { String(decoding: leaf, as: UTF8.self) }

  mutating func replay(_ text: String, at index: UInt64) throws {
    guard index == size, text.split(separator: " ").count == 6 else { throw Refused() }
    apply(text, at: index)
  }

  func latestTime() -> Int64 { time }
  func nextDeadline() -> Int64? { timers.keys.min() }

  mutating func expire(at milliseconds: Int64, output: inout EntryBatch) {
    guard let due = nextDeadline(), due <= milliseconds, let name = timers[due]?.first else { return }
    emit("expire \(name) \(due)", milliseconds, &output)
  }

  func snapshot() -> [UInt8] {
    var lines = ["\(time) \(size) \(expired)"]
    lines.append(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    lines.append(
      timers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.map(String.init).joined(separator: ","))" }.joined(
        separator: " "))
    return Array(lines.joined(separator: "\n").utf8)
  }

  init(snapshot: [UInt8]) throws {
    let lines = String(decoding: snapshot, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 3 else { throw Refused() }
    let head = lines[0].split(separator: " ")
    guard head.count == 3, let time = Int64(head[0]), let size = UInt64(head[1]), let expired = Int64(head[2]) else {
      throw Refused()
    }
    self.time = time
    self.size = size
    self.expired = expired
    for pair in lines[1].split(separator: " ") {
      let parts = pair.split(separator: "=")
      guard parts.count == 2, let name = Int(parts[0]), let value = Int64(parts[1]) else { throw Refused() }
      values[name] = value
    }
    for pair in lines[2].split(separator: " ") {
      let parts = pair.split(separator: "=")
      guard parts.count == 2, let at = Int64(parts[0]) else { throw Refused() }
      timers[at] = parts[1].split(separator: ",").compactMap { Int($0) }
    }
  }
}
