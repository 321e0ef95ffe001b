import Platform
import TransparencyLog

/// The follower's thread. One round takes one chunk of entries into the state and one into each projection, so that a projection that
/// starts from nothing does not hold the state back.
final class FollowerWorker<Machine: JournalMachine>: @unchecked Sendable {  // the vars belong to the follower's thread
  private let recovery: JournalRecovery<Machine>
  private let projections: [any JournalProjection<Machine.Decoded>]
  private let shared: Monitor<FollowerState>
  private let machine: Lock<Machine?>
  private let checkpointSize: @Sendable () -> UInt64
  private let limits: JournalLimits

  private var range = CompactRange()
  private var isOpen = false
  private var positions: [UInt64] = []
  private var lastSnapshotSize: UInt64 = 0
  /// Taken, and to be saved when a signed checkpoint covers it: only then can a start prove what it continues from.
  private var pending: JournalSnapshot?

  /// How long entries may gather before they are taken, when nobody waits for them: fewer, larger transactions under load.
  private static var gatherNanoseconds: UInt64 { 100_000_000 }
  /// How long to wait after a fault or for a checkpoint.
  private static var retryNanoseconds: UInt64 { 250_000_000 }

  init(
    recovery: JournalRecovery<Machine>, projections: [any JournalProjection<Machine.Decoded>], shared: Monitor<FollowerState>,
    machine: Lock<Machine?>,
    checkpointSize: @escaping @Sendable () -> UInt64
  ) {
    self.recovery = recovery
    self.projections = projections
    self.shared = shared
    self.machine = machine
    self.checkpointSize = checkpointSize
    limits = recovery.limits
  }

  func run() {
    while !shared.withLock({ $0.stopping }) {
      do {
        if !isOpen { try open() }
        while try round() {}
        try saveSnapshot()
        shared.withLock { $0.fault = nil }
        waitForWork()
      } catch {
        shared.withLock { $0.fault = "\(error)" }
        pause()
      }
    }
    shared.withLock { $0.stopped = true }
    shared.wakeAll()
  }

  private func open() throws {
    let folded = try recovery.read().folded
    positions = try projections.map { try $0.position() }
    range = folded.range
    lastSnapshotSize = try recovery.store.latestSnapshot()?.size ?? 0
    isOpen = true
    machine.withLock { $0 = folded.machine }
    let projected = positions.min() ?? range.size
    shared.withLock { [size = range.size] state in
      state.isOpen = true
      state.size = size
      state.durable = max(state.durable, size)
      state.projectedSize = min(projected, size)
    }
    shared.wakeAll()
  }

  /// Takes a chunk into whatever is behind.
  ///
  /// - Returns: false when nothing was behind.
  private func round() throws -> Bool {
    let (durable, stopping) = shared.withLock { ($0.durable, $0.stopping) }
    if stopping { return false }
    let first = range.size
    var entries: [Machine.Decoded] = []
    if first < durable {
      let records = try read(from: first)
      entries = try decode(records, from: first)
      try fold(entries, records)
    }
    var progressed = !entries.isEmpty
    for (number, projection) in projections.enumerated() where positions[number] < range.size {
      let position = positions[number]
      let next = position == first ? entries : try decode(read(from: position), from: position)
      guard !next.isEmpty else { throw JournalOpenError.gap(index: position) }
      try projection.project(next, from: position)
      positions[number] += UInt64(next.count)
      progressed = true
    }
    if progressed {
      let projected = min(positions.min() ?? range.size, range.size)
      shared.withLock { $0.projectedSize = projected }
      shared.wakeAll()
    }
    takeSnapshot()
    return progressed
  }

  private func read(from index: UInt64) throws -> [JournalRecord] {
    try recovery.store.read(from: index, entriesMax: limits.replayEntriesMax, bytesMax: limits.replayBytesMax)
  }

  /// Reads the leaves, off the lock, once for the state and all projections.
  private func decode(_ records: [JournalRecord], from first: UInt64) throws -> [Machine.Decoded] {
    var entries: [Machine.Decoded] = []
    entries.reserveCapacity(records.count)
    for (offset, record) in records.enumerated() {
      let index = first + UInt64(offset)
      guard record.index == index else { throw JournalOpenError.gap(index: index) }
      entries.append(try Machine.decode(leaf: record.leaf, at: index))
    }
    return entries
  }

  private func fold(_ entries: [Machine.Decoded], _ records: [JournalRecord]) throws {
    do {
      try machine.withLock { machine in
        for position in entries.indices { try machine?.replay(entries[position], at: records[position].index) }
      }
    } catch {
      isOpen = false  // half an entry may have been applied: read everything again
      throw error
    }
    for record in records { range.append(LeafHash.of(record.leaf)) }
    shared.withLock { [size = range.size] in $0.size = size }
    shared.wakeAll()
  }

  // MARK: Snapshots

  private func takeSnapshot() {
    guard pending == nil, range.size >= lastSnapshotSize + limits.snapshotEntries else { return }
    // The copy shares its storage; it is encoded here, off the writer and off the lock, before this thread changes the state again.
    guard let machine = machine.withLock({ $0 }) else { return }
    pending = JournalSnapshot(size: range.size, range: range, machine: machine.snapshot())
    lastSnapshotSize = range.size
    try? saveSnapshot()
  }

  private func saveSnapshot() throws {
    guard let snapshot = pending, checkpointSize() >= snapshot.size else { return }
    try recovery.store.saveSnapshot(snapshot.bytes, size: snapshot.size)
    pending = nil
    shared.withLock { $0.snapshotSize = snapshot.size }
    shared.wakeAll()
  }

  // MARK: Waiting

  private func waitForWork() {
    let size = range.size
    _ = shared.wait(nanosecondsMax: pending == nil ? nil : Self.retryNanoseconds) { state -> Bool? in
      state.sleeping = state.durable <= size && !state.stopping
      return state.sleeping ? nil : true
    }
    _ = shared.wait(nanosecondsMax: Self.gatherNanoseconds) { state -> Bool? in
      state.sleeping = false
      return state.stopping || state.wanted > size ? true : nil
    }
  }

  private func pause() {
    _ = shared.wait(nanosecondsMax: Self.retryNanoseconds) { $0.stopping ? true : nil }
  }
}
